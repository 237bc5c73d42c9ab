"""Where a resource failed, in the emulator's log.

A stack event has the last words of an error alone, as on AWS. When the emulator itself is at fault
they are not enough to find out.
"""

from __future__ import annotations

import logging
from typing import Any

from ministack.services.cloudformation import stacks

from tests.emulator.ministack_parts import wrap

_log = logging.getLogger("resources")


def install() -> None:
    """Logs the traceback of each resource that could not be made, changed or deleted."""
    for name in ("_provision_resource", "_update_resource", "_delete_resource"):
        wrap(stacks, name, _told)


def _told(original: Any) -> Any:
    def work(*arguments: Any) -> Any:
        try:
            return original(*arguments)
        except Exception:
            _log.exception("%s%r failed", original.__name__, arguments[:2])
            raise

    return work
