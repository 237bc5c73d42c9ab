"""One application in two accounts: staging small and passing, production to last."""

import aws_cdk as cdk

from django_cdk import DjangoAppProps, DjangoEcs, Postgres, Scaling, Size, Valkey

ZONE = {"zone_name": "example.com", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"}

# What runs is the same everywhere.
BLOG: DjangoAppProps = {
    "image_directory": "../../test/django-step-by-step/backend",
    "web_command": ["./scripts/start_prod.sh"],
    "django_settings_module": "backend.settings.aws",
    "celery_app": "backend.celery_app:app",
    "use_celery_beat": True,
}

app = cdk.App()

staging = cdk.Stack(
    app, "BlogStaging", env=cdk.Environment(account="111122223333", region="eu-central-1")
)
DjangoEcs(
    staging,
    "Blog",
    **BLOG,
    **ZONE,
    api_domain_name="staging.example.com",
    nat="instance",
    use_ecs_exec=True,
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

production = cdk.Stack(
    app, "BlogProduction", env=cdk.Environment(account="444455556666", region="eu-central-1")
)
DjangoEcs(
    production,
    "Blog",
    **BLOG,
    **ZONE,
    api_domain_name="blog.example.com",
    web_size=Size(cpu=1024, memory_mib=2048),
    web_scaling=Scaling(min_count=2, max_count=10),
    nat="gateway_per_zone",
    database=Postgres(instance_type="m8g.large", multi_az=True, backup_days=30),
    cache=Valkey(replicas=1),
    container_insights=True,
)

app.synth()
