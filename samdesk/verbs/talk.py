"""Results on standard output, talk on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def say(line: str) -> None:
    """Tells the person at the terminal something that is no result."""
    print(line, file=sys.stderr, flush=True)


def result(value: Any) -> None:
    """Writes one JSON value as a line, at once; in ASCII, which every output can encode."""
    print(json.dumps(value), flush=True)
