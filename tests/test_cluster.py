"""`samdesk auto --ray` on a real cluster of worker processes on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from samdesk import cli
from samdesk.store.project import Project
from tests.automatic_child import FEW, images
from tests.cluster_child import DEADLY, ONCE


@pytest.mark.timeout(300)
def test_workers_that_die_lose_nothing_and_double_nothing(tmp_path: Path, home: Path) -> None:
    folder = images(tmp_path / "images", 10)
    for name in (DEADLY, ONCE):
        Image.open(folder / "0.png").save(folder / name)
    (folder / "bad.png").write_bytes(b"<html>")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    command = [sys.executable, "-m", "tests.cluster_child", str(folder)]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert child.returncode == 1, child.stderr
    answer = json.loads(child.stdout.splitlines()[-1])
    assert (answer["images"], answer["done"]) == (13, 11)
    failed = {one["image"]: one["title"] for one in answer["failed"]}
    assert failed.keys() == {DEADLY, "bad.png"}
    assert "3 times" in failed[DEADLY]
    died = (folder / ".died").read_text().split()
    assert sorted(died) == [DEADLY] * 3 + [ONCE]
    looked = [line.split() for line in (folder / ".looked").read_text().splitlines()]
    assert len({worker for worker, _ in looked}) > 1
    assert {path for _, path in looked} == {ONCE, *(f"{number}.png" for number in range(10))}
    with Project.open(folder, data=folder) as project:
        paths = {record.id: record.path for record in project.images()}
        counts = {paths[one]: count for one, count in project.proposal_counts().items()}
        runs = {one for one in paths if project.automatic_run(one) is not None}
    assert {paths[one] for one in runs} == {ONCE, *(f"{number}.png" for number in range(10))}
    assert counts[ONCE] == counts["0.png"] > 0


def test_without_ray_it_says_how_to_get_it(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 1)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert cli.main(["auto", str(folder), *FEW, "--ray"]) == 1
    assert 'pip install "samdesk[ray]"' in capsys.readouterr().err


def test_without_the_option_nothing_of_ray_is_imported() -> None:
    program = (
        "import sys, samdesk.cli, samdesk.verbs.auto, samdesk.verbs.precompute\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'ray']\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
