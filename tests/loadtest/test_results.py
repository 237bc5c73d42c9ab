"""What is committed is what the code gives: the results, the page, the pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loadtest.page import PAGE, filled
from loadtest.settings import MIX, SETTINGS
from loadtest.simulation.summary import MEASURED, SIMULATED, Simulation, measured, simulate
from tools.costs.prices import PRICES

IMAGES = Path(__file__).parents[2] / "docs" / "images"


@pytest.fixture(scope="module")
def results() -> Mapping[str, Any]:
    return measured()


@pytest.fixture(scope="module")
def simulation(results: Mapping[str, Any]) -> Simulation:
    return simulate(results)


def test_every_setting_is_measured_with_the_mix_of_today(results: Mapping[str, Any]) -> None:
    assert results["mix"] == MIX
    assert [
        {name: one[name] for name in ("cpus", "worker_class", "workers", "threads")}
        for one in results["settings"]
    ] == [setting.as_dict() for setting in SETTINGS]


def test_no_measured_request_failed(results: Mapping[str, Any]) -> None:
    assert [one["full"]["failures"] + one["part"]["failures"] for one in results["settings"]] == [
        0
    ] * len(SETTINGS)


def test_what_the_machine_was_and_how_busy_is_told(results: Mapping[str, Any]) -> None:
    assert {"cpu", "cores", "python", "django", "gunicorn", "locust"} <= set(results["machine"])
    assert all(len(one["load_averages"]) == results["repeats"] for one in results["settings"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", results["measured"])


def test_the_results_stay_small() -> None:
    assert MEASURED.stat().st_size < 20_000
    assert SIMULATED.stat().st_size < 10_000


def test_the_committed_numbers_are_those_that_the_simulation_gives(
    simulation: Simulation,
) -> None:
    """`make scaling-plot` writes them anew."""
    assert json.loads(SIMULATED.read_text()) == simulation.summary


def test_the_tables_of_the_page_are_those_of_the_results(results: Mapping[str, Any]) -> None:
    page = PAGE.read_text()

    assert filled(page, results, json.loads(SIMULATED.read_text())) == page


def test_a_page_without_a_place_for_a_table_is_an_error(results: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="0 places for measured"):
        filled("", results, json.loads(SIMULATED.read_text()))


def test_a_sleeping_worker_costs_less_and_cuts_nothing_off(simulation: Simulation) -> None:
    sleeping, awake, _ = simulation.summary["queue"].values()

    assert sleeping["dollars"] < awake["dollars"]
    assert sleeping["minutes_without_task"] > 0
    assert sleeping["cut_off"] == 0


def test_a_day_costs_at_least_its_one_task(simulation: Simulation) -> None:
    cpu, memory = (PRICES[f"fargate.X86_64.{kind}"].dollars for kind in ("cpu", "memory"))
    least = 24 * (0.5 * cpu + memory)

    assert simulation.summary["day"]["the defaults"]["dollars"] >= round(least, 2)


@pytest.mark.parametrize("name", ["scaling-day", "scaling-spike", "scaling-queue"])
def test_a_picture_is_small_and_without_a_date(name: str) -> None:
    picture = (IMAGES / f"{name}.svg").read_text()

    assert len(picture) < 150_000
    assert "<dc:date>" not in picture
    assert f"images/{name}.svg" in PAGE.read_text()
