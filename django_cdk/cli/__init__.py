"""The command line ``django-cdk``: an extra, ``pip install "django-cdk[cli]"``.

It asks AWS alone (CloudFormation, ECS, CloudWatch ...) and imports no part of the CDK.
"""
