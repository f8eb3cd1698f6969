"""Undo and redo: every change to a project is one kind of command."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from samdesk.core.dataset import Change


class ChangeCommand(QUndoCommand):
    """Changes to the project, as a step of the undo stack.

    The command itself does nothing: the Annotator stores changes before it pushes the command or
    moves the stack, because a step that failed within the stack would be lost from it.

    Attributes:
        changes: as they were first applied.
        image_id: the image on which they can be seen; 0 when on none.
    """

    def __init__(self, text: str, changes: tuple[Change, ...], image_id: int) -> None:
        super().__init__(text)
        self.changes = changes
        self.image_id = image_id

    def undo(self) -> None:
        """Nothing: see the class."""

    def redo(self) -> None:
        """Nothing: see the class."""
