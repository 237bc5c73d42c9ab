"""No secret stands anywhere but in Secrets Manager."""

from __future__ import annotations

from tests.ec2.conftest import IN_DOMAIN, Synthesized, flat, make


def test_the_machine_is_told_where_each_secret_lies_and_not_what_it_is(
    domain: Synthesized,
) -> None:
    rows = [line.split("\t") for line in domain.file("secrets.tsv").splitlines()[1:]]

    assert {"SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_URL", "service-postgres-password"} <= {
        name for name, _, _ in rows
    }
    assert all(arn.startswith(("<BlogSecrets", "<BlogEnv")) for _, arn, _ in rows)


def test_no_dynamic_reference_to_a_secret_is_outside_a_secret(domain: Synthesized) -> None:
    holders = {
        one.type
        for one in domain.template.resources.values()
        if "{{resolve:secretsmanager" in str(one.definition)
    }

    assert holders == {"AWS::SecretsManager::Secret"}


def test_user_data_names_no_secret(domain: Synthesized) -> None:
    text = flat(domain.instance["UserData"]["Fn::Base64"])

    assert "ecret" not in text
    assert "PASSWORD" not in text


def test_secrets_are_no_plain_variables_of_a_service(domain: Synthesized) -> None:
    web = domain.stack["services"]["web"]
    secret = {one["source"] for one in web["secrets"]}

    assert {"SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL"} <= secret
    assert secret.isdisjoint(web["environment"])


def test_every_secret_that_a_service_wants_is_fetched(domain: Synthesized) -> None:
    fetched = {line.split("\t")[0] for line in domain.file("secrets.tsv").splitlines()[1:]}

    assert set(domain.stack["secrets"]) == fetched


def test_the_role_reads_these_secrets_and_no_other(domain: Synthesized) -> None:
    read = [
        arn
        for one in domain.role_statements
        if "secretsmanager:GetSecretValue" in one["Action"]
        for arn in (one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]])
    ]

    wanted = {line.split("\t")[1] for line in domain.file("secrets.tsv").splitlines()[1:]}
    assert {flat(one) for one in read} == wanted


def test_the_database_url_names_the_service_and_asks_for_no_tls(plain: Synthesized) -> None:
    derived = plain.template.of(plain.construct.environment.derived_secret)

    text = flat(derived["SecretString"])
    assert "postgres://django:{{resolve:secretsmanager:<BlogSecretsDatabase" in text
    assert "@postgres:5432/django" in text


def test_portainers_password_is_generated() -> None:
    made = make(use_portainer=True, **IN_DOMAIN)

    assert "service-portainer-password" in made.file("secrets.tsv")
