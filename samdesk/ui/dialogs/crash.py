"""What is shown for a defect of the program."""

from __future__ import annotations

import platform
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from samdesk import __version__
from samdesk.ui import theme


class CrashDialog(QDialog):
    """The details of an unexpected error, to be copied. The program goes on."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QLabel(
            self.tr(
                "SAMDesk met an error that it did not expect. Everything you accepted is on disk, "
                "and you can go on working. Please send these details to its developers."
            )
        )
        text.setWordWrap(True)
        box = QPlainTextEdit(details)
        box.setReadOnly(True)
        box.setAccessibleName(self.tr("Details"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(text)
        layout.addWidget(box)
        layout.addWidget(buttons)
        self.resize(640, 420)


def details_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """An error with what is needed to understand it."""
    head = f"SAMDesk {__version__}, Python {sys.version.split()[0]}, {platform.platform()}\n\n"
    return head + "".join(traceback.format_exception(kind, error, trace))
