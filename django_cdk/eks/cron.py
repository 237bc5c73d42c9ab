"""EventBridge's schedules in the words of Kubernetes."""

from __future__ import annotations

import re

from django_cdk.errors import OptionError

_CRON = re.compile(r"cron\((.+)\)")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_REMEDY = (
    "a Kubernetes CronJob can't say that: give cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK *)"
    " without L, W or #, or rate(N minutes|hours) where N divides 60 minutes or 24 hours."
)


def cron_schedule(option: str, schedule: str) -> str:
    """An EventBridge expression as the five fields of cron.

    EventBridge counts the days of the week from 1 (Sunday), Kubernetes from 0.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax

    :raises OptionError: for what Kubernetes can't say.
    """
    rate, cron = _RATE.fullmatch(schedule), _CRON.fullmatch(schedule)
    if rate:
        fields = _from_rate(int(rate[1]), rate[2])
    elif cron:
        fields = _from_cron(cron[1].split())
    else:
        fields = None
    if fields is None:
        raise OptionError(option, schedule, _REMEDY)
    return fields


def _from_rate(every: int, unit: str) -> str | None:
    if unit == "minute" and every and 60 % every == 0:
        return f"*/{every} * * * *" if every < 60 else "0 * * * *"
    if unit == "hour" and every and 24 % every == 0:
        return f"0 */{every} * * *" if every < 24 else "0 0 * * *"
    return "0 0 * * *" if (unit, every) == ("day", 1) else None


def _from_cron(fields: list[str]) -> str | None:
    if len(fields) != 6 or fields[5] != "*":
        return None
    minute, hour, day, month, weekday = (field.replace("?", "*") for field in fields[:5])
    if re.search(r"[LW#]", day) or re.search(r"#|L$|\dL", weekday):
        return None
    return " ".join((minute, hour, day, month, _shift(weekday)))


def _shift(weekday: str) -> str:
    """Days 1-7 as 0-6; names and steps stay."""
    days, slash, step = weekday.partition("/")
    shifted = re.sub(r"\d", lambda match: str(int(match[0]) - 1), days)
    return f"{shifted}{slash}{step}"
