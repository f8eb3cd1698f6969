"""What the mouse does on the canvas: one tool at a time, in image coordinates."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from samdesk.core.prompt import Box
from samdesk.ui.annotator import Annotator
from samdesk.ui.hovering import Hovering


class Surface(Protocol):
    """What a tool may ask of the canvas."""

    def show_box(self, box: Box | None) -> None:
        """Shows a box being dragged; None removes it."""
        ...

    def open_menu(self, position: QPointF) -> None:
        """Opens the menu of what is selected, at a position of the image."""
        ...

    def drag_distance(self) -> float:
        """How far the mouse must move to mean a drag, in image pixels."""
        ...


class Tool:
    """A tool; positions are in image pixels, (0, 0) being the top left corner of the image."""

    cursor = Qt.CursorShape.ArrowCursor

    @property
    def is_drawing(self) -> bool:
        """Whether `give_up` would give something up."""
        return False

    def start(self) -> None:
        """The tool was taken in hand."""

    def press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        """A mouse button went down."""

    def press_again(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        """The second press of a double click; by default as any other."""
        self.press(position, button, modifiers)

    def move(self, position: QPointF) -> None:
        """The mouse moved, with or without a button."""

    def release(self, position: QPointF) -> None:
        """The mouse button went up."""

    def leave(self) -> None:
        """The mouse left the canvas."""

    def give_up(self) -> bool:
        """Gives up what the pressed button began; whether there was anything."""
        return False

    def cancel(self) -> None:
        """What was begun is given up, and the tool put away."""


class SmartTool(Tool):
    """Clicks are points, drags are boxes, and both together make one prompt.

    The first click on a proposal chooses it, so that it can be accepted; the next is a point.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, annotator: Annotator, hovering: Hovering, surface: Surface) -> None:
        self._annotator = annotator
        self._hovering = hovering
        self._surface = surface
        self._pressed: QPointF | None = None
        self._is_positive = True
        self._is_box = False
        self._has_chosen = False

    def press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        self._hovering.stop()
        self._pressed = position
        is_left = button == Qt.MouseButton.LeftButton
        self._is_positive = is_left and not modifiers & Qt.KeyboardModifier.ShiftModifier
        self._is_box = False
        self._has_chosen = False

    def press_again(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        # A proposal that the first click chose is no place for a point of the second.
        if not self._has_chosen:
            self.press(position, button, modifiers)

    def move(self, position: QPointF) -> None:
        if self._pressed is None:
            self._hover(position)
            return
        if not self._is_positive:
            return
        moved = position - self._pressed
        if max(abs(moved.x()), abs(moved.y())) >= self._surface.drag_distance():
            self._is_box = True
        if self._is_box:
            self._surface.show_box(_spanning(self._pressed, position))

    def release(self, position: QPointF) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if self._is_box:
            self._surface.show_box(None)
            box = _spanning(pressed, position)
            self._annotator.set_box(Box(round(box.x0), round(box.y0), round(box.x1), round(box.y1)))
            return
        pixel = self._pixel(pressed)
        if pixel is None:
            return
        proposals = self._annotator.proposals
        offered = proposals.offered_at(*pixel) if self._is_positive else None
        if offered is not None:
            proposals.select(offered.id)
            self._has_chosen = True
        else:
            self._annotator.add_point(*pixel, positive=self._is_positive)

    def leave(self) -> None:
        self._hovering.stop()

    def _hover(self, position: QPointF) -> None:
        pixel = self._pixel(position)
        if pixel is None:
            self._hovering.stop()
        else:
            self._hovering.move(*pixel)

    def _pixel(self, position: QPointF) -> tuple[int, int] | None:
        """The pixel of the image on whose square a position is; a point is a pixel's index."""
        x, y = int(position.x() // 1), int(position.y() // 1)
        picture = self._annotator.workspace.picture
        if picture and 0 <= x < picture.image.width and 0 <= y < picture.image.height:
            return x, y
        return None

    @property
    def is_drawing(self) -> bool:
        return self._pressed is not None

    def give_up(self) -> bool:
        pressed, self._pressed = self._pressed, None
        self._surface.show_box(None)
        return pressed is not None

    def cancel(self) -> None:
        self._hovering.stop()
        self.give_up()


class SelectTool(Tool):
    """Clicks select annotations; where several overlap, the smallest first, then the others.

    With Shift or Ctrl they take annotations to the selection, or from it. A right click opens a
    menu of what is selected there.
    """

    def __init__(self, annotator: Annotator, surface: Surface) -> None:
        self._annotator = annotator
        self._surface = surface

    def press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        annotator = self._annotator
        x, y = int(position.x() // 1), int(position.y() // 1)
        if button == Qt.MouseButton.LeftButton:
            several = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
            annotator.selection.select_at(x, y, also=bool(modifiers & several))
        elif button == Qt.MouseButton.RightButton:
            if not annotator.selection.contains(x, y):
                annotator.selection.select_at(x, y)
            self._surface.open_menu(position)


def _spanning(one: QPointF, other: QPointF) -> Box:
    return Box.spanning(one.x(), one.y(), other.x(), other.y())
