"""Projects that a verb writes to."""

from __future__ import annotations

from pathlib import Path

from samdesk.errors import ProjectError
from samdesk.folders import Folders
from samdesk.store.project import Project
from samdesk.verbs.talk import say


def open_for_writing(folder: Path) -> Project:
    """Opens a folder's project, and tells what the user should know about it.

    Raises:
        ProjectError: it cannot be opened, or can only be looked at.
    """
    project = Project.open(folder, data=Folders.find().data)
    if project.read_only:
        project.close()
        raise ProjectError(f"{folder} cannot be written to.", " ".join(project.notices))
    for notice in project.notices:
        say(notice)
    return project
