"""What happens when S3 refuses, time runs out, or the request is wrong."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from django_cdk.handlers.superseded import index
from django_cdk.handlers.superseded.contract import fingerprints
from django_cdk.handlers.superseded.sweep import RESERVE
from tests.handlers.superseded.conftest import Context, Site, deploy, event

OLD = "assets/index-old.js"
NEW = "assets/index-new.js"


class Refusing:
    """The client, with one operation that fails (for one key, when given)."""

    def __init__(self, operation: str, error: Exception, key: str = "") -> None:
        self._client = index.client()
        self._operation = operation
        self._error = error
        self._key = key
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            if name == self._operation and request.get("Key", "").endswith(self._key):
                self.asked += 1
                raise self._error
            return getattr(self._client, name)(**request)

        return call


def refused(operation: str, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{code}!"}}, operation)


@pytest.fixture
def refuse(site: Site, monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(operation: str, error: Exception, key: str = "") -> Refusing:
        client = Refusing(operation, error, key)
        monkeypatch.setattr(index, "client", lambda: client)
        return client

    return install


@pytest.mark.parametrize(
    "error",
    [refused("CopyObject", "AccessDenied"), ReadTimeoutError(endpoint_url="https://s3")],
    ids=["refused", "unanswered"],
)
def test_old_files_that_can_not_be_marked_do_not_fail_the_deployment(
    site: Site, refuse: Any, error: Exception
) -> None:
    site.upload(OLD, NEW)
    refuse("copy_object", error)

    assert deploy(NEW) == {"Superseded": 0, "Restored": 0, "Left": 1}


def test_the_log_names_each_reason_once_with_a_count(
    site: Site, refuse: Any, caplog: pytest.LogCaptureFixture
) -> None:
    site.upload("assets/1.js", "assets/2.js", "assets/3.js")
    refuse("copy_object", refused("CopyObject", "AccessDenied"))
    caplog.set_level(logging.ERROR)
    deploy(NEW)

    assert caplog.messages == ["3 old files of site not marked: CopyObject: AccessDenied"]


def test_the_next_deployment_goes_on_where_one_was_refused(
    site: Site, refuse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.upload("assets/1.js", "assets/2.js")
    client = refuse("copy_object", refused("CopyObject", "SlowDown"), key="2.js")
    assert deploy(NEW) == {"Superseded": 1, "Restored": 0, "Left": 1}

    monkeypatch.setattr(index, "client", lambda: client._client)
    assert deploy(NEW) == {"Superseded": 1, "Restored": 0, "Left": 0}


def test_a_current_file_whose_mark_can_not_be_taken_off_fails_the_deployment(
    site: Site, refuse: Any
) -> None:
    site.upload(OLD)
    deploy(NEW)
    refuse("copy_object", refused("CopyObject", "AccessDenied"))

    with pytest.raises(ClientError, match="AccessDenied"):
        deploy(OLD)


@pytest.mark.parametrize("operation", ["get_object_tagging", "head_object", "copy_object"])
@pytest.mark.parametrize("code", ["NoSuchKey", "404", "PreconditionFailed"])
def test_a_file_that_expired_or_was_written_meanwhile_is_passed_over(
    site: Site, refuse: Any, operation: str, code: str
) -> None:
    site.upload(OLD)
    client = refuse(operation, refused(operation, code))

    assert deploy(NEW) == {"Superseded": 0, "Restored": 0, "Left": 0}
    assert client.asked == 1


def test_without_time_old_files_are_left_to_the_next_deployment(site: Site) -> None:
    site.upload("assets/1.js", "assets/2.js")

    assert deploy(NEW, seconds=RESERVE - 1) == {"Superseded": 0, "Restored": 0, "Left": 2}
    assert deploy(NEW) == {"Superseded": 2, "Restored": 0, "Left": 0}


def test_current_files_are_looked_at_before_old_ones(site: Site) -> None:
    site.upload("assets/1-old.js", "assets/2-new.js", Tagging="django-cdk-superseded=true")
    site.upload("assets/0-old.js")
    made = event("Update", Current=fingerprints(["assets/2-new.js"]))
    done = index.on_event(made, Context(600, 1))["Data"]

    assert done == {"Superseded": 0, "Restored": 1, "Left": 2}


def test_without_time_for_the_current_files_the_deployment_fails(site: Site) -> None:
    site.upload(NEW)

    with pytest.raises(TimeoutError, match="no time was left to look at all 1 files"):
        deploy(NEW, seconds=RESERVE - 1)


def test_a_bucket_that_is_missing_fails_a_deployment(site: Site) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        deploy(NEW, Bucket="gone")


def test_delete_asks_nothing_of_s3_and_keeps_the_physical_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "client", None)
    answer = index.on_event(event("Delete", Bucket="gone"), Context(600))

    assert answer == {"PhysicalResourceId": "superseded-files"}


def test_the_physical_id_depends_on_stack_and_resource_alone(site: Site) -> None:
    made = event("Create", Current=fingerprints([NEW]))
    first, again = (index.on_event({**made, "RequestId": one}, Context(600)) for one in "12")
    other = index.on_event({**made, "LogicalResourceId": "Other"}, Context(600))

    assert first["PhysicalResourceId"] == again["PhysicalResourceId"]
    assert first["PhysicalResourceId"] != other["PhysicalResourceId"]


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Bucket", ""),
        ("Patterns", []),
        ("Patterns", "assets/*"),
        ("Patterns", [""]),
        ("Current", None),
        ("Current", ""),
        ("Current", "too-short"),
        ("Current", ["assets/index.js"]),
    ],
)
def test_a_wrong_property_is_named_with_what_was_given(kind: str, name: str, given: Any) -> None:
    properties = {"Current": fingerprints([NEW]), name: given}

    with pytest.raises(ValueError, match=f"Property {name} of the superseded files is "):
        index.on_event(event(kind, **properties), Context(600))


def test_the_address_to_answer_cloudformation_is_never_logged(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    deploy(NEW)

    assert "Result(" in caplog.text
    assert "cloudformation.example" not in caplog.text


def test_three_calls_that_stay_unanswered_end_within_the_time_held_back() -> None:
    config: Any = index.CONFIG
    attempts = config.retries["total_max_attempts"]
    waits = sum(2**attempt for attempt in range(attempts - 1))  # botocore's longest back-off
    longest = attempts * (config.connect_timeout + config.read_timeout) + waits

    assert 3 * longest <= RESERVE
