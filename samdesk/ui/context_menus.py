"""Menus of what is under the mouse or selected, made of the window's own actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.categorising import Categorising
from samdesk.ui.panels.annotations import AnnotationsPanel
from samdesk.ui.panels.categories import NUMBER_KEYS, CategoriesPanel
from samdesk.ui.panels.images import ImagesPanel

_ONE = (
    ("add_to", "subtract_from"),
    ("fill_holes", "drop_specks", "split"),
    ("part", "make_wholes", "crowd"),
    ("zoom_selected", "hide_selected"),
    ("delete",),
)
_SEVERAL = (
    ("merge", "split"),
    ("fill_holes", "drop_specks"),
    ("make_parts", "make_wholes", "crowd"),
    ("zoom_selected", "hide_selected"),
    ("delete",),
)
_PROPOSAL = (
    ("accept", "accept_proposals"),
    ("next_proposal", "zoom_selected"),
    ("drop_proposals",),
)
_IMAGE = (("done", "skipped"), ("propose", "propose_folder"), ("reload", "show_folder"))
_CHIP = 12  # pixels


class ContextMenus(QObject):
    """Opens the menus of the canvas, of the annotations and of the images; the mouse or a key asks.

    The categories' menu is their panel's own: what it does is in no other menu.
    """

    def __init__(
        self,
        annotator: Annotator,
        categorising: Categorising,
        actions: Mapping[str, QAction],
        canvas: Canvas,
        images: ImagesPanel,
        categories: CategoriesPanel,
        annotations: AnnotationsPanel,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._categorising = categorising
        self._actions = actions
        self._canvas = canvas
        self._images = images
        self._categories = categories
        self._annotations = annotations
        self._window = parent
        canvas.menu_asked.connect(self._open_for_selection)
        self._answer(images.list, self._open_for_image)
        self._answer(annotations.list, self._open_for_selection)
        categories.list.installEventFilter(self)

    def open(self) -> None:
        """Opens the menu of what is at hand: the list that has the focus, else the selection."""
        focus = QApplication.focusWidget()
        if focus is self._images.list:
            self._open_for_image(_at_current(self._images.list))
        elif focus is self._categories.list:
            self._categories.open_menu(self._categories.list.currentIndex())
        elif focus is self._annotations.list:
            self._open_for_selection(_at_current(self._annotations.list))
        else:
            annotator = self._annotator
            masks = [one.mask for one in annotator.selection.annotations]
            if (proposal := annotator.proposals.current) is not None:
                masks.append(proposal.annotation.mask)
            if not masks:
                text = self.tr("Select an annotation first, with {select} and a click or the list.")
                annotator.tell(text)
            self._open_for_selection(self._canvas.middle_of(masks))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # By keyboard, menus are opened by the action, whose keys a user may change. (What the mouse
        # asks for goes to the viewport.)
        return event.type() == QEvent.Type.ContextMenu or super().eventFilter(watched, event)

    def _answer(self, view: QAbstractItemView, open_menu: Callable[[QPoint], None]) -> None:
        """Opens a menu where the mouse asks for one in a list."""
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(
            lambda at: open_menu(view.viewport().mapToGlobal(at))
        )
        view.installEventFilter(self)

    def _open_for_selection(self, at: QPoint) -> None:
        annotator = self._annotator
        count = len(annotator.selection.ids)
        if not count and annotator.proposals.current is None:
            return
        menu = self._menu()
        menu.addMenu(self._category_menu(menu))
        last = annotator.selection.last
        kind = annotator.accepted.category_of(last) if last else None
        if kind is not None:
            text = self.tr("Rename category “{0}”").format(kind.name.replace("&", "&&"))
            menu.addAction(text, partial(self._categories.edit, kind.id))
        menu.addSeparator()
        self._add(menu, _PROPOSAL if not count else _ONE if count == 1 else _SEVERAL)
        if not count:
            # The same key; but what it does to a proposal is called so everywhere.
            drop = QAction(self._actions["delete"].icon(), self.tr("Drop proposal"), menu)
            drop.setText(f"{drop.text()}\t{annotator.keys.text('delete')}")
            drop.triggered.connect(self._actions["delete"].trigger)
            menu.insertAction(self._actions["drop_proposals"], drop)
        menu.popup(at)

    def _open_for_image(self, at: QPoint) -> None:
        menu = self._menu()
        self._add(menu, _IMAGE)
        menu.popup(at)

    def _category_menu(self, parent: QMenu) -> QMenu:
        """All categories, to give to what is selected; those that it has are bold."""
        annotator = self._annotator
        menu = QMenu(self.tr("Category"), parent)
        present = {one.category_id for one in annotator.selection.annotations}
        if (proposal := annotator.proposals.current) is not None:
            present.add(proposal.annotation.category_id)
        for place, category in enumerate(annotator.accepted.categories):
            text = category.name.replace("&", "&&")
            if place < NUMBER_KEYS:
                text += f"\t{place + 1}"
            action = menu.addAction(
                _chip(category.colour), text, partial(self._categorising.give, category)
            )
            font = action.font()
            font.setBold(category.id in present)
            action.setFont(font)
        menu.addSeparator()
        menu.addAction(self._actions["new_category"])
        return menu

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _add(self, menu: QMenu, groups: Sequence[Sequence[str]]) -> None:
        for group in groups:
            menu.addActions([self._actions[name] for name in group])
            menu.addSeparator()


def _at_current(view: QAbstractItemView) -> QPoint:
    """Where on the screen the row at hand is."""
    return view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).center())


def _chip(colour: str) -> QIcon:
    pixmap = QPixmap(QSize(_CHIP, _CHIP))
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
