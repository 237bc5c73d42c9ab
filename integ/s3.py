"""A bucket and an IAM user for a Django project that runs outside AWS.

With nothing set in the environment: no direct uploads. FRONTEND_URL's origin may upload directly.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import S3BucketResources
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "S3", env=settings.environment)

S3BucketResources(
    stack,
    "Files",
    access_key=True,
    upload_origins=[settings.frontend_url.rstrip("/")] if settings.frontend_url else [],
    public_static=True,
    versioned=True,
    expire_noncurrent_days=30,
    # An integ stack leaves nothing behind. Leave this line out of anything you care about.
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
