"""What is kept of drafts is read back as it was, or not at all."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.errors import ProjectError
from samdesk.store.drafts import KeptDraft, read_drafts, write_drafts


def test_drafts_come_back_as_they_were(tmp_path: Path) -> None:
    bitmap = np.zeros((60, 80), bool)
    bitmap[10:30, 5:70] = True
    drafts = [
        KeptDraft(
            "a/ü.png",
            80,
            60,
            Prompt((Point(3.5, 4), Point(1, 2, False)), Box(1, 2, 30, 40.5)),
            Mask.from_bitmap(bitmap),
            ((0.0, 1.5), (2.0, 3.0), (7.0, 1.0)),
            ("subtract", 12),
            {"engine": {"name": "x"}, "chosen": 2, "score": 0.5, "stability_score": None},
            7,
            3.25,
        ),
        KeptDraft("b.png", 80, 60),
    ]
    database = tmp_path / "project.db"
    assert read_drafts(database) == ([], [])
    write_drafts(database, drafts)
    assert read_drafts(database) == (drafts, [])
    write_drafts(database, [])
    assert list(tmp_path.iterdir()) == [] and read_drafts(database) == ([], [])


@pytest.mark.parametrize(
    "text", ["", "[]", '{"drafts": [{"path": 1}]}', '{"drafts": 3}', "[" * 100_000]
)
def test_a_damaged_file_is_told_and_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "drafts.json").write_text(text)
    drafts, (notice,) = read_drafts(tmp_path / "project.db")
    assert drafts == [] and "drafts.damaged.json" in notice
    assert (tmp_path / "drafts.damaged.json").read_text() == text


def test_one_damaged_draft_takes_no_other_with_it(tmp_path: Path) -> None:
    database = tmp_path / "project.db"
    answer = {"engine": {"name": "x"}, "chosen": 1, "score": 0.5, "stability_score": None}
    write_drafts(database, [KeptDraft(f"{name}.png", 8, 6, answer=answer) for name in "abcdef"])
    raw = json.loads((tmp_path / "drafts.json").read_text("utf-8"))
    for entry, change in zip(
        raw["drafts"],
        (
            {"answer": {"chosen": 0}},
            {"seconds": "long"},
            {"drawn": {"size": [6, 8], "counts": "ü"}},
            {"prompt": None},
            {"width": "8"},
        ),
        strict=False,
    ):
        entry.update(change)
    (tmp_path / "drafts.json").write_text(json.dumps(raw))
    drafts, notices = read_drafts(database)
    assert [one.path for one in drafts] == ["f.png"] and len(notices) == 1


def test_a_file_that_cannot_be_read_now_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "drafts.json").mkdir()
    with pytest.raises(ProjectError, match="cannot be read"):
        read_drafts(tmp_path / "project.db")


def test_a_folder_that_was_moved_away_is_not_made_again(tmp_path: Path) -> None:
    database = tmp_path / "moved" / "project.db"
    with pytest.raises(ProjectError, match="could not be kept"):
        write_drafts(database, [KeptDraft("b.png", 80, 60)])
    assert list(tmp_path.iterdir()) == []


def test_why_drafts_could_not_be_kept_names_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(source))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ProjectError) as caught:
        write_drafts(tmp_path / "project.db", [KeptDraft("b.png", 80, 60)])
    assert caught.value.title.endswith("drafts.json: No space left on device.")


def test_drafts_have_the_rights_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write_drafts(tmp_path / "project.db", [KeptDraft("b.png", 80, 60)])
    made, other = (tmp_path / name for name in ("drafts.json", "other"))
    assert made.stat().st_mode == other.stat().st_mode
