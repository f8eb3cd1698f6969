"""SIGKILL at random moments: what was acknowledged is there, whole, and the file is sound."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samdesk.store.project import Project

KILLS = 30


def integrity(folder: Path) -> str:
    connection = sqlite3.connect(folder / ".samdesk" / "project.db")
    result: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return result


@pytest.mark.parametrize("at_once", [1, 1_000_000])
def test_no_acknowledged_annotation_is_lost(tmp_path: Path, at_once: int) -> None:
    rng = random.Random(5)
    acknowledged: dict[int, int] = {}
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.annotating_child", str(tmp_path), str(at_once)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(rng.uniform(0, 0.03))
        child.kill()
        lines += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        for line in lines:
            # The last line may have been cut off by the kill.
            if line.endswith("\n"):
                identity, area = line.split()
                acknowledged[int(identity)] = int(area)
    with Project.open(tmp_path, data=tmp_path) as project:
        assert not project.read_only
        assert project.notices == ()
        stored = {found.id: found.mask.area for found in project.annotations()}
    assert len(acknowledged) >= KILLS
    assert acknowledged.items() <= stored.items()
    assert integrity(tmp_path) == "ok"
