"""JSON files that are replaced whole, or stay as they were."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_json(value: Any, path: Path) -> None:
    """Writes a value for people to read, with the rights of new files; makes a missing folder.

    Raises:
        OSError: it could not be written; the former file is whole and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by tempfile, which keeps trying where Windows refuses, and makes private files.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("x", encoding="utf-8") as stream:
            # In ASCII, which says file names that are no Unicode, too.
            json.dump(value, stream, indent=2)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
