"""The scripted session, in a process of its own, as its window needs an application of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_ten_objects_are_annotated_and_what_that_took_is_counted(home: Path) -> None:
    command = [sys.executable, "-m", "samdesk.cli", "bench", "--flow", "--json"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    effort = json.loads(done.stdout)
    assert (len(effort["ious"]), effort["categories"], effort["images"]) == (10, 8, 2)
    assert effort["dialogs"] == 0
    assert min(effort["ious"]) > 0.6
    # Accepting is one key; a new category one more, to the field, and its name.
    assert 10 <= effort["clicks"] <= 30
    assert 10 <= effort["keys"] <= 26
    assert effort["letters"] == len("pumpkincandlemushroomstoneleafacornbottlevase")
    assert effort["simple"] >= 4
