"""What the program is, and whose."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QMessageBox, QSpacerItem, QWidget

from samdesk import __version__
from samdesk.ui import theme

_WIDTH = 440


class AboutBox(QMessageBox):
    """The program's name, version and licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About SAMDesk"))
        self.setIconPixmap(theme.icon("samdesk").pixmap(64, 64))
        self.setText(f"<b>SAMDesk {__version__}</b>")
        self.setInformativeText(
            self.tr(
                "Label images with Segment Anything.\n\nSegment Anything is by Meta AI Research; "
                "SAMDesk is free software under the Apache License 2.0."
            )
        )
        # A message box has no width of its own.
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        grid.addItem(QSpacerItem(_WIDTH, 0), grid.rowCount(), 0, 1, grid.columnCount())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
