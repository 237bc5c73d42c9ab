"""The same application on a local cluster such as minikube, with Postgres and Valkey in it."""
