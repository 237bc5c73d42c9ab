"""What can't work on one machine, told before anything is made."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from aws_cdk import Token

from django_cdk.errors import OptionError, refuse_together, refuse_without

if TYPE_CHECKING:
    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_secretsmanager as secretsmanager

    from django_cdk.app import CpuArchitecture

# The smallest with 2 GiB, in which the services and a small application fit.
DEFAULT_INSTANCE_TYPES = {"X86_64": "t3.small", "ARM64": "t4g.small"}

_BOUNDS = {"backup_days": (0, 36500), "images_kept": (1, 1000), "boot_timeout": (300, 43200)}

# family, generation, attributes, size: m7g.large, c6gd.metal, t4g.small. Graviton has a g among
# the attributes behind the generation, and a1 was its first. Others with a leading g have GPUs.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_TYPE = re.compile(
    r"(?P<family>[a-z]+(-[a-z0-9]+)?)(?P<generation>\d+)(?P<attributes>[a-z0-9-]*)\."
)


def instance_type_for(given: str | None, architecture: CpuArchitecture) -> str:
    """The instance type, given or the default of the architecture.

    :raises OptionError: one of another CPU architecture than the image.
    """
    if given is None:
        return DEFAULT_INSTANCE_TYPES[architecture]
    if Token.is_unresolved(given):
        return given
    match = _TYPE.match(given)
    if match is None:
        raise OptionError("instance_type", given, "give a type such as 't3.small' or 't4g.small'.")
    is_arm = "g" in match["attributes"] or match["family"] == "a"
    if is_arm == (architecture == "ARM64"):
        return given
    runs, other = ("ARM64", "X86_64") if is_arm else ("X86_64", "ARM64")
    raise OptionError(
        "instance_type",
        given,
        f"it has {runs} CPUs, and the image is built for {other}: give cpu_architecture={runs!r}, "
        f"or a type such as {DEFAULT_INSTANCE_TYPES[architecture]!r}.",
    )


def check_ssh(*, use_ssh: bool, ssh_range: str | None, key_name: str | None) -> None:
    """Refuses SSH from everywhere, without a key, and its options without it.

    :raises OptionError: with the way out.
    """
    refuse_without("use_ssh=True", present=use_ssh or None, ssh_range=ssh_range)
    if not use_ssh:
        return
    if key_name is None:
        raise OptionError(
            "use_ssh",
            use_ssh,
            "give key_name too, an EC2 key pair; or leave use_ssh out: Session Manager gives a "
            "shell without an open port.",
        )
    if ssh_range is None:
        raise OptionError(
            "use_ssh", use_ssh, "give ssh_range too, from which it is let in: '203.0.113.7/32'."
        )
    try:
        network = ipaddress.ip_network(ssh_range)
    except ValueError as error:
        raise OptionError(
            "ssh_range", ssh_range, f"{error}: give a range such as '203.0.113.7/32'."
        ) from None
    if network.prefixlen < (8 if network.version == 4 else 32):
        raise OptionError("ssh_range", ssh_range, "it is (almost) the whole world: narrow it.")


def check_gib(option: str, value: int, *, least: int) -> None:
    """Refuses a disk that is too small, or larger than EBS makes one.

    :raises OptionError: with the bounds.
    """
    if not least <= value <= 16384:
        raise OptionError(option, value, f"give {least} to 16384 GiB.")


def check_numbers(**numbers: int) -> None:
    """Refuses numbers out of bounds, each under the name of its option.

    :raises OptionError: with the bounds.
    """
    for option, value in numbers.items():
        low, high = _BOUNDS[option]
        if not low <= value <= high:
            raise OptionError(option, value, f"give {low} to {high}.")


def check_domain(
    *,
    domain_name: str | None,
    zone_name: str | None,
    hosted_zone_id: str | None,
    hosted_zone: route53.IHostedZone | None,
    certificate_secret: secretsmanager.ISecret | None,
    use_acme_staging: bool,
    use_portainer: bool,
) -> None:
    """Refuses what does nothing without a domain, and what says the same twice.

    :raises OptionError: naming the option to leave out.
    """
    refuse_without(
        "domain_name",
        present=domain_name,
        zone_name=zone_name,
        hosted_zone_id=hosted_zone_id,
        hosted_zone=hosted_zone,
        certificate_secret=certificate_secret,
        use_acme_staging=use_acme_staging or None,
        use_portainer=use_portainer or None,
    )
    refuse_together(
        "is a certificate already",
        use_acme_staging=use_acme_staging or None,
        certificate_secret=certificate_secret,
    )
