"""The categories: pick, find, add, rename, recolour, put in order, delete."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
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
    """The project's categories with their number keys and counts; the current one in bold.

    While a name is typed the list has only the categories that are called so, and the arrow keys
    choose among them.
    """

    typed = Signal(object)  # the name that is meant while the entry has the focus, else None
    needed = Signal()  # a name is to be typed here
    renamed = Signal()  # or not, after all: the field is closed
    named = Signal()  # the same of the entry: its name was given, or given up

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
        self.entry.setPlaceholderText(self.tr("Find or add a category"))
        self.entry.setAccessibleName(self.tr("Name of a category, listed or new"))
        self.entry.returnPressed.connect(self._add)
        self.entry.textChanged.connect(self._tell_typed)
        self.entry.textEdited.connect(self._look_for)
        self.entry.installEventFilter(self)
        self._sought = ""
        self._chosen: int | None = None
        self._listed: list[Category] = []
        self._numbers: dict[int, int] = {}
        add.clicked.connect(self._add)
        self._model = RowsModel("categories", self)
        self._model.rename = self._rename
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Categories"))
        # Who clicks a category goes on with the mask: its keys stay with the canvas.
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setModel(self._model)
        delegate = RowDelegate(self.list)
        delegate.closeEditor.connect(lambda *_: self.renamed.emit())
        self.list.setItemDelegate(delegate)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(
            lambda at: self.open_menu(self.list.indexAt(at))
        )
        self.list.clicked.connect(self._picked)
        self.list.activated.connect(self._activated)
        self.list.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.list.setDefaultDropAction(Qt.DropAction.LinkAction)
        entry_row = QHBoxLayout()
        entry_row.setSpacing(theme.GRID // 2)
        entry_row.addWidget(self.entry, 1)
        entry_row.addWidget(add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID // 2)
        layout.setSpacing(theme.GRID)
        self._empty = QLabel()
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        layout.addWidget(heading)
        layout.addLayout(entry_row)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        annotator.accepted.categories_changed.connect(self._show)
        annotator.accepted.counts_changed.connect(self._show)

    @property
    def is_naming(self) -> bool:
        """Whether the name of a category, new or not, is being typed."""
        fields = self.list.findChildren(QLineEdit)
        return self.entry.hasFocus() or any(field.isVisible() for field in fields)

    def edit(self, category_id: int) -> None:
        """Lets the user type another name of a category, in its place."""
        if self.entry.hasFocus():
            # All are listed again before one of them is renamed.
            self.list.setFocus()
        place = self._model.row_of(category_id)
        if place >= 0:
            self.needed.emit()
            index = self._model.index(place)
            self.list.scrollTo(index)
            self.list.setCurrentIndex(index)
            self._edit(index)

    def _edit(self, index: QModelIndex) -> None:
        # Qt complains where another row is being renamed, or its field is about to close.
        if self.list.findChild(QLineEdit) is None:
            self.list.edit(index)

    def name(self) -> None:
        """Lets the user type the name of a category, listed or new."""
        self.needed.emit()
        if not self.entry.hasFocus():
            # What is left of another name was not given.
            self.entry.clear()
        self.entry.setFocus()

    def rename_current(self) -> None:
        """Lets the user rename the category at hand."""
        category = self._at_hand()
        if category is not None:
            self.edit(category.id)

    def move_current(self, by: int) -> None:
        """Moves the category at hand up (-1) or down (1) in the list."""
        category, known = self._at_hand(), self._annotator.accepted.categories
        if category is None:
            return
        place = known.index(category) + by
        if 0 <= place < len(known):
            self._categorising.move([category.id], place + (by > 0))
            if self.list.hasFocus():
                self.list.setCurrentIndex(self._model.index(self._model.row_of(category.id)))

    def _put(self, ids: Sequence[int], place: int) -> None:
        """Moves categories to a place of the list, which stays where it is."""
        bar = self.list.verticalScrollBar()
        seen = bar.value()
        self._categorising.move(ids, place)
        bar.setValue(seen)

    def _at_hand(self) -> Category | None:
        """The category of the list's focus, else the one in use."""
        index = self.list.currentIndex()
        if self.list.hasFocus() and index.isValid():
            return self._listed[index.row()]
        return self._annotator.accepted.category

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._tell_typed()
        # A menu that opens leaves the focus where it is.
        if event.type() == QEvent.Type.FocusOut and not self.entry.hasFocus():
            self._look_for("")
            if self.isActiveWindow():
                self.named.emit()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._takes(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _takes(self, key: Qt.Key) -> bool:
        """Whether a key of the entry is about the list."""
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._choose(1 if key == Qt.Key.Key_Down else -1)
            return True
        # Whoever presses Tab in the midst of a name means the one that begins so, as in a shell.
        if key == Qt.Key.Key_Tab and self.entry.text().strip():
            found = self._annotator.accepted.called_like(self.entry.text())
            if self._chosen is not None or not found:
                self.entry.setText(self._meant())
            else:
                self.entry.setText(found[0].name)
            return True
        return False

    def _choose(self, by: int) -> None:
        """Chooses the next category listed (1) or the one before (-1); above all: what is typed."""
        last = len(self._listed) - 1
        place = max(-1, min(self._model.row_of(self._chosen) + by, last))
        self._chosen = self._listed[place].id if place >= 0 else None
        self._show()
        self._tell_typed()

    def _look_for(self, text: str) -> None:
        """Lists only categories that are called so; all again for no text."""
        self._sought, self._chosen = text, None
        self._show()
        if text.strip():
            self.list.scrollToTop()
        self._tell_typed()

    def _meant(self) -> str:
        """The name of the category that was chosen, else what is typed."""
        chosen = self._category(self._chosen) if self._chosen is not None else None
        return chosen.name if chosen is not None else self.entry.text()

    def _tell_typed(self) -> None:
        self.typed.emit(self._meant() if self.entry.hasFocus() else None)

    def _show(self) -> None:
        known = self._annotator.accepted.categories
        is_sought = bool(self._sought.strip())
        accepted = self._annotator.accepted
        self._listed = accepted.called_like(self._sought) if is_sought else known
        self._numbers = {one.id: number for number, one in enumerate(known, start=1)}
        self._model.set_rows([category.id for category in self._listed], self._row)
        # Among some of them there is no order to change, and a double click takes one.
        self._model.reorder = None if is_sought else self._put
        triggers = QListView.EditTrigger
        self.list.setEditTriggers(triggers.NoEditTriggers if is_sought else triggers.DoubleClicked)
        self._empty.setText(
            self.tr("No category is called so yet.")
            if known
            else self.tr("Type the names of what you label. Keys 1 to 9 choose between them.")
        )
        self._empty.setVisible(not self._listed)
        is_typing = is_sought or self._chosen is not None
        current = self._chosen if is_typing else self._annotator.accepted.category_id
        place = self._model.row_of(current)
        if place >= 0:
            self.list.setCurrentIndex(self._model.index(place))
        else:
            self.list.selectionModel().clear()

    def _row(self, place: int) -> Row:
        annotator = self._annotator
        category = self._listed[place]
        number = self._numbers[category.id]
        return Row(
            category.id,
            category.colour,
            category.name,
            note=words.number(annotator.accepted.category_counts.get(category.id, 0)),
            chip=str(number) if number <= NUMBER_KEYS else "",
            is_current=category.id == annotator.accepted.category_id,
        )

    def _add(self) -> None:
        annotator = self._annotator
        if not self._categorising.add(self._meant()):
            return
        self.entry.clear()
        self._look_for("")
        draft = annotator.draft
        # Whoever names what is drafted has decided.
        if draft is not None and draft.mask is not None and draft.correction is None:
            annotator.accept()

    def _picked(self, index: QModelIndex) -> None:
        """A row was clicked: the name is chosen that is looked for, else the category is used."""
        if not self._sought:
            self._use(index)
            return
        self._chosen = self._listed[index.row()].id
        self._tell_typed()

    def _activated(self, index: QModelIndex) -> None:
        if not self._sought:
            self._use(index)
            return
        self._picked(index)
        self.entry.returnPressed.emit()

    def _use(self, index: QModelIndex) -> None:
        """Takes a category for what comes next; what is selected keeps its own."""
        annotator, category = self._annotator, self._listed[index.row()]
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
        annotator, category = self._annotator, self._listed[index.row()]
        known = annotator.accepted.categories
        place = known.index(category)
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
        rename.triggered.connect(lambda: self.edit(category.id))
        menu.addAction(self.tr("Colour…"), lambda: self._recolour(category))
        if len(known) > 1:
            menu.addAction(self.tr("Merge into…"), lambda: self._merge(category))
            menu.addSeparator()
        for text, name, by in (
            (self.tr("Move up"), "category_up", -1),
            (self.tr("Move down"), "category_down", 1),
        ):
            if 0 <= place + by < len(known):
                move = partial(self._put, [category.id], place + by + (by > 0))
                menu.addAction(f"{text}\t{annotator.keys.text(name)}", move)
        menu.addSeparator()
        menu.addAction(theme.icon("delete"), self.tr("Delete"), lambda: self._delete(category))
        # The row that it is for looks chosen no longer than it is open.
        menu.aboutToHide.connect(self._show)
        menu.popup(self.list.viewport().mapToGlobal(self.list.visualRect(index).center()))

    def _delete(self, category: Category) -> None:
        accepted = self._annotator.accepted
        count = accepted.category_counts.get(category.id, 0)
        if not count or self._annotator.workspace.is_read_only:
            self._categorising.delete(category)
            return
        has = words.annotation_count(count)
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIconPixmap(theme.icon("warning").pixmap(4 * theme.GRID, 4 * theme.GRID))
        box.setWindowTitle(self.tr("Delete category"))
        # Names are no markup.
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("{0} has {1}.").format(category.name, has))
        box.setInformativeText(self.tr("Undo brings everything back."))
        delete = box.addButton(
            self.tr("Delete with its {0}").format(has),
            QMessageBox.ButtonRole.DestructiveRole,
        )
        delete.clicked.connect(lambda: self._categorising.delete_with_annotations(category))
        if len(accepted.categories) > 1:
            give = box.addButton(
                self.tr("Give its annotations to…"), QMessageBox.ButtonRole.ActionRole
            )
            give.clicked.connect(lambda: self._merge(category))
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.open()

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
