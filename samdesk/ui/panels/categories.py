"""The categories: pick, add, rename, recolour, delete."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
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
from samdesk.ui.categorising import Categorising
from samdesk.ui.dialogs.merge import MergeDialog
from samdesk.ui.panels.rows import Row, RowDelegate, RowsModel

NUMBER_KEYS = 9


class CategoriesPanel(QWidget):
    """The project's categories with their number keys and counts; the current one in bold."""

    typed = Signal(object)  # what is in the entry while it has the focus, else None
    renamed = Signal()  # or not, after all: the field is closed

    def __init__(
        self, annotator: Annotator, categorising: Categorising, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        self._categorising = categorising
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
        self.entry.textChanged.connect(self._tell_typed)
        self.entry.installEventFilter(self)
        self._names = QStringListModel(self)
        add.clicked.connect(self._add)
        self._model = RowsModel(self)
        self._model.rename = self._rename
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Categories"))
        # Who clicks a category goes on with the mask: its keys stay with the canvas.
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setModel(self._model)
        delegate = RowDelegate(self.list)
        delegate.closeEditor.connect(lambda *_: self.renamed.emit())
        self.list.setItemDelegate(delegate)
        self.list.setEditTriggers(QListView.EditTrigger.DoubleClicked)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(
            lambda at: self.open_menu(self.list.indexAt(at))
        )
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
        annotator.accepted.categories_changed.connect(self._show)
        annotator.accepted.counts_changed.connect(self._show)

    def edit(self, category_id: int) -> None:
        """Lets the user type another name of a category, in its place."""
        place = self._model.row_of(category_id)
        if place >= 0:
            index = self._model.index(place)
            self.list.scrollTo(index)
            self.list.setCurrentIndex(index)
            self._edit(index)

    def _edit(self, index: QModelIndex) -> None:
        # Qt complains where another row is being renamed, or its field is about to close.
        if self.list.findChild(QLineEdit) is None:
            self.list.edit(index)

    def rename_current(self) -> None:
        """Lets the user rename the category at hand: of the list's focus, else the one in use."""
        index = self.list.currentIndex()
        if self.list.hasFocus() and index.isValid():
            self._edit(index)
        elif self._annotator.accepted.category_id is not None:
            self.edit(self._annotator.accepted.category_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._tell_typed()
        # Whoever presses Tab in the midst of a name means the one that begins so, as in a shell.
        is_tab = (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Tab
        )
        if watched is self.entry and is_tab and self.entry.text().strip():
            self._complete()
            return True
        return super().eventFilter(watched, event)

    def _complete(self) -> None:
        typed = self.entry.text().strip().casefold()
        names = self._names.stringList()
        found = [one for one in names if one.casefold().startswith(typed)]
        found += [one for one in names if typed in one.casefold() and one not in found]
        if found:
            self.entry.setText(found[0])

    def _tell_typed(self) -> None:
        self.typed.emit(self.entry.text() if self.entry.hasFocus() else None)

    def _show(self) -> None:
        annotator = self._annotator
        self._model.set_rows([category.id for category in annotator.accepted.categories], self._row)
        self._names.setStringList([one.name for one in annotator.accepted.categories])
        self._empty.setVisible(not annotator.accepted.categories)
        current = self._model.row_of(annotator.accepted.category_id)
        if current >= 0:
            self.list.setCurrentIndex(self._model.index(current))

    def _row(self, place: int) -> Row:
        annotator = self._annotator
        category = annotator.accepted.categories[place]
        return Row(
            category.id,
            category.colour,
            category.name,
            note=words.number(annotator.accepted.category_counts.get(category.id, 0)),
            chip=str(place + 1) if place < NUMBER_KEYS else "",
            is_current=category.id == annotator.accepted.category_id,
        )

    def _add(self) -> None:
        annotator = self._annotator
        if not self._categorising.add(self.entry.text()):
            return
        self.entry.clear()
        draft = annotator.draft
        # Whoever names what is drafted has decided.
        if draft is not None and draft.mask is not None and draft.correction is None:
            annotator.accept()

    def _use(self, index: QModelIndex) -> None:
        """Takes a category for what comes next; what is selected keeps its own."""
        annotator, category = self._annotator, self._annotator.accepted.categories[index.row()]
        annotator.accepted.use_category(category.id)
        if annotator.gives_category:
            by_key = self.tr("{0} is for what you accept next. Key {1} gives it to the selection.")
            by_menu = self.tr(
                "{0} is for what you accept next. The right button gives it to the selection."
            )
            text = by_key if index.row() < NUMBER_KEYS else by_menu
            annotator.told.emit(text.format(category.name, index.row() + 1))

    def _rename(self, row: Row, name: str) -> None:
        category = self._category(row.identity)
        if category is not None:
            self._categorising.edit(category, name=name)

    def _category(self, identity: int) -> Category | None:
        categories = self._annotator.accepted.categories
        return next((one for one in categories if one.id == identity), None)

    def open_menu(self, index: QModelIndex) -> None:
        """Opens the menu of a category of the list."""
        if not index.isValid():
            return
        annotator, place = self._annotator, index.row()
        category = annotator.accepted.categories[place]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        use = menu.addAction(self.tr("Use for what comes next"))
        use.triggered.connect(lambda: annotator.accepted.use_category(category.id))
        give = menu.addAction(self.tr("Give to the selection"))
        give.triggered.connect(lambda: self._categorising.give(category))
        give.setEnabled(annotator.gives_category)
        if place < NUMBER_KEYS:
            named = give if annotator.gives_category else use
            named.setText(f"{named.text()}\t{place + 1}")
        menu.addSeparator()
        key = annotator.keys.text("rename_category")
        rename = menu.addAction(theme.icon("rename"), self.tr("Rename") + f"\t{key}")
        rename.triggered.connect(lambda: self._edit(index))
        menu.addAction(self.tr("Colour…"), lambda: self._recolour(category))
        if len(annotator.accepted.categories) > 1:
            menu.addAction(self.tr("Merge into…"), lambda: self._merge(category))
        menu.addSeparator()
        menu.addAction(theme.icon("delete"), self.tr("Delete"), lambda: self._delete(category))
        # The row that it is for looks chosen no longer than it is open.
        menu.aboutToHide.connect(self._show)
        menu.popup(self.list.viewport().mapToGlobal(self.list.visualRect(index).center()))

    def _delete(self, category: Category) -> None:
        is_used = self._annotator.accepted.category_counts.get(category.id)
        if is_used and len(self._annotator.accepted.categories) > 1:
            self._merge(category)
        else:
            self._categorising.delete(category)

    def _merge(self, category: Category) -> None:
        count = self._annotator.accepted.category_counts.get(category.id, 0)
        text = self.tr("{0} has {1}. Which category takes its place?").format(
            category.name, words.annotation_count(count)
        )
        others = [one for one in self._annotator.accepted.categories if one.id != category.id]
        MergeDialog(
            text, others, lambda into: self._categorising.merge(category, into), self
        ).open()

    def _recolour(self, category: Category) -> None:
        dialog = QColorDialog(QColor(category.colour), self)
        dialog.setWindowTitle(self.tr("Colour of {0}").format(category.name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self._categorising.edit(category, colour=colour.name())
        )
        dialog.open()
