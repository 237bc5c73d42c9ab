"""A few people who post pictures and read, for a limited time, and what they are answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from tests.deploy.microblog import MicroBlog
from tests.deploy.visitor import Visitor
from tests.routing.pictures import png

USERS = 3
#: Seconds that a user rests after each request.
PAUSE = 0.3
#: Seconds after which everybody goes home, whatever happens.
LONGEST = 150
MOST_REQUESTS_PER_USER = 500
#: How far a reader goes back; the API gives ten posts at once.
PAGES = 3
NO_ANSWER = 0


@dataclass(frozen=True)
class Answer:
    """What one request got.

    :param ended: on the monotonic clock.
    :param status: the code; 0: the connection broke or nobody answered in time.
    """

    ended: float
    seconds: float
    status: int

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Load:
    """All that was answered so far."""

    answers: list[Answer] = field(default_factory=list)
    #: Post that was answered with 201 -> when.
    accepted: dict[int, float] = field(default_factory=dict)
    #: Post -> when a reader first saw its thumbnail.
    finished: dict[int, float] = field(default_factory=dict)

    def good_since(self) -> float:
        """When the last request that failed had ended; 0 if none did."""
        return max((one.ended for one in self.answers if not one.is_good), default=0)

    def working_since(self, moment: float) -> float | None:
        """When first a picture was finished that was accepted after a moment."""
        times = [
            seen for post, seen in self.finished.items() if self.accepted.get(post, 0) > moment
        ]
        return min(times, default=None)

    def good_answers_in_a_row(self) -> int:
        """How many there were since the last that failed."""
        since = self.good_since()
        return sum(one.ended > since for one in self.answers)


class Running:
    """A load while it runs; a context manager."""

    def __init__(self, blog: MicroBlog) -> None:
        self.load = Load()
        self._picture = png(300, 200)
        self._home = threading.Event()
        self._reads = itertools.count()
        self._visitors = [Visitor.of(blog) for _ in range(USERS)]
        self._threads = [
            threading.Thread(target=self._use, args=(one,), daemon=True) for one in self._visitors
        ]

    def __enter__(self) -> Load:
        for visitor in self._visitors:
            visitor.sign_up()
        for thread in self._threads:
            thread.start()
        return self.load

    def __exit__(self, *_error: object) -> None:
        self._home.set()
        for thread in self._threads:
            thread.join()

    def _use(self, visitor: Visitor) -> None:
        deadline = time.monotonic() + LONGEST
        for _ in range(MOST_REQUESTS_PER_USER // 2):
            if time.monotonic() > deadline or self._home.is_set():
                return
            self._write(visitor)
            self._home.wait(PAUSE)
            self._read(visitor)
            self._home.wait(PAUSE)

    def _write(self, visitor: Visitor) -> None:
        answer = self._note(lambda: visitor.write("written under load", self._picture))
        if answer is not None and answer.status_code == 201:
            self.load.accepted[answer.json()["id"]] = time.monotonic()

    def _read(self, visitor: Visitor) -> None:
        # Page after page, newest first: a thumbnail may be made when its post is no longer on top.
        page = 1 + next(self._reads) % min(PAGES, 1 + len(self.load.accepted) // 11)
        answer = self._note(lambda: visitor.get(f"/api/posts/?page={page}"))
        if answer is not None and answer.status_code == 200:
            for post in answer.json()["results"]:
                if post["thumbnail"]:
                    self.load.finished.setdefault(post["id"], time.monotonic())

    def _note(self, ask: Callable[[], requests.Response]) -> requests.Response | None:
        began = time.monotonic()
        try:
            answer = ask()
        except requests.RequestException:
            answer = None
        ended = time.monotonic()
        status = NO_ANSWER if answer is None else answer.status_code
        self.load.answers.append(Answer(ended, ended - began, status))
        return answer
