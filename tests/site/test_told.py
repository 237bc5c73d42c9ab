"""What Django is told of its public origin, and what the browser may do with the bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import DjangoVue
from tests.site.sites import Made, synthesize_vue

PROCESSES = ["web", "celery", "beat", "release"]


@pytest.fixture(scope="module")
def workers() -> Made[DjangoVue]:
    return synthesize_vue(celery_app="blog", use_celery_beat=True)


@pytest.fixture(scope="module")
def environment(vue: Made[DjangoVue]) -> Mapping[str, Any]:
    return vue.template.environment("web")


def test_its_host_is_the_domain(environment: Mapping[str, Any]) -> None:
    assert environment["ALLOWED_HOSTS"] == "blog.example.com"


def test_it_trusts_the_domains_origin(environment: Mapping[str, Any]) -> None:
    assert environment["CSRF_TRUSTED_ORIGINS"] == "https://blog.example.com"


def test_its_front_end_is_on_the_domain(environment: Mapping[str, Any]) -> None:
    assert environment["FRONTEND_URL"] == "https://blog.example.com"


def test_its_media_urls_point_at_the_domain(environment: Mapping[str, Any]) -> None:
    assert environment["AWS_S3_CUSTOM_DOMAIN"] == "blog.example.com"


def test_it_answers_the_load_balancers_probes(
    vue: Made[DjangoVue], environment: Mapping[str, Any]
) -> None:
    vpc = vue.template.one("AWS::EC2::VPC")

    assert environment["ALLOWED_CIDR_NETS"] == vpc.attribute("CidrBlock")


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_is_told_the_same(workers: Made[DjangoVue], process: str) -> None:
    environment = workers.template.environment(process)

    assert environment["FRONTEND_URL"] == "https://blog.example.com"
    assert environment["AWS_S3_CUSTOM_DOMAIN"] == "blog.example.com"


def test_tokens_of_an_environment_of_ones_own_know_the_domain() -> None:
    made = synthesize_vue(
        environment={"HOST": "{host}", "ORIGIN": "{origin}", "CDN": "{cdn_domain}"}
    )

    assert made.template.environment("web") == {
        "HOST": "blog.example.com",
        "ORIGIN": "https://blog.example.com",
        "CDN": "blog.example.com",
    }


def test_pages_of_exactly_the_domain_may_upload_to_the_bucket(vue: Made[DjangoVue]) -> None:
    assets = vue.template.of(vue.construct.backend.static_file_bucket)

    (rule,) = assets["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://blog.example.com"]
    assert set(rule["AllowedMethods"]) == {"POST", "PUT"}


def test_the_sites_own_bucket_takes_uploads_from_no_page(vue: Made[DjangoVue]) -> None:
    assert "CorsConfiguration" not in vue.template.of(vue.construct.site.bucket).properties


def test_the_backend_writes_through_its_role(vue: Made[DjangoVue]) -> None:
    role = vue.template.of(vue.construct.backend.tasks.task_role)
    assets = vue.template.of(vue.construct.backend.static_file_bucket)
    written = [
        one["Resource"] for one in vue.template.statements(role) if "s3:PutObject" in one["Action"]
    ]

    assert written == [{"Fn::Join": ["", [assets.attribute("Arn"), "/*"]]}]


def test_a_bucket_of_the_users_serves_and_is_left_as_it_is() -> None:
    made = synthesize_vue(lambda stack: {"bucket": s3.Bucket(stack, "Own")})
    (own,) = [one for one in made.template.of_type("AWS::S3::Bucket") if one.id.startswith("Own")]

    assert made.origin(made.behaviors["/media/*"])["DomainName"] == own.attribute(
        "RegionalDomainName"
    )
    assert "CorsConfiguration" not in own.properties


def test_the_address_is_an_output(vue: Made[DjangoVue]) -> None:
    urls = [value for name, value in vue.template.outputs.items() if "Url" in name]

    assert set(urls) == {"https://blog.example.com"}


def test_new_pages_come_after_the_application_that_answers_them(vue: Made[DjangoVue]) -> None:
    service = vue.template.of(vue.construct.backend.web.service)

    assert service.id in vue.template.leans_on(vue.upload("Pages"))
