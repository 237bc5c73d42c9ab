"""The stand-in's own promises, on a distribution of a few lines with origins in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.routing.edge.distribution import read_distribution
from tests.routing.edge.edge import Edge
from tests.routing.http.message import Headers, Request, Response
from tests.routing.template import Deployed

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
NOT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@dataclass
class Memory:
    """An origin that remembers what it was asked, and answers what it is told to."""

    asked: list[Request] = field(default_factory=list)
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)

    def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        tag = dict(self.headers).get("ETag")
        if tag and request.headers.get("If-None-Match") == tag:
            return Response(304, Headers(self.headers))
        return Response(self.status, Headers(self.headers), b"body")


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Bench:
    edge: Edge
    origin: Memory
    clock: Clock

    def ask(
        self, path: str = "/", method: str = "GET", scheme: str = "https", **headers: str
    ) -> Any:
        path, _, query = path.partition("?")
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        given = Headers([("Host", "example.com"), *named])
        return self.edge.answer(Request(method, path, query, given, scheme=scheme))


def behavior(**more: Any) -> dict[str, Any]:
    base = {"TargetOriginId": "o", "ViewerProtocolPolicy": "redirect-to-https"}
    return {**base, "CachePolicyId": OPTIMIZED, **more}


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Makes a distribution of one origin out of its default behaviour and further settings."""
    with contextlib.ExitStack() as stack:

        def make(
            default: Mapping[str, Any] | None = None,
            resources: Mapping[str, Any] | None = None,
            **config: Any,
        ) -> Bench:
            origin = {
                "Id": "o",
                "DomainName": "origin.example.com",
                "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
                "OriginCustomHeaders": [{"HeaderName": "X-Own", "HeaderValue": "edge"}],
            }
            distribution = {
                "Aliases": ["example.com"],
                "Origins": [origin],
                "DefaultCacheBehavior": default or behavior(),
                **config,
            }
            body = {
                "Resources": {
                    "D": {
                        "Type": "AWS::CloudFront::Distribution",
                        "Properties": {"DistributionConfig": distribution},
                    },
                    **(resources or {}),
                }
            }
            deployed = Deployed(body, lambda name, _, attribute: name + attribute, "1", "r")
            memory, clock = Memory(), Clock()
            edge = Edge(read_distribution(deployed), {"o": memory}, clock=clock)
            stack.callback(edge.close)
            return Bench(edge, memory, clock)

        yield make


Make = Callable[..., Bench]


def test_the_first_pattern_that_fits_wins(bench: Make) -> None:
    made = bench(
        CacheBehaviors=[
            behavior(PathPattern="/a/*", AllowedMethods=["GET", "HEAD", "POST"]),
            behavior(PathPattern="/a/b"),
        ]
    )

    assert made.ask("/a/b", "POST").status == 200
    assert made.ask("/else", "POST").status == 403


def test_a_name_that_is_no_alias_is_403(bench: Make) -> None:
    answer = bench().edge.answer(Request("GET", "/", headers=Headers([("Host", "other.com")])))

    assert answer.status == 403


def test_plain_http_is_sent_to_https(bench: Make) -> None:
    answer = bench().ask("/a?b=c", scheme="http")

    assert answer.status == 301
    assert answer.headers.get("Location") == "https://example.com/a?b=c"


def test_without_an_origin_request_policy_nothing_of_the_viewers_passes(bench: Make) -> None:
    made = bench()
    made.ask("/a?b=c", Cookie="s=1", User_Agent="Firefox", Accept_Language="de")

    (asked,) = made.origin.asked
    assert asked.target == "/a"
    assert {name for name, _ in asked.headers} == {
        *("Host", "User-Agent", "Via", "X-Amz-Cf-Id", "X-Forwarded-For", "X-Own")
    }
    assert asked.headers.get("Host") == "origin.example.com"
    assert asked.headers.get("User-Agent") == "Amazon CloudFront"


def test_all_viewer_passes_cookies_query_and_host(bench: Make) -> None:
    made = bench(behavior(CachePolicyId=DISABLED, OriginRequestPolicyId=ALL_VIEWER))
    made.ask("/a?b=c", Cookie="s=1", User_Agent="Firefox", X_Forwarded_Proto="http", X_Own="mine")

    (asked,) = made.origin.asked
    assert asked.target == "/a?b=c"
    assert asked.headers.get("Host") == "example.com"
    assert asked.headers.get("Cookie") == "s=1"
    assert asked.headers.get("User-Agent") == "Firefox"
    assert asked.headers.get("X-Own") == "edge"
    assert "X-Forwarded-Proto" not in asked.headers


def test_all_viewer_except_host_keeps_the_origins_host(bench: Make) -> None:
    made = bench(behavior(CachePolicyId=DISABLED, OriginRequestPolicyId=NOT_HOST))
    made.ask(Accept_Language="de")

    (asked,) = made.origin.asked
    assert asked.headers.get("Host") == "origin.example.com"
    assert asked.headers.get("Accept-Language") == "de"


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("", 86_400),
        ("max-age=300", 300),
        ("max-age=300, s-maxage=60", 60),
        ("max-age=0", 1),
        ("no-cache", 1),
        ("private", 1),
        ("max-age=99999999", 31_536_000),
    ],
)
def test_an_answer_stays_for_its_time_within_the_policys_bounds(
    bench: Make, control: str, seconds: int
) -> None:
    made = bench()
    made.origin.headers = [("Cache-Control", control)] if control else []
    made.ask()

    made.clock.now += seconds - 0.5
    assert made.ask().headers.get("X-Cache") == "Hit from cloudfront"
    made.clock.now += 1
    assert made.ask().headers.get("X-Cache") == "Miss from cloudfront"


def test_nothing_is_kept_when_caching_is_disabled(bench: Make) -> None:
    made = bench(behavior(CachePolicyId=DISABLED))
    made.origin.headers = [("Cache-Control", "max-age=300")]

    made.ask()
    made.ask()

    assert len(made.origin.asked) == 2


def test_a_missing_file_is_asked_for_again_after_ten_seconds(bench: Make) -> None:
    made = bench()
    made.origin.status = 404
    made.ask()
    made.clock.now += 9
    made.ask()
    made.clock.now += 2
    made.ask()

    assert len(made.origin.asked) == 2


def test_what_is_stale_is_asked_for_with_its_tag(bench: Make) -> None:
    made = bench()
    made.origin.headers = [("Cache-Control", "no-cache"), ("ETag", '"1"')]
    made.ask()
    made.clock.now += 2

    again = made.ask()

    assert made.origin.asked[1].headers.get("If-None-Match") == '"1"'
    assert again.headers.get("X-Cache") == "RefreshHit from cloudfront"
    assert again.body == b"body"


def test_a_viewer_that_has_it_is_told_so(bench: Make) -> None:
    made = bench()
    made.origin.headers = [("ETag", '"1"')]

    assert made.ask(If_None_Match='"1"').status == 304
    assert made.ask(If_None_Match='"0"').status == 200


def test_an_invalidated_path_is_asked_for_again(bench: Make) -> None:
    made = bench()
    made.ask("/index.html")
    made.ask("/assets/a.js")

    made.edge.cache.invalidate(["/index.html"])

    assert made.ask("/index.html").headers.get("X-Cache") == "Miss from cloudfront"
    assert made.ask("/assets/a.js").headers.get("X-Cache") == "Hit from cloudfront"


@pytest.mark.parametrize(("override", "expected"), [(True, "edge"), (False, "origin")])
def test_a_response_header_of_the_policy_yields_to_the_origins_unless_it_overrides(
    bench: Make, override: bool, expected: str
) -> None:
    item = {"Header": "X-One", "Value": "edge", "Override": override}
    policy = {
        "Type": "AWS::CloudFront::ResponseHeadersPolicy",
        "Properties": {"ResponseHeadersPolicyConfig": {"CustomHeadersConfig": {"Items": [item]}}},
    }
    made = bench(behavior(ResponseHeadersPolicyId={"Ref": "P"}), {"P": policy})

    assert made.ask("/without").headers.all("X-One") == ["edge"]
    made.origin.headers = [("X-One", "origin")]
    assert made.ask("/with").headers.all("X-One") == [expected]


def test_an_error_page_takes_the_place_of_every_origins_error(bench: Make) -> None:
    """Why the distribution of DjangoVue must have none: the API's 404 would be the application."""
    page = {"ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html"}
    made = bench(CustomErrorResponses=[page])
    made.origin.status = 404

    assert made.ask("/api/nothing").status == 200


def test_what_the_stand_in_does_not_know_is_an_error_and_not_a_pass(bench: Make) -> None:
    with pytest.raises(LookupError, match="CachePolicyId 'mine' is unknown here"):
        bench(behavior(CachePolicyId="mine"))
    with pytest.raises(LookupError, match="LambdaFunctionAssociations"):
        bench(behavior(LambdaFunctionAssociations=[{"EventType": "viewer-request"}]))
