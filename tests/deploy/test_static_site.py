"""StaticSite: a build in its bucket and the next one, what CloudFront is told, what stays."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import django_cdk
from django_cdk import StaticSite
from django_cdk.handlers.superseded.contract import SUPERSEDED_TAG
from tests.deploy.inventory import inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.deploy.sites import (
    DOMAIN,
    ZONE,
    allowed,
    behaviors,
    build,
    distribution,
    headers,
    make_zone,
    origins,
    published,
    records,
    tags,
)
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION

OLD, NEW, ALWAYS = "assets/app-aaaaaaaa.js", "assets/app-bbbbbbbb.js", "assets/logo-00000000.svg"
ROUTER = (Path(django_cdk.__file__).parent / "cdn/spa_router.js").read_text()
YEAR = "public, max-age=31536000, immutable"


def site(stack: cdk.Stack, **options: Any) -> StaticSite:
    return StaticSite(stack, "Site", **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def zone(emulator: Emulator) -> str:
    return make_zone(emulator)


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Site", region=REGION)


@pytest.fixture(scope="module")
def domain(zone: str) -> dict[str, str]:
    return {"frontend_domain_name": DOMAIN, "zone_name": ZONE, "hosted_zone_id": zone}


@pytest.fixture(scope="module")
def made(life: Life, folder: Path, domain: dict[str, str]) -> Outputs:
    """The first deployment."""
    dist = build(folder, "a", **{"gone.html": "<p>only in the first build</p>"})
    return life.deploy(functools.partial(site, path_to_dist=dist, **domain))


@pytest.fixture(scope="module")
def config(emulator: Emulator, made: Outputs) -> dict[str, Any]:
    return distribution(emulator, made["DistributionId"])


def stored(emulator: Emulator, made: Outputs) -> dict[str, dict[str, Any]]:
    """The objects of the site by their key."""
    s3, bucket = emulator.client("s3"), made["BucketName"]
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    return {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}


class TestMade:
    def test_the_domain_leads_to_the_distribution(
        self, emulator: Emulator, made: Outputs, zone: str
    ) -> None:
        name = emulator.client("cloudfront").get_distribution(Id=made["DistributionId"])[
            "Distribution"
        ]["DomainName"]
        targets = {
            kind: one["AliasTarget"]["DNSName"].rstrip(".")
            for (record, kind), one in records(emulator, zone).items()
            if record == DOMAIN
        }

        assert made["Url"] == f"https://{DOMAIN}"
        assert targets == {"A": name, "AAAA": name}

    def test_browsers_ask_for_pages_each_time_and_keep_hashed_files(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        objects = stored(emulator, made)

        assert {key: one["CacheControl"] for key, one in objects.items()} == {
            "index.html": "no-cache",
            "gone.html": "no-cache",
            OLD: YEAR,
            ALWAYS: YEAR,
        }
        assert objects["index.html"]["ContentType"] == "text/html"
        assert objects[OLD]["ContentType"] in ("text/javascript", "application/javascript")

    def test_the_site_comes_from_the_bucket_over_https(
        self, emulator: Emulator, made: Outputs, config: dict[str, Any]
    ) -> None:
        (origin,) = origins(config).values()
        access = emulator.client("cloudfront").get_origin_access_control(
            Id=origin["OriginAccessControlId"]
        )["OriginAccessControl"]["OriginAccessControlConfig"]

        assert origin["DomainName"].startswith(f"{made['BucketName']}.s3.")
        assert access["SigningBehavior"] == "always"
        assert config["DefaultRootObject"] == "index.html"
        assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
        assert config["Aliases"]["Items"] == [DOMAIN]
        assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
        assert config["HttpVersion"] == "http2and3"

    def test_the_certificate_is_for_the_domain_and_validated_in_its_zone(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        arn = config["ViewerCertificate"]["ACMCertificateArn"]
        found = emulator.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]

        assert found["DomainName"] == DOMAIN
        assert found["DomainValidationOptions"][0]["ValidationMethod"] == "DNS"

    def test_routes_of_the_application_get_its_page(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        # tests/cdn runs it.
        assert published(emulator, behaviors(config)["*"]) == {"viewer-request": ROUTER}

    def test_its_answers_carry_the_headers_of_a_safe_site(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        security = headers(emulator, behaviors(config)["*"])["SecurityHeadersConfig"]

        assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31536000
        assert security["FrameOptions"]["FrameOption"] == "SAMEORIGIN"

    def test_only_this_distribution_reads_the_bucket(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        (statement,) = allowed(emulator, made["BucketName"])
        anybody = boto3.client(
            "s3",
            endpoint_url=emulator.endpoint,
            region_name="us-east-1",
            config=Config(signature_version=UNSIGNED),
        )

        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        # Who may list is told that an object is missing, others that they may not see it.
        assert statement["Action"] == ["s3:GetObject", "s3:ListBucket"]
        arn = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
        assert arn.endswith(f":distribution/{made['DistributionId']}")
        with pytest.raises(ClientError, match="AccessDenied"):
            anybody.get_object(Bucket=made["BucketName"], Key="index.html")

    def test_the_bucket_is_private_and_encrypted(self, emulator: Emulator, made: Outputs) -> None:
        s3, bucket = emulator.client("s3"), made["BucketName"]
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"][
            "Rules"
        ]
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        denied = [one["Condition"] for one in policy["Statement"] if one["Effect"] == "Deny"]

        assert set(block.values()) == {True}
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied

    def test_superseded_files_expire_and_no_others(self, emulator: Emulator, made: Outputs) -> None:
        found = emulator.client("s3").get_bucket_lifecycle_configuration(Bucket=made["BucketName"])
        expiring = [rule for rule in found["Rules"] if "Expiration" in rule]

        (rule,) = expiring
        assert rule["Expiration"] == {"Days": 30}
        assert rule["Filter"]["And"]["Tags"] == [{"Key": SUPERSEDED_TAG, "Value": "true"}]
        assert all(
            SUPERSEDED_TAG not in tags(emulator, made["BucketName"], key)
            for key in stored(emulator, made)
        )


@pytest.fixture(scope="module")
def changed(life: Life, folder: Path, domain: dict[str, str], config: dict[str, Any]) -> Outputs:
    """The second: another build, and access logs."""
    assert config
    dist = build(folder, "b")
    return life.deploy(functools.partial(site, path_to_dist=dist, access_logs=True, **domain))


class TestChanged:
    def test_the_new_page_is_there_and_the_old_one_gone(
        self, emulator: Emulator, changed: Outputs
    ) -> None:
        s3, bucket = emulator.client("s3"), changed["BucketName"]
        page = s3.get_object(Bucket=bucket, Key="index.html")["Body"].read().decode()

        assert NEW in page
        assert "gone.html" not in stored(emulator, changed)

    def test_an_open_page_still_finds_its_files(self, emulator: Emulator, changed: Outputs) -> None:
        objects = stored(emulator, changed)

        assert objects.keys() == {"index.html", OLD, NEW, ALWAYS}
        assert objects[OLD]["CacheControl"] == YEAR
        assert objects[OLD]["ContentType"] in ("text/javascript", "application/javascript")

    def test_files_that_no_page_names_are_superseded(
        self, emulator: Emulator, changed: Outputs
    ) -> None:
        marked = {
            key: SUPERSEDED_TAG in tags(emulator, changed["BucketName"], key)
            for key in (OLD, NEW, ALWAYS)
        }

        assert marked == {OLD: True, NEW: False, ALWAYS: False}

    def test_cloudfront_forgets_the_pages_and_nothing_else(
        self, emulator: Emulator, changed: Outputs
    ) -> None:
        client, site_id = emulator.client("cloudfront"), changed["DistributionId"]
        listed = client.list_invalidations(DistributionId=site_id)["InvalidationList"]["Items"]
        batches = [
            client.get_invalidation(DistributionId=site_id, Id=one["Id"])["Invalidation"]
            for one in listed
        ]

        paths = {tuple(one["InvalidationBatch"]["Paths"]["Items"]) for one in batches}
        assert paths == {("/gone.html", "/index.html"), ("/index.html",)}

    def test_requests_are_logged_for_90_days(self, emulator: Emulator, changed: Outputs) -> None:
        logging = distribution(emulator, changed["DistributionId"])["Logging"]
        bucket = logging["Bucket"].split(".s3.")[0]
        s3 = emulator.client("s3")
        found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
        (ownership,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]

        assert logging["Enabled"] is True
        assert [rule["Expiration"] for rule in found["Rules"]] == [{"Days": 90}]
        # CloudFront writes them with an access control list.
        assert ownership["ObjectOwnership"] == "ObjectWriter"

    def test_going_back_takes_the_mark_away(
        self,
        emulator: Emulator,
        life: Life,
        folder: Path,
        domain: dict[str, str],
        changed: Outputs,
    ) -> None:
        dist = build(folder, "a")
        life.deploy(functools.partial(site, path_to_dist=dist, access_logs=True, **domain))
        bucket = changed["BucketName"]

        assert SUPERSEDED_TAG not in tags(emulator, bucket, OLD)
        assert SUPERSEDED_TAG in tags(emulator, bucket, NEW)
        assert stored(emulator, changed)[OLD]["CacheControl"] == YEAR


class TestDeleted:
    def test_the_buckets_stay_and_nothing_else(self, emulator: Emulator, folder: Path) -> None:
        before = inventory(emulator)
        life = Life(emulator, "KeptSite")
        option = {"path_to_dist": build(folder, "c"), "access_logs": True}
        made = life.deploy(functools.partial(site, **option))
        life.destroy()

        left = kept(emulator, before, life.name)
        assert sorted(kind for kind, _name in left) == ["bucket", "bucket"]
        assert stored(emulator, made)["index.html"]

    def test_without_a_domain_the_address_is_cloudfronts_and_with_destroy_nothing_stays(
        self, emulator: Emulator, folder: Path
    ) -> None:
        before = inventory(emulator)
        life = Life(emulator, "GoneSite")
        option = {
            "path_to_dist": build(folder, "c"),
            "removal_policy": cdk.RemovalPolicy.DESTROY,
        }
        made = life.deploy(functools.partial(site, **option))
        found = emulator.client("cloudfront").get_distribution(Id=made["DistributionId"])
        life.destroy()

        assert made["Url"] == f"https://{found['Distribution']['DomainName']}"
        assert kept(emulator, before, life.name) == set()
