"""A random walk over the real window: a hand that knows all gestures and no purpose.

Events go through Qt's window system, so that focus, grabs, popups and modal dialogs decide who gets
them, as they do on a desktop.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from samdesk.app import App
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.dialogs.import_ import ImportDialog
from tests.e2e.invariants import check_agreement, contents

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton
_LETTERS = "abdisc123 ä"
_OFTEN = {"accept": 12, "undo": 8, "redo": 5, "select": 4, "smart": 6, "brush": 3, "polygon": 3}
_SELDOM = {"settings", "keys", "overview", "about", "samples", "open", "system", "light", "dark"}
_VERY_SELDOM = 0.15
_CHECKED_EVERY = 100  # gestures
_SECOND_HAND_MS = 30


@dataclass
class Walk:
    """Goes on until so many events were sent.

    Attributes:
        sources: annotation files, for imports.
        folders: what may be dropped on the window.
        events: how many mouse and key events have been sent.
        steps: the last gestures, for whoever looks for the reason of a failure.
        complaints: what was told that must never be.
    """

    app: App
    qtbot: QtBot
    seed: int
    sources: Sequence[Path]
    folders: Sequence[Path]
    events: int = 0
    steps: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    complaints: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._dialog: QWidget | None = None
        self._patience = 0
        self._since_check = 0
        self._at_opening: object = None
        self._taken = self._seen = 0
        self._keeper = _Keeper(self.app.window)
        # Some of Qt's buttons open their menu in an event loop within the event.
        self._second_hand = QTimer(interval=_SECOND_HAND_MS)
        self._second_hand.timeout.connect(self._help)
        self._second_hand.start()
        self.app.window.installEventFilter(self._keeper)
        self.app.annotator.failed.connect(self.complaints.append)
        self.app.workspace.opened.connect(self._opened)
        self._opened()

    # The walk.

    def go(self, events: int) -> None:
        """Sends so many events and looks at times whether everything agrees."""
        last = self.events + events
        while self.events < last:
            self._step()
            assert self.complaints == []
            self._since_check += 1
            if self._since_check >= _CHECKED_EVERY:
                self._since_check = 0
                self.check()
        self.come_back()
        self.check()

    def come_back(self) -> None:
        """Closes whatever is open, and waits until nothing is on its way."""
        for _ in range(200):
            other = self._in_the_way()
            if other is None:
                break
            self._note(f"close {_name(other)}")
            if isinstance(other, QDialog):
                other.reject()
            else:
                other.close()
            self.settle(20)
        else:
            raise AssertionError(f"{self._in_the_way()} does not close")
        app = self.app
        app.window.automatic.stop()
        idle: list[None] = []
        app.io.submit("idle", lambda _token: None, done=idle.append, failed=self._raise, rank=10)
        self.qtbot.waitUntil(lambda: bool(idle), timeout=20000)
        self.qtbot.waitUntil(lambda: not app.workspace.is_storing, timeout=20000)
        self.qtbot.waitUntil(
            lambda: app.annotator.draft is None or not app.annotator.draft.is_awaited,
            timeout=20000,
        )
        app.window.activateWindow()
        self.qtbot.waitUntil(app.window.isActiveWindow)
        app.window.canvas.setFocus()

    def settle(self, milliseconds: int) -> None:
        """Lets the program go on by itself."""
        QTest.qWait(milliseconds)

    def undo_everything(self) -> None:
        """All the way back, with the key that a person presses."""
        self._press_while("undo", lambda: self.app.annotator.undoing.can_undo)

    def redo_everything(self) -> None:
        """All the way forward."""
        self._press_while("redo", lambda: self.app.annotator.undoing.can_redo)

    @property
    def at_opening(self) -> object:
        """What the project held when its folder was opened, as `contents` says it."""
        return self._at_opening

    def contents(self) -> dict[str, object]:
        """What is stored and can be undone; proposals are made beside that."""
        project = self.app.workspace.project
        assert project is not None
        return contents(project)

    def drafts(self) -> dict[int, object]:
        """What is drafted, by image; answers may still be on their way."""
        annotator, found = self.app.annotator, {}
        for record in self.app.workspace.records:
            history = annotator.drafts.of(record.id)
            draft = history.current if history is not None else None
            if draft is not None:
                prompt = draft.prompt
                found[record.id] = (prompt.points, prompt.box, draft.drawn, draft.outline)
        return found

    # What must hold at any time.

    def check(self) -> None:
        """Whether what is shown is what is stored, and nothing went wrong."""
        assert self.complaints == []
        check_agreement(self.app)

    # Gestures.

    def _step(self) -> None:
        self._taken += 1
        other = self._in_the_way()
        if other is not None:
            self._answer(other)
            return
        self._dialog = None
        window = self.app.window
        if not window.isActiveWindow():
            window.activateWindow()
        gestures: dict[Callable[[], None], float] = {
            self._click: 14,
            self._drag: 12,
            self._hover: 6,
            self._wheel: 5,
            self._action: 30,
            self._number: 4,
            self._crosshair: 3,
            self._space: 2,
            self._hold_h: 1,
            self._type: 2,
            self._new_category: 2,
            self._click_widget: 9,
            self._drag_rows: 1.5,
            self._menu: 1.2,
            self._wait: 6,
            self._resize: 0.3,
            self._drop: 0.12,
            self._import: 0.3,
            self._focus_canvas: 4,
        }
        (gesture,) = self._random.choices(list(gestures), list(gestures.values()))
        gesture()

    def _click(self) -> None:
        button = self._one(LEFT, LEFT, LEFT, RIGHT, MIDDLE)
        modifier = self._one(NONE, NONE, NONE, SHIFT, CONTROL)
        at = self._place()
        self._note(f"click {button.name} {modifier.name} {at.toTuple()}")
        self._mouse("press", self._viewport, at, button, modifier)
        if self._random.random() < 0.1:
            self._action()
        self._mouse("release", self._viewport, at, button, modifier)

    def _drag(self) -> None:
        button = self._one(LEFT, LEFT, LEFT, RIGHT, MIDDLE)
        start, end = self._place(), self._place()
        self._note(f"drag {button.name} {start.toTuple()} {end.toTuple()}")
        self._mouse("press", self._viewport, start, button)
        steps = self._random.randint(1, 6)
        for step in range(1, steps + 1):
            self._mouse("move", self._viewport, start + (end - start) * step / steps, button)
            if self._random.random() < 0.04:
                # What a second hand may do meanwhile.
                self._one(self._action, self._action, self._number, self._wheel, self._wait)()
        self._mouse("release", self._viewport, end, button)

    def _hover(self) -> None:
        for _ in range(self._random.randint(1, 4)):
            self._mouse("move", self._viewport, self._place(), Qt.MouseButton.NoButton)

    def _wheel(self) -> None:
        turned = self._one(-360, -120, 120, 240, 30)
        at = self._viewport.mapTo(self.app.window, self._place())
        self._note(f"wheel {turned}")
        QTest.wheelEvent(self._handle, QPointF(at), QPoint(0, turned))
        self.events += 1

    def _action(self) -> None:
        actions = self.app.window.actions_by_id
        weights = [_OFTEN.get(name, _VERY_SELDOM if name in _SELDOM else 1.5) for name in actions]
        (name,) = self._random.choices(list(actions), weights)
        shortcuts = actions[name].shortcuts()
        self._note(f"action {name}")
        if shortcuts:
            self._chord(shortcuts[0])
        elif actions[name].isEnabled():
            actions[name].trigger()
            self.events += 1

    def _number(self) -> None:
        number = self._random.randint(1, 9)
        self._note(f"number {number}")
        self._key(Qt.Key(Qt.Key.Key_0 + number))

    def _crosshair(self) -> None:
        self._note("crosshair")
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        for _ in range(self._random.randint(1, 5)):
            self._key(self._one(*arrows), self._one(NONE, NONE, SHIFT))
        held = self._one(NONE, NONE, SHIFT)
        self._key(Qt.Key.Key_J, held, "press")
        for _ in range(self._random.randint(0, 2)):
            self._key(self._one(*arrows))
        self._key(Qt.Key.Key_J, held, "release")

    def _space(self) -> None:
        self._note("space")
        self._key(Qt.Key.Key_Space, NONE, "press")
        if self._random.random() < 0.5:
            self._drag()
        self._key(Qt.Key.Key_Space, NONE, "release")

    def _hold_h(self) -> None:
        self._note("hold H")
        self._key(Qt.Key.Key_H, NONE, "press")
        self._one(self._hover, self._action, self._click)()
        self._key(Qt.Key.Key_H, NONE, "release")

    def _type(self) -> None:
        entry = self.app.window.images.filter
        self._note("type into the filter")
        entry.setFocus()
        self._letters()
        self._key(self._one(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab))
        if self._random.random() < 0.8:
            entry.clear()

    def _new_category(self) -> None:
        entry = self.app.window.categories.entry
        self._note("new category")
        entry.setFocus()
        if len(self.app.annotator.accepted.categories) < 12:
            self._letters()
        self._key(self._one(Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape))

    def _click_widget(self) -> None:
        window = self.app.window
        panels = (
            *(window.images, window.categories, window.annotations, window.annotations),
            *(window.header, window.status, window.notices, window.draft_bar),
            window.menuBar(),
        )
        panel = self._one(*panels)
        if not panel.isVisible() or panel.width() < 2 or panel.height() < 2:
            return
        inner = [
            one
            for one in panel.findChildren(QWidget)
            if one.isVisible() and one.window() is window and one.width() > 1 and one.height() > 1
        ]
        target = self._one(panel, *inner)
        # Lists are empty at their lower end.
        height = min(target.height(), 160)
        at = QPoint(self._random.randrange(target.width()), self._random.randrange(height))
        button = self._one(LEFT, LEFT, LEFT, LEFT, RIGHT)
        modifier = self._one(NONE, NONE, NONE, SHIFT, CONTROL)
        self._note(f"click {button.name} {modifier.name} on {_name(target)} {at.toTuple()}")
        self._mouse("click", target, at, button, modifier)
        if button == LEFT and self._random.random() < 0.2 and _is_here(target):
            self._mouse("double", target, at, button, modifier)
        if isinstance(QApplication.focusWidget(), QLineEdit) and self._random.random() < 0.5:
            self._letters()
            self._key(self._one(Qt.Key.Key_Return, Qt.Key.Key_Escape))

    def _drag_rows(self) -> None:
        """Drags annotations onto another one, or beside all of them."""
        view = self.app.window.annotations.list
        model, viewport = view.model(), view.viewport()
        count = model.rowCount()
        if not count:
            return
        rows = self._random.sample(range(count), self._random.randint(1, min(3, count)))
        onto = self._random.randrange(-1, count)
        self._note(f"drag rows {rows} onto {onto}")
        at = view.visualRect(model.index(onto, 0)).center()
        if onto < 0 or not viewport.rect().contains(at):
            at = viewport.rect().bottomLeft()
        data, link = model.mimeData([model.index(row, 0) for row in rows]), Qt.DropAction.LinkAction
        QApplication.sendEvent(viewport, QDragEnterEvent(at, link, data, LEFT, NONE))
        QApplication.sendEvent(viewport, QDragMoveEvent(at, link, data, LEFT, NONE))
        QApplication.sendEvent(viewport, QDropEvent(QPointF(at), link, data, LEFT, NONE))
        self.events += 3

    def _menu(self) -> None:
        menus = [one.menu() for one in self.app.window.menuBar().actions()]
        menu = self._one(*[one for one in menus if isinstance(one, QMenu)])
        self._note(f"menu {menu.title()}")
        menu.popup(self.app.window.mapToGlobal(QPoint(20, 20)))
        self.settle(1)

    def _wait(self) -> None:
        annotator = self.app.annotator
        self._wait_for(lambda: annotator.draft is None or not annotator.draft.is_awaited)

    def _resize(self) -> None:
        size = self._one((1280, 800), (900, 560), (1000, 700))
        self._note(f"resize {size}")
        self.app.window.resize(*size)

    def _drop(self) -> None:
        folder = self._one(*self.folders)
        path = self._one(folder, folder / "b.png")
        self._note(f"drop {path}")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        window, at, action = self.app.window, QPoint(300, 300), Qt.DropAction.CopyAction
        QApplication.sendEvent(window, QDragEnterEvent(at, action, data, LEFT, NONE))
        QApplication.sendEvent(window, QDropEvent(QPointF(at), action, data, LEFT, NONE))
        self.events += 2

    def _import(self) -> None:
        self._note("import")
        self.app.window.actions_by_id["import"].trigger()
        self.events += 1

    def _focus_canvas(self) -> None:
        self.app.window.canvas.setFocus()

    # Dialogs and popups.

    def _help(self) -> None:
        """Answers a popup, or what Qt's file dialog asks, that keeps the walk from going on."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None and self._taken == self._seen:
            self._answer(popup)
        elif isinstance(modal, QMessageBox) and isinstance(modal.parent(), QFileDialog):
            modal.reject()
        self._seen = self._taken

    def _in_the_way(self) -> QWidget | None:
        """A popup or another window over the window."""
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is not None:
            return over
        window = self.app.window
        return next(
            (
                one
                for one in QApplication.topLevelWidgets()
                if one is not window and one.isVisible() and isinstance(one, (QDialog, QMenu))
            ),
            None,
        )

    def _answer(self, other: QWidget) -> None:
        """Does something in a dialog or popup, and gets out of it in the end."""
        if other is not self._dialog:
            self._dialog, self._patience = other, self._random.randint(0, 8)
        self._patience -= 1
        if self._patience < -40:
            raise AssertionError(f"{_name(other)} does not close")
        # What runs in a dialog needs time to stop.
        self.settle(0 if self._patience >= 0 else 5 * -self._patience)
        if not _is_here(other):
            return
        if self._patience < 0 or isinstance(other, QFileDialog):
            self._note(f"escape from {_name(other)}")
            if self._patience < -5 and isinstance(other, QDialog):
                other.reject()
            self._key_to(other, Qt.Key.Key_Escape)
        elif isinstance(other, QDialog):
            self._use_dialog(other)
        else:
            self._note(f"choose from {_name(other)}")
            for _ in range(self._random.randint(1, 6)):
                self._key_to(other, Qt.Key.Key_Down)
            if _is_here(other):
                self._key_to(other, self._one(Qt.Key.Key_Return, Qt.Key.Key_Right))

    def _use_dialog(self, dialog: QDialog) -> None:
        if isinstance(dialog, ImportDialog) and self._random.random() < 0.7:
            self._note("import a file")
            dialog.path.setText(str(self._one(*self.sources)))
            dialog.read()
            self._wait_for(lambda: not _is_here(dialog) or dialog.go.isEnabled())
            if _is_here(dialog) and dialog.go.isEnabled():
                dialog.go.click()
                self._wait_for(lambda: not self.app.workspace.is_storing)
                self._patience = 0
            self.events += 2
            return
        inner = [
            one
            for one in dialog.findChildren(QWidget)
            if one.isVisible()
            and one.isEnabled()
            and one.window() is dialog
            and one.width() > 1
            and one.height() > 1
            and (isinstance(one, QAbstractButton) or one.focusPolicy() != Qt.FocusPolicy.NoFocus)
        ]
        if not inner:
            self._patience = 0
            return
        target = self._one(*inner)
        self._note(f"in {_name(dialog)}: {_name(target)}")
        at = QPoint(self._random.randrange(target.width()), self._random.randrange(target.height()))
        self._mouse("click", target, at, LEFT)
        if not _is_here(dialog) or self._in_the_way() is not dialog:
            return
        if isinstance(dialog, ExportDialog):
            # It must not write beside the tests.
            dialog.path.setText(str(self.folders[0] / "walk.json"))
        key = self._one(
            *(Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_A),
            *(Qt.Key.Key_1, Qt.Key.Key_Return, Qt.Key.Key_Backspace),
        )
        self._key_to(dialog, key)

    # Events.

    @property
    def _viewport(self) -> QWidget:
        return self.app.window.canvas.viewport()

    @property
    def _handle(self) -> object:
        return self.app.window.windowHandle()

    def _place(self) -> QPoint:
        """Somewhere in the viewport, mostly on the image."""
        viewport, picture = self._viewport, self.app.workspace.picture
        if picture is not None and self._random.random() < 0.85:
            width, height = picture.image.width, picture.image.height
            x, y = self._random.uniform(-0.1, 1.1), self._random.uniform(-0.1, 1.1)
            at = self.app.window.canvas.viewportTransform().map(QPointF(x * width, y * height))
            if viewport.rect().contains(at.toPoint()):
                return at.toPoint()
        return QPoint(
            self._random.randrange(viewport.width()), self._random.randrange(viewport.height())
        )

    def _mouse(
        self,
        kind: str,
        target: QWidget,
        at: QPoint,
        button: Qt.MouseButton,
        modifier: Qt.KeyboardModifier = NONE,
    ) -> None:
        window = target.window()
        handle, place = window.windowHandle(), target.mapTo(window, at)
        if handle is None or not window.isVisible():
            return
        # Of a widget that is scrolled, some may lie beyond the window.
        room = window.rect()
        place = QPoint(min(max(place.x(), 0), room.right()), min(max(place.y(), 0), room.bottom()))
        if kind == "press":
            QTest.mousePress(handle, button, modifier, place)
        elif kind == "release":
            QTest.mouseRelease(handle, button, modifier, place)
        elif kind == "move":
            QTest.mouseMove(handle, place)
        elif kind == "click":
            QTest.mouseClick(handle, button, modifier, place)
            self.events += 1
        else:
            QTest.mouseDClick(handle, button, modifier, place)
            self.events += 3
        self.events += 1

    def _chord(self, keys: QKeySequence) -> None:
        chord = keys[0]
        self._key(chord.key(), chord.keyboardModifiers())

    def _key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, kind: str = "click") -> None:
        other = self._in_the_way()
        self._key_to(self.app.window if other is None else other, key, modifier, kind)

    def _key_to(
        self,
        target: QWidget,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = NONE,
        kind: str = "click",
    ) -> None:
        if not _is_here(target):
            return
        handle = target.window().windowHandle()
        if handle is None:
            return
        if kind != "release":
            QTest.keyPress(handle, key, modifier)
            self.events += 1
        # What the key did may have closed the window.
        if kind != "press" and _is_here(target):
            QTest.keyRelease(handle, key, modifier)
            self.events += 1

    def _letters(self) -> None:
        for _ in range(self._random.randint(1, 3)):
            letter = self._random.choice(_LETTERS)
            focus = QApplication.focusWidget()
            if focus is not None:
                QTest.keyClick(focus, letter)
                self.events += 2

    def _press_while(self, name: str, holds: Callable[[], bool]) -> None:
        action = self.app.window.actions_by_id[name]
        for _ in range(20000):
            self.qtbot.waitUntil(lambda: not self.app.workspace.is_storing, timeout=20000)
            if not holds():
                return
            self.qtbot.waitUntil(action.isEnabled)
            self._chord(action.shortcuts()[0])
            assert self.complaints == []
        raise AssertionError(f"{name} has no end")

    def _wait_for(self, holds: Callable[[], bool]) -> None:
        for _ in range(100):
            if holds():
                return
            self.settle(2)

    def _raise(self, error: Exception) -> None:
        raise error

    def _opened(self) -> None:
        project = self.app.workspace.project
        self._at_opening = contents(project) if project is not None else None

    def _one(self, *choices):  # type: ignore[no-untyped-def]
        return self._random.choice(choices)

    def _note(self, step: str) -> None:
        self.steps.append(step)


class _Keeper(QObject):
    """Keeps the window open whatever is pressed."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _is_here(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible()


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.windowTitle()}".strip()
