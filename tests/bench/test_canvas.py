from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from samdesk.bench import canvas


def test_every_phase_is_measured() -> None:
    # Qt allows one application per process, and the tests have theirs.
    command = [sys.executable, "-m", "samdesk.cli", "bench", "--canvas", "--json"]
    done = subprocess.run(
        [*command, "--annotations", "5", "--megapixels", "0.2"],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    phases = {"open", "wait", "zoom", "pan", "select", "hide", "stroke", "store"}
    assert set(figures) == phases
    for kinds in figures.values():
        assert set(kinds) <= {"paint", "work", "mouse", "pause"}
        for values in kinds.values():
            assert values["number"] > 0
            assert 0 <= values["median"] <= values["95th"] <= values["worst"]
    assert figures["zoom"]["paint"]["number"] > 20


def test_blobs_are_ragged_and_as_many_as_asked_for() -> None:
    masks = list(canvas._blobs(800, 600, 20))
    assert len(masks) == 20
    for mask in masks:
        inside = mask.crop()
        edges = np.count_nonzero(np.diff(inside, axis=0)) + np.count_nonzero(
            np.diff(inside, axis=1)
        )
        assert edges > 1.2 * np.pi * (mask.w + mask.h) / 2
