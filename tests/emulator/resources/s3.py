"""Buckets: the properties that ministack drops, and that a full one can't be deleted.

AWS refuses to delete a bucket with objects in it, which fails the stack. ministack 1.5.33 deletes
the objects with it, and takes of a bucket's properties only versioning, notifications, CORS,
website and public access block from CloudFormation; its API takes the rest.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, run_off_the_event_loop, wrap


def _tags(bucket: str, tags: Any) -> None:
    client("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})


def _lifecycle(bucket: str, lifecycle: Any) -> None:
    rules = [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]
    client("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    made: dict[str, Any] = {"Status": rule["Status"], "Filter": _lifecycle_filter(rule)}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if rule.get("ExpiredObjectDeleteMarker"):
        made["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    if "NoncurrentVersionExpiration" in rule:
        days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if "AbortIncompleteMultipartUpload" in rule:
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(days)}
    if "Transitions" in rule:
        made["Transitions"] = [
            {"Days": int(one["TransitionInDays"]), "StorageClass": one["StorageClass"]}
            for one in rule["Transitions"]
        ]
    return made


def _lifecycle_filter(rule: Properties) -> dict[str, Any]:
    tags, prefix = rule.get("TagFilters", []), rule.get("Prefix", "")
    if not tags:
        return {"Prefix": prefix}
    return {"And": {"Prefix": prefix, "Tags": tags}}


def _encryption(bucket: str, encryption: Any) -> None:
    rules = []
    for rule in encryption["ServerSideEncryptionConfiguration"]:
        default = rule["ServerSideEncryptionByDefault"]
        # The bootstrap bucket has this: AWS takes its own key then, ministack refuses every upload.
        if default["SSEAlgorithm"] == "aws:kms" and "KMSMasterKeyID" not in default:
            return
        made = {"ApplyServerSideEncryptionByDefault": default}
        if "BucketKeyEnabled" in rule:
            made["BucketKeyEnabled"] = str(rule["BucketKeyEnabled"]).lower() == "true"
        rules.append(made)
    client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _ownership(bucket: str, ownership: Any) -> None:
    client("s3").put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=ownership)


def _logging(bucket: str, logging: Any) -> None:
    enabled = {
        "TargetBucket": logging.get("DestinationBucketName", bucket),
        "TargetPrefix": logging.get("LogFilePrefix", ""),
    }
    client("s3").put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


_DROPPED = {
    "Tags": _tags,
    "LifecycleConfiguration": _lifecycle,
    "BucketEncryption": _encryption,
    "OwnershipControls": _ownership,
    "LoggingConfiguration": _logging,
}


def _apply(bucket: str, properties: Properties, old: Properties | None = None) -> None:
    for name, put in _DROPPED.items():
        if properties.get(name) and properties[name] != (old or {}).get(name):
            put(bucket, properties[name])


def _create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        bucket, attributes = original(logical_id, properties, stack)
        _apply(bucket, properties)
        return bucket, attributes

    return create


def _update(original: Any) -> Any:
    def update(physical_id: str, old: Properties, new: Properties, stack: str) -> Made:
        bucket, attributes = original(physical_id, old, new, stack)
        _apply(bucket, new, old if bucket == physical_id else None)
        return bucket, attributes

    return update


def _delete(original: Any) -> Any:
    def delete(bucket: str, properties: Properties) -> None:
        try:
            client("s3").delete_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
        original(bucket, properties)

    return delete


def install() -> None:
    """Puts the rest of a bucket in place."""
    wrap(provisioners, "_s3_create", _create)
    wrap(provisioners, "_s3_update", _update)
    wrap(provisioners, "_s3_delete", _delete)
    run_off_the_event_loop("AWS::S3::Bucket")
