"""DjangoVue: one domain in front of the site, the application and its files, two regions, and gone.

No data moves through the emulator's CloudFront: tests/routing has a browser go through the
synthesized distribution. Here is what is deployed behind it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import DjangoVue
from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.deploy.sites import (
    allowed,
    behaviors,
    build,
    distribution,
    headers,
    make_zone,
    origins,
    published,
    records,
)
from tests.emulator.deployer import Deployer
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION
from tests.routing.local.sample import BACKEND

HERE = "eu-west-1"
ZONE = "example.org"
DOMAIN = f"blog.{ZONE}"
ORIGIN = f"https://{DOMAIN}"
SUPPORT = f"Vue-{HERE}-edge-certificates"


def vue(stack: cdk.Stack, **options: Any) -> DjangoVue:
    return DjangoVue(
        stack,
        "MicroBlog",
        domain_name=DOMAIN,
        zone_name=ZONE,
        image_directory=str(BACKEND),
        web_command=["./scripts/start_prod.sh"],
        django_settings_module="backend.settings.aws",
        removal_policy=cdk.RemovalPolicy.DESTROY,
        **options,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vue")


@pytest.fixture(scope="module")
def zone(emulator: Emulator) -> str:
    return make_zone(emulator, ZONE)


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> Mapping[str, Inventory]:
    return {region: inventory(emulator, region) for region in (HERE, REGION)}


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Vue", region=HERE)


@pytest.fixture(scope="module")
def made(life: Life, folder: Path, zone: str, before: Mapping[str, Inventory]) -> Outputs:
    """The first deployment, the certificate of the other region before it."""
    assert before
    option = {"path_to_dist": build(folder, "a"), "hosted_zone_id": zone}
    return life.deploy(functools.partial(vue, **option))


@pytest.fixture(scope="module")
def config(emulator: Emulator, made: Outputs) -> dict[str, Any]:
    return distribution(emulator, made["SiteDistributionId"])


def balancer(emulator: Emulator) -> dict[str, Any]:
    (found,) = emulator.client("elbv2", HERE).describe_load_balancers()["LoadBalancers"]
    return dict(found)


class TestPaths:
    def test_the_application_has_its_paths_and_the_assets_theirs(
        self, made: Outputs, config: dict[str, Any]
    ) -> None:
        where = {}
        for pattern, behavior in behaviors(config).items():
            origin = origins(config)[behavior["TargetOriginId"]]
            where[pattern] = "application" if "VpcOriginConfig" in origin else origin["DomainName"]
        assets, site = (
            f"{made[name]}.s3.{HERE}.amazonaws.com" for name in (BUCKET, "SiteBucketName")
        )

        assert where == {
            **dict.fromkeys(["/api/*", "/api", "/admin/*", "/admin"], "application"),
            **dict.fromkeys(["/graphql/*", "/graphql"], "application"),
            "/static/*": assets,
            "/media/*": assets,
            "*": site,
        }

    def test_everything_passes_to_the_application_and_nothing_is_cached(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        api, client = behaviors(config)["/api/*"], emulator.client("cloudfront")
        cache = client.get_cache_policy(Id=api["CachePolicyId"])["CachePolicy"]
        request = client.get_origin_request_policy(Id=api["OriginRequestPolicyId"])

        assert len(api["AllowedMethods"]["Items"]) == 7
        assert cache["CachePolicyConfig"]["MaxTTL"] == 0
        name = request["OriginRequestPolicy"]["OriginRequestPolicyConfig"]["Name"]
        assert name == "Managed-AllViewer"

    def test_only_the_sites_own_paths_run_the_router(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        running = {
            pattern for pattern, one in behaviors(config).items() if published(emulator, one)
        }

        assert running == {"*"}

    def test_media_can_run_no_script(self, emulator: Emulator, config: dict[str, Any]) -> None:
        security = headers(emulator, behaviors(config)["/media/*"])["SecurityHeadersConfig"]

        policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert policy.startswith("default-src 'none'")
        assert "sandbox" in policy


BUCKET = "StaticFileBucketName"


class TestDoor:
    def test_cloudfront_reaches_an_internal_load_balancer_over_https(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        (origin,) = [one for one in origins(config).values() if "VpcOriginConfig" in one]
        found = emulator.client("cloudfront").get_vpc_origin(
            Id=origin["VpcOriginConfig"]["VpcOriginId"]
        )["VpcOrigin"]["VpcOriginEndpointConfig"]

        assert found["Arn"] == balancer(emulator)["LoadBalancerArn"]
        assert found["OriginProtocolPolicy"] == "https-only"
        assert balancer(emulator)["Scheme"] == "internal"
        # The certificate of the load balancer is checked against it.
        assert origin["DomainName"] == DOMAIN

    def test_nobody_but_cloudfront_is_let_in(self, emulator: Emulator, made: Outputs) -> None:
        ec2 = emulator.client("ec2", HERE)
        named = {
            "Name": "prefix-list-name",
            "Values": ["com.amazonaws.global.cloudfront.origin-facing"],
        }
        (prefixes,) = ec2.describe_managed_prefix_lists(Filters=[named])["PrefixLists"]
        groups = ec2.describe_security_groups(GroupIds=balancer(emulator)["SecurityGroups"])
        rules = [rule for one in groups["SecurityGroups"] for rule in one["IpPermissions"]]

        assert [(rule["FromPort"], rule["ToPort"]) for rule in rules] == [(443, 443)]
        (rule,) = rules
        assert [one["PrefixListId"] for one in rule["PrefixListIds"]] == [prefixes["PrefixListId"]]
        assert not rule["IpRanges"]

    def test_each_side_has_a_certificate_in_its_region(
        self, emulator: Emulator, config: dict[str, Any]
    ) -> None:
        edge = config["ViewerCertificate"]["ACMCertificateArn"]
        listeners = emulator.client("elbv2", HERE).describe_listeners(
            LoadBalancerArn=balancer(emulator)["LoadBalancerArn"]
        )["Listeners"]
        (inner,) = [
            one["Certificates"][0]["CertificateArn"] for one in listeners if one["Port"] == 443
        ]
        names = [
            emulator.client("acm", arn.split(":")[3]).describe_certificate(CertificateArn=arn)[
                "Certificate"
            ]["DomainName"]
            for arn in (edge, inner)
        ]

        assert [arn.split(":")[3] for arn in (edge, inner)] == [REGION, HERE]
        assert names == [DOMAIN, DOMAIN]

    def test_the_domain_leads_to_the_distribution(
        self, emulator: Emulator, made: Outputs, zone: str
    ) -> None:
        found = emulator.client("cloudfront").get_distribution(Id=made["SiteDistributionId"])
        targets = {
            kind: one["AliasTarget"]["DNSName"].rstrip(".")
            for (name, kind), one in records(emulator, zone).items()
            if name == DOMAIN
        }

        assert targets == dict.fromkeys(["A", "AAAA"], found["Distribution"]["DomainName"])
        assert made["SiteUrl"] == ORIGIN


class TestApplication:
    @pytest.fixture
    def environment(self, emulator: Emulator, made: Outputs) -> dict[str, str]:
        ecs = emulator.client("ecs", HERE)
        services = ecs.describe_services(
            cluster=made["ClusterName"], services=[made["Serviceweb"]]
        )["services"]
        definition = ecs.describe_task_definition(taskDefinition=services[0]["taskDefinition"])
        (container,) = definition["taskDefinition"]["containerDefinitions"]
        return {one["name"]: one["value"] for one in container["environment"]}

    def test_it_knows_the_one_domain(self, environment: dict[str, str]) -> None:
        assert environment["FRONTEND_URL"] == ORIGIN
        assert DOMAIN in environment["ALLOWED_HOSTS"].split(",")
        assert environment["CSRF_TRUSTED_ORIGINS"] == ORIGIN
        assert environment["AWS_S3_CUSTOM_DOMAIN"] == DOMAIN

    def test_its_static_files_are_where_cloudfront_looks(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        found = emulator.client("s3", HERE).list_objects_v2(Bucket=made[BUCKET], Prefix="static/")

        assert any(one["Key"].startswith("static/admin/css/") for one in found["Contents"])

    def test_pages_of_the_domain_upload_and_only_cloudfront_reads(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        (cors,) = emulator.client("s3", HERE).get_bucket_cors(Bucket=made[BUCKET])["CORSRules"]
        (statement,) = allowed(emulator, made[BUCKET])
        arn = statement["Condition"]["StringEquals"]["AWS:SourceArn"]

        assert cors["AllowedOrigins"] == [ORIGIN]
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert arn.endswith(f":distribution/{made['SiteDistributionId']}")


@pytest.fixture(scope="module")
def changed(life: Life, folder: Path, zone: str, made: Outputs, config: dict[str, Any]) -> Outputs:
    """The second: another build, a policy for its pages, GraphQL no more."""
    assert config
    option = {
        "path_to_dist": build(folder, "b"),
        "hosted_zone_id": zone,
        "backend_paths": ["/api/*", "/admin/*"],
        "content_security_policy": "default-src 'self'",
    }
    return life.deploy(functools.partial(vue, **option))


class TestChanged:
    def test_the_new_build_is_there_behind_the_same_distribution(
        self, emulator: Emulator, made: Outputs, changed: Outputs
    ) -> None:
        s3 = emulator.client("s3", HERE)
        page = s3.get_object(Bucket=changed["SiteBucketName"], Key="index.html")["Body"].read()

        assert changed["SiteDistributionId"] == made["SiteDistributionId"]
        assert b"app-bbbbbbbb.js" in page

    def test_paths_and_headers_are_the_new_ones(self, emulator: Emulator, changed: Outputs) -> None:
        now = behaviors(distribution(emulator, changed["SiteDistributionId"]))
        security = headers(emulator, now["*"])["SecurityHeadersConfig"]

        assert now.keys() == {
            *("/api/*", "/api", "/admin/*", "/admin"),
            *("/static/*", "/media/*", "*"),
        }
        policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert policy == "default-src 'self'"


class TestDeleted:
    def test_nothing_stays_in_either_region(
        self,
        emulator: Emulator,
        life: Life,
        before: Mapping[str, Inventory],
        changed: Outputs,
    ) -> None:
        life.destroy()
        after_the_stack = kept(emulator, before[REGION], life.name, REGION)
        Deployer(emulator, REGION).destroy(SUPPORT)

        # The support stack is one of its own, deleted by itself.
        assert [kind for kind, _name in after_the_stack] == ["certificate"]
        assert kept(emulator, before[REGION], life.name, REGION) == set()
        assert kept(emulator, before[HERE], life.name, HERE) == set()
