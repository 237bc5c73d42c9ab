"""Selections of AWS Backup: what a plan backs up, as which role.

AWS makes a backup at the plan's hour; here none is ever made. ministack 1.5.33 has the API and not
the type, and deletes a plan that still has selections, which AWS refuses.
"""

from __future__ import annotations

from typing import Any

from ministack.services import backup as service
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client, parameters
from tests.emulator.ministack_parts import Made, Properties, register, wrap


def _create(_logical_id: str, properties: Properties, _stack: str) -> Made:
    request = parameters("backup", "CreateBackupSelection", properties)
    made = client("backup").create_backup_selection(**request)
    plan, selection = made["BackupPlanId"], made["SelectionId"]
    return f"{selection}_{plan}", {"BackupPlanId": plan, "SelectionId": selection}


def _delete(physical_id: str, _properties: Properties) -> None:
    selection, plan = physical_id.split("_", 1)
    client("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=selection)


def _refuse_with_selections(original: Any) -> Any:
    def delete(plan: str, properties: Properties) -> None:
        if any(one["BackupPlanId"] == plan for one in service._selections.values()):
            message = f"Backup plan {plan} has selections, which must be deleted first"
            raise ValueError(message)
        original(plan, properties)

    return delete


def install() -> None:
    """Gives the type to ministack."""
    register("AWS::Backup::BackupSelection", create=_create, delete=_delete)
    wrap(provisioners, "_backup_plan_delete", _refuse_with_selections)
