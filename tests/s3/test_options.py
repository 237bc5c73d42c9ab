"""Every option does something, and a wrong one is an error in the user's words."""

from __future__ import annotations

import inspect
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import OptionError, S3BucketResources
from tests import stacks
from tests.s3.conftest import Synthesized, synthesize

ORIGIN = "https://www.example.com"

# Option -> the options with it, and those without it.
EFFECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bucket_name": ({"bucket_name": "blog-files"}, {}),
    "user_name": ({"user_name": "blog"}, {}),
    "access_key": ({"access_key": True}, {}),
    "access_key_serial": ({"access_key": True, "access_key_serial": 2}, {"access_key": True}),
    "keep_previous_access_key": (
        {"access_key": True, "access_key_serial": 2, "keep_previous_access_key": True},
        {"access_key": True, "access_key_serial": 2},
    ),
    "upload_origins": ({"upload_origins": [ORIGIN]}, {}),
    "public_static": ({"public_static": True}, {}),
    "versioned": ({"versioned": True}, {}),
    "expire_noncurrent_days": (
        {"versioned": True, "expire_noncurrent_days": 30},
        {"versioned": True},
    ),
    "access_logs": ({"access_logs": True}, {}),
    "removal_policy": ({"removal_policy": cdk.RemovalPolicy.DESTROY}, {}),
}


def own_bucket(stack: cdk.Stack) -> dict[str, Any]:
    return {"bucket": s3.Bucket.from_bucket_name(stack, "Own", "blog-uploads")}


def options() -> set[str]:
    parameters = inspect.signature(S3BucketResources.__init__).parameters.values()
    return {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}


@pytest.mark.parametrize("option", EFFECTS)
def test_an_option_changes_the_template(option: str) -> None:
    with_it, without_it = EFFECTS[option]

    assert synthesize(**with_it).template.body != synthesize(**without_it).template.body


def test_every_option_is_among_them() -> None:
    assert options() == {*EFFECTS, "bucket"}


def test_a_bucket_of_your_own_changes_the_template(files: Synthesized) -> None:
    assert synthesize(own_bucket).template.body != files.template.body


def test_every_option_is_documented() -> None:
    documented = str(S3BucketResources.__doc__)

    assert [one for one in options() if f":param {one}:" not in documented] == []


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "a" * 64,
        "Blog",
        "blog_files",
        "-blog",
        "blog-",
        ".blog",
        "blog..files",
        "blog.-files",
        "192.168.5.4",
        "xn--blog",
        "sthree-blog",
        "amzn-s3-demo-blog",
        "blog-s3alias",
        "blog--ol-s3",
        "blog.mrap",
        "blog--x-s3",
        "blog--table-s3",
        "",
    ],
)
def test_a_bucket_name_that_s3_refuses_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match=r"^Stack/Files: bucket_name=") as caught:
        synthesize(bucket_name=name)

    assert caught.value.value == name


@pytest.mark.parametrize(
    "name", ["abc", "a" * 63, "blog.example.com", "1-blog-2", "files-111122223333-eu-west-1-an"]
)
def test_a_bucket_name_that_s3_takes_is_taken(name: str) -> None:
    assert synthesize(bucket_name=name).bucket["BucketName"] == name


def test_a_bucket_name_may_be_known_at_deployment_only() -> None:
    made = synthesize(lambda stack: {"bucket_name": f"blog-{stack.account}"})

    assert made.bucket["BucketName"] == {"Fn::Join": ["", ["blog-", {"Ref": "AWS::AccountId"}]]}


WRONG_ORIGINS = {
    "*": "give scheme and host",
    "https://*.example.com": "give scheme and host",
    "www.example.com": "give scheme and host",
    "https://www.example.com/": "without a path",
    "https://www.example.com/upload": "without a path",
    "https://WWW.example.com": "in lower case",
    "ftp://www.example.com": "give scheme and host",
    "null": "give scheme and host",
    "": "give scheme and host",
    "https://www.example.com:443": "give 'https://www.example.com'",
    "http://www.example.com:80": "give 'http://www.example.com'",
}


@pytest.mark.parametrize("origin", WRONG_ORIGINS)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(OptionError, match=WRONG_ORIGINS[origin]) as caught:
        synthesize(upload_origins=[ORIGIN, origin])

    assert (caught.value.option, caught.value.value) == ("upload_origins", origin)


def test_one_origin_without_its_list_is_refused() -> None:
    with pytest.raises(OptionError, match=r"give a list: \['https://www.example.com'\]"):
        synthesize(upload_origins=ORIGIN)


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "https://192.168.5.4:8443", "http://[::1]:5173"]
)
def test_an_origin_with_a_port_or_an_address_is_taken(origin: str) -> None:
    assert origin in synthesize(upload_origins=[origin]).template.text


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"expire_noncurrent_days": 30}, "expire_noncurrent_days", "without versioned=True"),
    ({"versioned": True, "expire_noncurrent_days": 0}, "expire_noncurrent_days", "1 or more"),
    ({"access_key_serial": 2}, "access_key_serial", "without access_key=True"),
    ({"keep_previous_access_key": True}, "keep_previous_access_key", "without access_key=True"),
    ({"access_key": True, "access_key_serial": 0}, "access_key_serial", "1 or more"),
    (
        {"access_key": True, "keep_previous_access_key": True},
        "keep_previous_access_key",
        "raise access_key_serial",
    ),
    ({"user_name": "blog files"}, "user_name", "1 to 64"),
    ({"user_name": ""}, "user_name", "1 to 64"),
    ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, "removal_policy", "DESTROY"),
]


@pytest.mark.parametrize(("given", "option", "remedy"), WRONG)
def test_an_option_that_can_not_work_is_refused(
    given: dict[str, Any], option: str, remedy: str
) -> None:
    with pytest.raises(OptionError, match=remedy) as caught:
        synthesize(**given)

    assert (caught.value.path, caught.value.option) == ("Stack/Files", option)


@pytest.mark.parametrize(
    "given",
    [
        {"bucket_name": "blog-files"},
        {"upload_origins": [ORIGIN]},
        {"public_static": True},
        {"versioned": True},
        {"access_logs": True},
    ],
)
def test_options_of_a_new_bucket_are_refused_with_one_of_your_own(given: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="bucket is given already") as caught:
        synthesize(own_bucket, **given)

    assert caught.value.option in given


def test_the_assets_bucket_of_django_ecs_takes_upload_origins() -> None:
    blog = stacks.synthesize(upload_origins=[ORIGIN])
    bucket = blog.template.of(blog.construct.static_file_bucket)
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedOrigins"] == [ORIGIN]


def test_django_ecs_refuses_a_wrong_origin_by_its_own_path() -> None:
    with pytest.raises(OptionError, match=r"^Stack/Blog: upload_origins="):
        stacks.synthesize(upload_origins=["*"])


def test_django_ecs_refuses_upload_origins_with_a_bucket_of_your_own() -> None:
    with pytest.raises(OptionError, match="bucket is given already"):
        stacks.synthesize(own_bucket, upload_origins=[ORIGIN])
