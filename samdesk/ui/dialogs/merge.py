"""Where the annotations of a category go when it is deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.dataset import Category
from samdesk.ui import theme


class MergeDialog(QDialog):
    """Asks for another category.

    Args:
        text: what is about to happen.
        others: the categories to choose from.
        merge: called with the choice.
    """

    def __init__(
        self,
        text: str,
        others: Sequence[Category],
        merge: Callable[[Category], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Merge categories"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._others = others
        self._merge = merge
        label = QLabel(text)
        label.setWordWrap(True)
        label.setMinimumWidth(320)
        self.into = QComboBox()
        self.into.setAccessibleName(self.tr("Category that takes the annotations"))
        self.into.addItems([one.name for one in others])
        # None is likelier than another: it is to be chosen.
        self.into.setPlaceholderText(self.tr("Choose a category"))
        self.into.setCurrentIndex(-1)
        label.setBuddy(self.into)
        note = QLabel(self.tr("Undo brings everything back."))
        note.setObjectName("quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton(self.tr("Merge"), QDialogButtonBox.ButtonRole.AcceptRole)
        go.setEnabled(False)
        self.into.currentIndexChanged.connect(lambda place: go.setEnabled(place >= 0))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        for widget in (label, self.into, note, buttons):
            layout.addWidget(widget)

    def accept(self) -> None:
        """Merges into the category chosen."""
        if self.into.currentIndex() < 0:
            return
        self._merge(self._others[self.into.currentIndex()])
        super().accept()
