"""What forms and their dialogs have in common."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QLayout,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from samdesk.ui import theme


def explained(field: QWidget | QLayout, help: QLabel) -> QVBoxLayout:
    """A field of a form with what there is to know of it, close below."""
    help.setObjectName("quiet")
    help.setWordWrap(True)
    # A label that wraps asks for more height than it uses.
    help.setAlignment(Qt.AlignmentFlag.AlignTop)
    both = QVBoxLayout()
    both.setContentsMargins(0, 0, 0, theme.GRID // 2)
    both.setSpacing(theme.GRID // 2)
    if isinstance(field, QLayout):
        both.addLayout(field)
    else:
        both.addWidget(field)
    both.addWidget(help)
    return both


def indent(box: QAbstractSpinBox) -> None:
    """Has the text of a spin box begin where that of other fields does."""
    # Its style sheet's padding is not heeded on that side.
    box.lineEdit().setTextMargins(theme.GRID - 1, 0, 0, 0)


class FormSpinBox(QSpinBox):
    """Leaves the wheel to the form that it is in, unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if _takes_wheel(self, event):
            super().wheelEvent(event)


class FormComboBox(QComboBox):
    """Leaves the wheel to the form that it is in, unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if _takes_wheel(self, event):
            super().wheelEvent(event)


def _takes_wheel(field: QWidget, event: QWheelEvent) -> bool:
    event.setAccepted(field.hasFocus())
    return field.hasFocus()


def grow(dialog: QDialog) -> None:
    """Has a dialog grow with its texts, as far as it must to show them whole.

    Qt grows a dialog by what its labels need that may be as wide as they like.
    """
    layout, width = dialog.layout(), dialog.width()
    needed = layout.totalHeightForWidth(width) if layout is not None else 0
    if needed > dialog.height():
        dialog.resize(width, needed)


def resize(dialog: QDialog, width: int, height: int) -> None:
    """Gives a dialog a size, or what the screen has room for."""
    dialog.resize(QSize(width, height).boundedTo(theme.room(dialog)))


class WrappedDelegate(QStyledItemDelegate):
    """Rows as high as their wrapped text: Qt does not allow for the style sheet's padding there."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        narrower = QStyleOptionViewItem(option)
        # The padding, and the margins that the text has besides.
        narrower.rect = option.rect.adjusted(0, 0, -3 * theme.GRID, 0)
        return super().sizeHint(narrower, index)
