"""Importing annotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from samdesk.coco.merge import Import, Unused
from samdesk.ui import theme, words
from samdesk.ui.dialogs.files import file_dialog

_WIDTH = 600
_MOST_SHOWN = 1000  # lines; what is more is counted


class ImportDialog(QDialog):
    """Asks for a file or folder, shows what of it would come in, and asks once more.

    Args:
        read: reads a source, told whether images that are missing come in; `show_progress` and one
            of `show_plan` and `show_failure` follow.
        stop: stops reading.
        take: imports the plan shown; `show_progress` and one of `close_imported` and
            `show_failure` follow.
    """

    def __init__(
        self,
        start: Path,
        read: Callable[[Path, bool], None],
        stop: Callable[[], None],
        take: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import annotations"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder, self._read, self._stop, self._take = start, read, stop, take
        self.path = QLineEdit()
        self.path.setAccessibleName(self.tr("File or folder"))
        self.path.setPlaceholderText(self.tr("A COCO, results, SA-1B or LabelMe file, or a folder"))
        self.path.returnPressed.connect(self.read)
        self.path.textChanged.connect(self._named)
        self._is_planned = False
        file = QPushButton(self.tr("File…"))
        file.clicked.connect(lambda: self._browse(QFileDialog.FileMode.ExistingFile))
        folder = QPushButton(self.tr("Folder…"))
        folder.setToolTip(self.tr("A folder of LabelMe or YOLO files"))
        folder.clicked.connect(lambda: self._browse(QFileDialog.FileMode.Directory))
        for button in (file, folder):
            button.setAutoDefault(False)
        self._choice = QWidget()
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(file)
        row.addWidget(folder)
        self.summary = QLabel(
            self.tr("The file is only read. What comes in is one step, which can be undone.")
        )
        self.summary.setWordWrap(True)
        self.with_missing = QCheckBox()
        self.with_missing.hide()
        self.with_missing.clicked.connect(self.read)
        self._heading = QLabel(self.tr("What cannot be used"))
        self._heading.setObjectName("heading")
        self.unused = QPlainTextEdit()
        self.unused.setReadOnly(True)
        self.unused.setAccessibleName(self._heading.text())
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress of the import"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(theme.GRID)
        for widget in (self._heading, self.unused, self.progress):
            widget.hide()
        buttons = QDialogButtonBox()
        self.go = buttons.addButton(self.tr("Read"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(True)
        self.go.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self._choice)
        layout.addWidget(self.summary)
        layout.addWidget(self.with_missing)
        unused = QVBoxLayout()
        unused.setSpacing(theme.GRID)
        unused.addWidget(self._heading)
        unused.addWidget(self.unused, 1)
        layout.addLayout(unused, 1)
        layout.addWidget(self.progress)
        layout.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)

    def read(self) -> None:
        """Reads what is named."""
        text = self.path.text().strip()
        if not text:
            return
        self.go.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        self.summary.setText(self.tr("Reading…"))
        self._is_planned = False
        self._read(Path(text).expanduser(), self.with_missing.isChecked())

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Shows how far reading or storing is."""
        self.summary.setText(text)
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def show_failure(self, text: str) -> None:
        """Shows why nothing can be imported."""
        self.progress.hide()
        self._is_planned = False
        for widget in (self._choice, self.with_missing):
            widget.setEnabled(True)
        # What is wrong may be mended meanwhile.
        self.go.setText(self.tr("Read"))
        self.go.setEnabled(True)
        self.summary.setText(text)
        self._show_unused([])

    def show_plan(self, plan: Import) -> None:
        """Shows what would come in."""
        self.progress.hide()
        parts = [words.annotation_count(plan.annotations)]
        if plan.boxes:
            parts.append(self.tr("{0} to be segmented").format(words.box_count(plan.boxes)))
        if plan.categories:
            parts.append(words.category_count(plan.categories))
        if plan.images:
            parts.append(words.image_count(plan.images))
        text = self.tr("{0} file. New: {1}.").format(plan.kind, ", ".join(parts))
        if plan.known:
            text += " " + self.tr("Already here: {0}.").format(words.annotation_count(plan.known))
        if plan.recategorised:
            text += " " + self.tr("{0} of these are in other categories here, and stay.").format(
                words.number(plan.recategorised)
            )
        if plan.changed:
            text += " " + self.tr(
                "{0} of the new ones come in beside those of the same ids, which have other masks "
                "here."
            ).format(words.number(plan.changed))
        if plan.renumbered:
            text += " " + self.tr(
                "Images and categories that have other ids here than in the file: {0}."
            ).format(words.number(plan.renumbered))
        self.summary.setText(text)
        missing = len(plan.missing)
        if missing:
            self.with_missing.setText(
                self.tr("Also for %Ln image(s) outside this folder", "", missing)
            )
            self.with_missing.show()
        self._show_unused(plan.unused)
        self._is_planned = True
        self.go.setText(self.tr("Import"))
        self.go.setEnabled(bool(plan.changes))
        self.go.setFocus()

    def accept(self) -> None:
        """Imports what is shown; reads it first where it was not."""
        if not self._is_planned:
            self.read()
        else:
            for widget in (self.go, self._choice, self.with_missing):
                widget.setEnabled(False)
            self.progress.show()
            self._take()

    def close_imported(self) -> None:
        """Closes, after everything was imported."""
        super().accept()

    def reject(self) -> None:
        """Stops reading or storing, and closes."""
        self._stop()
        super().reject()

    def _named(self, text: str) -> None:
        """Another source is named: what was read is not it."""
        self._stop()
        self._is_planned = False
        self.progress.hide()
        self.with_missing.hide()
        self.go.setText(self.tr("Read"))
        self.go.setEnabled(bool(text.strip()))

    def _show_unused(self, unused: Sequence[Unused]) -> None:
        # One image that cannot be used takes all its annotations with it: one line says so.
        by_reason: dict[str, list[Unused]] = {}
        for one in unused:
            by_reason.setdefault(one.reason, []).append(one)
        lines, told = [], 0
        for several in list(by_reason.values())[:_MOST_SHOWN]:
            line = words.translated(several[0].text)
            if len(several) > 1:
                line = self.tr("{0} (and {1} more)").format(line, words.number(len(several) - 1))
            lines.append(line)
            told += len(several)
        more = len(unused) - told
        if more:
            lines.append(self.tr("… and {0} more").format(words.number(more)))
        self._heading.setText(self.tr("What cannot be used: {0}").format(words.number(len(unused))))
        self._heading.setVisible(bool(unused))
        self.unused.setPlainText("\n".join(lines))
        self.unused.setVisible(bool(unused))
        self.adjustSize()

    def _browse(self, mode: QFileDialog.FileMode) -> None:
        dialog = file_dialog(self, self.tr("Import annotations"), self._folder)
        dialog.setFileMode(mode)
        if mode == QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilter(self.tr("Annotations (*.json)"))
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.path.setText(path)
        self.read()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)
