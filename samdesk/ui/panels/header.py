"""The line above the canvas: which image this is, and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from samdesk.ui import theme, words
from samdesk.ui.actions import plain
from samdesk.ui.workspace import Workspace

_LEAST_TITLE = 96  # pixels


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
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, theme.GRID, 4)
        layout.setSpacing(theme.GRID // 2)
        for name in ("previous", "next"):
            layout.addWidget(action_button(actions[name]))
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(self._title)
        layout.addSpacing(theme.GRID)
        layout.addWidget(self._position)
        layout.addStretch(1)
        self._buttons = [
            framed_button(actions[name], icon)
            for name, icon in (("skipped", "skip"), ("done", "done"), ("export", "export"))
        ]
        for button in self._buttons:
            layout.addWidget(button)
        # What it says gives way, so that it never makes the canvas wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def refresh(self) -> None:
        """Shows the image on screen."""
        workspace, record = self._workspace, self._workspace.record
        if record is None:
            self._title.setText("")
            self._position.setText("")
            return
        place, listed = workspace.place(workspace.row), len(workspace.shown)
        position = (
            f"{words.number(place + 1)} / {words.number(listed)}"
            if place >= 0
            else self.tr("not in the list")
        )
        size = f"   {record.width} x {record.height}" if record.width else ""
        count = workspace.picture.image.pages if workspace.picture is not None else 1
        pages = "   " + self.tr("page 1 of {0}").format(words.number(count)) if count > 1 else ""
        self._position.setToolTip(
            self.tr("Only the first page of this file is shown and annotated.") if pages else ""
        )
        metrics = self._title.fontMetrics()
        # Where there is little room, the name goes last.
        for said, style in (
            (position + size + pages, Qt.ToolButtonStyle.ToolButtonTextBesideIcon),
            (position + size + pages, Qt.ToolButtonStyle.ToolButtonIconOnly),
            (position + pages, Qt.ToolButtonStyle.ToolButtonIconOnly),
        ):
            self._position.setText(said)
            for button in self._buttons:
                button.setToolButtonStyle(style)
            self._title.clear()
            room = self.width() - self._layout.sizeHint().width()
            if room >= min(metrics.horizontalAdvance(record.path), _LEAST_TITLE):
                break
        shown = metrics.elidedText(record.path, Qt.TextElideMode.ElideMiddle, max(room, 0))
        self._title.setText(shown)
        self._title.setToolTip(record.path if shown != record.path else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()


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


def framed_button(action: QAction, icon: str) -> QToolButton:
    """A button with its text in a frame, which is filled while its action is checked."""
    button = action_button(action)
    button.setObjectName("framed")

    def dress() -> None:
        button.setText(" " + plain(action.text()))
        button.setIcon(theme.icon(icon, "on_accent"))

    # Whenever the action changes, Qt gives the button the action's own text and icon.
    action.changed.connect(dress)
    dress()
    return button
