"""`samdesk export`, `samdesk import` and `samdesk check`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from samdesk import settings
from samdesk.coco.arr_coc import Circumstances
from samdesk.coco.check import check as problems
from samdesk.coco.choice import Choice, Split, Which
from samdesk.coco.merge import merge
from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.core.image import list_images
from samdesk.engine.hardware import detect
from samdesk.errors import CocoError
from samdesk.folders import Folders
from samdesk.reason import reason_of
from samdesk.store.project import Project, default_database
from samdesk.verbs.talk import FAILED, OK, result, say
from samdesk.verbs.writing import open_for_writing

_DOING = {
    "read": "reading",
    "write": "writing",
    "check": "checking",
    "place": "copying images",
    "match": "matching images",
}

# Why a choice of images may leave none.
_NOTHING: dict[Which, str] = {
    "all": "the folder has none",
    "annotated": "none has annotations",
    "done": "none is marked as done",
}


def export(options: argparse.Namespace) -> int:
    """Writes a folder's project as COCO."""
    folder: Path = options.folder.expanduser().absolute()
    folders = Folders.find()
    choice = Choice(
        options.profile,
        options.segmentation,
        options.simplify,
        options.images,
        Split.parse(options.split, options.seed) if options.split else None,
        "copy" if options.copy_images else "link" if options.link_images else "no",
    )
    # A folder that was never annotated is told so, not turned into a project.
    is_new = not folder.is_dir() or not default_database(folder, folders.data).exists()
    with Project.open(folder, data=folders.data, read_only=is_new) as project:
        if not project.read_only:
            project.add_images(list_images(folder))
            project.let_others_write()
        written = write(
            project.snapshot(with_proposals=options.proposals),
            folder,
            options.output,
            choice,
            circumstances=circumstances(folders) if choice.profile == "arr-coc" else None,
            may_replace=options.force,
            keep_going=progress(),
        )
    for image, reason in written.left_out:
        say(f"left out: {image}: {reason}")
    if written.left_out_annotations:
        say(f"left out with them: {written.left_out_annotations} annotations")
    for image, count in written.misfits.items():
        say(f"left out: {count} annotations of {image}, which are of another size than it")
    for image, reason in written.absent:
        say(f"exported without its file: {image}: {reason}")
    for problem in written.advice:
        say(f"worth a look: {problem}. {problem.remedy}")
    if written.boxes:
        say(f"not exported: {written.boxes} boxes without masks")
    if written.lowest_iou is not None:
        say(f"lowest IoU by simplifying: {written.lowest_iou:.4f}")
    if choice.placing != "no":
        say(f"{written.placed} images placed")
    if not written.images and not written.left_out:
        say(f"warning: no image is exported: {_NOTHING[choice.images]}")
    for path, (images, count) in written.files.items():
        if written.images and not images:
            say(f"warning: {path} has no image: there are too few for its fraction")
        say(f"{path}: {images} images, {count} annotations, {written.categories} categories")
    return OK


def import_(options: argparse.Namespace) -> int:
    """Adds what a file or folder of annotations says to a folder's project."""
    folder: Path = options.folder.expanduser().absolute()
    told = progress()
    # What cannot be read makes no project of the folder.
    source = open_source(options.source, folder, told)
    with open_for_writing(folder) as project:
        found = merge(
            source,
            project.snapshot(),
            folder,
            project.last_id,
            with_missing=not options.present_only,
            keep_going=told,
        )
        project.apply(found.changes)
        # Images take the ids of the file first; the others follow.
        project.add_images(list_images(folder))
    if options.json:
        counts = ["images", "categories", "annotations", "boxes", "known"]
        counts += ["recategorised", "changed", "renumbered"]
        row = {"kind": found.kind, **{name: getattr(found, name) for name in counts}}
        unused = [vars(one) for one in found.unused]
        result(row | {"missing": found.missing, "unused": unused})
    else:
        for one in found.unused:
            print(f"not imported: {one}")
        for path in found.missing:
            print(f"not in the folder: {path}")
    if found.renumbered:
        say(f"{found.renumbered} images and categories have other ids here than in the file")
    if found.changed:
        say(
            f"{found.changed} annotations came in beside those of the same ids, which have other "
            "masks here"
        )
    if found.recategorised:
        say(f"{found.recategorised} annotations were known in other categories, and stay in them")
    say(
        f"{options.source} ({found.kind}): {found.annotations} annotations, {found.boxes} boxes to "
        f"be segmented, {found.images} images and {found.categories} categories imported; "
        f"{found.known} were known, {len(found.unused)} things could not be used"
    )
    return FAILED if found.unused else OK


def check(options: argparse.Namespace) -> int:
    """Tells the problems of a COCO file, one a line."""
    found = 0
    rows = []
    try:
        for problem in problems(options.file, options.images, keep_going=progress()):
            found += 1
            if options.json:
                rows.append({**vars(problem), "demand": problem.demand, "remedy": problem.remedy})
            else:
                print(f"{problem}. {problem.remedy}")
    except OSError as error:
        raise CocoError(
            f"{options.file} cannot be read: {reason_of(error)}.", "Check the path."
        ) from error
    if options.json:
        print(json.dumps(rows, indent=1))
    say(f"{options.file}: {found} problem{'s' * (found != 1)}")
    return FAILED if found else OK


class progress:
    """Tells on a terminal what is done, on one line; tells nobody else."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at > 1 and total and sys.stderr.isatty():
            self._told_at = now
            print(f"\r{_DOING[what]}: {done / total:.0%}   ", end="\r", file=sys.stderr, flush=True)


def circumstances(folders: Folders) -> Circumstances:
    """Those of this machine and its settings."""
    return Circumstances(settings.load(folders.config / "settings.json").policy, detect().lasting())
