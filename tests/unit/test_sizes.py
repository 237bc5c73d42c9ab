"""Fargate's table of CPU and memory."""

from __future__ import annotations

import pytest

from django_cdk import OptionError, Size
from django_cdk.ecs.sizes import check_size
from django_cdk.process import Process

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
# written out in GiB, not computed, so that the table in the code is checked against AWS's words.
SOLD = {
    256: [0.5, 1, 2],
    512: [1, 2, 3, 4],
    1024: [2, 3, 4, 5, 6, 7, 8],
    2048: [*range(4, 17)],
    4096: [*range(8, 31)],
    8192: [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60],
    16384: [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120],
}


def process(cpu: int, memory_mib: int) -> Process:
    size = Size(cpu=cpu, memory_mib=memory_mib)
    return Process(name="web", kind="web", command=None, size=size)


@pytest.mark.parametrize("cpu", SOLD)
def test_sells_exactly_what_fargate_sells(cpu: int) -> None:
    taken = []
    for memory in range(512, 122880 + 4096, 512):
        try:
            check_size(process(cpu, memory))
        except OptionError:
            continue
        taken.append(memory / 1024)

    assert taken == SOLD[cpu]


@pytest.mark.parametrize("cpu", [0, 128, 500, 1000, 32768])
def test_refuses_other_cpu_with_the_list(cpu: int) -> None:
    with pytest.raises(OptionError, match="256, 512, 1024, 2048, 4096, 8192, 16384"):
        check_size(process(cpu, 1024))


@pytest.mark.parametrize(
    ("cpu", "memory", "remedy"),
    [
        (256, 256, 512),
        (256, 1536, 2048),
        (256, 4096, 2048),
        (512, 512, 1024),
        (512, 1500, 2048),
        (1024, 1024, 2048),
        (1024, 16384, 8192),
        (8192, 17000, 20480),
        (16384, 131072, 122880),
    ],
)
def test_names_the_nearest_size_that_exists(cpu: int, memory: int, remedy: int) -> None:
    with pytest.raises(OptionError, match=f"give memory_mib={remedy}") as refused:
        check_size(process(cpu, memory))

    assert refused.value.option == "size of web 'web'"
    check_size(process(cpu, remedy))
