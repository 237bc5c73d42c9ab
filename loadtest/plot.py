"""The plots of docs/scaling.md, as SVG: `make scaling-plot`. Needs matplotlib (.venv-load)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

IMAGES = Path(__file__).parents[1] / "docs" / "images"
COLORS = ("#00796b", "#c2185b", "#f9a825", "#3949ab", "#6d4c41")

# The same numbers make the same bytes: no date, no random ids, text as text.
mpl.rcParams.update(
    {
        "svg.hashsalt": "django-cdk",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "path.simplify_threshold": 1.0,
    }
)

Minutes = Sequence[Mapping[str, float]]


def draw(
    name: str,
    runs: Mapping[str, Minutes],
    hours: tuple[float, float],
    panels: Sequence[tuple[str, Callable[[Mapping[str, float]], float]]],
) -> None:
    """One picture with a panel for each measure and a line for each choice."""
    figure, axes = plt.subplots(len(panels), 1, sharex=True, figsize=(7, 1.7 * len(panels) + 0.6))
    first, last = (int(hour * 60) for hour in hours)
    for axis, (title, measure) in zip(axes, panels, strict=True):
        for color, (choice, minutes) in zip(COLORS, runs.items(), strict=False):
            points = corners(
                [(minute / 60, measure(minutes[minute])) for minute in range(first, last)]
            )
            axis.plot(
                [x for x, _ in points],
                [y for _, y in points],
                color=color,
                linewidth=1.2,
                label=choice,
            )
        axis.set_title(title, loc="left", fontsize=9)
        axis.set_ylim(bottom=0)
    axes[-1].set_xlabel("hour of the day")
    axes[-1].set_xlim(*hours)
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="lower center", ncols=3, frameon=False, fontsize=8
    )
    figure.tight_layout(rect=(0, 0.09, 1, 1))
    figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def corners(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the points in the middle of a level stretch, which would only make the file big."""
    rounded = [(round(x, 3), round(y, 3)) for x, y in points]
    return [
        point
        for index, point in enumerate(rounded)
        if index in (0, len(rounded) - 1)
        or not (rounded[index - 1][1] == point[1] == rounded[index + 1][1])
    ]


def main() -> None:
    series: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(Path(sys.argv[1]).read_text())
    defaults = series["day"]["the defaults"]
    arriving = ("requests per second", lambda one: one["arriving"])
    tasks = ("tasks", lambda one: one["tasks"])
    busy = ("CPU in use, %", lambda one: one["busy"])
    latency = ("latency, seconds (cut at 5)", lambda one: min(one["latency"], 5))
    draw("scaling-day", {"the defaults": defaults}, (0, 24), [arriving, tasks, busy, latency])
    draw("scaling-spike", series["spike"], (11.9, 12.9), [arriving, tasks, latency])
    waiting = ("messages waiting", lambda one: one["waiting"])
    draw("scaling-queue", series["queue"], (7.5, 19), [waiting, tasks])


if __name__ == "__main__":
    main()
