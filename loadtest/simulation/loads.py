"""A day's curve, a spike, and a day of messages. Loads are in multiples of one task's capacity."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

HOURS = 24


def day(peak: float) -> Callable[[int], float]:
    """Quiet at four in the morning, busiest twelve hours later."""

    def load(second: int) -> float:
        wave = (1 - cos(2 * pi * (second / 3600 - 4) / 24)) / 2
        return peak * (0.1 + 0.9 * wave**2)

    return load


def spike(usual: float, peak: float) -> Callable[[int], float]:
    """Always the same, but for 30 minutes at noon: a newsletter, reached within a minute."""

    def load(second: int) -> float:
        since = second - 12 * 3600
        if 0 <= since < 30 * 60:
            return usual + (peak - usual) * min(1.0, since / 60)
        return usual

    return load


def messages(second: int) -> int:
    """Of ten seconds: an import of 3000 at nine, one each ten seconds from 8 to 18, else none."""
    import_at_nine = 3000 if second == 9 * 3600 else 0
    return import_at_nine + (1 if 8 * 3600 <= second < 18 * 3600 else 0)
