"""What annotations are imported from: COCO files of several kinds, LabelMe and YOLO folders."""

from __future__ import annotations

from pathlib import Path

from samdesk.coco.document import Document, KeepGoing, NotJson, no_progress
from samdesk.coco.seeming import not_json
from samdesk.coco.sources.base import Source
from samdesk.coco.sources.coco import CocoFile, ResultsFile, SegmentAnythingFile
from samdesk.coco.sources.labelme import LabelMe
from samdesk.coco.sources.yolo import Yolo
from samdesk.errors import CocoError
from samdesk.reason import reason_of
from samdesk.text import Text

__all__ = ["Source", "open_source"]


def open_source(path: Path, folder: Path, keep_going: KeepGoing = no_progress) -> Source:
    """Looks what a file or folder is.

    Args:
        folder: the project's folder of images.

    Raises:
        CocoError: it cannot be read, or is nothing that can be imported.
    """
    try:
        if path.is_dir():
            return _of_folder(path, folder, keep_going)
        document = Document(path, keep_going=keep_going)
    except NotJson as error:
        raise not_json(path) from error
    except OSError as error:
        raise CocoError(
            Text("{path} cannot be read: {reason}.", path=path, reason=reason_of(error)),
            "Check the path and its rights.",
        ) from error
    kinds = document.kinds
    if document.kind == "list":
        return ResultsFile(document)
    if kinds.get("shapes") == "list":
        return LabelMe([path], path.parent, folder)
    if kinds.get("image") == "object" and "images" not in kinds:
        return SegmentAnythingFile(document)
    if "images" in kinds or "annotations" in kinds:
        return CocoFile(document)
    raise CocoError(
        Text("{path} has neither images nor annotations.", path=path),
        "COCO, results and LabelMe files are read.",
    )


def _of_folder(path: Path, folder: Path, keep_going: KeepGoing) -> Source:
    labels = Yolo.labels_in(path)
    if labels is not None:
        return Yolo(path, labels, folder)
    found = LabelMe.in_folder(path, folder, keep_going)
    if found is not None:
        return found
    raise CocoError(
        Text("There are no LabelMe or YOLO annotations in {path}.", path=path),
        "A YOLO folder has labels/*.txt; a LabelMe folder has a JSON file per image.",
    )
