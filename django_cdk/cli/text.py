"""Text of others, made fit for a terminal."""

from __future__ import annotations

import re

# All control sequences but colours (CSI ... m): what a visitor writes into a log by his
# User-Agent must not move the cursor or set the title of the reader's terminal.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*(?!m)[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b(?!\[)[ -/]*[0-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """The text without control sequences and characters, but with its colours."""
    return _CONTROLS.sub("", _SEQUENCES.sub("", text))
