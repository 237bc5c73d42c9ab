"""The emulator lists what it keeps while other threads add to it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from tests.emulator import stores

#: More than Python makes tuples for without a thought of garbage.
ENTRIES = 20_000


@contextmanager
def additions(store: Any) -> Iterator[None]:
    """Adds an entry whenever garbage is collected, as another thread may."""

    def add(_phase: str, _info: dict[str, int]) -> None:
        store[f"late-{len(store.to_dict())}"] = "added"

    gc.callbacks.append(add)
    try:
        yield
    finally:
        gc.callbacks.remove(add)


@pytest.mark.parametrize("kind", [AccountScopedDict, AccountRegionScopedDict])
@pytest.mark.parametrize("listing", ["items", "values"])
def test_a_listing_stands_an_addition_meanwhile(kind: type[Any], listing: str) -> None:
    stores.install()
    store = kind()
    for number in range(ENTRIES):
        store[number] = "there"
    with additions(store):
        assert len(getattr(store, listing)()) >= ENTRIES
