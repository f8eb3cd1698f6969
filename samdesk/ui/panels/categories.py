"""The categories: pick, add, rename, recolour, delete."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.dataset import Category
from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.dialogs.merge import MergeDialog
from samdesk.ui.panels.rows import Row, RowDelegate, RowsModel


class CategoriesPanel(QWidget):
    """The project's categories with their number keys and counts; the current one in bold."""

    def __init__(self, annotator: Annotator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        heading = QLabel(self.tr("Categories"))
        heading.setObjectName("heading")
        add = QToolButton()
        add.setIcon(theme.icon("add"))
        add.setToolTip(self.tr("Add the category"))
        add.setAccessibleName(self.tr("Add category"))
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(self.tr("New category"))
        self.entry.setAccessibleName(self.tr("Name of a new category"))
        self.entry.returnPressed.connect(self._add)
        add.clicked.connect(self._add)
        self._model = RowsModel(self)
        self._model.rename = self._rename
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Categories"))
        self.list.setModel(self._model)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setEditTriggers(
            QListView.EditTrigger.DoubleClicked | QListView.EditTrigger.EditKeyPressed
        )
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.clicked.connect(self._use)
        self.list.activated.connect(self._use)
        entry_row = QHBoxLayout()
        entry_row.setSpacing(theme.GRID // 2)
        entry_row.addWidget(self.entry, 1)
        entry_row.addWidget(add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID // 2)
        layout.setSpacing(theme.GRID)
        self._empty = QLabel(
            self.tr("Type the names of what you label. Keys 1 to 9 choose between them.")
        )
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        layout.addWidget(heading)
        layout.addLayout(entry_row)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        annotator.categories_changed.connect(self._show)
        annotator.counts_changed.connect(self._show)

    def _show(self) -> None:
        annotator = self._annotator
        self._model.set_rows([category.id for category in annotator.categories], self._row)
        self._empty.setVisible(not annotator.categories)
        current = self._model.row_of(annotator.category_id)
        if current >= 0:
            self.list.setCurrentIndex(self._model.index(current))

    def _row(self, place: int) -> Row:
        annotator = self._annotator
        category = annotator.categories[place]
        return Row(
            category.id,
            category.colour,
            category.name,
            note=words.number(annotator.category_counts.get(category.id, 0)),
            chip=str(place + 1) if place < 9 else "",
            is_current=category.id == annotator.category_id,
        )

    def _add(self) -> None:
        annotator = self._annotator
        if not annotator.add_category(self.entry.text()):
            return
        self.entry.clear()
        draft = annotator.draft
        # Whoever names what is drafted has decided.
        if draft is not None and draft.mask is not None and draft.correction is None:
            annotator.accept()

    def _use(self, index: QModelIndex) -> None:
        self._annotator.use_category(self._model.identities[index.row()])

    def _rename(self, row: Row, name: str) -> None:
        category = self._category(row.identity)
        if category is not None:
            self._annotator.edit_category(category, name=name)

    def _category(self, identity: int) -> Category | None:
        return next((one for one in self._annotator.categories if one.id == identity), None)

    def _menu(self, position: QPoint) -> None:
        index = self.list.indexAt(position)
        if not index.isValid():
            return
        category = self._category(self._model.identities[index.row()])
        if category is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("rename"), self.tr("Rename"), lambda: self.list.edit(index))
        menu.addAction(self.tr("Colour…"), lambda: self._recolour(category))
        menu.addAction(
            theme.icon("delete"),
            self.tr("Delete"),
            lambda: self._delete(category),
        )
        if len(self._annotator.categories) > 1:
            menu.addAction(self.tr("Merge into…"), lambda: self._merge(category))
        menu.popup(self.list.viewport().mapToGlobal(position))

    def _delete(self, category: Category) -> None:
        is_used = self._annotator.category_counts.get(category.id)
        if is_used and len(self._annotator.categories) > 1:
            self._merge(category)
        else:
            self._annotator.delete_category(category)

    def _merge(self, category: Category) -> None:
        count = self._annotator.category_counts.get(category.id, 0)
        text = self.tr("{0} has {1}. Which category takes its place?").format(
            category.name, words.annotation_count(count)
        )
        others = [one for one in self._annotator.categories if one.id != category.id]
        MergeDialog(
            text, others, lambda into: self._annotator.merge_category(category, into), self
        ).open()

    def _recolour(self, category: Category) -> None:
        dialog = QColorDialog(QColor(category.colour), self)
        dialog.setWindowTitle(self.tr("Colour of {0}").format(category.name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self._annotator.edit_category(category, colour=colour.name())
        )
        dialog.open()
