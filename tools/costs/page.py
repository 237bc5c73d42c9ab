"""The tables of docs/costs.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .bill import Line, total
from .examples import BASE, CHOICES, CONFIGURATIONS, chosen
from .prices import PRICES, Price

#: Rows of the comparison -> the beginnings of the prices that they sum up.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "web, workers, beat (Fargate)": ("fargate.",),
    "machines and their disks": ("ec2.", "disk"),
    "Kubernetes control plane": ("eks",),
    "load balancer": ("load_balancer",),
    "NAT gateways": ("nat",),
    "public IPv4 addresses": ("address",),
    "database": ("rds.", "aurora."),
    "cache": ("cache.",),
    "secrets, keys, alarms": ("secret", "key", "alarm"),
}


def tables() -> Mapping[str, str]:
    """Name of the table -> its Markdown."""
    return {"configurations": _configurations(), "choices": _choices(), "prices": _prices()}


def _configurations() -> str:
    bills = {title: example.lines for title, example in CONFIGURATIONS.items()}
    rows = [
        (group, *(_dollars(total(_within(lines, names))) for lines in bills.values()))
        for group, names in _GROUPS.items()
    ]
    sums = ("**a month**", *(f"**{_dollars(total(lines))}**" for lines in bills.values()))
    return _table(("US dollars a month", *bills), [*rows, sums], right=True)


def _choices() -> str:
    base = total(BASE.lines)
    rows = [(one.written, f"{total(chosen(one).lines) - base:+.2f}", one.note) for one in CHOICES]
    return _table(("Choice", "US dollars a month", "What it means"), rows)


def _prices() -> str:
    rows = [(one.what, f"{one.dollars:g}", one.unit, _read(one)) for one in PRICES.values()]
    return _table(("What", "US dollars", "per", "read"), rows)


def _read(price: Price) -> str:
    if price.source is None:
        return "not checked"
    site = price.source.url.split("/")[2].removeprefix("www.")
    return f"[{site}]({price.source.url}), {price.source.date or 'without a date'}"


def _within(lines: Iterable[Line], names: tuple[str, ...]) -> list[Line]:
    return [line for line in lines if line.price.startswith(names)]


def _dollars(amount: float) -> str:
    return f"{amount:.2f}" if amount else "-"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, right: bool = False) -> str:
    rule = ("---", *("---:" if right else "---" for _ in header[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))
