"""What may be dropped onto the window: a folder, or an image in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from samdesk.core.image.formats import suffixes
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Lane
from samdesk.ui.workspace import Workspace

_tr = QCoreApplication.translate


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders among what is dragged, as they are called: nothing is looked at."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def open_first(workspace: Workspace, io: Lane, paths: Sequence[Path]) -> None:
    """Opens the first folder, or the folder of the first image at that image; says if none is one.

    An image of the open folder is only shown.

    Args:
        io: where they are looked at; a drive may be slow to answer.
    """

    def look(_token: CancelToken) -> tuple[Path, str] | None:
        for path in paths:
            if path.is_dir():
                return path, ""
            if path.suffix.lower() in suffixes() and path.is_file():
                return path.parent, path.name
        return None

    def seen(found: tuple[Path, str] | None) -> None:
        if found is None:
            path = paths[0]
            text = _tr("drops", "{0} is neither a folder nor an image.")
            if path.suffix.lower() == ".json":
                text += " " + _tr("drops", "Annotations are imported from the menu File.")
            workspace.told.emit(text.format(path.name or path))
            return
        folder, name = found
        if name and workspace.folder is not None and folder.is_relative_to(workspace.folder):
            row = workspace.listing.row_of_path(
                (folder / name).relative_to(workspace.folder).as_posix()
            )
            if row >= 0:
                workspace.go_to(row)
                return
        workspace.open(folder, at=name)

    def failed(_error: Exception) -> None:
        # Opening it says why.
        workspace.open(paths[0])

    io.submit("drop", look, done=seen, failed=failed)
