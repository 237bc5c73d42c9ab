"""Who may read media files: everybody with the address, or only whom the application signs for."""

from __future__ import annotations

from typing import Any

import aws_cdk.aws_cloudfront as cloudfront
import pytest

from django_cdk import DjangoVue, OptionError
from tests.site.sites import PUBLIC_KEY, Made, synthesize_vue
from tests.stacks import Resource

KEY = "AWS::CloudFront::PublicKey"
GROUP = "AWS::CloudFront::KeyGroup"
OTHER_KEY = PUBLIC_KEY.replace("bmqqEN5y", "bmqqEN5z")


def config(resource: Resource) -> Any:
    return resource["KeyGroupConfig" if resource.type == GROUP else "PublicKeyConfig"]


def test_by_default_whoever_has_the_address_sees_a_file(vue: Made[DjangoVue]) -> None:
    assert "TrustedKeyGroups" not in vue.behaviors["/media/*"]
    assert vue.construct.site.media_key_group is None
    assert vue.template.types.isdisjoint({KEY, GROUP})


def test_private_files_need_a_signature_of_the_key(private: Made[DjangoVue]) -> None:
    key, group = private.template.one(KEY), private.template.one(GROUP)

    assert private.behaviors["/media/*"]["TrustedKeyGroups"] == [group.ref]
    assert config(group)["Items"] == [key.ref]
    assert config(key)["EncodedKey"] == PUBLIC_KEY


def test_nothing_else_needs_a_signature(private: Made[DjangoVue]) -> None:
    signed = {
        path
        for path, one in {"site": private.default, **private.behaviors}.items()
        if "TrustedKeyGroups" in one
    }

    assert signed == {"/media/*"}


def test_whoever_signs_finds_the_keys_id_among_the_outputs(private: Made[DjangoVue]) -> None:
    assert private.template.one(KEY).ref in private.template.outputs.values()


def test_another_key_is_another_resource(private: Made[DjangoVue]) -> None:
    """CloudFront refuses to change a key, so that a deployment with another one would fail."""
    later = synthesize_vue(media_access="private", media_public_key=OTHER_KEY)

    assert later.template.one(KEY).id != private.template.one(KEY).id
    assert config(later.template.one(KEY))["Name"] != config(private.template.one(KEY))["Name"]
    assert later.template.one(GROUP).id == private.template.one(GROUP).id


def test_a_key_group_of_the_users_is_trusted() -> None:
    made = synthesize_vue(
        lambda stack: {
            "media_access": "private",
            "media_key_group": cloudfront.KeyGroup(
                stack,
                "Keys",
                items=[
                    cloudfront.PublicKey(stack, f"Key{n}", encoded_key=key)
                    for n, key in enumerate([PUBLIC_KEY, OTHER_KEY])
                ],
            ),
        }
    )

    assert made.behaviors["/media/*"]["TrustedKeyGroups"] == [made.template.one(GROUP).ref]
    assert len(made.template.of_type(KEY)) == 2


def test_the_users_key_can_be_told_to_the_application() -> None:
    """Made before the application, its id is an environment variable of the first deployment."""

    def own_key(stack: Any) -> dict[str, Any]:
        key = cloudfront.PublicKey(stack, "Key", encoded_key=PUBLIC_KEY)
        return {
            "media_access": "private",
            "media_key_group": cloudfront.KeyGroup(stack, "Keys", items=[key]),
            "environment_variables": {"AWS_CLOUDFRONT_KEY_ID": key.public_key_id},
        }

    made = synthesize_vue(own_key)

    key = made.template.one(KEY)
    assert made.template.environment()["AWS_CLOUDFRONT_KEY_ID"] == key.ref


def test_what_people_upload_runs_no_code_on_the_domain(vue: Made[DjangoVue]) -> None:
    headers = vue.headers(vue.behaviors["/media/*"])["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]

    assert policy["Override"] is True
    assert policy["ContentSecurityPolicy"].startswith("default-src 'none'")
    assert policy["ContentSecurityPolicy"].endswith("; sandbox")
    assert headers["ContentTypeOptions"] == {"Override": True}


def test_media_files_get_no_cache_header_for_hashed_names(vue: Made[DjangoVue]) -> None:
    assert "CustomHeadersConfig" not in vue.headers(vue.behaviors["/media/*"])


def test_a_private_key_is_refused_and_not_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIPr6+QzxSecret\n"

    with pytest.raises(OptionError, match="give the PEM text of a public key") as refused:
        synthesize_vue(media_access="private", media_public_key=key)
    assert refused.value.option == "media_public_key"
    assert "MC4C" not in str(refused.value)


@pytest.mark.parametrize("key", ["K2JCJMDEHXQW5F", "ssh-rsa AAAAB3Nz", "public.pem"])
def test_what_is_no_pem_text_is_refused(key: str) -> None:
    with pytest.raises(OptionError, match="openssl rsa -pubout") as refused:
        synthesize_vue(media_access="private", media_public_key=key)
    assert (refused.value.option, refused.value.value) == ("media_public_key", key)
