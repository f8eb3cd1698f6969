"""The rules that COCO files are checked against, and what breaks one."""

from __future__ import annotations

from dataclasses import dataclass

from samdesk.text import Text

# What a rule demands, and what to do when a file breaks it.
RULES: dict[str, tuple[str, str]] = {
    "file": (
        "the file is JSON in UTF-8, without NaN or Infinity",
        "Write it again; a half-written file cannot be repaired.",
    ),
    "sections": (
        "info, licenses, images, annotations and categories are all present",
        "Add the section, empty if there is nothing in it.",
    ),
    "ids": (
        "all ids are integers from 1 and unique",
        "Number from 1: COCOeval takes an annotation with id 0 for unmatched.",
    ),
    "references": (
        "every annotation's image and category exist",
        "Remove the annotation, or add what it refers to.",
    ),
    "file_name": (
        "file names are relative, with forward slashes, and unique",
        "Name images relative to their folder.",
    ),
    "size": (
        "images have a width and height in whole pixels",
        "Give the size of the image as shown, EXIF orientation applied.",
    ),
    "name": ("categories have unique names", "Name every category once."),
    "segmentation": (
        "a segmentation is a list of polygons inside the image, or RLE of the image's size",
        "Segment the object again, or remove the annotation.",
    ),
    "empty": ("no mask is empty", "Remove the annotation."),
    "image_file": (
        "every image file is there and has the stated size",
        "Put the file there, or correct the size; EXIF orientation applied.",
    ),
    "duplicate": (
        "no two annotations of an image have the same mask and category",
        "Remove one of them.",
    ),
    "parent": (
        "an annotation is part of another one on the same image, and not of itself",
        "Name the whole as parent_id, or null.",
    ),
    "schema": (
        "a file that states the ARR-COC profile follows its schema",
        "Export it again, or see resources/arr-coc.schema.json.",
    ),
    "bbox": (
        "bbox is [x, y, width, height] and encloses the mask exactly",
        "Compute it from the mask.",
    ),
    "area": (
        "area is the number of mask pixels",
        "Count the mask's pixels; neither width x height nor a polygon's area will do.",
    ),
    "iscrowd": (
        "iscrowd is the integer 0 or 1 and means a crowd",
        "Write 0 unless the mask covers a crowd.",
    ),
}

# What is worth a look and yet may be meant.
ADVICE = frozenset({"duplicate"})


@dataclass(frozen=True)
class Problem:
    """One breach of one rule.

    Attributes:
        rule: a key of RULES.
        where: such as "annotation 12" or "images[3]".
        what: what was found there.
    """

    rule: str
    where: str
    what: str

    @property
    def demand(self) -> str:
        """What the rule demands."""
        return RULES[self.rule][0]

    @property
    def remedy(self) -> str:
        """What to do."""
        return RULES[self.rule][1]

    @property
    def text(self) -> Text:
        """Where and what."""
        return Text("{where}: {reason}", where=self.where, reason=self.what)

    def __str__(self) -> str:
        return f"{self.text} [{self.rule}]"
