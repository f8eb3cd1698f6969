"""Exporting COCO."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from samdesk.coco.choice import Choice, Split
from samdesk.errors import SamdeskError
from samdesk.ui import theme, words
from samdesk.ui.dialogs.files import file_dialog
from samdesk.ui.dialogs.form import explained, grow, indent

_FILE_WIDTH = 360  # pixels


class ExportDialog(QDialog):
    """Asks what to write, shows how far it is, and what the check of the file found.

    Args:
        target: the file suggested.
        preview: says in words what a choice would write.
        start: begins to export a choice into a file, told whether files that are there may be
            replaced; `show_progress` and one of `show_result`, `show_failure` and `ask_to_replace`
            follow.
        stop: stops it; `show_failure` follows.
    """

    def __init__(
        self,
        target: Path,
        preview: Callable[[Path, Choice], str],
        start: Callable[[Path, Choice, bool], None],
        stop: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export COCO"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preview, self._start, self._stop = preview, start, stop
        self._is_running = self._is_stopping = False
        self.path = QLineEdit(str(target))
        self.path.setAccessibleName(self.tr("File"))
        # Not the dialog's own: that would let it be narrower than its texts.
        self.path.setMinimumWidth(_FILE_WIDTH)
        browse = QPushButton(self.tr("Choose…"))
        # Enter in the file's field exports; it must not open the browser.
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.profile = _choices(("coco", self.tr("COCO")), ("arr-coc", self.tr("ARR-COC")))
        meant = QLabel(
            self.tr(
                "COCO is what all readers know. ARR-COC adds prompts, scores, parts of wholes "
                "and what each mask cost, which others pass over."
            )
        )
        self.segmentation = _choices(
            ("rle", self.tr("Run lengths (RLE)")), ("polygon", self.tr("Polygons"))
        )
        self.simplify = QDoubleSpinBox()
        self.simplify.setRange(0, 100)
        self.simplify.setSingleStep(0.5)
        self.simplify.setDecimals(1)
        self.simplify.setSuffix(self.tr(" px"))
        self.simplify.setSpecialValueText(self.tr("no, keep every pixel"))
        self.simplify.setToolTip(
            self.tr("How far a polygon may be from the mask's edge, to have fewer corners")
        )
        self.images = _choices(
            ("all", self.tr("All")),
            ("annotated", self.tr("Those with annotations")),
            ("done", self.tr("Those marked as done")),
        )
        self.split = QLineEdit()
        self.split.setPlaceholderText(self.tr("one file; or train=0.8,val=0.2"))
        self.split.setToolTip(
            self.tr("Names and shares of the images; each share becomes a file of its own")
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, 1_000_000)
        self.seed.setPrefix(self.tr("seed "))
        self.seed.setToolTip(self.tr("Another seed gives another split; the same one the same."))
        self.placing = _choices(
            ("no", self.tr("Leave them where they are")),
            ("copy", self.tr("Copy them beside the file")),
            ("link", self.tr("Link to them beside the file")),
        )
        self.contents = QLabel()
        self.contents.setWordWrap(True)
        kept = QLabel(
            self.tr(
                "Both forms keep every pixel. Polygons run along pixel edges, and masks with holes "
                "are cut into pieces without holes."
            )
        )
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setVerticalSpacing(theme.GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (
            (self.tr("File"), _row(self.path, browse)),
            (self.tr("Profile"), explained(self.profile, meant)),
            (self.tr("Masks as"), explained(self.segmentation, kept)),
            (self.tr("Simplify"), self.simplify),
            (self.tr("Images"), self.images),
            (self.tr("Split"), _row(self.split, self.seed)),
            (self.tr("Image files"), self.placing),
            (self.tr("Contents"), self.contents),
        ):
            if isinstance(field, QWidget):
                field.setAccessibleName(text)
            form.addRow(text, field)
        self.profile.setAccessibleName(self.tr("Profile"))
        self.profile.setAccessibleDescription(meant.text())
        self.segmentation.setAccessibleName(self.tr("Masks as"))
        self.segmentation.setAccessibleDescription(kept.text())
        self.split.setAccessibleName(self.tr("Split"))
        self.seed.setAccessibleName(self.tr("Seed of the split"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(theme.GRID)
        self.progress.hide()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self._outcome = QLabel(self.tr("Exported"))
        self._outcome.setObjectName("heading")
        self._outcome.hide()
        self._buttons = QDialogButtonBox()
        self._go = self._buttons.addButton(
            self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.open_folder = self._buttons.addButton(
            self.tr("Open folder"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.open_folder.hide()
        self._go.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GRID] * 4)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self._form)
        layout.addWidget(self._outcome)
        layout.addWidget(self.message)
        layout.addWidget(self.progress)
        layout.addWidget(self._buttons)
        boxes = (self.profile, self.segmentation, self.images, self.placing)
        for box in boxes:
            box.currentIndexChanged.connect(self._refresh)
        for field in (*boxes, self.simplify, self.seed):
            field.setMinimumHeight(self.path.sizeHint().height())
        for field in (self.simplify, self.seed):
            indent(field)
        self.split.textChanged.connect(self._refresh)
        self.path.textChanged.connect(self._refresh)
        self._refresh()

    def choice(self) -> Choice:
        """What is asked for.

        Raises:
            SamdeskError: the split cannot be understood.
        """
        split = self.split.text().strip()
        is_polygon = self.segmentation.currentData() == "polygon"
        return Choice(
            self.profile.currentData(),
            self.segmentation.currentData(),
            self.simplify.value() if is_polygon else 0.0,
            self.images.currentData(),
            Split.parse(split, self.seed.value()) if split else None,
            self.placing.currentData(),
        )

    def target(self) -> Path | None:
        """The file; None while none is named."""
        text = self.path.text().strip()
        if not text:
            return None
        try:
            target = Path(text).expanduser()
        except RuntimeError:
            # The home of a user whose name is still being typed.
            return None
        if not target.name:
            return None
        return target if target.suffix else target.with_suffix(".json")

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Shows how far the export is."""
        self._say(text)
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def show_result(self, text: str) -> None:
        """Shows what was written; the dialog has done its work."""
        self._run(False)
        self._say(text)
        self._form.hide()
        self._go.hide()
        self._outcome.show()
        # As wide as the title needs it, too.
        self.message.setMinimumWidth(_FILE_WIDTH + 10 * theme.GRID)
        self.open_folder.show()
        self._grow_soon()
        self._cancel.setText(self.tr("Close"))
        self._cancel.setDefault(True)
        self._cancel.setFocus()
        self.adjustSize()

    def show_failure(self, text: str) -> None:
        """Shows why nothing was written; another try may follow."""
        self._run(False)
        self._offer_again()
        self._say(text)

    def accept(self) -> None:
        """Exports, unless something is missing."""
        target = self.target()
        if target is None:
            self.path.setFocus()
            return
        try:
            choice = self.choice()
        except SamdeskError as error:
            self._say(words.explained(error))
            self.split.setFocus()
            return
        self._begin(target, choice)

    def reject(self) -> None:
        """Stops what runs, or closes; once more, closes before it has stopped."""
        if self._is_running and not self._is_stopping:
            self._is_stopping = True
            self._stop()
            return
        super().reject()

    def _begin(self, target: Path, choice: Choice, may_replace: bool = False) -> None:
        self._run(True)
        self._say(self.tr("Exporting…"))
        self._start(target, choice, may_replace)

    def _run(self, is_running: bool) -> None:
        self._is_running, self._is_stopping = is_running, False
        self._form.setEnabled(not is_running)
        self._go.setEnabled(not is_running)
        self.progress.setVisible(is_running)
        self._grow_soon()
        self.progress.setRange(0, 0)

    def _offer_again(self) -> None:
        """Has Enter export again: while it ran only Cancel could have the focus."""
        self._go.setDefault(True)
        self._go.setFocus()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self._grow_soon()

    def _refresh(self) -> None:
        is_polygon = self.segmentation.currentData() == "polygon"
        self.simplify.setEnabled(is_polygon)
        try:
            choice = self.choice()
        except SamdeskError as error:
            self.contents.setText(words.explained(error))
            self._grow_soon()
            return
        self.seed.setEnabled(choice.split is not None)
        target = self.target()
        self.contents.setText(self._preview(target, choice) if target else "")
        self._grow_soon()

    def _grow_soon(self) -> None:
        # Once the texts have been laid out.
        QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        grow(self)

    def ask_to_replace(self, there: Sequence[Path], target: Path, choice: Choice) -> None:
        """Asks whether files that are there may be replaced, and then begins once more."""
        self._run(False)
        self._offer_again()
        self._say("")
        box = QMessageBox(self)
        box.setIconPixmap(theme.icon("warning").pixmap(4 * theme.GRID, 4 * theme.GRID))
        names = ", ".join(file.name for file in there)
        box.setText(self.tr("There is a file {0} already.").format(names))
        box.setInformativeText(self.tr("Replacing it cannot be undone."))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        replace.clicked.connect(lambda: self._begin(target, choice, True))
        box.open()

    def _browse(self) -> None:
        dialog = file_dialog(self, self.tr("Export COCO"), self.path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("COCO files (*.json)"))
        dialog.setDefaultSuffix("json")
        dialog.selectFile(self.path.text())
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_running:
            self._stop()
            # Else `reject` would keep it open until the export has stopped.
            self._is_running = False
        super().closeEvent(event)


def _choices(*values: tuple[str, str]) -> QComboBox:
    box = QComboBox()
    for value, text in values:
        box.addItem(text, value)
    return box


def _row(first: QWidget, second: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(first, 1)
    layout.addWidget(second)
    return row
