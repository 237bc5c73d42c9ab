"""Somebody who uses the deployed application: cookies, CSRF token, posts, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import requests

from tests.deploy.microblog import MicroBlog

PASSWORD = "correct-horse-battery-1"
#: Longer than a load balancer waits.
_SECONDS = 65


@dataclass
class Visitor:
    """A person's browser without a window, in front of the load balancer.

    :param endpoint: where the load balancer of the emulator listens.
    :param host: the name by which it is asked.
    """

    endpoint: str
    host: str
    session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def of(cls, blog: MicroBlog) -> Visitor:
        """A new one."""
        return cls(blog.emulator.endpoint, blog.outputs["Url"].removeprefix("http://"))

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.endpoint + path, headers={"Host": self.host}, timeout=_SECONDS)

    def send(self, path: str, **content: object) -> requests.Response:
        """POST with the token of the cookie, as the front end sends it."""
        if "csrftoken" not in self.session.cookies:
            self.get("/api/csrf/").raise_for_status()
        headers = {"Host": self.host, "X-CSRFToken": self.session.cookies["csrftoken"]}
        return self.session.post(self.endpoint + path, headers=headers, timeout=_SECONDS, **content)

    def sign_up(self) -> str:
        """A new account, logged in; its name."""
        name = f"ann-{uuid4().hex[:12]}"
        who = {"username": name, "password": PASSWORD}
        answer = self.send("/api/auth/sign-up/", json=who)
        assert answer.status_code == 201, answer.text
        return name

    def write(self, text: str, picture: bytes | None = None) -> requests.Response:
        """A post, with a picture if one is given."""
        files = {"image": ("holiday.png", picture, "image/png")} if picture else None
        return self.send("/api/posts/", data={"text": text}, files=files)
