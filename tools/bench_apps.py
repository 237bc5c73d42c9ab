"""What `make bench` measures, a process each: `python -m tools.bench_apps KIND [COUNT]`.

The assembly goes where the variable CDK_OUTDIR says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk

from tools.flags import recommended_flags

BACKEND = str(Path(__file__).parent.parent / "test" / "django-step-by-step" / "backend")
CELERY_APP = "backend.celery_app:app"
STACK = "Bench"


def plain(app: cdk.App, *, celery: bool) -> None:
    """By hand."""
    from tools.bench_plain import PlainStack  # noqa: PLC0415 - no process pays for another kind

    PlainStack(app, STACK, image_directory=BACKEND, celery=celery)


def library(app: cdk.App, *, celery: bool, count: int) -> None:
    """DjangoEcs with its defaults, `count` times in one stack."""
    from django_cdk import DjangoEcs  # noqa: PLC0415

    stack = cdk.Stack(app, STACK)
    for number in range(count):
        DjangoEcs(
            stack,
            f"App{number}",
            image_directory=BACKEND,
            celery_app=CELERY_APP if celery else None,  # type: ignore[arg-type]
            use_celery_beat=celery,
        )


def main(kind: str, count: int = 1) -> None:
    """Synthesize one kind of app."""
    # Eight applications are more than the 500 resources that a stack may have.
    app = cdk.App(context={**recommended_flags(), "@aws-cdk/core:stackResourceLimit": 0})
    name, _, celery = kind.partition("-")
    if name == "empty":
        # CloudFormation knows no stack without a resource; this one does nothing.
        cdk.CfnWaitConditionHandle(cdk.Stack(app, STACK), "Nothing")
    elif name == "plain":
        plain(app, celery=bool(celery))
    else:
        library(app, celery=bool(celery), count=count)
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
