from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from samdesk.bench import canvas
from samdesk.bench.table import Verdict


def test_every_phase_is_measured() -> None:
    # Qt allows one application per process, and the tests have theirs.
    command = [sys.executable, "-m", "samdesk.cli", "bench", "--canvas", "--json"]
    done = subprocess.run(
        [*command, "--annotations", "5", "--megapixels", "0.2"],
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    figures = answer["phases"]
    assert set(figures) == {
        *("open", "wait", "zoom", "zoomed", "wheel", "pan", "select", "tree", "hide"),
        *("stroke", "store", "polygon"),
    }
    for kinds in figures.values():
        handlers = {"paint", "list", "input"}
        assert set(kinds) <= {*handlers, *(f"{one} work" for one in handlers), "commit", "pause"}
        assert handlers & set(kinds) == {one[:-5] for one in kinds if one.endswith(" work")}
        for values in kinds.values():
            assert values["number"] > 0
            assert values["median"] <= values["99th"] <= values["worst"]
    assert figures["zoom"]["paint"]["number"] > 20
    assert figures["wheel"]["input"]["number"] > 20
    assert figures["store"]["commit"]["number"] == figures["store"]["input"]["number"]
    names = {row["name"] for row in answer["rows"]}
    assert {"paint, longest", "release, longest", "commit, 99th percentile"} <= names
    assert not [row["name"] for row in answer["rows"] if row["missing"]]


def test_verdicts_are_about_the_longest_too() -> None:
    times = {"store": {"input": [0.001] * 199 + [0.02], "pause": [0.001]}}
    rows = {row.name: row for row in canvas.verdicts(times)}
    assert rows["release, 99th percentile"].verdict is Verdict.HOLDS
    assert rows["release, longest"].verdict is Verdict.SHORT
    assert rows["wheel, longest"].verdict is Verdict.NOT_MEASURED


def test_blobs_are_ragged_and_as_many_as_asked_for() -> None:
    masks = list(canvas._blobs(800, 600, 20))
    assert len(masks) == 20
    for mask in masks:
        inside = mask.crop()
        edges = np.count_nonzero(np.diff(inside, axis=0)) + np.count_nonzero(
            np.diff(inside, axis=1)
        )
        assert edges > 1.2 * np.pi * (mask.w + mask.h) / 2
