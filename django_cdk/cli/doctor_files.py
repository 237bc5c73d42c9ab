"""Static files and uploads: where they are kept, and under which settings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .doctor_finding import Finding, error, warning
from .doctor_subject import Subject
from .project.settings import Settings

_OLD_NAMES = ("STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE")


def check_files(subject: Subject) -> Iterator[Finding]:
    """Every check of the storages."""
    if subject.settings is not None:
        for check in (_old_names, _uploads, _acl):
            yield from check(subject, subject.settings)


def _old_names(subject: Subject, settings: Settings) -> Iterator[Finding]:
    version = subject.project.django_version()
    for name in _OLD_NAMES:
        if not settings[name]:
            continue
        old = version is not None and version < (5, 1)
        yield (warning if old else error)(
            "storages",
            f"{name} is {'gone' if old else 'ignored'} since Django 5.1.",
            "Set STORAGES = {"
            f'"{"staticfiles" if name.startswith("STATIC") else "default"}": '
            '{"BACKEND": ...}, ...} instead.',
            settings[name].place,
        )


def _uploads(subject: Subject, settings: Settings) -> Iterator[Finding]:
    storages = [settings[name] for name in ("STORAGES", "DEFAULT_FILE_STORAGE")]
    bucket = [*storages, settings["AWS_STORAGE_BUCKET_NAME"]]
    texts = {text for setting in storages for text in setting.texts}
    if not any("s3" in text.lower() for text in texts):
        yield warning(
            "uploads",
            "No storage is in S3: an uploaded file is gone with its container.",
            'Use "storages.backends.s3.S3Storage" of django-storages as the default storage, '
            "unless nothing is ever uploaded.",
            storages[0].place,
        )
    elif not subject.serves({name for one in bucket for name in one.variables}, "bucket"):
        yield error(
            "bucket",
            "The storages are in S3, but the bucket's name comes from no variable that is given.",
            f"Read it from {subject.names('bucket')}.",
            storages[0].place,
        )


def _acl(_subject: Subject, settings: Settings) -> Iterator[Finding]:
    storages = settings["STORAGES"]
    given = [one for one in storages.entries("default_acl") if not _is_none(one)]
    old = settings["AWS_DEFAULT_ACL"]
    if given or isinstance(old.literal(), str):
        yield error(
            "acl",
            "Files are saved with an ACL, which a bucket of today refuses "
            "(AccessControlListNotSupported).",
            'Set "default_acl": None in the OPTIONS of STORAGES.',
            (storages if given else old).place,
        )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
