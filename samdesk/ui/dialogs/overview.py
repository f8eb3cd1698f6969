"""How far the folder is, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.dataset import Category, Status
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Lane
from samdesk.store.totals import Totals
from samdesk.ui import theme, words
from samdesk.ui.workspace import Workspace

_SHARE, _COLOUR = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NONE = "–"
_WIDEST_NAME = 240  # pixels
_Counted: TypeAlias = tuple[Totals, list[Category], dict[int | None, float | None]]


class OverviewDialog(QDialog):
    """Counts of images by state, annotations by category, and the time a mask takes.

    The numbers are read beside the GUI thread, from a connection of its own.
    """

    def __init__(self, workspace: Workspace, io: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Overview"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.numbers: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        for place, (name, text) in enumerate(
            (
                ("open", self.tr("Not done")),
                ("done", self.tr("Done")),
                ("skipped", self.tr("Skipped")),
                ("annotated", self.tr("Annotated")),
                ("annotations", self.tr("Annotations")),
                ("per_image", self.tr("Masks per annotated image")),
                ("most", self.tr("Most masks on an image")),
                ("seconds", self.tr("Time per mask (median)")),
            )
        ):
            label, number = QLabel(text), QLabel("…")
            label.setObjectName("quiet")
            number.setObjectName("heading")
            number.setAlignment(_RIGHT)
            label.setBuddy(number)
            number.setAccessibleName(text)
            self.numbers[name] = number
            row, column = place % 4, place // 4 * 3
            grid.addWidget(label, row, column)
            grid.addWidget(number, row, column + 1)
        grid.setColumnMinimumWidth(2, 2 * theme.GRID)
        for column in (1, 4):
            grid.setColumnStretch(column, 1)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(self.tr("Annotations per category"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Category"), self.tr("Annotations"), self.tr("Time per mask")]
        )
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setItemDelegateForColumn(1, _BarDelegate(self.table))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # As wide as the names, but for very long ones; who wants to see those can make it wider.
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        if times := self.table.horizontalHeaderItem(2):
            times.setTextAlignment(_RIGHT)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setWordWrap(False)
        self.note = QLabel(self.tr("Counting…"))
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addLayout(grid)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.resize(640, 520)
        statuses: tuple[Status, ...] = ("open", "done", "skipped")
        for status in statuses:
            self.numbers[status].setText(words.number(workspace.listing.number_of(status)))
        self._count(workspace, io)

    def _count(self, workspace: Workspace, io: Lane) -> None:
        project = workspace.project
        assert project is not None

        def work(_token: CancelToken) -> _Counted:
            with project.reader() as reader:
                totals, categories = reader.totals(), reader.categories()
            # Medians of hundreds of thousands of masks take their time, too.
            ids = (None, *(one.id for one in categories))
            return totals, categories, {one: totals.seconds_per_mask(one) for one in ids}

        # What arrives when the dialog is closed, be it already on its way, has nobody to show it.
        def done(found: _Counted) -> None:
            if not job.token.is_cancelled:
                self._show(*found)

        def failed(error: Exception) -> None:
            if not job.token.is_cancelled:
                self.note.setText(words.explained(error))

        job = io.submit("totals", work, done=done, failed=failed)
        self.finished.connect(job.token.cancel)

    def _show(
        self,
        totals: Totals,
        categories: Sequence[Category],
        seconds_by_category: Mapping[int | None, float | None],
    ) -> None:
        per_image, seconds = totals.masks_per_image, seconds_by_category[None]
        for name, text in {
            "annotated": words.number(totals.annotated_images),
            "annotations": words.number(totals.annotations),
            "per_image": _NONE if per_image is None else words.decimal(per_image, 1),
            "most": words.number(max(totals.by_number, default=0)),
            "seconds": _NONE if seconds is None else words.duration(seconds),
        }.items():
            self.numbers[name].setText(text)
        self.note.setText(self.tr("There are no categories yet."))
        self.note.setVisible(not categories)
        most = max(totals.by_category.values(), default=0)
        counted = sorted(categories, key=lambda one: -totals.by_category.get(one.id, 0))
        self.table.setRowCount(len(counted))
        for row, category in enumerate(counted):
            count = totals.by_category.get(category.id, 0)
            one = seconds_by_category[category.id]
            named = QTableWidgetItem(category.name)
            named.setToolTip(category.name)
            bar = QTableWidgetItem(words.number(count))
            bar.setData(_SHARE, count / most if most else 0.0)
            bar.setData(_COLOUR, category.colour)
            time = QTableWidgetItem(_NONE if one is None else words.duration(one))
            time.setTextAlignment(_RIGHT)
            for column, item in enumerate((named, bar, time)):
                self.table.setItem(row, column, item)
        self.table.resizeColumnToContents(0)
        self.table.setColumnWidth(0, min(self.table.columnWidth(0), _WIDEST_NAME))


class _BarDelegate(QStyledItemDelegate):
    """A bar in the category's colour with its number beside it."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(24 * theme.GRID, 4 * theme.GRID)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        colours, text = theme.colours(), str(index.data())
        room = QRectF(option.rect).adjusted(theme.GRID, 10, -theme.GRID, -10)
        number = option.fontMetrics.horizontalAdvance("0,000,000") + theme.GRID
        bar = QRectF(room)
        share = float(index.data(_SHARE))
        bar.setWidth(max(1.0, (room.width() - number) * share))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if share:
            painter.setPen(QColor(colours.line))
            painter.setBrush(QColor(index.data(_COLOUR)))
            painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(QColor(colours.text))
        place = QRectF(option.rect)
        place.setLeft(bar.right() + theme.GRID)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()
