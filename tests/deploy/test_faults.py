"""Web, worker, database and cache are killed in turn while people use the application.

Promised is: nothing that was accepted is lost, and everything works again within a minute of the
lost part being back. What the run measured is written to build/reliability.json.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from tests.deploy.impatient import impatient_microblog
from tests.deploy.lives import Life
from tests.deploy.load import USERS, Load, Running
from tests.deploy.microblog import MicroBlog, wait_for
from tests.deploy.reliability import LAST_RUN, Outcome, as_json
from tests.emulator.outage import away, kill_container
from tests.emulator.server import Emulator

#: Seconds within which everything works again once the lost part is back.
WELL_AGAIN = 60
#: Seconds for which a server is away.
AWAY = 5
#: Seconds of load before a fault, and good answers that end it.
BEFORE = 3
ENOUGH = 12
#: Seconds within which another worker has taken over what a killed one had in hand.
REDELIVERED = 40
#: Seconds within which a worker has done what is queued, and the sweep what was forgotten.
DONE = 60

_COUNT_UNFINISHED = "SELECT count(*) FROM posts_post WHERE image <> '' AND thumbnail = ''"
_AGE_UNFINISHED = """
UPDATE posts_post SET created_at = created_at - interval '3 minutes'
WHERE image <> '' AND thumbnail = ''
"""


@dataclass(frozen=True)
class Fault:
    """One thing that may happen.

    :param strike: makes it happen; what it gives ends when the lost part may come back.
    :param away: seconds until then.
    :param patience: seconds after which tasks that are not done are left to the sweep.
    :param web_tasks: how many web tasks there are.
    """

    name: str
    strike: Callable[[MicroBlog], AbstractContextManager[None]]
    away: float = 0
    patience: float = DONE
    web_tasks: int = 1


def kill_task(process: str) -> Callable[[MicroBlog], AbstractContextManager[None]]:
    def strike(blog: MicroBlog) -> AbstractContextManager[None]:
        task = blog.tasks(process)[0]
        kill_container(blog.emulator, task["taskArn"])
        return contextlib.nullcontext()

    return strike


def lose_database(blog: MicroBlog) -> AbstractContextManager[None]:
    address = blog.environment()["POSTGRES_SERVICE_HOST"]
    (found,) = [
        one["DBInstanceIdentifier"]
        for one in blog.emulator.client("rds").describe_db_instances()["DBInstances"]
        if one["Endpoint"]["Address"] == address
    ]
    return away(blog.emulator, found)


def lose_cache(blog: MicroBlog) -> AbstractContextManager[None]:
    address = blog.environment()["REDIS_SERVICE_HOST"]
    groups = blog.emulator.client("elasticache").describe_replication_groups()
    (found,) = [
        one["ReplicationGroupId"]
        for one in groups["ReplicationGroups"]
        if one["NodeGroups"][0]["PrimaryEndpoint"]["Address"] == address
    ]
    return away(blog.emulator, found)


FAULTS = (
    Fault("web task", kill_task("web")),
    Fault("worker task", kill_task("celery"), patience=REDELIVERED),
    Fault("database", lose_database, AWAY, patience=5),
    Fault("cache", lose_cache, AWAY, patience=5),
    Fault("one of two web tasks", kill_task("web"), web_tasks=2),
)


def suffer(blog: MicroBlog, fault: Fault) -> Outcome:
    """What people meet when it happens, and what is there afterwards."""
    have_web_tasks(blog, fault.web_tasks)
    with Running(blog) as load:
        time.sleep(BEFORE)
        struck = time.monotonic()
        with fault.strike(blog):
            time.sleep(fault.away)
        wait_for(
            lambda: (
                load.working_since(struck) is not None and load.good_answers_in_a_row() >= ENOUGH
            ),
            f"everything works again after the {fault.name} was killed",
            seconds=WELL_AGAIN,
        )
    return outcome(blog, fault, load, struck)


def have_web_tasks(blog: MicroBlog, count: int) -> None:
    """Returns when that many get requests."""
    service = blog.service("web")
    blog.ecs.update_service(
        cluster=blog.cluster, service=service["serviceName"], desiredCount=count
    )
    group = service["loadBalancers"][0]["targetGroupArn"]
    balancers = blog.emulator.client("elbv2")

    def are_there() -> bool:
        answer = balancers.describe_target_health(TargetGroupArn=group)
        states = [one["TargetHealth"]["State"] for one in answer["TargetHealthDescriptions"]]
        return states == ["healthy"] * count

    wait_for(are_there, f"{count} web tasks are healthy")


def outcome(blog: MicroBlog, fault: Fault, load: Load, struck: float) -> Outcome:
    """Counts once the queue is empty, and again once the sweep has looked."""
    with contextlib.suppress(AssertionError):
        wait_for(lambda: pictures_to_do(blog) == 0, "all tasks are done", seconds=fault.patience)
    unfinished = pictures_to_do(blog)
    # The sweep leaves the last two minutes to the queue.
    blog.sql(_AGE_UNFINISHED)
    with contextlib.suppress(AssertionError):
        wait_for(lambda: pictures_to_do(blog) == 0, "the sweep is done", seconds=DONE)
    stored = {row[0] for row in blog.sql("SELECT id FROM posts_post")}
    working = load.working_since(struck)
    assert working is not None
    after = [one for one in load.answers if one.ended > struck]
    return Outcome(
        fault=fault.name,
        away=fault.away,
        answers=dict(Counter(one.status for one in after)),
        slowest=round(max(one.seconds for one in after), 1),
        answered_after=round(max(load.good_since() - struck, 0), 1),
        working_after=round(working - struck, 1),
        accepted=len(load.accepted),
        missing=len(load.accepted.keys() - stored),
        unfinished=unfinished,
        given_up=pictures_to_do(blog),
    )


def pictures_to_do(blog: MicroBlog) -> int:
    found: int = blog.sql(_COUNT_UNFINISHED)[0][0]
    return found


@pytest.fixture(scope="module")
def outcomes(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """One fault after the other, in one deployment."""
    folder = tmp_path_factory.mktemp("faults") / "backend"
    life = Life(emulator, "Faults")
    blog = MicroBlog(emulator, life.deploy(functools.partial(impatient_microblog, folder=folder)))
    found = {fault.name: suffer(blog, fault) for fault in FAULTS}
    LAST_RUN.parent.mkdir(exist_ok=True)
    LAST_RUN.write_text(
        as_json(
            list(found.values()),
            measured=dt.datetime.now(dt.UTC).date().isoformat(),
            cores=os.cpu_count(),
            load_average=os.getloadavg()[0],
            users=USERS,
        )
    )
    return found


@pytest.fixture(params=[fault.name for fault in FAULTS])
def happened(request: pytest.FixtureRequest, outcomes: dict[str, Outcome]) -> Outcome:
    return outcomes[request.param]


def test_people_post_before_and_after(happened: Outcome) -> None:
    assert happened.accepted >= ENOUGH


def test_no_accepted_post_is_lost(happened: Outcome) -> None:
    assert happened.missing == 0


def test_no_accepted_task_is_lost(happened: Outcome) -> None:
    assert happened.given_up == 0


def test_everything_works_again_within_the_stated_time(happened: Outcome) -> None:
    assert max(happened.answered_after, happened.working_after) < happened.away + WELL_AGAIN


def test_what_a_killed_worker_had_in_hand_is_done_by_the_next(
    outcomes: dict[str, Outcome],
) -> None:
    assert outcomes["worker task"].unfinished == 0


def test_with_a_second_web_task_only_the_requests_in_hand_fail(
    outcomes: dict[str, Outcome],
) -> None:
    failed = {
        status: count
        for status, count in outcomes["one of two web tasks"].answers.items()
        if not 200 <= status < 300
    }

    assert sum(failed.values()) <= USERS, failed


@pytest.mark.parametrize("fault", ["worker task", "cache"])
def test_without_worker_or_cache_every_request_is_answered(
    outcomes: dict[str, Outcome], fault: str
) -> None:
    answers = outcomes[fault].answers

    assert {status for status in answers if not 200 <= status < 300} == set()
