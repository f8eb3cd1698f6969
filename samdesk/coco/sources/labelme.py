"""LabelMe's JSON files, one per image."""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from samdesk.coco.document import KeepGoing, no_progress
from samdesk.coco.segmentation import MOST_PIXELS
from samdesk.coco.sources.base import Entries, WithoutSections
from samdesk.core.mask import Mask
from samdesk.core.morphology import union
from samdesk.text import Text

_SHAPE_KEYS = {"label", "points", "shape_type", "mask"}


class LabelMe(WithoutSections):
    """Polygons, circles and masks become masks; rectangles become boxes to be segmented.

    Shapes of one label and group are the parts of one object.
    """

    kind = "LabelMe"
    category: str | None = None
    uses_ids_of_project = False
    states_ids = False
    lists_categories = False
    _is_any_of_labelme = False

    def __init__(
        self, files: Iterable[Path], root: Path, folder: Path, keep_going: KeepGoing = no_progress
    ) -> None:
        self._around = (folder, root)
        self._images: list[tuple[Path, dict[str, Any]]] = []
        self._labels: dict[str, Path] = {}
        files = list(files)
        # One at a time: each may hold its whole image.
        for number, path in enumerate(files):
            keep_going("read", number, len(files))
            content = _read(path)
            if not content or "shapes" in content:
                self._note(path, content)
        self.count = len(self._images)

    @classmethod
    def in_folder(cls, path: Path, folder: Path, keep_going: KeepGoing) -> LabelMe | None:
        """The JSON files below a folder that are LabelMe's, and beside them those that are damaged;
        None where none are LabelMe's."""
        visible = (
            file
            for file in sorted(path.rglob("*.json"))
            if not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        found = cls(visible, path, folder, keep_going)
        return found if found._is_any_of_labelme else None

    def images(self) -> Entries:
        for number, (path, image) in enumerate(self._images, start=1):
            yield path.name, {"id": number, **image}

    def categories(self) -> Entries:
        for label, path in self._labels.items():
            yield path.name, {"id": label, "name": label}

    def annotations(self) -> Entries:
        for number, (path, _) in enumerate(self._images, start=1):
            content = _read(path)
            size = _size(content)
            for place, parts in _objects(content):
                entry = {
                    key: value
                    for key, value in parts[0].items()
                    if key not in _SHAPE_KEYS and value not in (None, "", {}, [])
                }
                entry |= {"image_id": number, "category_id": parts[0].get("label")}
                yield f"{path.name} shapes[{place}]", entry | _geometry(parts, size)

    def _note(self, path: Path, content: dict[str, Any]) -> None:
        self._is_any_of_labelme |= isinstance(content.get("shapes"), list)
        image = {
            "file_name": self._image_path(path, content.get("imagePath"))
            if content
            else Text("cannot be read as JSON"),
            "width": content.get("imageWidth"),
            "height": content.get("imageHeight"),
        }
        self._images.append((path, image))
        for shape in _shapes(content):
            label = shape.get("label")
            if isinstance(label, str):
                self._labels.setdefault(label, path)

    def _image_path(self, path: Path, stated: Any) -> str:
        """Relative to the project's folder where the image would lie there, else to what is
        read."""
        if not isinstance(stated, str):
            return Text("names no image as its imagePath")
        # One of them may be named by a link.
        for real in (os.path.abspath, os.path.realpath):
            whole = Path(os.path.normpath(Path(real(path.parent), stated.replace("\\", "/"))))
            for around in self._around:
                if whole.is_relative_to(real(around)):
                    return whole.relative_to(real(around)).as_posix()
        return stated


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        content = json.loads(text)
        if "\\ud" in text.lower():
            # Halves of characters, which no database and no file in UTF-8 holds.
            halved = json.dumps(content, ensure_ascii=False)
            content = json.loads(halved.encode("utf-8", "replace"))
    except (OSError, ValueError, RecursionError):
        # Its image has no name then, which is told.
        return {}
    return content if isinstance(content, dict) else {}


def _size(content: dict[str, Any]) -> tuple[int, int] | None:
    width, height = content.get("imageWidth"), content.get("imageHeight")
    if type(width) is int and type(height) is int and min(width, height) > 0:
        return (width, height) if width * height <= MOST_PIXELS else None
    return None


def _shapes(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shapes = content.get("shapes")
    for shape in shapes if isinstance(shapes, list) else ():
        yield shape if isinstance(shape, dict) else {}


def _objects(content: dict[str, Any]) -> list[tuple[int, list[dict[str, Any]]]]:
    """The shapes, those of one label and group together, each with the place of its first."""
    objects: dict[Any, tuple[int, list[dict[str, Any]]]] = {}
    for place, shape in enumerate(_shapes(content)):
        group = shape.get("group_id")
        key = place if group is None else (str(shape.get("label")), str(group))
        objects.setdefault(key, (place, []))[1].append(shape)
    return list(objects.values())


def _geometry(shapes: list[dict[str, Any]], size: tuple[int, int] | None) -> dict[str, Any]:
    """The segmentation or the box of an object, or neither when it has no area."""
    polygons, masks, boxes = [], [], []
    for shape in shapes:
        kind, points = shape.get("shape_type", "polygon"), _points(shape.get("points"))
        if kind == "polygon" and points is not None:
            polygons.append(points.ravel().tolist())
        elif kind == "rectangle" and points is not None and len(points) == 2:
            low, high = points.min(axis=0), points.max(axis=0)
            boxes.append([*low.tolist(), *(high - low).tolist()])
        elif kind == "circle" and points is not None and len(points) == 2:
            radius = float(np.hypot(*(points[1] - points[0])))
            angles = np.linspace(0, 2 * np.pi, 256, endpoint=False)
            around = points[0] + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            polygons.append(around.ravel().tolist())
        elif kind == "mask" and points is not None and size is not None:
            masks.append(_mask(shape.get("mask"), points, size))
        else:
            return {"shape_type": kind}
    if masks and not polygons and not boxes:
        drawn = [mask for mask in masks if mask is not None]
        return {"segmentation": union(drawn).rle()} if drawn else {}
    if polygons and not masks and not boxes:
        return {"segmentation": polygons}
    if len(boxes) == 1 and not polygons and not masks:
        return {"bbox": boxes[0]}
    return {"shape_type": "group of several kinds"}


def _points(raw: Any) -> np.ndarray | None:
    try:
        points = np.array(raw, np.float64)
    except (TypeError, ValueError):
        return None
    is_right = points.ndim == 2 and points.shape[1] == 2 and bool(np.isfinite(points).all())
    return points if is_right else None


def _mask(raw: Any, points: np.ndarray, size: tuple[int, int]) -> Mask | None:
    """A mask that LabelMe stores as a PNG within its box; None where that is damaged."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(raw))) as image:
            crop = np.array(image.convert("L")) > 0
    except (TypeError, ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        return None
    if np.abs(points).max(initial=0) > MOST_PIXELS:
        return None
    left, top = np.floor(points.min(axis=0)).astype(int).tolist()
    return Mask.from_crop(crop, left, top, *size)
