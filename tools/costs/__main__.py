"""Write the tables of docs/costs.md anew: `make costs`."""

from __future__ import annotations

from pathlib import Path

from .page import tables

PAGE = Path(__file__).parents[2] / "docs" / "costs.md"


def filled(text: str) -> str:
    """The page with its tables as the prices and the templates have them."""
    for name, table in tables().items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->\n")
        if not end:
            raise LookupError(f"{PAGE.name} has no place for the table {name!r}.")
        text = f"{before}{begin}\n{table}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
    print(f"{PAGE.name} is written.")
