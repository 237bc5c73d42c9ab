"""Counting what waits and what is taken, in a real Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from django_cdk.handlers.queue_depth import broker
from django_cdk.handlers.queue_depth.broker import Count, count
from django_cdk.handlers.queue_depth.reader import read_with
from django_cdk.handlers.queue_depth.resp import RespError
from tests.handlers.queue_depth.conftest import Redis

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def counted(redis: Redis, *groups: list[str]) -> list[Count]:
    return count(redis.connection, groups, NOW)


def test_nothing_is_nothing(redis: Redis) -> None:
    assert counted(redis, ["mail"]) == [Count()]


def test_messages_of_all_priorities_wait(redis: Redis) -> None:
    redis.push("mail", 2)
    redis.push("mail\x06\x163", 3)
    redis.push("mail\x06\x169")

    assert counted(redis, ["mail"]) == [Count(waiting=6)]


def test_each_worker_has_the_messages_of_its_queues(redis: Redis) -> None:
    redis.push("mail")
    redis.push("images", 2)
    redis.push("films", 3)
    redis.push("somebody's", 9)

    assert counted(redis, ["mail"], ["images", "films"]) == [Count(waiting=1), Count(waiting=5)]


def test_two_workers_of_one_queue_both_have_its_messages(redis: Redis) -> None:
    redis.push("mail", 2)

    assert counted(redis, ["mail"], ["mail"]) == [Count(waiting=2), Count(waiting=2)]


def test_a_taken_message_is_in_the_hand_of_its_queue_s_worker(redis: Redis) -> None:
    redis.take("mail", 2)

    assert counted(redis, ["mail"], ["images"]) == [Count(in_hand=2), Count()]


@pytest.mark.parametrize("eta", ["2026-11-21T12:00:01+00:00", "2026-11-21T14:00:01+02:00"])
def test_a_task_for_a_later_time_is_not_in_hand(redis: Redis, eta: str) -> None:
    redis.take("mail", eta=eta)

    assert counted(redis, ["mail"]) == [Count(later=1)]


@pytest.mark.parametrize("eta", [None, "2026-11-21T11:59:59+00:00", "2026-11-21T11:59:59"])
def test_a_task_whose_time_has_come_is_in_hand(redis: Redis, eta: str | None) -> None:
    redis.take("mail", eta=eta)

    assert counted(redis, ["mail"]) == [Count(in_hand=1)]


def test_a_routing_key_that_is_no_queue_counts_for_every_worker(redis: Redis) -> None:
    redis.take("topic.of.somebody")

    assert counted(redis, ["mail"], ["images"]) == [Count(in_hand=1), Count(in_hand=1)]


@pytest.mark.parametrize("value", ["no JSON", "[]", '[{"headers": null}, "", "mail"]', "7"])
def test_a_message_of_another_form_counts_for_every_worker(redis: Redis, value: str) -> None:
    redis.connection.command("HSET", "unacked", "tag", value)

    assert counted(redis, ["mail"], ["images"]) == [Count(in_hand=1), Count(in_hand=1)]


def test_so_many_taken_messages_are_for_a_later_time_of_every_worker(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "MOST_LOOKED_INTO", 300)
    redis.take("mail", 1000, eta=(NOW + timedelta(days=1)).isoformat())

    mail, images = counted(redis, ["mail"], ["images"])

    assert mail == Count(later=1000)
    assert images == Count(later=700)


def test_the_reader_answers_with_a_list_for_each_worker(redis: Redis) -> None:
    redis.push("mail", 3)
    redis.take("films")

    assert read_with(redis.event(), context=redis.context) == [[3, 0, 0], [0, 1, 0]]


def test_the_reader_speaks_without_tls_or_password_where_there_is_none(redis: Redis) -> None:
    event = redis.event(Tls=False, Port=redis.port, Password=None)

    with pytest.raises(RespError, match="NOAUTH"):
        read_with(event, context=None)
