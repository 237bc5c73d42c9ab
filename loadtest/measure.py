"""Runs the sample application under load, on loopback only: `make load-test`.

Runs in the sample's own Python, in its folder, and starts database and cache with its own test
equipment. Everything it starts ends with it. `--quick` measures one setting for seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.equipment.application import BACKEND, clean_environment, manage
from tests.equipment.postgres import Postgres, postgres
from tests.equipment.process import free_port, running
from tests.equipment.redis import Redis, redis
from tests.equipment.tls import make_certificate

from loadtest.cpu import cpu_limit, cpu_seconds, memory_mib
from loadtest.locust_run import Load, run_locust
from loadtest.machine import load_average, machine_facts
from loadtest.settings import MIX, PART, SATURATING_VISITORS, SETTINGS, Setting

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results" / "measured.json"
WARM_UP, SECONDS, REPEATS = 2, 10, 2


@contextlib.contextmanager
def backing(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of the application while database and cache run, with its tables."""
    certificate = make_certificate(folder)
    with postgres(certificate) as database, redis(certificate, folder) as cache:
        variables = _variables(database, cache)
        manage("migrate --no-input", variables)
        yield variables


def _variables(database: Postgres, cache: Redis) -> dict[str, str]:
    # Without the relays that speak TLS in the tests: written in Python, they would be measured.
    login = f"{database.username}:{database.quoted_password}"
    return {
        "DJANGO_SETTINGS_MODULE": "backend.settings.production",
        "SECRET_KEY": "a-secret-key-of-the-load-test-that-is-long-enough-for-django-0123456789",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "http://127.0.0.1",
        "DATABASE_URL": f"postgres://{login}@127.0.0.1:{database.plain_port}/{database.name}",
        "REDIS_URL": cache.url,
    }


def with_django(program: str, variables: Mapping[str, str]) -> str:
    """What one of the programs beside this one prints, run with the sample's settings."""
    done = subprocess.run(
        [sys.executable, "-P", str(FOLDER / program)],
        cwd=BACKEND,
        env={**clean_environment(variables), "PYTHONPATH": str(BACKEND)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def seed(variables: Mapping[str, str], folder: Path) -> Path:
    """A file with what visitors know, for the locust file."""
    path = folder / "seed.json"
    path.write_text(json.dumps({**json.loads(with_django("seed.py", variables)), "mix": MIX}))
    return path


def answers(port: int) -> bool:
    """The application is loaded; the port alone is open long before."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/api/health-check/")
        return connection.getresponse().status == 200
    return False


@contextlib.contextmanager
def gunicorn(
    setting: Setting, variables: Mapping[str, str], folder: Path
) -> Iterator[tuple[str, int, bool]]:
    """Its URL, its process id and whether its CPU is limited, started as the image starts it."""
    port = free_port()
    environment = {**variables, **setting.variables, "PORT": str(port)}
    with (
        cpu_limit(setting.cpus) as limit,
        running(
            [*(limit or ()), "./scripts/start_prod.sh"],
            env=clean_environment(environment),
            cwd=BACKEND,
            log=folder / "gunicorn.log",
            ready=lambda: answers(port),
        ) as process,
    ):
        yield f"http://127.0.0.1:{port}", process.pid, limit is not None


def measure(
    setting: Setting, variables: Mapping[str, str], load: Load, folder: Path, seconds: int
) -> dict[str, Any]:
    """One setting once: as fast as it can, then at the part of that which is the default target."""
    with gunicorn(setting, variables, folder) as (url, pid, limited):
        run_locust(load, url, visitors=SATURATING_VISITORS, rate=0, seconds=WARM_UP)
        used, before = cpu_seconds(pid), load_average()
        full = run_locust(load, url, visitors=SATURATING_VISITORS, rate=0, seconds=seconds)
        used = cpu_seconds(pid) - used
        rate = full["requests_per_second"] * PART
        part = run_locust(
            load,
            url,
            visitors=SATURATING_VISITORS,
            rate=rate / SATURATING_VISITORS,
            seconds=seconds,
        )
        memory = memory_mib(pid)
    return {
        "limited": limited,
        "load_average": before,
        "cpu_ms_per_request": round(1000 * used / full["requests"], 2),
        "cpus_used": round(used / full["seconds"], 2),
        "memory_mib": round(memory),
        "full": full,
        "part": part,
    }


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Each number's median over the runs of a setting; the mix of types as in the first."""

    def middle(values: list[Any]) -> Any:
        if isinstance(values[0], dict):
            return {key: middle([one[key] for one in values]) for key in values[0]}
        if isinstance(values[0], bool):
            return all(values)
        return round(statistics.median(values), 2)

    return {**middle(runs), "load_averages": [run["load_average"] for run in runs]}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the sample application under load.")
    parser.add_argument("--locust", required=True, help="the program, of .venv-load")
    parser.add_argument("--quick", action="store_true", help="one setting, seconds, no file")
    options = parser.parse_args()
    # Asked to end, it ends what it started too.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: sys.exit("ended"))
    settings, repeats, seconds = (
        (SETTINGS[3:4], 1, 3) if options.quick else (SETTINGS, REPEATS, SECONDS)
    )
    found: dict[int, list[dict[str, Any]]] = {index: [] for index in range(len(settings))}
    with tempfile.TemporaryDirectory(prefix="django-cdk-load-") as name:
        folder = Path(name)
        with backing(folder) as variables:
            load = Load(locust=options.locust, seed=seed(variables, folder), folder=folder)
            message = float(with_django("thumbnail.py", variables))
            before = load_average()
            # In turns, so that a busy minute of the machine does not hit one setting alone.
            for _ in range(repeats):
                for index, setting in enumerate(settings):
                    run = measure(setting, variables, load, folder, seconds)
                    found[index].append(run)
                    print(setting.variables, setting.cpus, json.dumps(run), flush=True)
    if options.quick:
        return
    results = {
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": machine_facts(options.locust),
        "load_average_before": before,
        "seconds": seconds,
        "repeats": repeats,
        "mix": MIX,
        "part": PART,
        "worker": {"cpu_ms_per_message": message},
        "settings": [
            {**setting.as_dict(), **median(found[index])} for index, setting in enumerate(settings)
        ],
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
