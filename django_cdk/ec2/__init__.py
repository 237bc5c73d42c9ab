"""The resources of :class:`~django_cdk.DockerEc2`: one machine with its data, secrets, updates."""
