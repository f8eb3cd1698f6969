"""Which images the list shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.dataset import Category, ImageRecord
from samdesk.ui import theme
from samdesk.ui.workspace import Encoding, Workspace

_LEAST_WIDTH = 168  # pixels


class _Choice(QComboBox):
    """As wide as its own choices need it, whatever the names of categories that come later.

    Qt's own measures all of them again with each change of the theme.
    """

    def sizeHint(self) -> QSize:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        own = (
            self.itemText(place)
            for place in range(self.count())
            if isinstance(self.itemData(place), str)
        )
        text = max((self.fontMetrics().horizontalAdvance(one) for one in own), default=0)
        contents = QSize(text, self.fontMetrics().height())
        kind = QStyle.ContentsType.CT_ComboBox
        width = self.style().sizeFromContents(kind, option, contents, self).width()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class ImageFilter(QWidget):
    """A part of the name, a state, and an order.

    What is listed stays listed when its state changes, so that the list does not move under the
    hand; choosing the state again looks anew.
    """

    changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        has_draft: Callable[[int], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._has_draft = has_draft
        self._categories: list[tuple[str, int]] = []
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Filter by name"))
        self.name.setAccessibleName(self.tr("Filter images by name"))
        self.name.setClearButtonEnabled(True)
        self.name.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.state = _Choice()
        self.state.setAccessibleName(self.tr("Filter images by state"))
        for text, state in (
            (self.tr("All"), "all"),
            (self.tr("Not done"), "open"),
            (self.tr("Done"), "done"),
            (self.tr("Skipped"), "skipped"),
            (self.tr("Annotated"), "annotated"),
            (self.tr("Not annotated"), "bare"),
            (self.tr("With a draft"), "draft"),
            (self.tr("With a problem"), "problem"),
        ):
            self.state.addItem(text, state)
        self.order = _Choice()
        self.order.setAccessibleName(self.tr("Sort images"))
        for text, order in (
            (self.tr("By name"), "name"),
            (self.tr("By state"), "state"),
            (self.tr("Most masks"), "most"),
            (self.tr("Fewest masks"), "fewest"),
        ):
            self.order.addItem(text, order)
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(theme.GRID // 2)
        for box in (self.state, self.order):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.activated.connect(self.changed)
            row.addWidget(box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addWidget(self.name)
        layout.addLayout(row)
        self.name.textChanged.connect(self.changed)

    def show_categories(self, categories: Sequence[Category]) -> None:
        """Offers the images with annotations of each category, too."""
        named = [(one.name, one.id) for one in categories]
        if named == self._categories:
            return
        self._categories = named
        box, chosen = self.state, self.state.currentData()
        while isinstance(box.itemData(box.count() - 1), int) or not box.itemText(box.count() - 1):
            box.removeItem(box.count() - 1)
        if categories:
            box.insertSeparator(box.count())
        for one in categories:
            box.addItem(self.tr("With {0}").format(one.name), one.id)
        place = box.findData(chosen)
        box.setCurrentIndex(max(place, 0))
        if place < 0:
            self.changed.emit()

    def minimumSizeHint(self) -> QSize:
        return QSize(max(_LEAST_WIDTH, self._widest()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Side by side only where nothing is cut off, whatever the language and the type.
        needed = sum(box.sizeHint().width() for box in (self.state, self.order))
        is_wide = self.width() >= needed + self._row.spacing()
        self._row.setDirection(
            QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        )

    @property
    def is_set(self) -> bool:
        """Whether it may leave images out."""
        return bool(self.name.text()) or self.state.currentData() != "all"

    def clear(self) -> None:
        """Lists all images again, in their order."""
        self.name.blockSignals(True)
        self.name.clear()
        self.name.blockSignals(False)
        self.state.setCurrentIndex(0)
        self.order.setCurrentIndex(0)
        self.changed.emit()

    def lists(self, row: int) -> bool:
        """Whether an image, by its row, is one of those to list."""
        record = self._workspace.records[row]
        wanted = self.name.text().casefold()
        return wanted in record.path.casefold() and self._matches()(row, record)

    def rows(self) -> Sequence[int] | None:
        """The rows to list, in order; None for all as they are."""
        wanted, order = self.name.text().casefold(), self.order.currentData()
        if not self.is_set and order == "name":
            return None
        records, counts = self._workspace.records, self._workspace.counts
        matches = self._matches()
        rows = [
            row
            for row, record in enumerate(records)
            if (not wanted or wanted in record.path.casefold()) and matches(row, record)
        ]
        if order == "state":
            places = {"open": 0, "skipped": 1, "done": 2}
            rows.sort(key=lambda row: places[records[row].status])
        elif order != "name":
            rows.sort(key=lambda row: counts.get(records[row].id, 0), reverse=order == "most")
        return rows

    def _widest(self) -> int:
        return max(box.sizeHint().width() for box in (self.state, self.order))

    def _matches(self) -> Callable[[int, ImageRecord], bool]:
        workspace, counts = self._workspace, self._workspace.counts
        state: str | int = self.state.currentData(Qt.ItemDataRole.UserRole)
        if state in ("open", "done", "skipped"):
            return lambda row, record: record.status == state
        if state == "annotated":
            return lambda row, record: bool(counts.get(record.id))
        if state == "bare":
            return lambda row, record: not counts.get(record.id)
        if state == "draft":
            return lambda row, record: self._has_draft(record.id)
        if isinstance(state, int):
            project = workspace.project
            with_it = project.images_with(state) if project is not None else set()
            return lambda row, record: record.id in with_it
        if state == "problem":
            return lambda row, record: workspace.encoding(row) is Encoding.PROBLEM
        return lambda row, record: True
