"""Finding an action by what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from samdesk.ui import theme
from samdesk.ui.actions import plain
from samdesk.ui.dialogs.form import resize

_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_WIDTH = 840
_ROWS = 12


@dataclass(frozen=True)
class Found:
    """An action of the menus.

    Attributes:
        path: the menus that lead to it, such as "Checkpoint › Device".
        keys: as this platform writes them.
    """

    action: QAction
    path: str
    keys: str

    @property
    def text(self) -> str:
        # A menu shows what stands after a tab at its right.
        return plain(self.action.text().partition("\t")[0])

    def matches(self, words: list[str]) -> bool:
        """Whether each word begins or is within the action's text, menus or keys."""
        everything = f"{self.path} {self.text} {self.keys}".casefold()
        return all(word in everything for word in words)


def walk(menus: Iterable[QMenu], path: tuple[str, ...] = ()) -> Iterator[tuple[QAction, str]]:
    """Every action of menus and their submenus, filled as if they were opened, with its path."""
    for menu in menus:
        menu.aboutToShow.emit()
        here = (*path, plain(menu.title()))
        for action in menu.actions():
            below = action.menu()
            if isinstance(below, QMenu):
                yield from walk([below], here)
            elif action.text() and not action.isSeparator():
                yield action, " › ".join(here)


class FinderDialog(QDialog):
    """Type some of the name; Enter does it. What makes no sense now is listed last, in grey."""

    def __init__(self, found: list[Found], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Find an action"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = found
        # Keeps the names of actions without an icon in line with the others.
        nothing = QPixmap(2 * theme.GRID, 2 * theme.GRID)
        nothing.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(nothing)
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(self.tr("What do you want to do?"))
        self.entry.setAccessibleName(self.tr("Find an action"))
        self.entry.setClearButtonEnabled(True)
        self.entry.textChanged.connect(self._fill)
        self.entry.returnPressed.connect(self._run)
        self.entry.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        # The arrows work from the entry.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda item, _column: self._run())
        self._nothing = QLabel(self.tr("No action is called that."))
        self._nothing.setObjectName("quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.entry)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1)
        self._fill("")
        # Menus and keys are shown whole; a name has the rest, which is the most.
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        resize(self, _WIDTH, 480)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        matching = [one for one in self._found if one.matches(words)]
        # Names that begin with what was typed come first; Python's sort keeps the menus' order.
        matching.sort(
            key=lambda one: (
                not one.action.isEnabled(),
                not one.text.casefold().startswith(text.casefold().strip()),
            )
        )
        self.list.clear()
        for one in matching:
            item = QTreeWidgetItem([one.text, one.path, one.keys])
            item.setData(0, Qt.ItemDataRole.UserRole, self._found.index(one))
            item.setIcon(0, self._blank if one.action.icon().isNull() else one.action.icon())
            item.setSizeHint(0, QSize(0, 4 * theme.GRID))
            item.setDisabled(not one.action.isEnabled())
            self.list.addTopLevelItem(item)
        self.list.setVisible(bool(matching))
        self._nothing.setVisible(not matching)
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None or item.isDisabled():
            return
        action = self._found[item.data(0, Qt.ItemDataRole.UserRole)].action
        self.accept()
        action.trigger()
