"""Exporting COCO."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from samdesk.coco.choice import Segmentation
from samdesk.ui import theme


class ExportDialog(QDialog):
    """Asks for the file and how masks are written.

    Args:
        target: the file suggested.
        counts: what will be written, in words.
        export: called with the choice.
    """

    def __init__(
        self,
        target: Path,
        counts: str,
        export: Callable[[Path, Segmentation], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export COCO"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._export = export
        self.path = QLineEdit(str(target))
        self.path.setAccessibleName(self.tr("File"))
        self.path.setMinimumWidth(420)
        browse = QPushButton(self.tr("Choose…"))
        # Enter in the file's field exports; it must not open the browser.
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.rle = QRadioButton(self.tr("Run lengths (RLE)"))
        self.rle.setChecked(True)
        self.polygon = QRadioButton(self.tr("Polygons"))
        note = QLabel(
            self.tr(
                "Both keep every pixel. Polygons run along pixel edges, and masks with holes are "
                "cut into pieces without."
            )
        )
        note.setObjectName("quiet")
        note.setWordWrap(True)
        file_row = QHBoxLayout()
        file_row.addWidget(self.path, 1)
        file_row.addWidget(browse)
        form = QGridLayout()
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setVerticalSpacing(theme.GRID)
        form.addWidget(QLabel(self.tr("File")), 0, 0)
        form.addLayout(file_row, 0, 1)
        form.addWidget(QLabel(self.tr("Masks as")), 1, 0, Qt.AlignmentFlag.AlignTop)
        form.addWidget(self.rle, 1, 1)
        form.addWidget(self.polygon, 2, 1)
        form.addWidget(note, 3, 1)
        form.addWidget(QLabel(self.tr("Contents")), 4, 0)
        form.addWidget(QLabel(counts), 4, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        go.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Exports, unless no file is named."""
        text = self.path.text().strip()
        if not text:
            self.path.setFocus()
            return
        target = Path(text).expanduser()
        if not target.suffix:
            target = target.with_suffix(".json")
        if target.exists():
            self._ask_to_replace(target)
            return
        self._write(target)

    def _ask_to_replace(self, target: Path) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("There is a file {0} already.").format(target.name))
        box.setInformativeText(self.tr("Replacing it cannot be undone."))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        replace.clicked.connect(lambda: self._write(target))
        box.open()

    def _write(self, target: Path) -> None:
        self._export(target, "polygon" if self.polygon.isChecked() else "rle")
        super().accept()

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export COCO"), self.path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("COCO files (*.json)"))
        dialog.setDefaultSuffix("json")
        dialog.selectFile(self.path.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()
