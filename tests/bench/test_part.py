"""The parts that start processes: the program itself, with the built-in engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from samdesk.bench.part import answer
from samdesk.bench.photos import write_many, write_photos
from samdesk.errors import SamdeskError
from samdesk.settings import Settings, save


@pytest.fixture
def builtin(home: Path) -> Path:
    """A home whose program starts with the built-in engine."""
    save(Settings(engine="builtin"), home / "config" / "settings.json")
    return home


def test_from_start_to_the_first_mask(builtin: Path, tmp_path: Path) -> None:
    write_photos(tmp_path / "new", 1)
    told, seconds = answer("start", {"folder": str(tmp_path / "new"), "kind": None}, builtin)
    # Python with Qt and NumPy alone takes more than this.
    assert 50e6 < told["peak_bytes"] < 50e9
    assert seconds > 0.1


def test_the_program_under_load(builtin: Path, tmp_path: Path) -> None:
    # Enough to keep the engine busy until the last click.
    write_photos(tmp_path / "photos", 40)
    spec = {
        "folder": str(tmp_path / "photos"),
        "kind": None,
        "seconds": 0.3,
        "clicks": 3,
        "stops": 2,
        "encode_seconds": 0.05,
    }
    told, _ = answer("busy", spec, builtin)
    assert told["idle"]["longest"] >= told["idle"]["p99"] >= 0
    assert told["idle"]["ticks"] > 10
    assert told["encoding"]["longest"] >= told["encoding"]["p99"] >= 0
    assert 1 <= len(told["clicks"]) <= 3
    assert len(told["stops"]) <= 2
    assert all(seconds > 0 for seconds in told["clicks"] + told["stops"])


def test_a_large_folder(builtin: Path, tmp_path: Path) -> None:
    write_photos(tmp_path / "small", 1)
    write_many(tmp_path / "large", 300)
    spec = {"small": str(tmp_path / "small"), "large": str(tmp_path / "large")}
    told, _ = answer("folder", spec, builtin)
    assert told["first"] > 0 and told["again"] > 0
    assert told["stalls"]["longest"] > 0
    assert len(list((tmp_path / "large").glob("*.jpg"))) == 300


def test_export(home: Path, tmp_path: Path) -> None:
    spec = {"folder": str(tmp_path), "annotations": 50, "rounds": 2}
    told, _ = answer("coco", spec, home)
    for name in ("rle", "polygon", "check", "import"):
        assert len(told[name]) == 2
        assert min(told[name]) > 0


def test_a_program_that_fell_back_is_not_measured(builtin: Path, tmp_path: Path) -> None:
    write_photos(tmp_path / "new", 1)
    with pytest.raises(SamdeskError, match=r"fell back to Built-in.*vit_b"):
        answer("start", {"folder": str(tmp_path / "new"), "kind": "vit_b"}, builtin)


def test_a_missing_qt_is_said(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("raise ImportError('no Qt here')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SamdeskError, match="no Qt here") as failed:
        answer("start", {"folder": str(tmp_path), "kind": None}, home)
    assert "samdesk doctor" in failed.value.hint


@pytest.mark.parametrize("name", ["none.pth", "notes.txt"])
def test_a_checkpoint_that_cannot_be_read_is_said(home: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no weights")
    spec = {
        "engine": "vit_b",
        "checkpoint": str(tmp_path / name),
        "device": "cpu",
        "precision": "auto",
        "sizes": [1],
        "rounds": 1,
    }
    with pytest.raises(SamdeskError, match=name):
        answer("side_by_side", spec, home)


def test_a_part_that_dies_is_said(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SamdeskError, match="'coco' ended without an answer"):
        answer("coco", {}, home)
    assert "KeyError" in capfd.readouterr().err


def test_photos_differ_from_run_to_run(tmp_path: Path) -> None:
    write_photos(tmp_path / "a", 2)
    write_photos(tmp_path / "b", 1)
    contents = {path.read_bytes() for path in tmp_path.rglob("*.jpg")}
    assert len(contents) == 3
