"""What is kept of drafts is read back as it was, or not at all."""

from __future__ import annotations

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
    assert read_drafts(database) == []
    write_drafts(database, drafts)
    assert read_drafts(database) == drafts
    write_drafts(database, [])
    assert list(tmp_path.iterdir()) == [] and read_drafts(database) == []


@pytest.mark.parametrize(
    "text", ["", "[]", '{"drafts": [{"path": 1}]}', '{"drafts": 3}', "[" * 100_000]
)
def test_a_damaged_file_is_said_to_be(tmp_path: Path, text: str) -> None:
    (tmp_path / "drafts.json").write_text(text)
    with pytest.raises(ProjectError, match="cannot be read"):
        read_drafts(tmp_path / "project.db")


def test_drafts_that_cannot_be_kept_are_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="could not be kept"):
        write_drafts(tmp_path / "file" / "project.db", [KeptDraft("b.png", 80, 60)])
