"""A Process as Kubernetes manifests, and the cluster they are applied to."""
