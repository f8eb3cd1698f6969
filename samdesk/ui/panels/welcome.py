"""What stands where there is no image, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from samdesk.ui import theme, words
from samdesk.ui.shortcuts import Shortcuts
from samdesk.ui.workspace import Workspace

_SIGN = 48  # pixels


class Welcome(QWidget):
    """A sign, what is the matter, and ways on."""

    def __init__(
        self,
        workspace: Workspace,
        keys: Shortcuts,
        actions: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._keys = keys
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message = QLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMinimumWidth(420)
        self.message.setTextFormat(Qt.TextFormat.RichText)
        self._ways_on = [
            QPushButton(self.tr("Open folder…")),
            QPushButton(self.tr("Sample images")),
        ]
        self._ways_on[0].setObjectName("primary")
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addStretch(1)
        for button, name in zip(self._ways_on, ("open", "samples"), strict=True):
            button.clicked.connect(actions[name].trigger)
            row.addWidget(button)
        self.read_again = QPushButton()
        self.read_again.clicked.connect(actions["reload"].trigger)
        row.addWidget(self.read_again)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self.message)
        layout.addLayout(row)
        workspace.opening.connect(self._opening)
        for signal in (
            workspace.opened,
            workspace.open_failed,
            workspace.moved,
            workspace.loaded,
            keys.changed,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Says why there is no image, or nothing."""
        text = self._text()
        self._show(text)
        for button in self._ways_on:
            button.setVisible(bool(text) and self._workspace.record is None)
        key = self._keys.text("reload")
        self.read_again.setText(self.tr("Read again") + (f" ({key})" if key else ""))
        self.read_again.setVisible(bool(text) and self._is_problem)

    def _opening(self, folder: Path) -> None:
        self._show(self.tr("Opening {0}…").format(escape(str(folder))))
        for button in (*self._ways_on, self.read_again):
            button.hide()

    @property
    def _is_problem(self) -> bool:
        """Whether the image on screen cannot be read."""
        return self._workspace.error is not None and self._workspace.picture is None

    def _show(self, text: str) -> None:
        is_problem = self._is_problem
        has_sign = bool(text) and (is_problem or self._workspace.record is None)
        if has_sign:
            sign = theme.icon("warning" if is_problem else "folder", "quiet")
            size, ratio = QSize(_SIGN, _SIGN), self.devicePixelRatioF()
            self._sign.setPixmap(sign.pixmap(size, ratio, QIcon.Mode.Normal, QIcon.State.On))
        self._sign.setVisible(has_sign)
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _text(self) -> str:
        workspace = self._workspace
        if workspace.picture is not None:
            return ""
        if workspace.error is not None:
            title = getattr(workspace.error, "title", str(workspace.error))
            hint = getattr(workspace.error, "hint", "")
            said, advice = escape(words.translated(title)), escape(words.translated(hint))
            return f"<b>{said}</b><br><br>{advice}"
        if workspace.record is not None:
            return self.tr("Reading {0}…").format(escape(workspace.record.path))
        if workspace.folder is not None:
            return self._keys.fill(
                self.tr("<b>There are no images in {0}.</b><br><br>{open} opens another folder."),
                escape(str(workspace.folder)),
                rich=True,
            )
        return self._keys.fill(self.tr("{open} opens a folder of images."), rich=True)
