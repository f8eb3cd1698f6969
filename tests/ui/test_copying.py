"""Annotations taken along to other images."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk.core.dataset import Annotation, Category, Change
from samdesk.core.mask import Mask
from tests.ui.conftest import Started
from tests.ui.hand import Hand
from tests.ui.test_correcting import rectangle

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def given(hand: Hand, whole: Mask, part: Mask) -> tuple[Annotation, ...]:
    annotator = hand.app.annotator
    record = annotator.workspace.record
    assert record is not None
    changes = [
        Change(None, Category(1, "thing", "#e69f00")),
        Change(None, Annotation(1, record.id, 1, whole)),
        Change(None, Annotation(2, record.id, 1, part, parent_id=1)),
    ]
    assert annotator.change("given", changes)
    return tuple(annotator.accepted.annotations)


def test_all_are_selected_copied_and_pasted_on_the_next_image(hand: Hand) -> None:
    annotator, actions = hand.app.annotator, hand.app.window.actions_by_id
    whole, part = given(hand, rectangle(10, 10, 80, 80), rectangle(20, 20, 20, 20))
    assert not actions["copy"].isEnabled() and not actions["paste"].isEnabled()
    hand.key(Qt.Key.Key_A, CONTROL)
    assert annotator.selection.ids == (1, 2)
    hand.key(Qt.Key.Key_C, CONTROL)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.key(Qt.Key.Key_V, CONTROL)
    record = annotator.workspace.record
    assert record is not None
    first, second = annotator.accepted.annotations
    assert (first.mask, second.mask) == (whole.mask, part.mask)
    assert second.parent_id == first.id not in (1, 2)
    assert first.image_id == second.image_id == record.id
    assert first.provenance.source == "manual"
    assert annotator.selection.ids == (first.id, second.id)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == []


def test_a_part_is_pasted_alone_as_a_whole(hand: Hand) -> None:
    annotator = hand.app.annotator
    given(hand, rectangle(10, 10, 80, 80), rectangle(20, 20, 20, 20))
    annotator.selection.select(2)
    hand.key(Qt.Key.Key_C, CONTROL)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.key(Qt.Key.Key_V, CONTROL)
    assert [one.parent_id for one in annotator.accepted.annotations] == [None]


def test_nothing_is_pasted_on_an_image_of_another_size_or_in_another_folder(
    hand: Hand, photos: Path, tmp_path: Path
) -> None:
    annotator = hand.app.annotator
    given(hand, rectangle(10, 10, 80, 80), rectangle(20, 20, 20, 20))
    hand.key(Qt.Key.Key_A, CONTROL)
    hand.key(Qt.Key.Key_C, CONTROL)
    Image.new("RGB", (40, 30)).save(photos / "disc2.png")
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    told: list[str] = []
    annotator.told.connect(told.append)
    hand.key(Qt.Key.Key_V, CONTROL)
    assert annotator.accepted.annotations == [] and "same size" in told[-1]
    other = tmp_path / "other"
    other.mkdir()
    Image.new("RGB", (160, 120)).save(other / "a.png")
    with hand.qtbot.waitSignal(annotator.workspace.loaded, timeout=20000):
        annotator.workspace.open(other)
    assert not hand.app.window.actions_by_id["paste"].isEnabled()
