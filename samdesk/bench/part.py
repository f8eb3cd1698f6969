"""A part of `samdesk bench` in a process of its own, so that no part's memory counts as another's.

A part gets its name and a JSON object as arguments, and answers lines of JSON on standard output.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samdesk.errors import SamdeskError

# Each is a function from a JSON object to an iterator of answers.
_PARTS = {
    "weights": "samdesk.bench.weights:run",
    "side_by_side": "samdesk.bench.side_by_side:run",
    "reference": "samdesk.bench.side_by_side:run_alone",
    "everything": "samdesk.bench.everything:answers",
    "workers": "samdesk.bench.everything:workers",
    "start": "samdesk.bench.program:start",
    "busy": "samdesk.bench.program:busy",
    "folder": "samdesk.bench.program:folder",
    "coco": "samdesk.bench.exchange:run",
}


def answer(name: str, spec: dict[str, Any], home: Path) -> tuple[dict[str, Any], float]:
    """Runs a part and gives its first answer, and the seconds from its start until then.

    The part's own talk goes to standard error. It sees no display and none of the user's files.

    Args:
        home: where it keeps what SAMDesk keeps.

    Raises:
        SamdeskError: as the part raised it, or because it ended without an answer.
    """
    environment = {
        **os.environ,
        "SAMDESK_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        # What this process can import the part must be able to, whatever folder it starts in.
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
    }
    command = [sys.executable, "-m", "samdesk.bench.part", name, json.dumps(spec)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            seconds = time.perf_counter() - started
            process.stdout.read()
        except BaseException:
            process.kill()
            raise
    if not line:
        raise SamdeskError(
            f"The part {name!r} ended without an answer (exit code {process.returncode}).",
            "What it said stands above; a negative code is often a lack of memory.",
        )
    told = json.loads(line)
    if "error" in told:
        raise SamdeskError(*told["error"])
    return told, seconds


def main(arguments: list[str]) -> int:
    """Runs a part in this process."""
    # Deep in a library Python would not see an interrupt for seconds.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    name, spec = arguments[0], json.loads(arguments[1])
    module, _, function = _PARTS[name].partition(":")
    # Libraries that print must not be taken for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        told: Iterator[dict[str, Any]] = getattr(importlib.import_module(module), function)(spec)
        for one in told:
            print(json.dumps(one), file=answers, flush=True)
    except (SamdeskError, ImportError) as error:
        if isinstance(error, ImportError):
            error = SamdeskError(
                f"A library that this part needs cannot be imported: {error}.",
                "samdesk doctor tells what is missing; pip install samdesk brings all of it.",
            )
        print(json.dumps({"error": (error.title, error.hint)}), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
