"""Custom resource: brings the swarm of a DockerEc2 up to date, and waits until it is."""
