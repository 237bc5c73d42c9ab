"""Under which name browsers reach an application whose load balancer Kubernetes makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk.aws_eks_v2 as eks
from aws_cdk import Stack

from django_cdk.domain import Address

from .ingress import INGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from django_cdk.domain import Domain
    from django_cdk.environment import Value

    from .helm_release import ApplicationRelease


@dataclass(frozen=True)
class ApplicationAddress:
    """The address of an application.

    Without a domain only the end of the load balancer's name is known before Kubernetes makes it:
    ``.eu-west-1.elb.amazonaws.com``, which ``ALLOWED_HOSTS`` takes for every name before the dot.

    :param address: host and scheme.
    :param whole: the host is known as a whole.
    """

    address: Address
    whole: bool

    @property
    def origin(self) -> str:
        """Scheme and host, with a domain."""
        return self.address.origin

    @property
    def probe_host(self) -> str:
        """A name that Django accepts."""
        return self.address.host if self.whole else f"probe{self.address.host}"

    def values(self, *, frontend_url: str | None, cdn_domain: str | None) -> Mapping[str, Value]:
        """What the tokens of the address stand for; without a domain there is no ``{origin}``."""
        values = dict(self.address.values(frontend_url=frontend_url, cdn_domain=cdn_domain))
        if self.whole:
            return values
        own = values.pop("origin")
        # Django trusts the host of the request itself; only another front end has to be named.
        trusted = [one for one in str(values.pop("trusted_origins")).split(",") if one != own]
        return {**values, "trusted_origins": ",".join(trusted)} if trusted else values


def application_address(scope: Construct, domain: Domain | None) -> ApplicationAddress:
    """The domain's address, or that of any load balancer of the region."""
    if domain is not None:
        return ApplicationAddress(Address.of(domain, ""), whole=True)
    stack = Stack.of(scope)
    end = f".{stack.region}.elb.{stack.url_suffix}"
    return ApplicationAddress(Address.of(None, end), whole=False)


def load_balancer_url(
    scope: Construct, *, cluster: eks.ICluster, namespace: str, release: ApplicationRelease
) -> str:
    """The URL of the load balancer, once it has a name."""
    name = eks.KubernetesObjectValue(
        scope,
        "LoadBalancerName",
        cluster=cluster,
        object_type="ingress",
        object_name=INGRESS,
        object_namespace=namespace,
        json_path=".status.loadBalancer.ingress[0].hostname",
    )
    name.node.add_dependency(release)
    return f"http://{name.value}"
