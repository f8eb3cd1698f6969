"""What may be dropped onto the window: a folder, or an image in one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from samdesk.core.image.formats import suffixes
from samdesk.ui.workspace import Workspace


def dropped(data: QMimeData) -> Path | None:
    """The first folder or image file among what is dragged; None when there is none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.is_dir() or _is_image(path)), None)


def open_path(workspace: Workspace, path: Path) -> None:
    """Opens a folder, or an image's folder at that image; one of the open folder is only shown."""
    if not _is_image(path):
        workspace.open(path)
        return
    folder = workspace.folder
    if folder is not None and path.is_relative_to(folder):
        row = workspace.listing.row_of_path(path.relative_to(folder).as_posix())
        if row >= 0:
            workspace.go_to(row)
            return
    workspace.open(path.parent, at=path.name)


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in suffixes() and path.is_file()
