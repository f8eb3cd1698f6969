"""COCO files, results files and the files of SA-1B."""

from __future__ import annotations

from typing import Any

from samdesk.coco.document import Document
from samdesk.coco.sources.base import Entries
from samdesk.text import Text

_KNOWN = {"info", "licenses", "images", "annotations", "categories"}
_LARGEST_KEPT = 10_000  # entries of an unknown section; more is data, not a note about data


class CocoFile:
    """An object with images, annotations and categories."""

    kind = "COCO"
    category: str | None = None
    uses_ids_of_project = False
    states_ids = True
    lists_categories = True

    def __init__(self, document: Document) -> None:
        self._document = document
        self.count = document.counts["annotations"]

    def images(self) -> Entries:
        return self._entries("images")

    def categories(self) -> Entries:
        return self._entries("categories")

    def annotations(self) -> Entries:
        return self._entries("annotations")

    def section(self, name: str) -> Any:
        return self._document.section(name)

    def lacks(self) -> list[tuple[str, Text]]:
        kinds = self._document.kinds
        return [
            (name, Text("is not a list") if name in kinds else Text("is missing"))
            for name in ("images", "categories", "annotations")
            if kinds.get(name) != "list"
        ] + self._too_large()

    def other_sections(self) -> list[str]:
        document = self._document
        others = [name for name in document.kinds if name not in _KNOWN]
        return [name for name in others if document.counts[name] <= _LARGEST_KEPT]

    def _too_large(self) -> list[tuple[str, Text]]:
        counts = self._document.counts
        return [
            (name, Text("has {count:,} entries, which are too many to be kept", count=counts[name]))
            for name in self._document.kinds
            if name not in _KNOWN and counts[name] > _LARGEST_KEPT
        ]

    def _entries(self, section: str) -> Entries:
        for number, entry in enumerate(self._document.entries(section)):
            yield f"{section}[{number}]", entry


class ResultsFile(CocoFile):
    """A list of results: masks with scores, on the images and categories of another file."""

    kind = "COCO results"
    uses_ids_of_project = True

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.count = document.counts[""]

    def annotations(self) -> Entries:
        for number, entry in enumerate(self._document.entries("")):
            yield f"[{number}]", entry


class SegmentAnythingFile(CocoFile):
    """A file of SA-1B: one image, and masks without categories."""

    kind = "SA-1B"
    category: str | None = "object"

    def lacks(self) -> list[tuple[str, Text]]:
        return self._too_large()

    def images(self) -> Entries:
        image = dict(self._document.section("image"))
        image["id"] = image.pop("image_id", 1)
        yield "image", image

    def annotations(self) -> Entries:
        ((_, image),) = self.images()
        for where, entry in self._entries("annotations"):
            yield where, {"image_id": image["id"], **entry} if isinstance(entry, dict) else entry

    def other_sections(self) -> list[str]:
        return [name for name in super().other_sections() if name != "image"]
