"""A single-page application and its API on one domain, in eu-west-1.

CloudFront takes certificates from us-east-1 only: that one is made in a second stack, which comes
with the first by itself.
"""

import aws_cdk as cdk

from django_cdk import DjangoVue

app = cdk.App()
stack = cdk.Stack(app, "Blog", env=cdk.Environment(account="111122223333", region="eu-west-1"))
DjangoVue(
    stack,
    "Blog",
    domain_name="blog.example.com",
    zone_name="example.com",
    hosted_zone_id="Z0123456789ABCDEFGHIJ",
    path_to_dist="../../test/django-step-by-step/frontend/dist",
    image_directory="../../test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
)
app.synth()
