"""EventBridge's schedules in Kubernetes' words."""

from __future__ import annotations

import pytest

from django_cdk import OptionError
from django_cdk.eks.cron import cron_schedule


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("cron(0 3 * * ? *)", "0 3 * * *"),
        ("cron(0 3 ? * MON-FRI *)", "0 3 * * MON-FRI"),
        ("cron(0 3 ? * 1 *)", "0 3 * * 0"),
        ("cron(0 3 ? * 2-6 *)", "0 3 * * 1-5"),
        ("cron(0 3 ? * 1,7 *)", "0 3 * * 0,6"),
        ("cron(0 3 ? * 2/2 *)", "0 3 * * 1/2"),
        ("cron(0/15 8-18 1 JAN,JUL ? *)", "0/15 8-18 1 JAN,JUL *"),
        ("cron(0 3 ? * WED *)", "0 3 * * WED"),
        ("rate(1 minute)", "*/1 * * * *"),
        ("rate(15 minutes)", "*/15 * * * *"),
        ("rate(60 minutes)", "0 * * * *"),
        ("rate(1 hour)", "0 */1 * * *"),
        ("rate(6 hours)", "0 */6 * * *"),
        ("rate(24 hours)", "0 0 * * *"),
        ("rate(1 day)", "0 0 * * *"),
    ],
)
def test_translates(given: str, meant: str) -> None:
    assert cron_schedule("schedule", given) == meant


@pytest.mark.parametrize(
    "given",
    [
        "at(2030-01-01T00:00:00)",
        "cron(0 3 L * ? *)",
        "cron(0 3 15W * ? *)",
        "cron(0 3 ? * 6L *)",
        "cron(0 3 ? * 2#1 *)",
        "cron(0 3 * * ? 2030)",
        "cron(0 3 * * *)",
        "rate(7 minutes)",
        "rate(5 hours)",
        "rate(0 minutes)",
        "rate(2 days)",
    ],
)
def test_refuses_what_kubernetes_can_t_say(given: str) -> None:
    with pytest.raises(OptionError, match="a Kubernetes CronJob can't say that"):
        cron_schedule("schedule", given)
