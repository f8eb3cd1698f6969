"""The question before drafts are lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from samdesk.ui import words


class QuitBox(QMessageBox):
    """Says how many drafts closing the window drops; going back is the default."""

    def __init__(self, drafts: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("SAMDesk")
        self.setText(self.tr("Drafts that were not accepted: {0}.").format(words.number(drafts)))
        self.setInformativeText(
            self.tr("They are not kept. The list of images shows where they are.")
        )
        self.go_back = self.addButton(self.tr("Go back"), QMessageBox.ButtonRole.RejectRole)
        self.drop = self.addButton(self.tr("Drop and quit"), QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(self.go_back)
        self.setEscapeButton(self.go_back)

    @property
    def is_confirmed(self) -> bool:
        """Whether the drafts may be dropped; known once it is answered."""
        return self.clickedButton() is self.drop
