"""Who gets the keys: the window's actions, a text that is typed, or the bar of menus."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QMenuBar, QWidget
from shiboken6 import isValid

from samdesk.ui import actions
from samdesk.ui.annotator import Annotator


class Keyboard(QObject):
    """Puts the keys on the actions, and says why the key of one does nothing now."""

    def __init__(
        self,
        annotator: Annotator,
        actions_by_id: Mapping[str, QAction],
        menu_bar: QMenuBar,
        canvas: QWidget,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._actions_by_id = actions_by_id
        self._menu_bar = menu_bar
        self._canvas = canvas
        self._is_typing = False
        self._before_menu: QWidget | None = None
        annotator.keys.changed.connect(self._apply_keys)
        self._apply_keys()

    def focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        """While text is typed, keys are text: actions keep their buttons and lose their keys."""
        if now is self._menu_bar:
            self._before_menu = old
        is_typing = isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox))
        if is_typing != self._is_typing:
            self._is_typing = is_typing
            self._apply_keys()

    def not_taken(self, event: QKeyEvent) -> None:
        """A key that nobody took may be that of an action which cannot be done now: says why."""
        spec = self._spec_of(event)
        if spec is not None and not self._actions_by_id[spec.id].isEnabled():
            self._say_what_is_missing(spec)

    def menu_closed(self) -> None:
        """Keys go back to where they went: Esc would leave them with the bar of menus."""
        # Only then it is known whether another menu opens, as with the arrow keys.
        QTimer.singleShot(0, self, self._leave_menu_bar)

    def _leave_menu_bar(self) -> None:
        if QApplication.activePopupWidget() is None and self._menu_bar.hasFocus():
            before = self._before_menu
            is_there = before is not None and isValid(before) and before.isVisible()
            (before if before is not None and is_there else self._canvas).setFocus()

    def _spec_of(self, event: QKeyEvent) -> actions.ActionSpec | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        meant = [modifiers]
        if not event.text().isalpha():
            # Some layouts have "+" with Shift.
            meant.append(modifiers & ~Qt.KeyboardModifier.ShiftModifier)
        for one in meant:
            key = QKeySequence(QKeyCombination(one, Qt.Key(event.key())))
            owner = self._annotator.keys.owner(key)
            if owner is not None:
                return next(spec for spec in actions.ACTIONS if spec.id == owner)
        return None

    def _say_what_is_missing(self, spec: actions.ActionSpec) -> None:
        annotator = self._annotator
        if self._is_typing or annotator.workspace.picture is None:
            return
        if spec.when not in ("selection", "several", "mask"):
            return
        if annotator.draft is not None:
            text = self.tr("Accept the draft with {accept}, or drop it with {drop}, first.")
        elif not annotator.accepted.annotations:
            text = self.tr(
                "There are no masks here yet: {smart} and a click on an object makes one."
            )
        elif spec.when == "several":
            text = self.tr("Select several masks first: {select}, then Shift and clicks.")
        else:
            text = self.tr("Select a mask first: {select} and a click on it.")
        annotator.tell(text)

    def _apply_keys(self) -> None:
        self._annotator.keys.apply(self._actions_by_id, is_typing=self._is_typing)
