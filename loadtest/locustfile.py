"""Visitors of the micro-blog: most read, some write, few log in. Static files come from elsewhere.

`locust` runs it, in .venv-load; `measure.py` starts locust and says by environment who the
visitors are (LOAD_SEED) and how often each of them asks (LOAD_RATE, 0: as fast as it gets answers).
"""

from __future__ import annotations

import json
import os
import random
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, constant, constant_throughput, task

SEED = json.loads(Path(os.environ["LOAD_SEED"]).read_text())
RATE = float(os.environ["LOAD_RATE"])
# The cookie and the header have to say the same; which text it is does not matter.
CSRF = "abcdefghijklmnopqrstuvwxyzABCDEF"

_visitors = cycle(SEED["visitors"])
_choose = random.Random(20261121)


def deck(mix: dict[str, int]) -> list[str]:
    """The mix in an order in which each kind comes at even distances.

    By chance, a short run would have two log-ins or six, and they cost more than all the rest.
    """
    cards = [
        ((index + 0.5) / number, kind) for kind, number in mix.items() for index in range(number)
    ]
    return [kind for _, kind in sorted(cards)]


_cards = cycle(deck(SEED["mix"]))


class Visitor(FastHttpUser):
    """One who is logged in, with a session made beforehand: a log-in costs a third of a second."""

    wait_time = constant_throughput(RATE) if RATE else constant(0)
    connection_timeout = 30.0
    network_timeout = 30.0

    def on_start(self) -> None:
        self.visitor = next(_visitors)
        self.headers = {
            "Cookie": f"sessionid={self.visitor['session']}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }

    @task
    def ask(self) -> None:
        kinds = {
            "list": self.list_posts,
            "detail": self.one_post,
            "create": self.write_post,
            "log-in": self.log_in,
        }
        kinds[next(_cards)]()

    def list_posts(self) -> None:
        page = _choose.choice((1, 1, 1, 2, 3))
        self.client.get(f"/api/posts/?page={page}", headers=self.headers, name="list")

    def one_post(self) -> None:
        post = _choose.choice(SEED["posts"])
        self.client.get(f"/api/posts/{post}/", headers=self.headers, name="detail")

    def write_post(self) -> None:
        text = {"text": "What the load test has to say today. " * 4}
        self.client.post("/api/posts/", json=text, headers=self.headers, name="create")

    def log_in(self) -> None:
        who = {"username": self.visitor["username"], "password": SEED["password"]}
        headers = {"Cookie": f"csrftoken={CSRF}", "X-CSRFToken": CSRF}
        self.client.post("/api/auth/log-in/", json=who, headers=headers, name="log-in")
        # The visitor stays who the visitor was.
        self.client.cookiejar.clear()
