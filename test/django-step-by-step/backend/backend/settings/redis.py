"""Where Redis or Valkey is: one URL each for the cache, celery's broker and celery's results."""

from __future__ import annotations

from dataclasses import dataclass

from backend.settings import env


@dataclass(frozen=True)
class RedisUrls:
    """Empty strings: no such server."""

    cache: str
    broker: str
    results: str


def from_environment() -> RedisUrls:
    """The three URLs. They may be one and the same: keys of the three never clash, and the
    application never clears the cache (that would flush the queue with it)."""
    host = env.text("REDIS_SERVICE_HOST")
    cache = env.text("REDIS_URL") or (f"redis://{host}:6379/0" if host else "")
    broker = env.text("CELERY_BROKER_URL") or cache
    return RedisUrls(
        cache=cache,
        broker=broker,
        results=env.text("CELERY_RESULT_BACKEND") or broker,
    )
