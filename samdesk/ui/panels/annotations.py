"""The annotations of the image on screen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLabel, QListView, QVBoxLayout, QWidget

from samdesk.core.dataset import by_whole
from samdesk.ui import theme
from samdesk.ui.annotator import Annotator
from samdesk.ui.panels.rows import Row, RowDelegate, RowsModel


class AnnotationsPanel(QWidget):
    """One row per accepted mask; selecting here selects on the canvas and the other way round."""

    def __init__(self, annotator: Annotator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        self._heading = QLabel(self.tr("Annotations"))
        self._heading.setObjectName("heading")
        self._empty = QLabel(
            self.tr("Accepted masks are listed here. Click an object, then press Enter.")
        )
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self._model = RowsModel(self)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Annotations"))
        self.list.setModel(self._model)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.selectionModel().currentChanged.connect(self._chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID // 2)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._heading)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        annotator.annotations_changed.connect(self._show)
        annotator.categories_changed.connect(self._show)
        annotator.selection_changed.connect(self._follow)
        self._show()

    def _show(self) -> None:
        annotator, rows = self._annotator, []
        for depth, annotation in by_whole(annotator.annotations):
            category = annotator.category_of(annotation)
            score = annotation.provenance.predicted_iou
            area = f"{annotation.mask.area:,} px"
            rows.append(
                Row(
                    annotation.id,
                    category.colour if category else "#888888",
                    "\u21b3 " * depth + (category.name if category else "?"),
                    note=area if score is None else f"{area}   {min(score, 1.0):.2f}",
                )
            )
        self._model.set_rows(rows)
        self._empty.setVisible(not rows)
        count = f"  {len(rows)}" if rows else ""
        self._heading.setText(self.tr("Annotations") + count)
        self._follow()

    def _chosen(self, current: QModelIndex) -> None:
        if current.isValid() and current.row() < len(self._model.rows):
            self._annotator.select(self._model.rows[current.row()].identity)

    def _follow(self) -> None:
        row = self._model.row_of(self._annotator.selected_id)
        if row >= 0:
            self.list.setCurrentIndex(self._model.index(row))
        else:
            self.list.clearSelection()
            self.list.setCurrentIndex(QModelIndex())
