"""Opening folders: by a dialog, from the list of recent ones, and where work in them stood."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from samdesk.ui.accepted import Accepted
from samdesk.ui.dialogs.files import file_dialog, own_folder
from samdesk.ui.kept_settings import KeptSettings
from samdesk.ui.workspace import Workspace


class Opener(QObject):
    """Asks which folder to open, and keeps in the settings which ones were.

    Attributes:
        recent_menu: the folders that were open lately; made anew whenever it is shown.
    """

    told = Signal(str)  # what could not be shown

    def __init__(
        self,
        workspace: Workspace,
        accepted: Accepted,
        settings: KeptSettings,
        samples: Path,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._accepted = accepted
        self._settings = settings
        self._samples = samples
        self._window = parent
        self._own: Path | None = None  # the folder that was open last, but for the samples
        self.recent_menu = QMenu(self.tr("Open &recent"), parent)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        workspace.left_off = lambda folder: settings.now.left_off(folder)
        workspace.opened.connect(self._opened)
        for signal in (workspace.moved, accepted.categories_changed):
            signal.connect(self._note_place)

    def ask(self) -> None:
        """Opens the dialog."""
        start = self._own.parent if self._own is not None else own_folder()
        dialog = file_dialog(self._window, self.tr("Open folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self._workspace.open(Path(path)))
        dialog.open()

    def place(self) -> Path:
        """Where files are looked for first: in the open folder, never among the samples."""
        return self._own or own_folder()

    def suggest_place(self, folder: Path | None) -> None:
        """Says where files are looked for until a folder is open that is not the samples."""
        if self._own is None:
            self._own = folder

    def show_in_file_manager(self) -> None:
        """Shows where the image on screen lies, in the system's file manager."""
        folder, record = self._workspace.folder, self._workspace.record
        if folder is not None and record is not None:
            place = (folder / record.path).parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
                self.told.emit(self.tr("No program here shows folders. It is {0}.").format(place))

    def _opened(self) -> None:
        folder = self._workspace.folder
        assert folder is not None
        if folder != self._samples:
            self._own = folder
        if self._workspace.project is not None:
            self._settings.use(self._settings.now.with_recent(folder))

    def _note_place(self) -> None:
        folder, record = self._workspace.folder, self._workspace.record
        if folder is not None and record is not None:
            category = self._accepted.category
            name = category.name if category is not None else ""
            self._settings.leave_at(folder, record.path, name)

    def _fill_recent(self) -> None:
        menu, recent = self.recent_menu, self._settings.now.recent_folders
        menu.clear()
        for number, folder in enumerate(recent, start=1):
            text = f"&{number} {folder.replace('&', '&&')}"
            menu.addAction(text, partial(self._workspace.open, Path(folder)))
        menu.addSeparator()
        forget = menu.addAction(
            self.tr("&Clear this list"), lambda: self._settings.change(recent_folders=())
        )
        forget.setEnabled(bool(recent))
