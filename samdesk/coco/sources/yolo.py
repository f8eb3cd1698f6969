"""YOLO segmentation folders: a text file per image, polygons in fractions of its size."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from samdesk.coco.sources.base import Entries, WithoutSections
from samdesk.core.image import ImageSize, list_images, read_size
from samdesk.errors import CocoError, ImageError
from samdesk.text import Text


class Yolo(WithoutSections):
    """`labels/**/*.txt` beside images of the same names; the classes are named in a YAML file.

    A line is "class x y x y ..."; one of four numbers is a box, "class x y width height" with its
    centre, to be segmented.
    """

    kind = "YOLO"
    category: str | None = None
    uses_ids_of_project = False
    states_ids = False
    lists_categories = True

    def __init__(self, root: Path, labels: Path, folder: Path) -> None:
        self._labels = labels
        self._files = sorted(path for path in labels.rglob("*.txt") if path.name not in _NOT_LABELS)
        self._names = _class_names(root, labels)
        folder, root = folder.absolute(), root.absolute()
        self._folder = folder
        self._images = [(folder, path) for path in list_images(folder)]
        if root.resolve() != folder.resolve():
            self._images += [(root, path) for path in list_images(root)]
        self._by_stem: dict[str, list[tuple[Path, str]]] = defaultdict(list)
        for base, path in self._images:
            self._by_stem[PurePosixPath(path).stem].append((base, path))
        self.count = len(self._files)

    @staticmethod
    def labels_in(folder: Path) -> Path | None:
        """Where the labels of a folder are; None when it is no YOLO folder."""
        for candidate in (folder / "labels", folder):
            files = candidate.rglob("*.txt") if candidate.is_dir() else ()
            if any(path.name not in _NOT_LABELS and _looks_like_labels(path) for path in files):
                return candidate
        return None

    def images(self) -> Entries:
        for number, path in enumerate(self._files, start=1):
            found = self._image_of(path)
            size = _size(*found) if found else None
            yield (
                path.name,
                {
                    "id": number,
                    "file_name": found[1] if found else _NO_IMAGE,
                    "width": size.width if size else None,
                    "height": size.height if size else None,
                },
            )

    def categories(self) -> Entries:
        used = {line[0] for path in self._files for line in _lines(path) if line}
        for number in sorted({int(text) for text in used if text.isdecimal()} | set(self._names)):
            yield (
                str(number),
                {"id": number + 1, "name": self._names.get(number, f"class {number}")},
            )

    def annotations(self) -> Entries:
        for number, path in enumerate(self._files, start=1):
            found = self._image_of(path)
            size = _size(*found) if found else None
            for place, line in enumerate(_lines(path), start=1):
                if line:
                    entry = {"image_id": number, **_entry(line, size)}
                    yield f"{path.name} line {place}", entry

    def _image_of(self, label: Path) -> tuple[Path, str] | None:
        """The image of a label file; None where there is none, or it is not clear which.

        Where the label lies below `labels`, its image lies below another folder.
        """
        wanted = self._below_labels(label)
        found = [
            (base, path)
            for base, path in self._by_stem.get(label.stem, ())
            if (base / path).with_suffix("").parts[-len(wanted) :] == wanted
        ]
        found = [one for one in found if one[0] == self._folder] or found
        return found[0] if len(found) == 1 else None

    def _below_labels(self, label: Path) -> tuple[str, ...]:
        parts = label.absolute().with_suffix("").parts
        below = label.relative_to(self._labels).with_suffix("").parts
        names = self._labels.absolute().parts
        if "labels" in names:
            # What was named may be a part of the labels only, such as those of train.
            last = len(names) - names[::-1].index("labels")
            return parts[last:]
        return below


_NO_IMAGE = Text("no image is called like it, or several are")
_NO_LABEL = Text("is not the number of a class and then numbers")
_NOT_LABELS = {"classes.txt", "requirements.txt", "README.txt", "train.txt", "val.txt", "test.txt"}


def _looks_like_labels(path: Path) -> bool:
    lines = [line for line in _lines(path) if line]
    return bool(lines) and all(len(line) >= 5 and line[0].isdecimal() for line in lines)


def _lines(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        return []


def _entry(line: list[str], size: ImageSize | None) -> dict[str, Any]:
    try:
        numbers = [float(text) for text in line[1:]]
    except ValueError:
        return {"category_id": _NO_LABEL}
    entry: dict[str, Any] = {"category_id": int(line[0]) + 1 if line[0].isdecimal() else _NO_LABEL}
    if size is None:
        return entry
    scaled = [
        number * (size.height if place % 2 else size.width) for place, number in enumerate(numbers)
    ]
    if len(scaled) == 4:
        x, y, width, height = scaled
        return entry | {"bbox": [x - width / 2, y - height / 2, width, height]}
    return entry | {"segmentation": [scaled]}


def _size(base: Path, path: str) -> ImageSize | None:
    try:
        return read_size(base / path)
    except ImageError:
        # Whoever imports reads the file again and tells why it cannot.
        return None


def _class_names(root: Path, labels: Path) -> dict[int, str]:
    for folder in (root, labels, labels.parent):
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            try:
                content = yaml.safe_load(path.read_text("utf-8"))
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
                raise CocoError(
                    Text(
                        "{path} cannot be read: {reason}.",
                        path=path,
                        reason=" ".join(str(error).split()),
                    ),
                    "It names the classes; correct it.",
                ) from error
            names = content.get("names") if isinstance(content, dict) else None
            if isinstance(names, list):
                return {number: str(name) for number, name in enumerate(names)}
            if isinstance(names, dict):
                return {int(key): str(name) for key, name in names.items() if str(key).isdecimal()}
        path = folder / "classes.txt"
        if path.is_file():
            lines = path.read_text("utf-8-sig", "replace").splitlines()
            return {number: line.strip() for number, line in enumerate(lines) if line.strip()}
    return {}
