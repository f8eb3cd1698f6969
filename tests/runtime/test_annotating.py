from __future__ import annotations

from types import SimpleNamespace

import pytest

from samdesk.core.dataset import ImageRecord
from samdesk.runtime.annotating import as_loaded


@pytest.mark.parametrize(
    ("known", "has_masks", "kept"),
    [(None, False, "new"), ("old", False, "new"), (None, True, "new"), ("old", True, "old")],
)
def test_a_record_says_on_which_content_its_masks_were_made(
    known: str | None, has_masks: bool, kept: str
) -> None:
    image = SimpleNamespace(width=4, height=3, orientation=6, sha256="new")
    record = ImageRecord(1, "a.png", sha256=known, status="done")
    read = as_loaded(record, image, has_masks=has_masks)
    assert read == ImageRecord(1, "a.png", 4, 3, 6, kept, "done")
