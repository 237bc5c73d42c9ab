"""Release commands: the hook Job, and its scripts run by a real shell."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from django_cdk.eks.release import HELM_TIMEOUT, LONGEST_RELEASE, TAIL_BYTES
from tests.eks.objects import Manifest, objects, of_kind, pod_specs

# Lambda ends the handler of the release after 15 minutes.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
LAMBDA_SECONDS = 900

RUN = "/run/release"


def job(where: Manifest | None = None, **app: object) -> Manifest:
    one: Manifest = of_kind(objects(where, **app), "Job")["release"]
    return one


def test_the_job_runs_before_anything_of_the_release_is_applied() -> None:
    annotations = job()["metadata"]["annotations"]

    assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_each_release_makes_the_job_anew() -> None:
    annotations = job()["metadata"]["annotations"]

    assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"


def test_helm_prints_the_end_of_the_output_of_a_failed_job() -> None:
    annotations = job()["metadata"]["annotations"]

    assert annotations["helm.sh/hook-output-log-policy"] == "hook-failed"


def test_a_failed_command_is_not_tried_again() -> None:
    spec = job()["spec"]

    assert spec["backoffLimit"] == 0
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_the_job_ends_before_helm_gives_up() -> None:
    assert job()["spec"]["activeDeadlineSeconds"] < HELM_TIMEOUT
    assert job({"release_timeout": 30})["spec"]["activeDeadlineSeconds"] == 80


def test_hook_rollout_and_rollback_fit_into_the_time_of_the_handler() -> None:
    assert 3 * HELM_TIMEOUT < LAMBDA_SECONDS


def test_commands_run_one_after_the_other_in_their_order() -> None:
    made = job(release_commands={"migrate": ["a"], "load_data": ["b", "c d"]})

    names = [one["name"] for one in made["spec"]["template"]["spec"]["initContainers"]]
    assert names == ["run-migrate", "run-load-data"]


def test_without_commands_there_is_no_job() -> None:
    assert of_kind(objects(release_commands={}), "Job") == {}


def test_a_release_id_changes_the_job() -> None:
    assert job({"release_id": "1"}) != job({"release_id": "2"})


class Pod:
    """The containers of the Job as processes of this machine, one after the other."""

    def __init__(self, folder: Path, commands: Mapping[str, Sequence[str]], limit: int) -> None:
        self.folder = folder
        self.spec = pod_specs(objects({"release_timeout": limit}, release_commands=commands))[
            "Job/release"
        ]

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run it whole; what the main container did."""
        self.init = [self._run(one["args"]) for one in self.spec["initContainers"]]
        (verdict,) = self.spec["containers"]
        return self._run(verdict["command"])

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        words = [word.replace(RUN, str(self.folder)) for word in command]
        return subprocess.run(
            words, capture_output=True, text=True, check=False, encoding="utf-8", errors="replace"
        )


def run(
    folder: Path, *, limit: int = LONGEST_RELEASE, **commands: Sequence[str]
) -> tuple[Pod, subprocess.CompletedProcess[str]]:
    pod = Pod(folder, commands, limit)
    return pod, pod.run()


def test_commands_that_succeed_let_the_release_go_on(tmp_path: Path) -> None:
    pod, verdict = run(tmp_path, one=["echo", "first one"], two=["echo", "second"])

    assert verdict.returncode == 0
    assert [one.stdout for one in pod.init] == ["first one\n", "second\n"]
    assert [one.returncode for one in pod.init] == [0, 0]


def test_a_failure_is_told_with_name_code_and_output(tmp_path: Path) -> None:
    _, verdict = run(tmp_path, migrate=["sh", "-c", "echo no such table >&2; exit 3"])

    assert verdict.returncode == 3
    assert "Release command migrate ended with exit code 3." in verdict.stdout
    assert "no such table" in verdict.stdout


def test_a_command_after_a_failure_does_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"

    _, verdict = run(tmp_path, one=["false"], two=["touch", str(marker)])

    assert verdict.returncode == 1
    assert "Release command one " in verdict.stdout
    assert not marker.exists()


def test_the_whole_output_stays_in_the_log_of_its_container(tmp_path: Path) -> None:
    pod, verdict = run(tmp_path, migrate=["sh", "-c", "seq 10000; exit 1"])

    assert pod.init[0].stdout.split() == [str(number) for number in range(1, 10001)]
    assert "10000\n" in verdict.stdout
    assert "\n42\n" not in verdict.stdout


def test_what_helm_prints_fits_into_cloudformation_s_reason(tmp_path: Path) -> None:
    text = "ä" * 5000 + "x" * 5000

    _, verdict = run(tmp_path, migrate=["sh", "-c", f"echo {text}; echo {text[:700]}; exit 1"])

    # The handler writes bytes as Python does: one that is no ASCII takes four characters.
    assert len(repr(verdict.stdout.encode())) < TAIL_BYTES + 200


def test_a_command_that_takes_too_long_is_ended_and_told(tmp_path: Path) -> None:
    if shutil.which("timeout") is None:
        pytest.skip("no timeout program here; images have coreutils or busybox")
    start = time.monotonic()

    _, verdict = run(tmp_path, limit=1, migrate=["sh", "-c", "echo half; sleep 30"])

    assert time.monotonic() - start < 10
    assert verdict.returncode == 124
    assert "within 1 seconds (release_timeout)" in verdict.stdout
    assert "half" in verdict.stdout


def test_the_commands_share_the_time(tmp_path: Path) -> None:
    if shutil.which("timeout") is None:
        pytest.skip("no timeout program here; images have coreutils or busybox")
    start = time.monotonic()

    _, verdict = run(tmp_path, limit=2, one=["sleep", "1"], two=["sleep", "30"])

    assert time.monotonic() - start < 10
    assert "Release command two ended with exit code 124" in verdict.stdout


def test_words_of_a_command_reach_it_as_they_are(tmp_path: Path) -> None:
    pod, _ = run(tmp_path, one=["printf", "%s|", "a b", "$HOME", "'\""])

    assert pod.init[0].stdout == "a b|$HOME|'\"|"
