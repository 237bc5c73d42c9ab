"""The sites that most tests look at; each is synthesized once for a test process."""

from __future__ import annotations

import pytest

from django_cdk import DjangoVue, StaticSite
from tests.site.sites import DOMAIN, PRIVATE, US, Made, synthesize_site, synthesize_vue


@pytest.fixture(scope="session")
def plain() -> Made[StaticSite]:
    """Without a domain, for any account and region."""
    return synthesize_site(env=None)


@pytest.fixture(scope="session")
def site() -> Made[StaticSite]:
    """With a domain, in eu-west-1."""
    return synthesize_site(**DOMAIN)


@pytest.fixture(scope="session")
def vue() -> Made[DjangoVue]:
    """In eu-west-1, where the certificates of CloudFront and load balancer are two."""
    return synthesize_vue()


@pytest.fixture(scope="session")
def vue_us() -> Made[DjangoVue]:
    """In us-east-1."""
    return synthesize_vue(env=US)


@pytest.fixture(scope="session")
def public() -> Made[DjangoVue]:
    """With a load balancer that has public addresses."""
    return synthesize_vue(load_balancer_access="public")


@pytest.fixture(scope="session")
def private() -> Made[DjangoVue]:
    """With private media."""
    return synthesize_vue(**PRIVATE)
