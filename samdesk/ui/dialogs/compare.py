"""Comparing checkpoints: published figures beside this machine's own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.image import load_image
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.checkpoint import other_models
from samdesk.engine.measure import Measurement
from samdesk.resources import resource
from samdesk.ui import theme, words
from samdesk.ui.dialogs.form import WrappedDelegate, resize
from samdesk.ui.engines import Engines

_SAMPLE = "samples/fruit_bowl.jpg"
_MEASURED_FROM = 6  # the first of the columns that this machine fills
_USE = 9


class CompareDialog(QDialog):
    """One row per model. Measuring takes seconds to minutes; the dialog may be hidden meanwhile."""

    measured = Signal(object)

    def __init__(self, engines: Engines, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare checkpoints"))
        self._engines = engines
        self._rows: dict[str, int] = {}
        self.table = QTableWidget(0, _USE + 1)
        self.table.setAccessibleName(self.tr("Checkpoints"))
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Model"),
                self.tr("Parameters"),
                self.tr("File"),
                self.tr("IoU"),
                self.tr("Speed (A100)"),
                self.tr("GPU memory"),
                self.tr("Here: an image"),
                self.tr("Here: a click"),
                self.tr("Here: memory"),
                self.tr("Use"),
            ]
        )
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setMinimumSectionSize(4 * theme.GRID)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setItemDelegateForColumn(_USE, WrappedDelegate(self.table))
        self._fill()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_USE, QHeaderView.ResizeMode.Stretch)
        note = QLabel(
            self.tr(
                "Figures on the left are as published: by the segment-anything authors and the ViT "
                "guide, for the lower rows by Ultralytics on a CPU. “Here” is measured on this "
                "machine with a sample image, with nothing else of SAMDesk running."
            )
        )
        note.setObjectName("quiet")
        note.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Measurement"))
        self.progress.setFixedHeight(theme.GRID)
        self.progress.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.measure = QPushButton(self.tr("Measure on this machine"))
        buttons.addButton(self.measure, QDialogButtonBox.ButtonRole.ActionRole)
        self.measure.clicked.connect(self._measure)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.table, 1)
        layout.addWidget(note)
        layout.addWidget(self.progress)
        layout.addWidget(buttons)
        engines.changed.connect(self._follow)
        self.measured.connect(self._show)
        resize(self, 1240, 600)

    def _fill(self) -> None:
        for known, is_here in self._engines.installed():
            published = known.published
            self._add(
                (
                    known.name,
                    f"{known.parameters / 1e6:.0f} M",
                    words.size(known.bytes),
                    words.decimal(known.average_iou, 2),
                    words.translated(published["speed_a100"]),
                    words.translated(published["memory"]),
                ),
                words.translated(published["use"]) if is_here else self.tr("not on this machine"),
            )
        self._add((BUILTIN_NAME, "–", "–", "–", "–", self.tr("none")), self.tr("no download"))
        for other in other_models():
            figures = (f"{words.decimal(other.parameters / 1e6, 1)} M", words.size(other.bytes))
            # SAMDesk does not run these.
            self._add((other.name, *figures, *["–"] * 6), words.translated(other.note))

    def _add(self, columns: tuple[str, ...], use: str) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self._rows[columns[0]] = row
        for column, text in enumerate(columns):
            self.table.setItem(row, column, QTableWidgetItem(words.translated(text)))
        item = QTableWidgetItem(use)
        item.setToolTip(use)
        self.table.setItem(row, _USE, item)

    def _set(self, name: str, column: int, text: str) -> None:
        item = QTableWidgetItem(text)
        self.table.setItem(self._rows[name], _MEASURED_FROM + column, item)

    def _measure(self) -> None:
        kinds = [known.kind for known, is_here in self._engines.installed() if is_here]
        self.measure.setEnabled(False)
        self.progress.show()
        image = load_image(resource(_SAMPLE)).rgb
        self._engines.measure(image, [*kinds, "builtin"], self.measured.emit)

    def _show(self, found: Measurement) -> None:
        if found.info.name not in self._rows:
            return
        memory = "–" if found.memory_bytes is None else words.size(found.memory_bytes)
        figures = (words.duration(found.image_seconds), words.duration(found.click_seconds), memory)
        for column, text in enumerate(figures):
            self._set(found.info.name, column, text)

    def _follow(self) -> None:
        loading = self._engines.loading
        self.progress.setVisible(loading is not None)
        self.measure.setEnabled(loading is None)
        if loading is not None:
            self.progress.setValue(round(loading[1] * 100))
