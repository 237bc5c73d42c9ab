"""Write API.md anew: `make api`."""

from __future__ import annotations

from .page import Page
from .source import ROOT

TARGET = ROOT / "API.md"


def main() -> None:
    """Write the page, or leave it as it is."""
    TARGET.write_text(Page().text())
    print(f"{TARGET.name} is written.")


if __name__ == "__main__":
    main()
