"""Which files count as images, in one place for both ways to upload."""

from __future__ import annotations

from typing import IO, Any

from django.core.exceptions import ValidationError
from PIL import Image

MAX_BYTES = 10 * 1024 * 1024
# A small file can unpack to gigabytes; this is what the worker's memory can take.
MAX_PIXELS = 50_000_000
# Pillow's name of the format -> (content type, ending). SVG is absent on purpose: it is a program.
FORMATS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
}
ENDINGS = dict(FORMATS.values())


def check(file: IO[Any], size: int) -> str:
    """The format of what is really in the file; ValidationError when it is none of FORMATS."""
    if size > MAX_BYTES:
        raise ValidationError(f"The image is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        with Image.open(file, formats=list(FORMATS)) as image:
            image.verify()
            found, (width, height) = image.format, image.size
    # Pillow's parsers raise whatever a broken file makes them stumble over.
    except Exception as error:
        known = ", ".join(FORMATS)
        raise ValidationError(f"The file is not an image of a kind known here: {known}.") from error
    finally:
        file.seek(0)
    if width * height > MAX_PIXELS:
        raise ValidationError(f"The image has more than {MAX_PIXELS // 1_000_000} megapixels.")
    return found
