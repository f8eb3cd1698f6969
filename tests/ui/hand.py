"""A person's hand: real mouse and key events, at places of the image."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk.app import App


@dataclass
class Hand:
    app: App
    qtbot: QtBot

    def place(self, x: float, y: float) -> QPoint:
        """Where the middle of an image's pixel is in the viewport."""
        transform = self.app.window.canvas.viewportTransform()
        return transform.map(QPointF(x + 0.5, y + 0.5)).toPoint()

    def click(
        self,
        x: float,
        y: float,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        viewport = self.app.window.canvas.viewport()
        self.qtbot.mouseClick(viewport, button, modifier, self.place(x, y))

    def drag(self, x0: float, y0: float, x1: float, y1: float) -> None:
        viewport = self.app.window.canvas.viewport()
        start, end = self.place(x0 - 0.5, y0 - 0.5), self.place(x1 - 0.5, y1 - 0.5)
        left = Qt.MouseButton.LeftButton
        self.qtbot.mousePress(viewport, left, pos=start)
        for share in (0.3, 0.7, 1.0):
            self._move(QPointF(start) + (QPointF(end) - QPointF(start)) * share, left)
        self.qtbot.mouseRelease(viewport, left, pos=end)

    def hover(self, x: float, y: float) -> None:
        self._move(QPointF(self.place(x, y)), Qt.MouseButton.NoButton)

    def _move(self, at: QPointF, held: Qt.MouseButton) -> None:
        viewport = self.app.window.canvas.viewport()
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            at,
            viewport.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            held,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        target = QApplication.focusWidget() or self.app.window.canvas
        self.qtbot.keyClick(target, key, modifier)

    def wait_for_mask(self) -> None:
        annotator = self.app.annotator
        self.qtbot.waitUntil(
            lambda: annotator.draft is not None and annotator.draft.candidate is not None,
            timeout=20000,
        )

    def wait_for_image(self, row: int) -> None:
        workspace = self.app.workspace
        self.qtbot.waitUntil(
            lambda: workspace.row == row and workspace.picture is not None, timeout=20000
        )
