"""The line above the canvas: which image this is, and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from samdesk.ui import theme, words
from samdesk.ui.actions import plain
from samdesk.ui.workspace import Workspace


class Header(QWidget):
    """Name, place in the folder and size of the image on screen; buttons for the image."""

    def __init__(
        self, workspace: Workspace, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._position = QLabel()
        self._position.setObjectName("quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, theme.GRID, 4)
        layout.setSpacing(4)
        for name in ("previous", "next"):
            layout.addWidget(action_button(actions[name]))
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(self._title)
        layout.addSpacing(theme.GRID)
        layout.addWidget(self._position)
        layout.addStretch(1)
        for name in ("skipped", "done", "export"):
            button = action_button(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setText(" " + plain(actions[name].text()))
            layout.addWidget(button)

    def refresh(self) -> None:
        """Shows the image on screen."""
        workspace, record = self._workspace, self._workspace.record
        if record is None:
            self._title.setText("")
            self._position.setText("")
            return
        room = max(120, self.width() - 560)
        metrics = self._title.fontMetrics()
        self._title.setText(metrics.elidedText(record.path, Qt.TextElideMode.ElideMiddle, room))
        size = f"   {record.width} x {record.height}" if record.width else ""
        place, listed = workspace.place(workspace.row), len(workspace.shown)
        position = (
            f"{words.number(place + 1)} / {words.number(listed)}"
            if place >= 0
            else self.tr("not in the list")
        )
        self._position.setText(position + size)


class ToolStrip(QWidget):
    """The tools, at the canvas's left edge."""

    _GROUPS = (
        ("smart", "brush", "eraser", "polygon", "select"),
        ("add_to", "subtract_from"),
        ("undo", "redo", "delete"),
        ("fit",),
    )

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, theme.GRID, 4, theme.GRID)
        layout.setSpacing(4)
        for group in self._GROUPS:
            for name in group:
                layout.addWidget(action_button(actions[name]))
            layout.addSpacing(theme.GRID)
        layout.addStretch(1)


def action_button(action: QAction) -> QToolButton:
    """A button for an action, which leaves the keyboard with the canvas when it is clicked."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setAccessibleName(plain(action.text()))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
