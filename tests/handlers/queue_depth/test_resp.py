"""The protocol, against a real server and against servers that are none."""

from __future__ import annotations

import ssl

import pytest

from django_cdk.handlers.queue_depth.resp import RespError, connect
from tests.handlers.queue_depth.conftest import PASSWORD, Redis, talking


def test_a_right_password_opens_a_plain_connection(redis: Redis) -> None:
    with connect("127.0.0.1", redis.port, tls=False, password=PASSWORD) as connection:
        assert connection.command("PING") == b"PONG"


def test_a_right_password_opens_a_connection_with_tls(redis: Redis) -> None:
    with connect(
        "127.0.0.1", redis.tls_port, tls=True, password=PASSWORD, context=redis.context
    ) as connection:
        assert connection.command("PING") == b"PONG"


def test_a_wrong_password_is_told(redis: Redis) -> None:
    with (
        pytest.raises(RespError, match="WRONGPASS"),
        connect("127.0.0.1", redis.port, tls=False, password="old"),
    ):
        pass


def test_without_a_password_the_server_says_that_it_wants_one(redis: Redis) -> None:
    with (
        connect("127.0.0.1", redis.port, tls=False, password=None) as connection,
        pytest.raises(RespError, match="NOAUTH"),
    ):
        connection.command("LLEN", "mail")


def test_a_certificate_that_nobody_vouches_for_is_refused(redis: Redis) -> None:
    with (
        pytest.raises(ssl.SSLCertVerificationError),
        connect("127.0.0.1", redis.tls_port, tls=True, password=PASSWORD),
    ):
        pass


def test_a_certificate_for_another_name_is_refused(redis: Redis) -> None:
    with (
        pytest.raises(ssl.SSLCertVerificationError, match="localhost"),
        connect("localhost", redis.tls_port, tls=True, password=PASSWORD, context=redis.context),
    ):
        pass


@pytest.mark.parametrize("value", [b"", b"plain", b"a\r\nb\x00\xff", b"x" * 100_000])
def test_any_bytes_go_there_and_back(redis: Redis, value: bytes) -> None:
    redis.connection.command("SET", "key", value)

    assert redis.connection.command("GET", "key") == value


def test_what_is_not_there_is_none(redis: Redis) -> None:
    assert redis.connection.command("GET", "nothing") is None


def test_numbers_and_lists_are_numbers_and_lists(redis: Redis) -> None:
    redis.push("mail", 2)

    assert redis.connection.command("LLEN", "mail") == 2
    assert redis.connection.command("LRANGE", "mail", 0, -1) == [b"{}", b"{}"]
    assert redis.connection.command("HSCAN", "nothing", 0) == [b"0", []]


def test_a_refused_command_leaves_the_connection_usable(redis: Redis) -> None:
    redis.connection.command("SET", "key", "text")

    with pytest.raises(RespError, match="WRONGTYPE"):
        redis.connection.command("LLEN", "key")
    assert redis.connection.command("GET", "key") == b"text"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "is this a Redis or Valkey"),
        (b"$5\r\nab", "broke off"),
        (b"+PO", "broke off"),
    ],
)
def test_a_server_of_another_kind_is_told_apart(answer: bytes, told: str) -> None:
    with (
        talking(answer) as port,
        connect("127.0.0.1", port, tls=False, password=None, seconds=5) as connection,
        pytest.raises(RespError, match=told),
    ):
        connection.command("PING")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with (
        talking(b"") as port,
        connect("127.0.0.1", port, tls=False, password=None, seconds=0.2) as connection,
        pytest.raises(TimeoutError),
    ):
        connection.command("PING")
