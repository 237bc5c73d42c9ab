"""What a second deployment changes, and what it must not replace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.eks.objects import of_kind, pod_specs
from tests.eks.synthesized import CHART, OBJECTS, Synthesized, synthesize

#: What a change of the application may touch.
STATELESS = {CHART, OBJECTS}


def changed(before: Synthesized, after: Synthesized) -> dict[str, set[str]]:
    """Type -> properties that differ; a resource that came or went has all of them."""
    found: dict[str, set[str]] = {}
    ids = {*before.template.resources, *after.template.resources}
    for one in sorted(ids):
        old, new = (made.template.resources.get(one) for made in (before, after))
        kind = (old or new).type  # type: ignore[union-attr]
        properties: list[Mapping[str, Any]] = [
            made.properties if made else {} for made in (old, new)
        ]
        names = {*properties[0], *properties[1]}
        differ = {name for name in names if properties[0].get(name) != properties[1].get(name)}
        if differ:
            found.setdefault(kind, set()).update(differ)
    return found


def test_another_image_is_another_release_and_nothing_else() -> None:
    after = synthesize(image="registry.example.com/blog:2")

    assert changed(synthesize(), after) == {CHART: {"Values"}}


def test_another_release_command_is_deployable() -> None:
    before, after = synthesize(), synthesize(release_commands={"migrate": ["./migrate.sh"]})
    (job,) = of_kind(after.manifests, "Job").values()

    assert changed(before, after) == {CHART: {"Values"}}
    # The template of a Job can't be changed; this one is deleted before it is made again.
    assert job["metadata"]["annotations"]["helm.sh/hook-delete-policy"] == "before-hook-creation"
    assert job["metadata"]["name"] == "release"


def test_a_worker_that_goes_leaves_the_release() -> None:
    before = synthesize(workers={"mail": ["mail"]})

    assert changed(before, synthesize()) == {CHART: {"Values"}}
    assert "mail" in of_kind(before.manifests, "Deployment")
    assert "mail" not in of_kind(synthesize().manifests, "Deployment")


def test_selectors_stay_whatever_changes() -> None:
    before = synthesize()
    after = synthesize(
        image="registry.example.com/blog:2", port=9000, environment_variables={"A": "b"}
    )

    for name, old in of_kind(before.manifests, "Deployment").items():
        new = of_kind(after.manifests, "Deployment")[name]
        assert new["spec"]["selector"] == old["spec"]["selector"]


def test_another_set_of_secrets_stands_beside_the_old_one() -> None:
    before = synthesize(environment={"KEY": "{secret_key}"})
    after = synthesize(environment={"KEY": "{secret_key}", "PASSWORD": "{database.password}"})
    (old,), (new,) = (of_kind(made.outside, "SecretProviderClass") for made in (before, after))

    assert old != new
    ids = [
        next(
            one.id
            for one in made.template.of_type(OBJECTS)
            if "SecretProviderClass" in json.dumps(one["Manifest"])
        )
        for made in (before, after)
    ]
    # Two resources: CloudFormation makes the new one first and deletes the old one at the end.
    assert ids[0] != ids[1]
    volumes = pod_specs(after.manifests)["Deployment/web"]["volumes"]
    assert new in json.dumps(volumes)


def test_another_front_end_reaches_the_pods() -> None:
    before = synthesize(frontend_url="https://one.example.com")
    after = synthesize(frontend_url="https://two.example.com")

    assert changed(before, after) == {CHART: {"Values"}}


def test_more_nodes_are_no_other_nodes() -> None:
    after = synthesize(node_count=3)

    assert changed(synthesize(), after) == {"AWS::EKS::Nodegroup": {"ScalingConfig"}}


def test_a_composed_secret_that_changes_restarts_the_pods() -> None:
    before = synthesize(environment={"URL": "{database.url}?a=1"})
    after = synthesize(environment={"URL": "{database.url}?a=2"})

    (old,), (new,) = (of_kind(made.outside, "SecretProviderClass") for made in (before, after))
    assert old != new
    assert set(changed(before, after)) <= {*STATELESS, "AWS::SecretsManager::Secret"}
