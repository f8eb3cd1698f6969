"""The table of keys, where they can also be changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from samdesk.ui import theme, words
from samdesk.ui.actions import ACTIONS, GESTURES, MENUS, plain, translated
from samdesk.ui.dialogs.form import WrappedDelegate, resize
from samdesk.ui.shortcuts import Shortcuts

_ID = Qt.ItemDataRole.UserRole


class KeysDialog(QDialog):
    """Lists every action with its keys, and what the mouse does; gives actions other keys."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shortcuts = shortcuts
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by name or key"))
        self.filter.setAccessibleName(self.tr("Filter by name or key"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._narrow)
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName(self.tr("Keys"))
        self.table.setHorizontalHeaderLabels([self.tr("What it does"), self.tr("Key")])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        # Long texts wrap, whatever the width.
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setItemDelegate(WrappedDelegate(self.table))
        self.table.installEventFilter(self)
        self.filter.installEventFilter(self)
        self._nothing = QLabel(self.tr("No action is called that."))
        self._nothing.setObjectName("quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self._fill()
        self.table.currentItemChanged.connect(self._follow)

        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName(self.tr("New key"))
        entry = self.edit.findChild(QLineEdit)
        assert isinstance(entry, QLineEdit)
        entry.setAccessibleName(self.tr("New key"))
        self.edit.installEventFilter(self)
        self.edit.keySequenceChanged.connect(self._weigh)
        self.give = QPushButton(self.tr("Use this key"))
        self.give.clicked.connect(self._give)
        self.none = QPushButton(self.tr("No key"))
        self.none.clicked.connect(self._give_none)
        self.reset = QPushButton(self.tr("Default"))
        self.reset.setToolTip(self.tr("Gives this action its default key again"))
        self.reset.clicked.connect(self._reset)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().height())
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(self.edit, 1)
        for button in (self.give, self.none, self.reset):
            button.setAutoDefault(False)
            row.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.reset_all = buttons.addButton(
            self.tr("All defaults"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.reset_all.setAutoDefault(False)
        self.reset_all.clicked.connect(self._ask_for_reset)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.filter)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        shortcuts.changed.connect(self._fill)
        shortcuts.changed.connect(self._follow_own)
        self._follow_own()
        self._go_to(self._listed()[0])
        self.filter.setFocus()
        resize(self, 720, 720)

    @property
    def chosen(self) -> str | None:
        """The id of the action whose key can be changed; None where keys are fixed."""
        row = self.table.currentRow()
        return None if self.table.isRowHidden(row) else self._name_of(row) or None

    def select(self, name: str) -> None:
        """Chooses an action."""
        rows = range(self.table.rowCount())
        self._go_to(next(row for row in rows if self._name_of(row) == name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Keys that would otherwise be collected; the last one counts, as one that is held does.
        if watched is self.edit and event.type() == QEvent.Type.FocusIn:
            self.edit.clear()
        if watched is self.filter and isinstance(event, QKeyEvent):
            moves = (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
            if event.type() == QEvent.Type.KeyPress and event.key() in moves and self._listed():
                self.table.setFocus()
                return True
        if watched is self.table and isinstance(event, QKeyEvent):
            # Qt's own meaning is the ends of a row.
            ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
            if event.type() == QEvent.Type.KeyPress and event.key() in ends and self._listed():
                self._go_to(self._listed()[ends[Qt.Key(event.key())]])
                return True
        return super().eventFilter(watched, event)

    def _go_to(self, row: int) -> None:
        self.table.setCurrentCell(row, 0)
        # The first row comes with its heading.
        if row == self._listed()[0]:
            self.table.scrollToTop()

    def _name_of(self, row: int) -> str:
        """The id of a row's action; empty for a heading, a gesture and no row."""
        item = self.table.item(row, 0)
        return str(item.data(_ID) or "") if item is not None else ""

    def _listed(self) -> list[int]:
        """The rows that are shown, without the headings."""
        rows = range(self.table.rowCount())
        return [row for row in rows if self._is_row(row) and not self.table.isRowHidden(row)]

    def _is_row(self, row: int) -> bool:
        """Whether this is none of the headings."""
        return self.table.columnSpan(row, 0) == 1

    def _narrow(self) -> None:
        """Shows the rows with each of the words typed, and the headings that have some."""
        typed = self.filter.text().casefold().split()
        has_some = False
        for row in reversed(range(self.table.rowCount())):
            if self._is_row(row):
                cells = (self.table.item(row, column) for column in range(2))
                text = " ".join(item.text() for item in cells if item is not None).casefold()
                is_shown = all(word in text for word in typed)
                has_some = has_some or is_shown
            else:
                is_shown, has_some = has_some, False
            self.table.setRowHidden(row, not is_shown)
        listed = self._listed()
        if listed and self.table.currentRow() not in listed:
            self._go_to(listed[0])
        self.table.setVisible(bool(listed))
        self._nothing.setVisible(not listed)
        self._weigh()

    def _fill(self) -> None:
        groups = [
            (translated(heading), [(translated(what), translated(keys), "") for keys, what in rows])
            for heading, rows in GESTURES.items()
        ]
        for menu, title in MENUS.items():
            rows = [
                (plain(translated(spec.text)), self._shortcuts.text(spec.id), spec.id)
                for spec in ACTIONS
                if spec.menu == menu
            ]
            groups.append((plain(translated(title)), rows))
        self.table.setRowCount(sum(1 + len(rows) for _, rows in groups))
        number = 0
        for heading, rows in groups:
            item = QTableWidgetItem(heading)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(self.palette().text())
            font = item.font()
            font.setWeight(font.Weight.DemiBold)
            item.setFont(font)
            self.table.setItem(number, 0, item)
            self.table.setSpan(number, 0, 1, 2)
            for what, keys, name in rows:
                number += 1
                self._fill_row(number, what, keys, name)
            number += 1

    def _fill_row(self, number: int, what: str, keys: str, name: str) -> None:
        items = QTableWidgetItem(what), QTableWidgetItem(keys)
        items[0].setData(_ID, name)
        if name in self._shortcuts.own:
            font = items[1].font()
            font.setBold(True)
            items[1].setFont(font)
        for column, item in enumerate(items):
            self.table.setItem(number, column, item)

    def _follow(self) -> None:
        self.edit.clear()
        self._weigh()

    def _weigh(self) -> None:
        """Says what the key that was pressed does now, before it is taken from there."""
        key, name = self.edit.keySequence(), self.chosen
        is_fixed = not self._shortcuts.is_free(key)
        for widget in (self.edit, self.none, self.reset):
            widget.setEnabled(name is not None)
        self.give.setEnabled(name is not None and not key.isEmpty() and not is_fixed)
        self.note.setText(
            self.tr("Click the field and press a key, to give it to the action chosen above.")
            if name
            else self.tr("This key or button is always the same.")
            if self._listed()
            else ""
        )
        if name is None or key.isEmpty():
            return
        shown = key.toString(QKeySequence.SequenceFormat.NativeText)
        owner = self._shortcuts.owner(key)
        if is_fixed:
            self.note.setText(self.tr("{0} always has the same meaning.").format(shown))
        elif owner is not None and owner != name:
            text = next(plain(translated(spec.text)) for spec in ACTIONS if spec.id == owner)
            self.note.setText(
                self.tr("{0} is the key of “{1}”, which would lose it.").format(shown, text)
            )

    def _give(self) -> None:
        if self.chosen is not None:
            self._shortcuts.give(self.chosen, self.edit.keySequence())
            self._follow_same()

    def _give_none(self) -> None:
        if self.chosen is not None:
            self._shortcuts.give(self.chosen, QKeySequence())
            self._follow_same()

    def _reset(self) -> None:
        if self.chosen is not None:
            self._shortcuts.reset(self.chosen)
            self._follow_same()

    def _ask_for_reset(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Keys"))
        box.setText(self.tr("Give every action its default key again?"))
        box.setInformativeText(
            self.tr("Actions with keys of your own: {0}.").format(
                words.number(len(self._shortcuts.own))
            )
        )
        box.addButton(QMessageBox.StandardButton.Cancel)
        reset = box.addButton(self.tr("All defaults"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        reset.clicked.connect(lambda: self._shortcuts.reset())
        box.open()

    def _follow_own(self) -> None:
        self.reset_all.setEnabled(bool(self._shortcuts.own))

    def _follow_same(self) -> None:
        self._follow()
        self.table.setFocus()
