"""CPU milliseconds of the sample's one real message: a thumbnail. Runs with Django."""

from __future__ import annotations

import io
import statistics
import sys
import time

import django

RUNS = 5


def cpu_ms() -> float:
    from PIL import Image
    from posts.tasks import _shrink

    picture = io.BytesIO()
    # As large as a telephone's, with as much in it as makes a JPEG of 3 MB.
    noise = Image.effect_noise((1000, 750), 60).resize((4000, 3000))
    Image.merge("RGB", (noise, noise.rotate(90).resize(noise.size), noise)).save(picture, "JPEG")
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        _shrink(io.BytesIO(picture.getvalue()))
        found.append(1000 * (time.process_time() - start))
    return round(statistics.median(found), 1)


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(str(cpu_ms()))
