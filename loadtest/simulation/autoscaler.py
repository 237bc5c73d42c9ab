"""Application Auto Scaling, a minute at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil

from .aws import HIGH_MINUTES, LOW_MINUTES, LOW_PART
from .policies import Service, Step, Tracking


class Autoscaler:
    """Decides how many tasks a service is to run.

    :param service: its policies.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        #: Tasks asked for.
        self.desired = max(1, service.fewest)
        self._seen: list[Mapping[str, float]] = []
        self._out_until = self._in_until = 0
        # What was asked for when the running cooldown after scaling out began.
        self._before_out = self.desired

    def minute(self, now: int, values: Mapping[str, float]) -> int:
        """The number of tasks, after one more minute of metrics; `now` is in seconds."""
        self._seen = [*self._seen, values][-1440:]
        if now >= self._out_until:
            self._before_out = self.desired
        out = [self._tracked(one) for one in self._service.tracking if self._high(one)]
        out += [
            self._before_out + step.add
            for step in self._service.steps
            if step.add is not None and self._breaches(step)
        ]
        # The greatest of all that want more; less only when every one agrees.
        wanted = min(self._service.most, max(out, default=0))
        if wanted > self.desired:
            self._scale_out(now, wanted)
        elif not out and now >= max(self._in_until, self._out_until):
            self._scale_in(now)
        return self.desired

    def _scale_out(self, now: int, wanted: int) -> None:
        if now >= self._out_until:
            cooldowns = [one.out_seconds for one in self._service.tracking]
            self._out_until = now + max(cooldowns, default=0)
        self.desired = wanted

    def _scale_in(self, now: int) -> None:
        sleeping = [
            step for step in self._service.steps if step.add is None and self._breaches(step)
        ]
        wanted = self.desired
        if self._service.tracking and all(self._low(one) for one in self._service.tracking):
            wanted = max(self._tracked(one) for one in self._service.tracking)
        wanted = min([wanted, *(step.exact or 0 for step in sleeping)])
        wanted = max(wanted, self._service.fewest)
        if wanted < self.desired:
            self.desired = self._before_out = wanted
            cooldowns = [one.in_seconds for one in self._service.tracking]
            self._in_until = now + max(cooldowns)

    def _tracked(self, policy: Tracking) -> int:
        """Rounded up: neither too little is added nor too much taken away."""
        return ceil(self._before_out * self._seen[-1][policy.metric] / policy.target - 1e-9)

    def _high(self, policy: Tracking) -> bool:
        return self._all(policy.metric, HIGH_MINUTES, lambda value: value > policy.target)

    def _low(self, policy: Tracking) -> bool:
        limit = LOW_PART * policy.target
        return self._all(policy.metric, LOW_MINUTES, lambda value: value < limit)

    def _all(self, metric: str, minutes: int, test: Callable[[float], bool]) -> bool:
        last = self._seen[-minutes:]
        return len(last) == minutes and all(test(one[metric]) for one in last)

    def _breaches(self, step: Step) -> bool:
        last = self._seen[-step.minutes :]
        return len(last) == step.minutes and all(_breach(step, one) for one in last)


def _breach(step: Step, values: Mapping[str, float]) -> bool:
    found: Sequence[float] = [values[name] for name in step.metrics]
    total = sum(found)
    return total >= step.threshold if step.at_least else total <= step.threshold
