"""ElastiCache replication groups: a real Redis, behind TLS when the group asks for it.

AWS starts the nodes and CloudFormation waits for them; with the deletion policy Snapshot it takes
one before it deletes them. ministack 1.5.33 starts a container, or without docker names an address
where nothing is, and takes no snapshot.
"""

from __future__ import annotations

from typing import Any

import ministack.services.elasticache as service
from ministack.services.cloudformation import provisioners

from tests.emulator.ministack_parts import Properties, wrap
from tests.emulator.servers import Servers


def _spawn(_original: Any) -> Any:
    def spawn(
        name: str,
        engine: str,
        engine_version: str,
        labels: dict[str, str],
        transit: bool = False,
        auth_token: str | None = None,
    ) -> tuple[str, int, str]:
        if engine not in ("redis", "valkey"):
            message = f"the emulator has no {engine} {engine_version}"
            raise ValueError(message)
        identifier = labels.get("rg_id", name)
        server = Servers.of_this_process().start_redis(identifier, tls=transit, token=auth_token)
        return server.address, 6379, identifier

    return spawn


def _stop(original: Any) -> Any:
    def delete(identifier: str, properties: Properties) -> None:
        original(identifier, properties)
        Servers.of_this_process().stop(identifier)

    return delete


def _take_snapshot(identifier: str, _properties: Properties) -> None:
    # Not over HTTP: snapshots are taken on the event loop, which could not answer.
    wanted = {
        "ReplicationGroupId": identifier,
        "SnapshotName": provisioners._snapshot_id(identifier),
    }
    provisioners._ec_call(
        service._create_snapshot,
        provisioners._ec_query(wanted),
        "AWS::ElastiCache::ReplicationGroup",
        "snapshot",
    )


def install() -> None:
    """Puts servers behind the groups."""
    group = provisioners._RESOURCE_HANDLERS["AWS::ElastiCache::ReplicationGroup"]
    group["snapshot"] = _take_snapshot
    wrap(service, "_spawn_redis_container", _spawn)
    wrap(provisioners, "_ec_rg_delete", _stop)
