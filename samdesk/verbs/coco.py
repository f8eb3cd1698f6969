"""`samdesk export` and `samdesk check`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from samdesk.coco import check as rules
from samdesk.coco.write import write
from samdesk.core.image import list_images
from samdesk.errors import CocoError
from samdesk.folders import Folders
from samdesk.store.project import Project, default_database
from samdesk.verbs.talk import FAILED, OK, say


def export(options: argparse.Namespace) -> int:
    """Writes a folder's project as COCO."""
    folder: Path = options.folder.expanduser().absolute()
    data = Folders.find().data
    # A folder that was never annotated is told so, not turned into a project.
    is_new = not folder.is_dir() or not default_database(folder, data).exists()
    with Project.open(folder, data=data, read_only=is_new) as project:
        if not project.read_only:
            project.add_images(list_images(folder))
        written = write(
            project.snapshot(), folder, options.output, segmentation=options.segmentation
        )
    for path, reason in written.left_out:
        say(f"left out: {path}: {reason}")
    say(
        f"{options.output}: {written.images} images, {written.annotations} annotations, "
        f"{written.categories} categories"
    )
    return OK


def check(options: argparse.Namespace) -> int:
    """Tells the problems of a COCO file, one a line."""
    found = 0
    rows = []
    try:
        for problem in rules.check(options.file):
            found += 1
            if options.json:
                rows.append({**vars(problem), "demand": problem.demand, "remedy": problem.remedy})
            else:
                print(f"{problem}. {problem.remedy}")
    except OSError as error:
        raise CocoError(
            f"{options.file} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    say(f"{options.file}: {found} problem{'s' * (found != 1)}")
    return FAILED if found else OK
