"""`python -m loadtest.simulation SERIES`: keeps the summary, and writes what the plots show."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from loadtest.page import PAGE, filled

from .summary import SIMULATED, measured, simulate


def main() -> None:
    results = measured()
    found = simulate(results)
    SIMULATED.write_text(json.dumps(found.summary, indent=1) + "\n")
    series = {
        kind: {name: [asdict(one) for one in run.minutes] for name, run in runs.items()}
        for kind, runs in (("day", found.days), ("spike", found.spikes), ("queue", found.queues))
    }
    output = Path(sys.argv[1])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(series))
    PAGE.write_text(filled(PAGE.read_text(), results, found.summary))


if __name__ == "__main__":
    main()
