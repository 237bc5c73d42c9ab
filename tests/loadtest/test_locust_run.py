"""What locust says, in the numbers that are kept; and that the load stays on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadtest.locust_run import Load, percentile, run_locust, summary
from loadtest.settings import MIX, SETTINGS

LOAD = Load(locust="/nonexistent/locust", seed=Path("seed.json"), folder=Path())


def entry(name: str, times: dict[str, int], *, failures: int = 0) -> dict[str, Any]:
    return {
        "name": name,
        "num_requests": sum(times.values()),
        "num_failures": failures,
        "start_time": 100.0,
        "last_request_timestamp": 110.0,
        "response_times": times,
    }


@pytest.mark.parametrize("url", ["http://example.com", "https://127.0.0.1:1", "http://10.0.0.1:80"])
def test_a_url_that_is_not_on_loopback_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not on loopback"):
        run_locust(LOAD, url, visitors=1, rate=0, seconds=1)


def test_requests_and_failures_of_all_kinds_add_up() -> None:
    found = summary([entry("list", {"10": 80}), entry("create", {"20": 20}, failures=1)])

    assert (found["requests"], found["failures"], found["seconds"]) == (100, 1, 10)
    assert found["requests_per_second"] == 10


def test_percentiles_are_of_all_but_log_ins() -> None:
    found = summary([entry("list", {"10": 90, "50": 10}), entry("log-in", {"900": 50})])

    assert (found["p50_ms"], found["p95_ms"]) == (10, 50)


@pytest.mark.parametrize(("part", "time"), [(1, 1), (50, 1), (51, 2), (90, 2), (99, 3)])
def test_a_percentile_is_the_time_in_which_so_many_were_answered(part: int, time: int) -> None:
    assert percentile({3: 10, 1: 50, 2: 40}, part) == time


def test_the_mix_is_of_a_hundred() -> None:
    assert sum(MIX.values()) == 100


def test_no_setting_is_measured_twice() -> None:
    assert len(set(SETTINGS)) == len(SETTINGS)
