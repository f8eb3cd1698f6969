"""What ten objects take: clicks, keys, mouse travel and dialogs, from opening the folder on.

Someone who knows the program annotates the sample images in the real window, by the built-in
engine, with real mouse and key events: the wholes of the first images, in the order of the truth,
each in its category. A click goes to the middle of the object or of what is wrong with the mask,
Tab to the best of the candidates; what covers the object well enough is accepted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from samdesk.bench.clicks import Subject, next_click, subjects
from samdesk.resources import resource

if TYPE_CHECKING:
    from PySide6.QtCore import Qt

    from samdesk.app import App

OBJECTS = 10
ENOUGH = 0.85  # IoU with the truth; people go on when they see less
_BETTER = 0.02  # IoU; who sees no difference does not choose
_MOST_CLICKS = 6


@dataclass
class Effort:
    """What the hands did.

    Attributes:
        clicks: of the mouse.
        keys: pressed, without the letters of names.
        letters: of names of categories, which are typed once each in any program.
        travel: of the mouse between clicks, in pixels of the screen.
        dialogs: that came up.
        simple: objects that took one click and at most one key beside the choice of a category.
        ious: of the masks that were accepted, with the truth.
    """

    clicks: int = 0
    keys: int = 0
    letters: int = 0
    travel: float = 0.0
    dialogs: int = 0
    simple: int = 0
    categories: int = 0
    images: int = 0
    ious: list[float] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `samdesk bench --flow` takes, without what it shares with the other benches."""
    parser.add_argument(
        "--flow", action="store_true", help="clicks, keys and mouse travel that ten objects take"
    )


def run(options: argparse.Namespace) -> int:
    """Counts and prints."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        effort = measure(Path(folder))
    if options.json:
        print(json.dumps(asdict(effort)))
        return 0
    print(f"{len(effort.ious)} objects of {effort.categories} categories on {effort.images} images")
    print(f"  clicks         {effort.clicks}")
    print(f"  keys           {effort.keys}, and {effort.letters} letters of names")
    print(f"  mouse travel   {effort.travel:.0f} pixels")
    print(f"  dialogs        {effort.dialogs}")
    print(f"  one click and one key were enough for {effort.simple}")
    print(f"  mean IoU       {np.mean(effort.ious):.3f}")
    return 0


def measure(folder: Path) -> Effort:
    """Annotates the sample images in the window.

    Args:
        folder: empty; a copy of the images and everything that the program keeps goes there.

    Raises:
        SamdeskError: the program did not answer.
    """
    from PySide6.QtWidgets import QApplication

    from samdesk.app import App, before_qt
    from samdesk.folders import Folders

    images, home = folder / "images", folder / "home"
    images.mkdir()
    for image in sorted(resource("samples").glob("*.jpg")):
        shutil.copy(image, images)
    before_qt()
    application = QApplication([])
    app = App(Folders(home, home, home, home, home / "checkpoints.json"))
    app.window.resize(1440, 900)
    hand = _Hand(app)
    app.start(images)
    for name, wanted, is_all in _objects():
        hand.go_to(name)
        for subject, category in wanted:
            hand.annotate(subject, category, goes_on=is_all and subject is wanted[-1][0])
    effort = hand.effort
    effort.categories = len(app.annotator.accepted.categories)
    app.window.close()
    app.close()
    del application
    return effort


def _objects() -> Iterator[tuple[str, list[tuple[Subject, str]], bool]]:
    """The first images in the order of the window, what is annotated there, and if that is all."""
    document = resource("samples") / "truth.json"
    truth = json.loads(document.read_text("utf-8"))
    names = {one["id"]: one["name"] for one in truth["categories"]}
    category = {one["id"]: names[one["category_id"]] for one in truth["annotations"]}
    left = OBJECTS
    for path, found in sorted(subjects(document), key=lambda pair: pair[0].name):
        every = [one for one in found if one.level == "whole"]
        wholes = every[:left]
        if wholes:
            named = [(one, category[one.identity]) for one in wholes]
            yield path.name, named, wholes == every
        left -= len(wholes)


class _Hand:
    """A mouse and a keyboard, and what they did."""

    def __init__(self, app: App) -> None:
        from PySide6.QtCore import QEvent, QObject, QPoint
        from PySide6.QtWidgets import QApplication, QDialog

        self.effort = effort = Effort()
        self._app = app
        self._at = QPoint(app.window.width() // 2, app.window.height() // 2)

        class Watcher(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if isinstance(watched, QDialog) and event.type() == QEvent.Type.Show:
                    effort.dialogs += 1
                return False

        self._watcher = Watcher()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._watcher)

    def go_to(self, name: str) -> None:
        """Goes on to the next image until it is this one."""
        from PySide6.QtCore import Qt

        workspace, inference = self._app.workspace, self._app.inference
        self._until(lambda: workspace.picture is not None, "the first image")
        while workspace.record is not None and workspace.record.path != name:
            self._key(Qt.Key.Key_D)
            self._until(lambda: workspace.picture is not None, "the next image")
        self._until(lambda: inference.has_embedding(workspace.key), "the embedding")
        self.effort.images += 1

    def annotate(self, subject: Subject, category: str, *, goes_on: bool) -> None:
        """Clicks an object until its mask is right, and accepts it.

        Args:
            goes_on: it is the last one on its image.
        """
        from PySide6.QtCore import Qt

        annotator, effort = self._app.annotator, self.effort
        clicks, keys = effort.clicks, effort.keys
        truth = subject.mask.bitmap()
        present = np.zeros_like(truth)
        iou = 0.0
        while iou < ENOUGH and effort.clicks - clicks < _MOST_CLICKS:
            point = next_click(truth, present)
            if point is None:
                break
            self._click(point.x, point.y, positive=point.positive)
            self._until(lambda: annotator.shown_mask is not None and not self._waits, "a mask")
            draft = annotator.draft
            assert draft is not None and draft.prediction is not None
            masks = [one.mask() for one in draft.prediction.candidates]
            ious = [one.iou(subject.mask) for one in masks]
            best = max(range(len(ious)), key=ious.__getitem__)
            if ious[best] > ious[0] + _BETTER:
                for _ in range(best):
                    self._key(Qt.Key.Key_Tab)
            else:
                best = 0
            iou, present = ious[best], masks[best].bitmap()
        further = effort.keys - keys
        if self._name(category):
            # The name accepts the draft.
            further += 1
            if goes_on:
                self._key(Qt.Key.Key_D)
        else:
            shift, none = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
            self._key(Qt.Key.Key_Return, shift if goes_on else none)
            further += 1
        effort.ious.append(round(iou, 4))
        effort.simple += effort.clicks - clicks == 1 and further == 1

    @property
    def _waits(self) -> bool:
        draft = self._app.annotator.draft
        return draft is None or draft.is_awaited

    def _name(self, category: str) -> bool:
        """Gives what is drafted a category by its number, else by its name; whether by its name."""
        from PySide6.QtCore import Qt

        annotator = self._app.annotator
        names = [one.name for one in annotator.accepted.categories]
        if annotator.accepted.category is not None and annotator.accepted.category.name == category:
            return False
        if category in names[:9]:
            self._key(Qt.Key(Qt.Key.Key_1 + names.index(category)))
            return False
        self._key(Qt.Key.Key_C)
        self._type(category)
        self._key(Qt.Key.Key_Return)
        return True

    def _click(self, x: float, y: float, *, positive: bool) -> None:
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtTest import QTest

        canvas = self._app.window.canvas
        viewport = canvas.viewport()
        place = canvas.viewportTransform().map(QPointF(x + 0.5, y + 0.5)).toPoint()
        on_window = viewport.mapTo(self._app.window, place)
        way = on_window - self._at
        self.effort.travel += float(np.hypot(way.x(), way.y()))
        self._at = on_window
        self.effort.clicks += 1
        button = Qt.MouseButton.LeftButton if positive else Qt.MouseButton.RightButton
        QTest.mouseMove(viewport, place)
        QTest.mouseClick(viewport, button, Qt.KeyboardModifier.NoModifier, place)

    def _key(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        self.effort.keys += 1
        target = QApplication.focusWidget() or self._app.window
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)

    def _type(self, text: str) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        self.effort.letters += len(text)
        QTest.keyClicks(QApplication.focusWidget() or self._app.window, text)

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        from samdesk.bench.program import until

        until(is_so, what)
