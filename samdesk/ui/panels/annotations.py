"""The annotations of the image on screen, as a tree of wholes, parts and subparts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QVBoxLayout, QWidget

from samdesk.core.crowd import is_crowd
from samdesk.core.dataset import Annotation
from samdesk.core.hierarchy import as_tree
from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.correcting import Corrections
from samdesk.ui.panels.rows import Index, Row, RowDelegate, RowsModel


class AnnotationsPanel(QWidget):
    """One row per accepted mask, parts below their wholes.

    Selecting here, one or several, selects on the canvas and the other way round. Dragged onto
    another row, annotations become its parts; dragged beside all rows, wholes of their own.
    """

    def __init__(
        self, annotator: Annotator, corrections: Corrections, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        self._heading = QLabel(self.tr("Annotations"))
        self._heading.setObjectName("heading")
        self._empty = QLabel()
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self._model = RowsModel("annotations", self)
        self.list = _List()
        self.list.setAccessibleName(self.tr("Annotations"))
        self.list.setModel(self._model)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setMouseTracking(True)
        self.list.selectionModel().selectionChanged.connect(self._chosen)
        self._model.look = self._look
        self._model.move = corrections.move
        self.list.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.list.setDefaultDropAction(Qt.DropAction.LinkAction)
        # Dropped on a row, never between two: their order is that of the tree.
        self.list.setDragDropOverwriteMode(True)
        self._is_following = False
        # What is shown, by id; depths in the order of the tree, which seldom changes.
        self._tree: list[tuple[int, int | None]] = []
        self._depths: dict[int, int] = {}
        self._annotations: dict[int, Annotation] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID // 2)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._heading)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        annotator.accepted.annotations_changed.connect(self._show)
        annotator.accepted.categories_changed.connect(self._show)
        annotator.selection.changed.connect(self._follow)
        annotator.selection.hidden_changed.connect(self._show)
        annotator.keys.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        annotations = self._annotator.accepted.annotations
        tree = [(one.id, one.parent_id) for one in annotations]
        if tree != self._tree:
            self._tree = tree
            self._depths = {one.id: depth for depth, one in as_tree(annotations)}
        self._annotations = {one.id: one for one in annotations}
        self._is_following = True
        self._model.set_rows(list(self._depths), self._row)
        self._is_following = False
        self._empty.setText(
            self._annotator.keys.fill(
                self.tr("Accepted masks are listed here. Click an object, then press {accept}.")
            )
        )
        self._empty.setVisible(not annotations)
        count = f"  {words.number(len(annotations))}" if annotations else ""
        self._heading.setText(self.tr("Annotations") + count)
        self._follow()

    def _row(self, place: int) -> Row:
        annotator, identity = self._annotator, self._model.identities[place]
        annotation, depth = self._annotations[identity], self._depths[identity]
        category = annotator.accepted.category_of(annotation)
        score = annotation.provenance.predicted_iou
        area = f"{words.number(annotation.mask.area)} px"
        name = category.name if category else "?"
        tip = [name, self.tr("{0} pixels").format(words.number(annotation.mask.area))]
        if score is not None:
            shown = words.decimal(min(score, 1.0), 2)
            area = f"{area}   {shown}"
            tip.append(
                self.tr("Score {0}: how well the engine expected its mask to fit").format(shown)
            )
        if is_crowd(annotation):
            area = self.tr("crowd") + f"   {area}"
            tip.append(self.tr("Crowd: a group that is annotated as one mask"))
        levels = ("", self.tr("part"), self.tr("subpart"))
        return Row(
            identity,
            category.colour if category else "#888888",
            name,
            note=area,
            depth=depth,
            level=levels[min(depth, len(levels) - 1)],
            is_visible=identity not in annotator.selection.hidden_ids,
            tip="\n".join(tip),
        )

    def _look(self, row: Row) -> None:
        self._annotator.selection.hide([row.identity], are_hidden=bool(row.is_visible))

    def _chosen(self) -> None:
        if self._is_following:
            return
        model, before = self._model, self._annotator.selection.ids
        chosen = {model.identities[index.row()] for index in self.list.selectedIndexes()}
        kept = [one for one in before if one in chosen]
        self._is_following = True
        self._annotator.selection.select_all((*kept, *sorted(chosen.difference(before))))
        self._is_following = False

    def _follow(self) -> None:
        if self._is_following:
            return
        annotator, rows = self._annotator, self._model
        chosen = QItemSelection()
        for identity in annotator.selection.ids:
            index = rows.index(rows.row_of(identity))
            chosen.select(index, index)
        self._is_following = True
        selection = self.list.selectionModel()
        current = rows.row_of(annotator.selection.last_id)
        index = rows.index(current) if current >= 0 else QModelIndex()
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if index.isValid():
            self.list.scrollTo(index)
        self._is_following = False


class _List(QListView):
    """Selects the row at hand with the first arrow key, even when there is no other to go to."""

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # Qt's own looks at every row that may have changed, which are all; only who reads them
        # aloud needs that.
        if QAccessible.isActive():
            QAbstractItemView.dataChanged(self, first, last, roles)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at_hand = self.currentIndex()
        super().keyPressEvent(event)
        is_arrow = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if is_arrow and at_hand.isValid() and not self.selectedIndexes():
            self.selectionModel().select(at_hand, QItemSelectionModel.SelectionFlag.ClearAndSelect)
