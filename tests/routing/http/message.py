"""A request and a response as values, with header names that ignore case and may repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# Of one connection only, so never handed on: RFC 9110, section 7.6.1.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"}
)


class Headers:
    """Header fields in order."""

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __contains__(self, name: str) -> bool:
        return any(key.lower() == name.lower() for key, _ in self._items)

    def all(self, name: str) -> list[str]:
        """Every value of this field."""
        return [value for key, value in self._items if key.lower() == name.lower()]

    def get(self, name: str, default: str = "") -> str:
        """The values of this field joined, as RFC 9110 lets a recipient do."""
        return ", ".join(self.all(name)) or default

    def add(self, name: str, value: str) -> None:
        self._items.append((name, value))

    def set(self, name: str, value: str) -> None:
        self.remove(name)
        self.add(name, value)

    def remove(self, *names: str) -> None:
        lowered = {name.lower() for name in names}
        self._items = [item for item in self._items if item[0].lower() not in lowered]

    def copy(self) -> Headers:
        return Headers(self._items)


@dataclass
class Request:
    """What a client asked: `path` as it was sent, without the query."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    scheme: str = "https"
    client: str = "127.0.0.1"

    @property
    def target(self) -> str:
        """Path and query, as in a request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def host(self) -> str:
        """The Host header without a port."""
        return self.headers.get("Host").rsplit(":", 1)[0].lower()

    @property
    def upgrades(self) -> bool:
        """It asks for a WebSocket."""
        return self.headers.get("Upgrade").lower() == "websocket"


@dataclass
class Response:
    """What a server answered, with its whole body."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    @classmethod
    def text(cls, status: int, text: str, content_type: str = "text/plain") -> Response:
        return cls(status, Headers([("Content-Type", content_type)]), text.encode())
