"""A status as one readable table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from .text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rich.console import RenderableType

    from .report import ProcessStatus, Status

_GOOD, _BAD, _DOUBTFUL = "green", "red", "yellow"
_STYLES = {
    "completed": _GOOD,
    "succeeded": _GOOD,
    "healthy": _GOOD,
    "OK": _GOOD,
    "failed": _BAD,
    "unhealthy": _BAD,
    "ALARM": _BAD,
}
_DIGEST = len("sha256:") + 12
# Of a reason, in the table; --json has it whole.
_REASON_LINES = 12


def rendered(status: Status) -> RenderableType:
    """Head, processes, release commands, targets, alarms, events."""
    parts = [
        _head(status),
        _processes(status),
        _section(
            "Release commands",
            (
                (one.name, one.result, _time(one.time), _end_of(one.reason))
                for one in status.release
            ),
        ),
        _section("Targets", ((one.target, one.state, one.reason) for one in status.targets)),
        _section("Alarms", ((one.name, one.state, one.description) for one in status.alarms)),
        _section(
            "Events",
            (
                (process.name, _time(event.time), event.text)
                for process in status.processes
                for event in process.events
            ),
        ),
    ]
    return Group(*(part for part in parts if part is not None))


def _head(status: Status) -> Table:
    grid = Table.grid(padding=(0, 2))
    well = Text("well", style=_GOOD)
    state = Text("; ".join(status.problems), style=_BAD) if status.problems else well
    for name, value in (
        ("Application", Text(f"{status.app} ({status.target}, {status.region})")),
        ("State", state),
        ("URL", Text(status.url or "none")),
        ("Stack", Text(f"{status.stack}: {status.stack_status}, {_time(status.changed_at)}")),
    ):
        grid.add_row(Text(name, style="bold"), value)
    return grid


def _processes(status: Status) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), title_justify="left")
    for column in ("Process", "Running", "Rollout", "Image"):
        table.add_column(column, overflow="fold")
    for one in status.processes:
        table.add_row(
            Text(one.name),
            _count(one),
            _styled(_rollout(one), one.rollout),
            Text(", ".join(_short(image) for image in one.images)),
        )
    return _titled(table, "Processes")


def _count(process: ProcessStatus) -> Text:
    pending = f" ({process.pending} starting)" if process.pending else ""
    enough = process.running >= process.desired
    text = f"{process.running}/{process.desired}{pending}"
    return Text(text, style=_GOOD if enough else _BAD)


def _rollout(process: ProcessStatus) -> str:
    done = process.rollout == "completed"
    return process.rollout if done or not process.reason else f"{process.rollout}: {process.reason}"


def _section(title: str, rows: Iterable[tuple[str, ...]]) -> Table | None:
    """None without rows."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    for row in rows:
        table.add_row(*(_styled(harmless(cell), cell) for cell in row))
    return _titled(table, title) if table.row_count else None


def _titled(table: Table, title: str) -> Table:
    table.title = f"\n{title}"
    table.title_justify = "left"
    table.title_style = "bold"
    return table


def _styled(text: str, state: str) -> Text:
    return Text(text, style=_STYLES.get(state, _DOUBTFUL if state == "in progress" else ""))


def _short(image: str) -> str:
    return image[:_DIGEST] if image.startswith("sha256:") else image


def _time(time: datetime | None) -> str:
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S") if time else ""


def _end_of(reason: str) -> str:
    return "\n".join(reason.splitlines()[-_REASON_LINES:])
