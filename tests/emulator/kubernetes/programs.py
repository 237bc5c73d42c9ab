"""`kubectl` and `helm`, as far as the CDK's functions call them."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.emulator.kubernetes import FOLDER, Cluster, Object, RefusedError

_ADDRESS = ".status.loadBalancer.ingress[0].hostname"


def kubectl(arguments: list[str]) -> str:
    """`kubectl create|apply|delete -f FILE`, and `get` of one value; returns what it prints."""
    parser = argparse.ArgumentParser(prog="kubectl", allow_abbrev=False)
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("verb", choices=["create", "apply", "delete", "get"])
    parser.add_argument("names", nargs="*")
    parser.add_argument("-f", dest="file")
    parser.add_argument("-l", dest="label")
    parser.add_argument("-n", dest="namespace")
    parser.add_argument("-o", dest="output")
    parser.add_argument("--prune", action="store_true")
    parser.add_argument("--save-config", action="store_true")
    asked = parser.parse_intermixed_args(arguments)
    cluster, region = _cluster(asked.kubeconfig)
    if asked.verb == "get":
        return _value(cluster, region, asked)
    manifests = _documents(Path(asked.file).read_text())
    if asked.verb == "create":
        cluster.create(manifests)
    elif asked.verb == "delete":
        cluster.delete(manifests)
    else:
        cluster.apply(manifests, prune=asked.label if asked.prune else None)
    cluster.save()
    return f"{asked.verb}: {len(manifests)} objects\n"


def helm(arguments: list[str]) -> str:
    """`helm upgrade --install` and `helm uninstall`; returns what it prints."""
    parser = argparse.ArgumentParser(prog="helm", allow_abbrev=False)
    parser.add_argument("verb", choices=["upgrade", "uninstall"])
    parser.add_argument("release")
    parser.add_argument("chart", nargs="?")
    for name in ("kubeconfig", "repo", "values", "version", "namespace", "timeout"):
        parser.add_argument(f"--{name}")
    for name in ("install", "create-namespace", "wait", "atomic", "skip-crds"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = parser.parse_intermixed_args(arguments)
    cluster, _region = _cluster(asked.kubeconfig)
    if asked.verb == "uninstall":
        cluster.uninstall(asked.release)
    else:
        if asked.create_namespace and not cluster.find("Namespace", asked.namespace):
            namespace = {"kind": "Namespace", "metadata": {"name": asked.namespace}}
            cluster.apply([namespace])
        manifests = [] if asked.repo else _render(asked)
        values = json.loads(Path(asked.values).read_text()) if asked.values else {}
        described = {
            "chart": asked.chart if asked.repo else "local",
            "repository": asked.repo,
            "version": asked.version,
            "namespace": asked.namespace,
            "atomic": asked.atomic,
            "wait": asked.wait,
            "timeout": asked.timeout,
            "values": values,
        }
        cluster.install(asked.release, described, manifests)
    cluster.save()
    return f"{asked.verb}: {asked.release}\n"


def _render(asked: argparse.Namespace) -> list[Object]:
    """The objects of a local chart, by the helm of the layer."""
    layers = os.environ["LAMBDA_LAYERS"].split(":")
    (program,) = [path for layer in layers if (path := Path(layer) / "helm/helm").is_file()]
    done = subprocess.run(
        [
            *(program, "template", asked.release, asked.chart),
            *("--namespace", asked.namespace, "--values", asked.values),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RefusedError(done.stderr)
    return _documents(done.stdout)


def _documents(text: str) -> list[Object]:
    """Of a stream of YAML documents, or of JSON objects without anything between them."""
    if not text.startswith("{"):
        return [one for one in yaml.safe_load_all(text) if one]
    found, decoder, rest = [], json.JSONDecoder(), text
    while rest.strip():
        one, end = decoder.raw_decode(rest.lstrip())
        found.append(one)
        rest = rest.lstrip()[end:]
    return found


def _cluster(kubeconfig: str | None) -> tuple[Cluster, str]:
    """The cluster that `aws eks update-kubeconfig` wrote the file for, and its region."""
    assert kubeconfig
    config: dict[str, Any] = yaml.safe_load(Path(kubeconfig).read_text())
    arn = config["current-context"]
    region, name = arn.split(":")[3], arn.rsplit("/", 1)[-1]
    return Cluster(Path(os.environ[FOLDER]), name), region


def _value(cluster: Cluster, region: str, asked: argparse.Namespace) -> str:
    """The address that the load balancer controller would have written into the Ingress."""
    kind, name = asked.names
    one = cluster.find(kind, name, asked.namespace)
    if one is None:
        message = f'Error from server (NotFound): {kind} "{name}" not found'
        raise RefusedError(message)
    if _ADDRESS not in asked.output:
        message = f"only {_ADDRESS} is known here, not {asked.output}"
        raise RefusedError(message)
    controlled = "aws-load-balancer-controller" in cluster.releases
    address = f"k8s-{asked.namespace}-{name}-0123456789.{region}.elb.amazonaws.com"
    # In quotation marks, as in the format that the CDK asks for.
    return f"'{address}'" if controlled else "''"


def main() -> None:
    """Runs the program that this was called as."""
    program = {"kubectl": kubectl, "helm": helm}[sys.argv[1]]
    try:
        sys.stdout.write(program(sys.argv[2:]))
    except RefusedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
