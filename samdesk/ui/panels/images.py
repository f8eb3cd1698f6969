"""The images of the folder: thumbnails, and how far each one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from samdesk.ui import theme, words
from samdesk.ui.panels.image_filter import ImageFilter
from samdesk.ui.workspace import Encoding, Workspace

Index = QModelIndex | QPersistentModelIndex

_LEAST_ROW = 56  # pixels
_THUMB = QSize(64, 48)


class ImagesModel(QAbstractListModel):
    """The workspace's images; nothing is kept here."""

    def __init__(
        self,
        workspace: Workspace,
        has_draft: Callable[[int], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.has_draft = has_draft
        workspace.opened.connect(self._reset)
        workspace.narrowed.connect(self._reset)
        workspace.row_changed.connect(self._row_changed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._workspace.shown)

    def row(self, index: Index) -> int:
        """The workspace's row of an item of the list."""
        return self._workspace.shown[index.row()]

    def index_of(self, row: int) -> QModelIndex:
        """The item of a workspace's row; an invalid one when the filter leaves it out."""
        place = self._workspace.place(row)
        return self.index(place) if place >= 0 else QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._workspace.records[row].path
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.describe(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe(row).replace("\n", ", ")
        return None

    def describe(self, row: int) -> str:
        """An image in words: name, size, annotations, state."""
        workspace, record = self._workspace, self._workspace.records[row]
        lines = [record.path]
        if record.width is not None:
            lines.append(f"{record.width} x {record.height}")
        count = workspace.counts.get(record.id, 0)
        lines.append(words.annotation_count(count))
        if proposals := workspace.listing.proposals.get(record.id):
            lines.append(words.proposal_count(proposals))
        if record.status != "open":
            lines.append(self.tr(record.status))
        if self.has_draft(record.id):
            lines.append(self.tr("with a draft that is not accepted yet"))
        error = workspace.errors.get(workspace._key(row))
        lines.append(words.explained(error) if error else self.tr(workspace.encoding(row).value))
        return "\n".join(lines)

    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _row_changed(self, row: int) -> None:
        index = self.index_of(row)
        if index.isValid():
            self.dataChanged.emit(index, index)


class _List(QTableView):
    """Home and End go to the ends of the list; Qt's own meaning is the ends of a row."""

    def moveCursor(
        self, action: QTableView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        model = self.model()
        if action == QTableView.CursorAction.MoveHome:
            return model.index(0, 0)
        if action == QTableView.CursorAction.MoveEnd:
            return model.index(model.rowCount() - 1, 0)
        return super().moveCursor(action, modifiers)


class ImagesPanel(QWidget):
    """The list of images with a filter; choosing one shows it.

    Args:
        has_draft: whether an image, by id, has a mask that is not accepted yet.
    """

    def __init__(
        self,
        workspace: Workspace,
        has_draft: Callable[[int], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._model = ImagesModel(workspace, has_draft, self)
        heading = QLabel(self.tr("Images"))
        heading.setObjectName("heading")
        self._summary = QLabel()
        self._summary.setObjectName("quiet")
        self._share = QProgressBar()
        self._share.setAccessibleName(self.tr("Images that are done"))
        self._share.setTextVisible(False)
        self._share.setFixedHeight(theme.GRID // 2)
        self.samples = self._samples_card()
        self.samples.hide()
        self.choice = ImageFilter(workspace, has_draft)
        self.choice.changed.connect(self._filter)
        self.choice.state.activated.connect(self.go_to_first)
        self.filter = self.choice.name
        self.filter.returnPressed.connect(self.go_to_first)
        self._nothing = QLabel(self.tr("No image is like this."))
        self._nothing.setObjectName("quiet")
        self._nothing.setWordWrap(True)
        self.show_all = QPushButton(self.tr("List all images"))
        self.show_all.clicked.connect(self.choice.clear)
        for widget in (self._nothing, self.show_all):
            widget.hide()
        # A QListView lays all its items out anew whenever one of them changes.
        self.list = _List()
        self.list.setObjectName("images")
        self.list.setAccessibleName(self.tr("Images"))
        self.list.setModel(self._model)
        self.list.horizontalHeader().hide()
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.list.verticalHeader().setDefaultSectionSize(
            max(_LEAST_ROW, 2 * self.fontMetrics().height() + 2 * theme.GRID)
        )
        self.list.setShowGrid(False)
        self.list.setTabKeyNavigation(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setItemDelegate(_ImageDelegate(workspace, self._model, self.list))
        self.list.selectionModel().currentChanged.connect(self._chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID // 2, 0)
        layout.setSpacing(theme.GRID)
        for above in (heading, self.samples, self._summary, self._share, self.choice):
            layout.addWidget(above)
        layout.addWidget(self._nothing)
        layout.addWidget(self.show_all)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        self._layout = layout
        workspace.moved.connect(self._follow)
        workspace.opened.connect(self._opened)
        workspace.relisted.connect(self._filter)
        workspace.record_changed.connect(self._record_changed)
        workspace.surveyed.connect(self.list.viewport().update)

    def _samples_card(self) -> QWidget:
        """What a newcomer reads first: what these images are, what to do, how to go on."""
        card = QFrame()
        card.setObjectName("card")
        text = QLabel(
            self.tr("<b>These are samples.</b> Click an object to try it, or open your own images.")
        )
        text.setWordWrap(True)
        self.open_folder = QPushButton(self.tr("Open folder…"))
        self.open_folder.setObjectName("primary")
        self.open_folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(*[theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(text)
        layout.addWidget(self.open_folder)
        return card

    def event(self, event: QEvent) -> bool:
        # Who comes back to the window may have put files back.
        if event.type() == QEvent.Type.WindowActivate:
            self._workspace.look_again(self._rows_in_view())
        return super().event(event)

    def _rows_in_view(self) -> list[int]:
        """The workspace's rows that are to be seen now, and the one on screen."""
        view, shown = self.list, self._workspace.shown
        first = view.rowAt(0)
        last = view.rowAt(view.viewport().height() - 1)
        places = range(max(first, 0), (last if last >= 0 else len(shown) - 1) + 1)
        rows = [shown[place] for place in places] if first >= 0 else []
        at = self._workspace.row
        return rows if at < 0 or at in rows else [at, *rows]

    def go_to_first(self) -> None:
        """Shows the first of the listed images, unless the one on screen is listed."""
        workspace = self._workspace
        if workspace.shown and workspace.place(workspace.row) < 0:
            workspace.go_to(workspace.shown[0])

    def draft_changed(self) -> None:
        """Marks the image on screen as one with a draft, or no longer."""
        self._workspace.row_changed.emit(self._workspace.row)

    def _opened(self) -> None:
        self.choice.clear()

    def _record_changed(self, row: int) -> None:
        # Undone or marked anew: what is on screen may be one of those listed again.
        if row == self._workspace.row and self._workspace.place(row) < 0 and self.choice.lists(row):
            self._filter()
        self._summarise()

    def _filter(self) -> None:
        """Narrows the list, and with it what "next image" means."""
        self._workspace.show_only(self.choice.rows())
        is_empty = self.choice.is_set and not self._workspace.shown
        self._nothing.setVisible(is_empty)
        self.show_all.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        # Without the list what is above it keeps its place.
        self._layout.setStretch(self._layout.count() - 1, int(is_empty))
        self._follow()
        self._summarise()

    def _chosen(self, current: QModelIndex) -> None:
        # The list also moves by itself, when rows are filtered out; only people choose.
        if current.isValid() and self.list.hasFocus():
            self._workspace.go_to(self._model.row(current))

    def _follow(self) -> None:
        index = self._model.index_of(self._workspace.row)
        self.list.setCurrentIndex(index)
        if index.isValid():
            self.list.scrollTo(index)
        else:
            self.list.clearSelection()

    def _summarise(self) -> None:
        total = len(self._workspace.records)
        done = self._workspace.listing.number_of("done")
        text = self.tr("{0} of {1} done").format(words.number(done), words.number(total))
        if self.choice.is_set:
            listed = len(self._workspace.shown)
            text += " · " + self.tr("{0} listed").format(words.number(listed))
        self._summary.setText(text)
        self._share.setRange(0, max(total, 1))
        self._share.setValue(done)


class _ImageDelegate(QStyledItemDelegate):
    _BADGE: ClassVar[int] = 16

    def __init__(self, workspace: Workspace, model: ImagesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.row(index)
        workspace, record = self._workspace, self._workspace.records[row]
        colours = theme.colours()
        rect: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(
                QRectF(rect.left(), rect.top() + 8, 3, rect.height() - 16), 1, 1
            )
        frame = QRect(rect.left() + 8, rect.top() + 4, _THUMB.width(), _THUMB.height())
        self._paint_thumbnail(painter, frame, row)
        text_left = frame.right() + 9
        width = rect.right() - text_left - self._BADGE - 12
        metrics = QFontMetrics(option.font)
        folder, _, leaf = record.path.rpartition("/")
        name = metrics.elidedText(leaf, Qt.TextElideMode.ElideMiddle, width)
        painter.setPen(QColor(colours.text))
        painter.drawText(text_left, rect.top() + 8 + metrics.ascent(), name)
        count = workspace.counts.get(record.id, 0)
        quiet = self._second_line(row, count)
        if folder:
            quiet = f"{quiet} · {folder}"
        quiet = metrics.elidedText(quiet, Qt.TextElideMode.ElideRight, width)
        painter.setPen(QColor(colours.quiet))
        painter.drawText(text_left, rect.bottom() - 8 - metrics.descent(), quiet)
        badge = QRect(
            rect.right() - self._BADGE - 8,
            rect.center().y() - self._BADGE // 2,
            self._BADGE,
            self._BADGE,
        )
        self._paint_badge(painter, badge, row)
        painter.restore()

    def _second_line(self, row: int, count: int) -> str:
        if self._workspace.encoding(row) is Encoding.PROBLEM:
            return self.tr("cannot be read")
        status = self._workspace.records[row].status
        record = self._workspace.records[row]
        proposals = self._workspace.listing.proposals.get(record.id, 0)
        has_draft = self._model.has_draft(record.id)
        parts = []
        # That there is nothing is said only where there is really nothing.
        if (count and status != "skipped") or (
            status == "open" and not proposals and not has_draft
        ):
            parts.append(words.mask_count(count))
        if proposals:
            parts.append(words.proposal_count(proposals))
        if status == "done":
            parts.append(self.tr("done"))
        elif status == "skipped":
            parts.append(self.tr("skipped"))
        if has_draft:
            parts.append(self.tr("draft"))
        return " · ".join(parts)

    def _paint_thumbnail(self, painter: QPainter, frame: QRect, row: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().canvas))
        painter.drawRoundedRect(frame, 3, 3)
        pixels = self._workspace.thumbnail(row)
        if pixels is None:
            return
        height, width = pixels.shape[:2]
        pixels = np.ascontiguousarray(pixels)
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        factor = min(frame.width() / width, frame.height() / height)
        target = QRectF(0, 0, width * factor, height * factor)
        target.moveCenter(QRectF(frame).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)

    def _paint_badge(self, painter: QPainter, badge: QRect, row: int) -> None:
        """Each state has a shape of its own: what it is must not hang on colour."""
        colours, encoding = theme.colours(), self._workspace.encoding(row)
        record = self._workspace.records[row]
        accent, quiet = QColor(colours.accent), QColor(colours.quiet)
        middle, on = QRectF(badge).center(), QIcon.State.On
        if encoding is Encoding.PROBLEM:
            theme.icon("warning", "warning").paint(painter, badge, state=on)
            return
        if record.status == "done":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawEllipse(badge)
            theme.icon("done", "on_accent").paint(painter, badge.adjusted(2, 2, -2, -2), state=on)
            return
        if record.status == "skipped":
            theme.icon("skip", "quiet").paint(painter, badge, state=on)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if encoding is Encoding.READY:
            if self._workspace.counts.get(record.id):
                painter.setPen(QPen(accent, 1.5))
                painter.drawEllipse(middle, 6, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawEllipse(middle, 3, 3)
            return
        painter.setPen(QPen(quiet, 1))
        painter.drawEllipse(middle, 4, 4)
        if encoding is Encoding.RUNNING:
            painter.setPen(QPen(accent, 2))
            span = max(0.08, self._workspace.fraction(row))
            ring = QRectF(badge).adjusted(4, 4, -4, -4)
            painter.drawArc(ring, 90 * 16, -int(span * 360 * 16))
