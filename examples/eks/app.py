"""The application on Kubernetes: an EKS cluster with all that it needs, and one Helm release."""

import aws_cdk as cdk

from django_cdk import DjangoEks, Scaling, Worker

app = cdk.App()
stack = cdk.Stack(app, "Blog", env=cdk.Environment(account="111122223333", region="eu-central-1"))
DjangoEks(
    stack,
    "Blog",
    image_directory="../../test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
    celery_app="backend.celery_app:app",
    celery_queues={"celery": Worker(scaling=Scaling(max_count=3))},
    use_celery_beat=True,
    domain_name="blog.example.com",
    zone_name="example.com",
    hosted_zone_id="Z0123456789ABCDEFGHIJ",
    # Who may use kubectl.
    admin_arns=["arn:aws:iam::111122223333:role/Admin"],
)
app.synth()
