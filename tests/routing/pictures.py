"""Pictures for uploads, written without an imaging library."""

from __future__ import annotations

import random
import struct
import zlib


def png(width: int, height: int, *, noise: bool = False) -> bytes:
    """A PNG of one colour; with `noise` of random points, which no compression makes smaller."""
    chance = random.Random(1)  # noqa: S311 - the same picture every time
    line = bytes([70, 130, 110]) * width
    rows = b"".join(b"\0" + (chance.randbytes(3 * width) if noise else line) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
