"""RDS instances of Postgres: a real server, behind TLS, at the port of the template.

AWS starts a server and CloudFormation waits for it; a deleted instance takes its data along, and
deletion protection refuses it. ministack 1.5.33 makes a record without a server from CloudFormation
and deletes a protected instance.
"""

from __future__ import annotations

from typing import Any

import ministack.services.rds as service
from ministack.services.cloudformation import provisioners

from tests.emulator.ministack_parts import Made, Properties, run_off_the_event_loop, wrap
from tests.emulator.servers import Servers


def _start(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        identifier, _attributes = original(logical_id, properties, stack)
        instance = service._instances[identifier]
        if "postgres" in instance["Engine"]:
            server = Servers.of_this_process().start_postgres(
                identifier,
                username=instance["MasterUsername"],
                password=instance["_MasterUserPassword"],
                name=instance["DBName"],
            )
            instance["Endpoint"] |= {"Address": server.address, "Port": 5432}
        return identifier, provisioners._rds_db_instance_attrs(instance)

    return create


def _stop(original: Any) -> Any:
    def delete(identifier: str, properties: Properties) -> None:
        instance = service._instances.get(identifier, {})
        if instance.get("DeletionProtection"):
            message = "Cannot delete protected DB Instance, please disable deletion protection."
            raise ValueError(message)
        original(identifier, properties)
        Servers.of_this_process().stop(identifier)

    return delete


def install() -> None:
    """Puts servers behind the instances."""
    wrap(provisioners, "_rds_db_instance_create", _start)
    wrap(provisioners, "_rds_db_instance_delete", _stop)
    run_off_the_event_loop("AWS::RDS::DBInstance")
