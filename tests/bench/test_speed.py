"""The whole of `samdesk bench`, with parts whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samdesk import cli
from samdesk.bench import speed
from samdesk.errors import SamdeskError
from tests.bench.test_targets import parts

MACHINE = {
    "cpu": "Some CPU",
    "cores": 2,
    "has_bfloat16": False,
    "ram_bytes": 16e9,
    "gpus": [],
    "system": "Linux",
    "python": "3.12",
    "libraries": {"torch": "2"},
    "load_average": 0.1,
}


class Parts:
    """Answers as the parts do; keeps what it was asked."""

    def __init__(self, *, failing: str = "") -> None:
        self.failing = failing
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, spec: dict[str, Any], home: Path) -> tuple[dict[str, Any], float]:
        self.asked.append((name, spec))
        if name == self.failing:
            raise SamdeskError("PySide6 is missing.", "Install it.")
        if name == "weights":
            return {"checkpoint": str(Path(spec["folder"]) / f"random_{spec['kind']}.pth")}, 1.0
        told = parts()[name]
        if name == "side_by_side":
            engine = {"name": "ViT-B", "device": "CPU", **told["engine"]}
            return {**told, "machine": MACHINE, "engine": engine}, 1.0
        if name == "start":
            return {"peak_bytes": 1.5e9}, 4.0
        return told, 1.0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Parts:
    answers = Parts()
    monkeypatch.setattr(speed, "answer", answers)
    return answers


def test_the_table(answers: Parts, capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert cli.main(["bench", "--quick", "--rounds", "2"]) == 0
    told = capsys.readouterr()
    for text in ("Some CPU, 2 cores, no bf16", "ViT-B (random weights)", "falls short", "holds"):
        assert text in told.out
    assert "random weights" in told.err
    names = [name for name, _ in answers.asked]
    assert names == [
        "weights",
        "side_by_side",
        "reference",
        *["start"] * 3,
        "busy",
        "folder",
        "coco",
    ]
    specs = dict(answers.asked)
    assert specs["weights"]["folder"] == str(home / "cache" / "bench")
    assert specs["side_by_side"]["rounds"] == 2
    assert specs["side_by_side"]["checkpoint"].endswith("random_vit_b.pth")
    # Nothing of it is left behind.
    assert not Path(specs["coco"]["folder"]).exists()


def test_json_with_a_file(
    answers: Parts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.pth"
    code = cli.main(
        ["bench", "--quick", "--json", "--checkpoint", str(file), "--precision", "exact"]
    )
    assert code == 0
    report = json.loads(capsys.readouterr().out)
    assert report["weights"] == "mine.pth"
    assert report["machine"] == MACHINE
    verdicts = {row["name"]: row["verdict"] for row in report["rows"]}
    assert verdicts["encode, vit_b, exact precision"] == "holds, aim reached"
    spec = dict(answers.asked)["side_by_side"]
    assert (spec["checkpoint"], spec["precision"]) == (str(file), "exact")


def test_a_part_that_fails_leaves_the_others_standing(
    answers: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.failing = "start"
    assert cli.main(["bench", "--quick", "--kind", "vit_b"]) == 1
    told = capsys.readouterr()
    assert "not measured: PySide6 is missing." in told.out
    assert "export, rle" in told.out


def test_the_built_in_engine_has_nothing_to_be_compared_with(
    answers: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "--engine", "builtin"]) == 1
    assert "nothing to be compared with" in capsys.readouterr().err
    assert answers.asked == []


def test_a_comparison_that_fails_ends_it(
    answers: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.failing = "side_by_side"
    assert cli.main(["bench", "--json"]) == 1
    told = capsys.readouterr()
    assert not told.out
    assert "PySide6 is missing" in told.err


def test_a_full_disk_is_said(
    answers: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(speed, "write_many", full)
    assert cli.main(["bench", "--quick"]) == 1
    assert "No space left" in capsys.readouterr().err


def test_rounds_are_counted_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["bench", "--rounds", "0"])
    assert left.value.code == 2
    assert "not a number of rounds" in capsys.readouterr().err
