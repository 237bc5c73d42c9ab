"""The tables of docs/scaling.md, out of the results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"


def filled(page: str, results: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """The page with its tables as the results have them.

    :raises ValueError: it has no place for one of them.
    """
    tables = {
        "measured": measured_table(results),
        "machine": machine_words(results),
        "day": web_table(summary["day"]),
        "spike": web_table(summary["spike"]),
        "cooldown": cooldown_table(summary["cooldown"]),
        "queue": queue_table(summary["queue"]),
    }
    for name, text in tables.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        page, found = place.subn(rf"\g<1>\n{text}\n\n\g<2>", page)
        if found != 1:
            raise ValueError(f"the page has {found} places for {name}")
    return page


def measured_table(results: Mapping[str, Any]) -> str:
    """One row for each setting."""
    rows = [
        [
            f"{one['cpus']:g}",
            one["worker_class"],
            f"{one['workers']} x {one['threads']}",
            f"{one['full']['requests_per_second']:.0f}",
            f"{one['cpus_used']:.2f}",
            f"{one['cpu_ms_per_request']:.1f}",
            f"{one['full']['p50_ms']:.0f} / {one['full']['p95_ms']:.0f}",
            f"{one['part']['p50_ms']:.0f} / {one['part']['p95_ms']:.0f}",
            f"{one['memory_mib']:.0f}",
        ]
        for one in results["settings"]
    ]
    heads = ["vCPU", "class", "workers x threads", "requests/s", "vCPU used", "CPU ms/request"]
    heads += ["p50 / p95 ms, flat out", "p50 / p95 ms, at 60 %", "MiB"]
    return _table(heads, rows, left=3)


def machine_words(results: Mapping[str, Any]) -> str:
    """Where and when it was measured."""
    machine = results["machine"]
    loads = sorted(load for one in results["settings"] for load in one["load_averages"])
    limited = all(one["limited"] for one in results["settings"])
    kept = "kept to its CPU by a control group" if limited else "not kept to its CPU"
    return "\n".join(
        [
            f"Measured on {results['measured']}: {machine['cpu']}, {machine['cores']} cores shared",
            f"with others, {machine['memory_mib']} MiB, Linux {machine['kernel']},",
            f"Python {machine['python']}, Django {machine['django']}, gunicorn",
            f"{machine['gunicorn']}, locust {machine['locust']}; gunicorn {kept}.",
            f"Load average before: {results['load_average_before']}, during: {loads[0]} to",
            f"{loads[-1]}. {results['repeats']} runs of {results['seconds']} s each per setting,",
            "medians. A thumbnail of a picture of 12 megapixels took",
            f"{results['worker']['cpu_ms_per_message']:.0f} ms of CPU.",
        ]
    )


def web_table(choices: Mapping[str, Mapping[str, float]]) -> str:
    """One row for each choice of a web process."""
    rows = [
        [
            _code(name),
            f"{one['most_tasks']:.0f}",
            f"{one['slow_minutes']:.0f}",
            f"{one['slow_percent']:.2f}",
            f"{one['dropped_percent']:.2f}",
            f"{one['longest_seconds']:.2f}",
            f"{one['dollars']:.2f}",
        ]
        for name, one in choices.items()
    ]
    heads = ["choice", "tasks at most", "minutes over 1 s", "% slow", "% dropped", "longest s"]
    return _table([*heads, "US dollars a day"], rows, left=1)


def cooldown_table(choices: Mapping[str, Mapping[str, float]]) -> str:
    """One row for each cooldown."""
    rows = [
        [
            name,
            f"{one['most_tasks_of_the_day']:.0f}",
            f"{one['dollars']:.2f}",
            f"{one['slow_minutes_of_the_spike']:.0f}",
        ]
        for name, one in choices.items()
    ]
    heads = ["cooldown", "tasks of the day at most", "US dollars of the day"]
    return _table([*heads, "minutes over 1 s in a spike to 2.2 tasks"], rows, left=1)


def queue_table(choices: Mapping[str, Mapping[str, float]]) -> str:
    """One row for each choice of a worker."""
    rows = [
        [
            _code(name),
            f"{one['most_tasks']:.0f}",
            f"{one['longest_wait_minutes']:.1f}",
            f"{one['minutes_without_task'] / 60:.1f}",
            f"{one['dollars']:.2f}",
        ]
        for name, one in choices.items()
    ]
    heads = ["choice", "tasks at most", "longest wait, minutes", "hours without a task"]
    return _table([*heads, "US dollars a day"], rows, left=1)


def _code(name: str) -> str:
    return f"`{name}`" if "=" in name else name


def _table(heads: list[str], rows: list[list[str]], *, left: int) -> str:
    line = ["---"] * left + ["---:"] * (len(heads) - left)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, line, *rows))
