"""Which sizes Fargate sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from django_cdk.process import Process

# CPU units -> memory in MiB: least, most, step.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_MEMORY = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def check_size(process: Process) -> None:
    """Refuses a pair of CPU and memory that Fargate does not sell.

    :raises OptionError: with the memory sizes that go with the CPU.
    """
    size, option = process.size, f"size of {process.kind} {process.name!r}"
    if size.cpu not in _MEMORY:
        raise OptionError(option, size, f"give cpu as one of {', '.join(map(str, _MEMORY))}.")
    least, most, step = _MEMORY[size.cpu]
    memory = size.memory_mib
    # 256 units go with 512, 1024 and 2048 MiB, not with 1536.
    odd = size.cpu == 256 and memory == 1536
    if not least <= memory <= most or (memory - least) % step or odd:
        raise OptionError(
            option,
            size,
            f"with cpu={size.cpu} Fargate takes {least} to {most} MiB in steps of {step}: "
            f"give memory_mib={_nearest(memory, least, most, step)}.",
        )


def _nearest(memory: int, least: int, most: int, step: int) -> int:
    if memory == 1536:
        return 2048
    return min(most, max(least, least + -(-(memory - least) // step) * step))
