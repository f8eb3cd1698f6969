"""The mouse, from the keyboard: a crosshair that the arrow keys move over the canvas."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from samdesk.ui.canvas.view import Canvas
from samdesk.ui.workspace import Workspace

_SIDE = 33  # pixels of the screen
_STEPS = 20  # from one side of what is in view to the other
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Crosshair(QWidget):
    """Arrows move it, with Shift by one pixel; J is the left button there, Shift+J the right one.

    Whatever a tool does with the mouse can be done so: holding J while moving drags. The mouse
    itself hides it.

    Attributes:
        pixel: where it is, (x, y); None while it is not shown.
    """

    def __init__(self, canvas: Canvas, workspace: Workspace) -> None:
        super().__init__(canvas.viewport())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_SIDE, _SIDE)
        self.hide()
        self._canvas = canvas
        self._workspace = workspace
        self._pressed = Qt.MouseButton.NoButton
        self._is_sending = False
        self.pixel: tuple[int, int] | None = None
        canvas.installEventFilter(self)
        canvas.viewport().installEventFilter(self)
        workspace.moved.connect(self.put_away)
        canvas.zoomed.connect(self._follow)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._follow)

    @property
    def step(self) -> int:
        """How many pixels of the image an arrow goes."""
        seen = self._seen()
        return max(1, round(max(seen.width(), seen.height()) / _STEPS))

    def put_away(self) -> None:
        """Hides it; an arrow brings it back to the middle of what is in view."""
        self.pixel = None
        self._pressed = Qt.MouseButton.NoButton
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            if not self._is_sending and self.pixel is not None:
                self.put_away()
        elif isinstance(event, QKeyEvent) and watched is self._canvas:
            return self._key(event)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = _SIDE // 2
        for colour, width in ((_DARK, 3), (_LIGHT, 1)):
            painter.setPen(QPen(colour, width))
            # The pixel itself stays free.
            for start, end in ((1, middle - 4), (middle + 4, _SIDE - 2)):
                painter.drawLine(start, middle, end, middle)
                painter.drawLine(middle, start, middle, end)

    def _key(self, event: QKeyEvent) -> bool:
        picture = self._workspace.picture
        is_press = event.type() == QEvent.Type.KeyPress
        if picture is None or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        key = Qt.Key(event.key())
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS and is_press:
            across, down = _ARROWS[key]
            by = 1 if is_fine else self.step
            self._move(across * by, down * by, picture.image.width, picture.image.height)
            return True
        if key == Qt.Key.Key_J and self.pixel is not None:
            if not event.isAutoRepeat():
                self._press(is_fine) if is_press else self._release()
            return True
        return False

    def _move(self, across: int, down: int, width: int, height: int) -> None:
        if self.pixel is None:
            middle = self._seen().center()
            x, y = int(middle.x()), int(middle.y())
        else:
            x, y = self.pixel[0] + across, self.pixel[1] + down
        self.pixel = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
        place = QRectF(*self.pixel, 1, 1)
        if not self._seen().contains(place):
            self._canvas.ensureVisible(place)
        self._follow()
        self.show()
        self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, self._pressed)

    def _press(self, is_right: bool) -> None:
        button = Qt.MouseButton.RightButton if is_right else Qt.MouseButton.LeftButton
        self._pressed = button
        self._send(QEvent.Type.MouseButtonPress, button, button)

    def _release(self) -> None:
        button, self._pressed = self._pressed, Qt.MouseButton.NoButton
        if button is not Qt.MouseButton.NoButton:
            self._send(QEvent.Type.MouseButtonRelease, button, Qt.MouseButton.NoButton)

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        viewport, at = self._canvas.viewport(), self._place()
        event = QMouseEvent(
            kind,
            at,
            viewport.mapToGlobal(at),
            button,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
        self._is_sending = True
        try:
            QApplication.sendEvent(viewport, event)
        finally:
            self._is_sending = False

    def _follow(self) -> None:
        if self.pixel is not None:
            self.move(self._place().toPoint() - QPoint(_SIDE // 2, _SIDE // 2))

    def _place(self) -> QPointF:
        """The middle of the pixel, in the viewport."""
        assert self.pixel is not None
        x, y = self.pixel
        return self._canvas.viewportTransform().map(QPointF(x + 0.5, y + 0.5))

    def _seen(self) -> QRectF:
        """The part of the image that is in view."""
        view = QRectF(self._canvas.viewport().rect())
        seen = self._canvas.viewportTransform().inverted()[0].mapRect(view)
        picture = self._workspace.picture
        if picture is None:
            return seen
        return seen.intersected(QRectF(0, 0, picture.image.width, picture.image.height))
