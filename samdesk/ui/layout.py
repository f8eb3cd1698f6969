"""Where panels, bars and canvas stand in the window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from samdesk.ui import theme

_LEAST_CANVAS = 360
_LEAST_RIGHT = 200


class Columns(QSplitter):
    """The list of images, the work, and what is on the image, side by side.

    Attributes:
        right: categories above annotations.
    """

    def __init__(
        self, images: QWidget, centre: QWidget, categories: QWidget, annotations: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._images = images
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.addWidget(categories)
        self.right.addWidget(annotations)
        self.right.setSizes([300, 400])
        for column in (images, centre, self.right):
            self.addWidget(column)
        self.setStretchFactor(1, 1)
        self.setSizes([260, 1000, 280])
        self.right.setMinimumWidth(_LEAST_RIGHT)
        for splitter in (self.right, self):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)

    def show_panels(self, are_shown: bool) -> None:
        """Shows the outer columns, or leaves their room to the work."""
        for panel in (self._images, self.right):
            panel.setVisible(are_shown)

    def state(self) -> dict[str, str]:
        """The sizes, as `restore` takes them."""
        return {"columns": as_text(self.saveState()), "right": as_text(self.right.saveState())}

    def restore(self, state: Mapping[str, str]) -> None:
        """Takes the sizes of an earlier time, as far as they are there."""
        for splitter, name in ((self, "columns"), (self.right, "right")):
            if saved := state.get(name, ""):
                splitter.restoreState(as_bytes(saved))


def centre(header: QWidget, tools: QWidget, work: QWidget) -> QWidget:
    """The middle column: the header above, and the tools to the left of the work."""
    below = QWidget()
    below_layout = QHBoxLayout(below)
    column = QWidget()
    column_layout = QVBoxLayout(column)
    for layout in (below_layout, column_layout):
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
    below_layout.addWidget(tools)
    below_layout.addWidget(work, 1)
    column_layout.addWidget(header)
    column_layout.addWidget(below, 1)
    return column


def over_canvas(
    canvas: QWidget, welcome: QWidget, draft_bar: QWidget, bars: Iterable[QWidget]
) -> QWidget:
    """The canvas with what lies over it: bars at its head, the draft's bar at its foot.

    Over it, not beside it: the image must not move under the hand.
    """
    foot = QWidget()
    foot.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
    # What is said there must not make the canvas wider.
    foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    foot_layout = QVBoxLayout(foot)
    foot_layout.setContentsMargins(0, 0, 0, theme.GRID + 4)
    foot_layout.addWidget(draft_bar)
    head = QWidget()
    head_layout = QVBoxLayout(head)
    head_layout.setContentsMargins(0, 0, 0, 0)
    head_layout.setSpacing(0)
    for bar in bars:
        head_layout.addWidget(bar)
    # They share the canvas's cell.
    stack = QWidget()
    stack_layout = QGridLayout(stack)
    stack_layout.setContentsMargins(0, 0, 0, 0)
    stack_layout.addWidget(canvas, 0, 0)
    stack_layout.addWidget(welcome, 0, 0, Qt.AlignmentFlag.AlignCenter)
    at_foot = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
    stack_layout.addWidget(foot, 0, 0, at_foot)
    stack_layout.addWidget(head, 0, 0, Qt.AlignmentFlag.AlignTop)
    stack.setMinimumWidth(_LEAST_CANVAS)
    return stack


def as_bytes(text: str) -> QByteArray:
    """What Qt saved of sizes and places, from the settings."""
    return QByteArray.fromBase64(QByteArray(text.encode()))


def as_text(state: QByteArray) -> str:
    """What Qt saved of sizes and places, for the settings."""
    return bytes(state.toBase64().data()).decode()
