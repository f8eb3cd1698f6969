"""What forms and their dialogs have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QLabel,
    QLayout,
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


class WheelForForm(QObject):
    """An event filter of fields: one without the focus leaves the wheel to the form it is in."""

    def leave(self, field: QWidget) -> None:
        """Has a field take the wheel only while it has the focus, which the wheel does not give."""
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return super().eventFilter(watched, event)
        event.setAccepted(watched.hasFocus())
        return not watched.hasFocus()


class Growth(QObject):
    """Keeps the texts of a dialog whole: it grows with those that come, as far as it must.

    Qt grows a dialog by what its labels need that may be as wide as they like. (A dialog that
    handles its own events in Python cannot be deleted by one of them.)
    """

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            layout, width = self._dialog.layout(), self._dialog.width()
            needed = layout.totalHeightForWidth(width) if layout is not None else 0
            if needed > self._dialog.height():
                self._dialog.resize(width, needed)
        return False


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
