"""The settings, made from what `samdesk.settings` says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from samdesk.settings import About, Settings, described
from samdesk.ui import theme
from samdesk.ui.dialogs.files import file_dialog
from samdesk.ui.dialogs.form import FormComboBox, FormSpinBox, explained, indent, resize


def translated(text: str) -> str:
    """A text of the settings in the user's language."""
    return QCoreApplication.translate("settings", text) if text else ""


class SettingsDialog(QDialog):
    """One control a setting; what is changed applies at once, or says that it waits for a start.

    Args:
        read: the settings as they are now.
        change: applies and keeps other settings.
    """

    def __init__(
        self,
        read: Callable[[], Settings],
        change: Callable[[Settings], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._read = read
        self._change = change
        self.controls: dict[str, QWidget] = {}
        self._show: dict[str, Callable[[Any], None]] = {}
        self._former: Settings | None = None  # before all were set to their defaults
        form = QFormLayout()
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setVerticalSpacing(theme.GRID)
        form.setContentsMargins(0, 0, theme.GRID, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for known, about in described():
            self._add(form, known, about)
        inner = QWidget()
        inner_layout = QVBoxLayout(inner)
        inner_layout.setContentsMargins(0, 0, 0, 0)
        inner_layout.addLayout(form)
        # What is left over stays below, and does not part the rows.
        inner_layout.addStretch(1)
        area = self.area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note = QLabel()
        self.note.setWordWrap(True)
        # Beside the buttons it takes no room from the form. Its place is kept.
        self.note.setMinimumHeight(2 * self.note.fontMetrics().height())
        policy = self.note.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.note.setSizePolicy(policy)
        self.note.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.defaults = buttons.addButton("", QDialogButtonBox.ButtonRole.ResetRole)
        self.defaults.setAutoDefault(False)
        self.defaults.clicked.connect(self._reset)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setSpacing(2 * theme.GRID)
        foot.addWidget(self.note, 1)
        foot.addWidget(buttons)
        layout.addLayout(foot)
        self._offer_defaults()
        resize(self, 720, 560)

    def _add(self, form: QFormLayout, known: Field[Any], about: About) -> None:
        value = getattr(self._read(), known.name)
        if about.choices:
            control, layout = self._choices(known.name, about), None
        elif isinstance(value, bool):
            control, layout = self._switch(known.name, about), None
        elif isinstance(value, int):
            control, layout = self._number(known.name, about), None
        else:
            control, layout = self._path(known.name, about)
        help = translated(about.help)
        if about.restart:
            help = " ".join(filter(None, (help, self.tr("Takes effect at the next start."))))
        control.setAccessibleName(translated(about.label))
        control.setAccessibleDescription(help)
        self.controls[known.name] = control
        self._show[known.name](value)
        # A check box has its own text beside it.
        label = QLabel("" if isinstance(control, QCheckBox) else translated(about.label))
        if help:
            form.addRow(label, explained(layout or control, QLabel(help)))
        else:
            form.addRow(label, layout or control)

    def _choices(self, name: str, about: About) -> QWidget:
        box = FormComboBox()
        for value, text in about.choices:
            box.addItem(translated(text), value)
        self._show[name] = lambda value: box.setCurrentIndex(max(box.findData(value), 0))
        box.activated.connect(lambda _index: self._set(name, box.currentData()))
        return box

    def _switch(self, name: str, about: About) -> QWidget:
        box = QCheckBox(translated(about.label))
        self._show[name] = box.setChecked
        box.clicked.connect(lambda is_on: self._set(name, is_on))
        return box

    def _number(self, name: str, about: About) -> QWidget:
        box = FormSpinBox()
        box.setRange(*about.limits)
        box.setGroupSeparatorShown(True)
        box.setSuffix(f" {translated(about.unit)}" if about.unit else "")
        box.setSpecialValueText(translated(about.zero))
        indent(box)
        # What is half typed is not meant yet.
        box.setKeyboardTracking(False)
        self._show[name] = box.setValue
        box.valueChanged.connect(lambda value: self._set(name, value))
        return box

    def _path(self, name: str, about: About) -> tuple[QWidget, QHBoxLayout]:
        entry = QLineEdit()
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.setAccessibleName(f"{translated(about.label)}: {choose.text()}")
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(entry, 1)
        row.addWidget(choose)
        self._show[name] = entry.setText
        entry.editingFinished.connect(lambda: self._set(name, entry.text().strip()))

        def chosen(path: str) -> None:
            entry.setText(path)
            self._set(name, path)

        def ask() -> None:
            dialog = file_dialog(self, translated(about.label), entry.text())
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.fileSelected.connect(chosen)
            dialog.open()

        choose.clicked.connect(ask)
        return entry, row

    def _set(self, name: str, value: Any) -> None:
        settings = self._read()
        if getattr(settings, name) == value:
            return
        self._change(replace(settings, **{name: value}))
        self._former = None
        self._offer_defaults()
        self._note(name)

    def _reset(self) -> None:
        """Sets all to their defaults; right after that, to what they were."""
        now, former = self._read(), self._former
        wanted = former or Settings()
        values = {one.name: getattr(wanted, one.name) for one, _ in described()}
        self._change(replace(now, **values))
        for name, value in values.items():
            self._show[name](value)
        # Showing a value may have set it.
        self._former = now if former is None else None
        self.note.setText(
            self.tr(
                "All settings have their defaults. This can be undone until the dialog is closed."
            )
            if former is None
            else self.tr("All settings are as they were.")
        )
        self.note.show()
        self._offer_defaults()

    def _offer_defaults(self) -> None:
        now, defaults = self._read(), Settings()
        is_other = any(
            getattr(now, one.name) != getattr(defaults, one.name) for one, _ in described()
        )
        is_undo = self._former is not None
        self.defaults.setText(self.tr("Undo defaults") if is_undo else self.tr("All defaults"))
        self.defaults.setEnabled(is_undo or is_other)

    def _note(self, name: str) -> None:
        for known, about in described():
            if known.name == name and about.restart:
                text = self.tr("{0}: takes effect when SAMDesk is started again.")
                self.note.setText(text.format(translated(about.label)))
                self.note.show()
