"""Rows of the right-hand lists: a colour chip, a name, and quiet text at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from samdesk.ui import theme

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
_LEAST_HEIGHT = 32  # pixels
_EYE = 28
_INDENT = 16


@dataclass(frozen=True)
class Row:
    """One row of a list.

    Attributes:
        identity: of the record shown.
        colour: of the chip, "#rrggbb".
        chip: a character within the chip; may be empty.
        note: quiet text at the right.
        is_current: shown in bold.
        depth: how far it is indented below the row that it belongs to.
        level: what it is there, in words.
        is_visible: whether its eye is open; None for a row without an eye.
        tip: what the row says in short, at length.
    """

    identity: int
    colour: str
    name: str
    note: str = ""
    chip: str = ""
    is_current: bool = False
    depth: int = 0
    level: str = ""
    is_visible: bool | None = None
    tip: str = ""


class RowsModel(QAbstractListModel):
    """A list of rows, each made when it is shown: there may be thousands.

    `rename` is called with (row, text) when a name was edited in place, `look` with a row whose eye
    was clicked, `move` with the identities of rows that were dragged and that of the row on which
    they were dropped, None for beside all rows. Where rows have an order of their own they are
    dropped between others: `reorder` is called with those identities and the place before which
    they were dropped.

    Args:
        kind: of the records; rows are dropped among others of their kind only.

    Attributes:
        identities: of the records shown, from the top.
    """

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dragged = f"application/x-samdesk-{kind}"
        self.identities: list[int] = []
        self.rename: Any = None
        self.look: Any = None
        self.move: Any = None
        self.reorder: Any = None
        self._made: Callable[[int], Row] | None = None
        self._places: dict[int, int] = {}

    def set_rows(self, identities: list[int], made: Callable[[int], Row]) -> None:
        """Shows other rows, keeping the view's place where they are those of the same records.

        Args:
            made: makes the row at a place, as it is now.
        """
        self._made = made
        if identities == self.identities:
            if identities:
                self.dataChanged.emit(self.index(0), self.index(len(identities) - 1))
            return
        self.beginResetModel()
        self.identities = identities
        self._places = {identity: place for place, identity in enumerate(identities)}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.identities)

    def row_of(self, identity: int | None) -> int:
        """The place of a record; -1 when it is not listed."""
        return -1 if identity is None else self._places.get(identity, -1)

    def row(self, index: Index) -> Row:
        """What is shown at a place that is listed."""
        assert self._made is not None, "there are no rows before set_rows"
        return self._made(index.row())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.identities):
            return None
        row = self.row(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            hidden = self.tr("hidden") if row.is_visible is False else ""
            parts = (row.name, row.level, row.note, row.chip, hidden)
            return ", ".join(part for part in parts if part)
        return row if role == ROW_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self.rename:
            flags |= Qt.ItemFlag.ItemIsEditable
        if self.move or (self.reorder and not index.isValid()):
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        if (self.move or self.reorder) and index.isValid():
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if self.rename is None or not str(value).strip():
            return False
        self.rename(self.row(index), str(value).strip())
        return True

    # A link, not a move: rows stay where they are listed until the project has changed.

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.LinkAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.LinkAction

    def mimeTypes(self) -> list[str]:
        return [self._dragged]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        dragged = " ".join(str(self.identities[index.row()]) for index in indexes)
        data.setData(self._dragged, dragged.encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if not (self.move or self.reorder) or not data.hasFormat(self._dragged):
            return False
        dragged = [int(one) for one in bytes(data.data(self._dragged).data()).split()]
        if self.reorder:
            self.reorder(dragged, row if row >= 0 else len(self.identities))
        else:
            self.move(dragged, self.identities[parent.row()] if parent.isValid() else None)
        return True


class RowDelegate(QStyledItemDelegate):
    """Paints a Row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons: dict[tuple[str, int, float, str], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, max(_LEAST_HEIGHT, option.fontMetrics.height() + theme.GRID))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("Name"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(32, 2, -4, -2))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        row: Row = index.data(ROW_ROLE)
        is_click = (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and _eye(option.rect).contains(event.position().toPoint())
        )
        if is_click and row.is_visible is not None and isinstance(model, RowsModel):
            model.look(row)
            return True
        return super().editorEvent(event, model, option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        colours = theme.colours()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
        if row.is_visible is not None:
            is_dim = row.is_visible and not option.state & QStyle.StateFlag.State_MouseOver
            painter.setOpacity(0.45 if is_dim else 1.0)
            square = QRect(0, 0, _EYE - 10, _EYE - 10)
            square.moveCenter(_eye(rect).center())
            name = "eye" if row.is_visible else "eye-off"
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(square, self._drawn(name, square.width(), ratio))
            painter.setOpacity(1.0 if row.is_visible else 0.5)
            rect = rect.adjusted(0, 0, -_EYE, 0)
        if row.depth:
            rect = rect.adjusted(_INDENT * row.depth, 0, 0, 0)
            x, y = rect.left() - 1, rect.center().y()
            painter.setPen(QPen(QColor(colours.quiet), 1))
            painter.drawPolyline([QPoint(x, rect.top() + 2), QPoint(x, y), QPoint(x + 6, y)])
        chip = QRect(rect.left() + 8, rect.center().y() - 8, 17, 17)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(row.colour))
        painter.drawRoundedRect(chip, 4, 4)
        font: QFont = QFont(option.font)
        if row.chip:
            painter.setPen(QColor("#101010" if _is_light(row.colour) else "#ffffff"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, row.chip)
        font.setBold(row.is_current)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        note_width = metrics.horizontalAdvance(row.note)
        text = rect.adjusted(34, 0, -8, 0)
        painter.setPen(QColor(colours.quiet))
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, vertical | Qt.AlignmentFlag.AlignRight, row.note)
        painter.setPen(QColor(colours.text))
        room = text.width() - note_width - 8
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(text, vertical | Qt.AlignmentFlag.AlignLeft, name)
        if row.is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRect(rect.left(), rect.top() + 6, 3, rect.height() - 12), 1, 1)
        painter.restore()

    def _drawn(self, name: str, side: int, ratio: float) -> QPixmap:
        """An icon, drawn once for all rows, and again in another theme's colour."""
        key = (name, side, ratio, theme.colours().text)
        if key not in self._icons:
            self._icons[key] = theme.icon(name).pixmap(QSize(side, side), ratio)
        return self._icons[key]


def _eye(rect: QRect) -> QRect:
    """Where the eye of a row is."""
    return QRect(rect.right() - _EYE, rect.top(), _EYE, rect.height())


def _is_light(colour: str) -> bool:
    """Whether dark text reads better on a colour (relative luminance of WCAG 2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18
