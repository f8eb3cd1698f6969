"""What the canvas looks like in each of its states, beside stored pictures.

A pixel agrees when each of its channels lies within `_SLACK` of what the 3 x 3 pixels around it
have in the other picture, and the other way round: that lets edges be smoothed differently or move
by a part of a pixel. At most `_MOST_APART` of the pixels may disagree. It was chosen so: a view
that is larger by a third of a pixel has up to 0.08 % (compared pixel by pixel, 6 %), where no
dashes move with it; what is meant to be seen begins at 0.38 % (dots turned into a line; outlines
one pixel thinner 0.47 %, tints half as strong 7 %).

`SAMDESK_GOLDEN=redraw` draws the stored pictures anew instead; look at them before they are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scipy import ndimage

from samdesk.core.dataset import Annotation, Category, Change, Proposal, Provenance
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.core.silhouette import Silhouettes
from samdesk.ui import theme
from samdesk.ui.canvas.mask_layer import Look, Style, draw_tile
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.draft import Draft
from tests.ui.conftest import Started

GOLDEN = Path(__file__).parent / "golden"
WIDTH, HEIGHT = 220, 130
_SLACK = 12  # of 255
_MOST_APART = 0.002
_RADIUS = 90  # pixels


class Easel:
    """The real canvas with the real annotator behind it, by itself, on an image of our own."""

    def __init__(self, start: Started, folder: Path, qtbot: QtBot) -> None:
        folder.mkdir()
        ground().save(folder / "ground.png")
        self.app = start(folder)
        window = self.app.window
        window.hovering.use(False)
        self.canvas = Canvas(
            self.app.annotator, window.corrections, window.hovering, self.app.drawing
        )
        qtbot.addWidget(self.canvas)
        self.qtbot = qtbot
        self.canvas.resize(480, 360)
        with qtbot.waitExposed(self.canvas):
            self.canvas.show()
        self.canvas._show_image()

    def given(self, *masks: Mask) -> None:
        """Accepted masks, of three categories in turn."""
        colours = ("#e69f00", "#56b4e9", "#009e73")
        changes = [
            Change(None, Category(number, f"kind {number}", colour))
            for number, colour in enumerate(colours, start=1)
        ]
        changes += [
            Change(None, Annotation(number, self.image_id, 1 + (number - 1) % 3, mask))
            for number, mask in enumerate(masks, start=1)
        ]
        assert self.app.annotator.change("given", changes)

    @property
    def image_id(self) -> int:
        record = self.app.workspace.record
        assert record is not None
        return record.id

    def place(self, x: float, y: float) -> QPoint:
        return self.canvas.viewportTransform().map(QPointF(x, y)).toPoint()

    def press(self, x: float, y: float) -> None:
        QTest.mousePress(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.place(x, y))

    def move(self, x: float, y: float) -> None:
        viewport, at = self.canvas.viewport(), QPointF(self.place(x, y))
        none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, at, viewport.mapToGlobal(at), none, none, no_key
        )
        QApplication.sendEvent(viewport, event)

    def release(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.place(x, y))

    def picture(self) -> np.ndarray:
        """What is on screen once everything is drawn, (h, w, 3)."""
        layers = ("_masks", "_draft", "_hover", "_proposed")

        def is_drawn() -> bool:
            self.canvas.grab()
            return all(getattr(self.canvas, layer).is_ready for layer in layers)

        self.qtbot.waitUntil(is_drawn, timeout=20000)
        return pixels_of(self.canvas.grab().toImage())


def ground() -> Image.Image:
    """Dark, middling and light, and a fine pattern: outlines must show on all of them."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    grey = np.select([x < 70, x < 140], [28, 120], 232)
    grey = np.where((y > 100) & ((x // 2 + y // 2) % 2 == 0), 255 - grey, grey)
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8))


def blob(x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    angle = np.arctan2(rows - y, columns - x)
    edge = radius * (1 + 0.15 * np.sin(3 * angle))
    return Mask.from_bitmap(np.hypot(columns - x, rows - y) < edge)


LEFT_BLOB, MIDDLE_BLOB, RIGHT_BLOB = blob(45, 45, 28), blob(110, 62, 30), blob(178, 80, 30)
THREE = (LEFT_BLOB, MIDDLE_BLOB, RIGHT_BLOB)


def accepted(easel: Easel) -> None:
    easel.given(*THREE)


def selected(easel: Easel) -> None:
    easel.given(*THREE)
    easel.app.annotator.selection.select_all((2, 3))


def hovered(easel: Easel) -> None:
    easel.given(LEFT_BLOB)
    hovering = easel.app.window.hovering
    hovering.mask = blob(120, 70, 40)
    hovering.changed.emit()


def draft(easel: Easel) -> None:
    easel.given(LEFT_BLOB)
    points = (Point(110, 62, True), Point(150, 80, True), Point(185, 30, False))
    prompt = Prompt(points, Box(75, 20, 200, 118))
    easel.app.annotator.push(Draft(prompt, drawn=blob(130, 70, 44)))


def pending(easel: Easel) -> None:
    easel.app.annotator.push(Draft(Prompt((Point(60, 50, True), Point(180, 60, True)))))


def stroke(easel: Easel) -> None:
    easel.given(*THREE)
    easel.app.annotator.selection.select(2)
    easel.canvas.use_tool("brush")
    easel.press(100, 60)
    for x, y in ((130, 40), (160, 50), (180, 30)):
        easel.move(x, y)


def polygon(easel: Easel) -> None:
    easel.given(LEFT_BLOB)
    easel.canvas.use_tool("polygon")
    for x, y in ((90, 20), (170, 30), (200, 90), (130, 110)):
        easel.press(x, y)
        easel.release(x, y)
    easel.move(96, 80)


def proposals(easel: Easel) -> None:
    easel.given(LEFT_BLOB)
    found = [
        Proposal(
            Annotation(
                easel.app.workspace.project.next_id(Annotation),  # type: ignore[union-attr]
                easel.image_id,
                2,
                mask,
                Provenance("auto", predicted_iou=score),
            )
        )
        for mask, score in ((MIDDLE_BLOB, 0.9), (RIGHT_BLOB, 0.8))
    ]
    assert easel.app.annotator.change("found", [Change(None, one) for one in found])
    easel.app.annotator.proposals.select(found[0].id)


def squares(easel: Easel) -> None:
    easel.given(*THREE)
    easel.app.annotator.selection.select(3)
    easel.canvas.set_zoom(14)
    at = easel.place(160, 103)
    easel.canvas.horizontalScrollBar().setValue(
        easel.canvas.horizontalScrollBar().value() + at.x() - 200
    )
    easel.canvas.verticalScrollBar().setValue(
        easel.canvas.verticalScrollBar().value() + at.y() - 150
    )


def nothing(easel: Easel) -> None:
    pass


STATES: dict[str, Callable[[Easel], None]] = {
    "empty": nothing,
    "accepted": accepted,
    "selected": selected,
    "hovered": hovered,
    "draft": draft,
    "pending": pending,
    "stroke": stroke,
    "polygon": polygon,
    "proposals": proposals,
    "squares": squares,
}
PICTURES = [(state, "light") for state in STATES] + [("empty", "dark"), ("accepted", "dark")]


@pytest.fixture
def easel(start: Started, tmp_path: Path, qtbot: QtBot) -> Easel:
    return Easel(start, tmp_path / "images", qtbot)


@pytest.mark.parametrize(("state", "scheme"), PICTURES)
def test_the_canvas_looks_as_it_did(
    easel: Easel, state: str, scheme: str, tmp_path: Path, qapp: QApplication
) -> None:
    theme.apply(qapp, scheme)
    easel.canvas.refresh_theme()
    STATES[state](easel)
    picture, file = easel.picture(), GOLDEN / f"{state}-{scheme}.png"
    if os.environ.get("SAMDESK_GOLDEN") == "redraw":
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(picture).save(file, optimize=True)
        return
    stored = np.asarray(Image.open(file).convert("RGB"))
    assert picture.shape == stored.shape
    apart = disagreement(picture, stored)
    if apart.mean() > _MOST_APART:
        shown = np.where(apart[..., None], np.array([255, 0, 255], np.uint8), stored // 2)
        Image.fromarray(picture).save(tmp_path / file.name)
        Image.fromarray(shown.astype(np.uint8)).save(tmp_path / f"difference-{file.name}")
        rows, columns = np.nonzero(apart)
        raise AssertionError(
            f"{apart.mean():.2%} of the pixels are not as in {file}, within x {columns.min()} to "
            f"{columns.max()}, y {rows.min()} to {rows.max()}; the picture, and the difference in "
            f"magenta, are in {tmp_path}"
        )


@pytest.mark.parametrize("one_and_other", list(combinations(Style, 2)), ids=str)
@pytest.mark.parametrize("grey", [20, 128, 235])
def test_no_two_kinds_of_masks_look_alike_without_colour(
    one_and_other: tuple[Style, Style], grey: int
) -> None:
    one, other = (in_grey(style, grey) for style in one_and_other)
    apart = np.abs(one - other) > 40
    y, x = np.mgrid[:256, :256]
    along = np.abs(np.hypot(x - 128, y - 128) - _RADIUS) < 3
    assert apart[along].mean() > 0.15


def in_grey(style: Style, grey: int) -> np.ndarray:
    """A disc of a kind on a grey ground, (h, w) as its luma."""
    y, x = np.mgrid[:256, :256]
    mask = Mask.from_bitmap(np.hypot(x - 128, y - 128) < _RADIUS)
    tile = draw_tile([(Look(mask, "#808080"), style)], (0, 0), 1.0, 1.0, Silhouettes())
    shown = QImage(256, 256, QImage.Format.Format_RGB32)
    shown.fill(0xFF000000 | grey * 0x010101)
    over = np.frombuffer(tile.constBits(), np.uint8).reshape(256, 256, 4).astype(float)
    return over[..., :3] @ np.array([0.114, 0.587, 0.299]) + grey * (1 - over[..., 3] / 255)


def disagreement(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where two pictures, (h, w, 3), do not agree, (h, w); see the module."""
    return _beyond(one, other) | _beyond(other, one)


def _beyond(picture: np.ndarray, around: np.ndarray) -> np.ndarray:
    size = (3, 3, 1)
    lowest = ndimage.minimum_filter(around, size).astype(int) - _SLACK
    highest = ndimage.maximum_filter(around, size).astype(int) + _SLACK
    return ((picture < lowest) | (picture > highest)).any(axis=2)


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
