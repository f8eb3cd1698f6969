"""The dialog that asks for a file or folder: the platform's own, or else Qt's, made to fit in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHeaderView, QToolButton, QTreeView, QWidget

from samdesk.ui import theme
from samdesk.ui.dialogs.form import resize


def file_dialog(parent: QWidget | None, title: str, start: Path | str) -> QFileDialog:
    """A dialog that begins in a folder, or with a file, and goes when it is closed."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # Only Qt's own dialog has them: its arrows are drawn for a light window.
    for name in ("backButton", "forwardButton", "toParentButton"):
        button = dialog.findChild(QToolButton, name)
        if isinstance(button, QToolButton):
            button.setIcon(theme.in_colour_of_text(button.icon()))
    tree = dialog.findChild(QTreeView, "treeView")
    if isinstance(tree, QTreeView):
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    resize(dialog, 880, 560)
    return dialog


def own_folder() -> Path:
    """Where people have images of their own: the platform's folder of pictures, else their home."""
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()
