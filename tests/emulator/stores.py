"""What ministack keeps, listed while other threads add to it.

`list(store.items())` makes a tuple for each entry, so Python may collect garbage on the way and let
another thread on. One that adds an entry then fails the listing: "dictionary changed size during
iteration". ministack 1.5.33 lists its stores so, all log events of a session among them. The copy
of a dictionary makes no objects, so nothing comes in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

_STORES = (AccountScopedDict, AccountRegionScopedDict)
_LISTINGS = ("items", "values", "items_scoped", "values_scoped", "all_items", "all_values")


def install() -> None:
    """Lists copies."""
    for store in _STORES:
        for name in _LISTINGS:
            if listing := vars(store).get(name):
                setattr(store, name, _of_a_copy(listing))


def _of_a_copy(listing: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def listed(store: Any, *scope: str) -> list[Any]:
        return listing(type(store).from_dict(store._data), *scope)

    return listed
