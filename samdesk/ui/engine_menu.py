"""The Checkpoint menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QActionGroup, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QWidget, QWidgetAction

from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.checkpoint import checkpoint
from samdesk.engine.recommend import Preference, needed_bytes, precision_for
from samdesk.reason import reason_of
from samdesk.ui import theme, words
from samdesk.ui.dialogs.compare import CompareDialog
from samdesk.ui.dialogs.files import file_dialog
from samdesk.ui.engines import Engines


class EngineMenu(QMenu):
    """Every engine with what is known of it; made anew whenever it is shown."""

    def __init__(self, engines: Engines, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Checkpoint"))
        self._engines = engines
        self._group = QActionGroup(self)
        self._compare: CompareDialog | None = None
        self.aboutToShow.connect(self._fill)
        self.aboutToShow.connect(engines.look)
        engines.looked.connect(self._refill)

    def choose_file(self) -> None:
        """Asks for a checkpoint file of any name and uses it."""
        dialog = file_dialog(self.parentWidget(), self.tr("Open checkpoint file"), "")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Checkpoints (*.pth *.pt *.bin)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._engines.use)
        dialog.open()

    def compare(self) -> None:
        """Shows published figures beside this machine's own."""
        # One dialog for the life of the window, so that its measurements stay to be seen.
        if self._compare is None:
            self._compare = CompareDialog(self._engines, self.parentWidget())
        self._compare.show()
        self._compare.raise_()

    def _refill(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        self.clear()
        self._note: _Note | None = None
        # Menus below belong to this one, and clearing leaves them.
        for below in self.findChildren(QMenu):
            below.deleteLater()
        engines = self._engines
        best, published = engines.recommendation, engines.installed()
        automatic = self.tr("&Automatic")
        if best is not None:
            name = checkpoint(best.checkpoint).name
            is_here = any(is_here for known, is_here in published if known.kind == best.checkpoint)
            state = name
            if not is_here and engines.wanted == "auto" and engines.info is not None:
                text = self.tr("{0} is not here yet; {1} is used")
                state = text.format(name, words.translated(engines.info.name))
            elif not is_here:
                state = self.tr("{0}, not on this machine yet").format(name)
            automatic += f"\t{state}"
        choices = [("auto", automatic)]
        for known, is_installed in published:
            device = best.device if best is not None else "cpu"
            gpu = engines.hardware.gpu(device) if engines.hardware is not None else None
            needed = needed_bytes(known.kind, device, precision_for(device), gpu)
            facts = self.tr("IoU {0} · {1} on an A100 · needs {2}").format(
                words.decimal(known.average_iou, 2),
                words.translated(known.published["speed_a100"]),
                words.size(needed),
            )
            place = self.tr("on disk")
            if not is_installed:
                place = self.tr("download {0}").format(words.size(known.bytes))
            choices.append((known.kind, f"{known.name}\t{facts} · {place}"))
        own = engines.own()
        paths = {str(engines.folder / one.file) for one, _ in own}
        no_download = self.tr("needs no download")
        choices.append(("builtin", f"{words.translated(BUILTIN_NAME)}\t{no_download}"))
        if engines.wanted not in {*dict(choices), *paths}:
            choices.append((engines.wanted, Path(engines.wanted).name))
        for wanted, text in choices:
            action = self.addAction(text, partial(engines.use, wanted))
            action.setCheckable(True)
            action.setChecked(wanted == engines.wanted)
            self._group.addAction(action)
            if wanted == "auto" and best is not None:
                self._add_note(words.translated(best.reason))
        for one, is_here in own:
            place = self.tr("on disk")
            if not is_here:
                place = self.tr("not on disk; choose it to download it")
                place = place if one.url else self.tr("its file is gone")
            action = self.addAction(f"{one.name}\t{place}", partial(engines.use_own, one))
            action.setCheckable(True)
            action.setChecked(engines.wanted == str(engines.folder / one.file))
            self._group.addAction(action)
        self.addSeparator()
        self._add_preferences()
        self.addSeparator()
        self.addAction(self.tr("&Compare…"), self.compare)
        self.addAction(self.tr("&Open checkpoint file…"), self.choose_file)
        if self._note is not None:
            # Qt forgets what it measured with the next action.
            self._note.room = self.sizeHint().width() - 2 * theme.GRID
        self.addAction(self.tr("Open the &folder of checkpoints"), self._open_folder)

    def _add_preferences(self) -> None:
        now = self._engines.preference
        gpus = self._engines.hardware.gpus if self._engines.hardware else ()
        devices = [("auto", self.tr("Automatic")), ("cpu", self.tr("CPU"))]
        devices += [(gpu.device, gpu.name) for gpu in gpus if gpu.device is not None]
        menus = {
            "device": (self.tr("&Device"), devices),
            "precision": (
                self.tr("&Precision"),
                [
                    ("auto", self.tr("Automatic (half on GPUs)")),
                    ("exact", self.tr("Exact (float32)")),
                ],
            ),
            "policy": (
                self.tr("&Recommend by"),
                [
                    ("guide", self.tr("The hardware guide (total GPU memory)")),
                    ("arr-coc", self.tr("ARR-COC's rule (free GPU memory)")),
                ],
            ),
        }
        for name, (title, values) in menus.items():
            menu = self.addMenu(title)
            group = QActionGroup(menu)
            for value, text in values:
                changed = Preference(**{**vars(now), name: value})
                action = menu.addAction(text, partial(self._engines.prefer, changed))
                action.setCheckable(True)
                action.setChecked(getattr(now, name) == value)
                group.addAction(action)

    def _add_note(self, text: str) -> None:
        label = _Note(text)
        label.setObjectName("quiet")
        label.setWordWrap(True)
        # Below the name of the engine that it is about.
        label.setContentsMargins(3 * theme.GRID + 2, 2, theme.GRID, theme.GRID)
        note = QWidgetAction(self)
        note.setDefaultWidget(label)
        note.setEnabled(False)
        self.addAction(note)
        self._note = label

    def _open_folder(self) -> None:
        folder = self._engines.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = self.tr("The folder of checkpoints {0} cannot be made: {1}.")
            self._engines.told.emit(text.format(folder, words.translated(reason_of(error))))
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            text = self.tr("No program here shows folders. Checkpoints are in {0}.")
            self._engines.told.emit(text.format(folder))


class _Note(QLabel):
    """A text that wraps in the room that a menu has anyway, and does not make it wider."""

    room = 0  # pixels

    def sizeHint(self) -> QSize:
        return QSize(1, self.heightForWidth(self.room) if self.room else 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
