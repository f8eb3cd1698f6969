"""Writing COCO: streamed to a temporary file, read back and checked, then renamed into place."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO, TypeAlias

from samdesk import __version__
from samdesk.coco.check import check
from samdesk.core.dataset import Annotation, Category, Dataset, ImageRecord
from samdesk.core.image import read_size
from samdesk.core.polygon import pieces
from samdesk.errors import CocoError, ImageError

Segmentation: TypeAlias = Literal["rle", "polygon"]


@dataclass(frozen=True)
class Written:
    """What a COCO file holds, and what could not be part of it.

    Attributes:
        left_out: images that cannot be read and never could, with the reason.
    """

    images: int
    categories: int
    annotations: int
    left_out: tuple[tuple[str, str], ...] = ()


def write(
    dataset: Dataset,
    folder: Path,
    target: Path,
    *,
    segmentation: Segmentation = "rle",
    keep_going: Callable[[int], None] = lambda written: None,
) -> Written:
    """Writes a dataset as one COCO file. The former file stays whole if anything fails.

    Args:
        dataset: every image of it is written, annotated or not, if its size can be known.
        folder: where the images lie; for the sizes of images that were never opened.
        target: the file to write.
        segmentation: both forms are lossless.
        keep_going: told how many annotations are written, now and then; raises to stop.

    Raises:
        CocoError: the file cannot be written, or did not pass its check.
    """
    dataset, left_out = with_sizes(dataset, folder)
    counted = _Counter(dataset.annotations, keep_going)
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            _stream(stream, replace(dataset, annotations=counted), segmentation)
            stream.flush()
            os.fsync(stream.fileno())
        for problem in islice(check(Path(temporary)), 1):
            raise CocoError(
                f"The file did not pass its own check ({problem}) and was not put in place.",
                "This is a defect of SAMDesk; your annotations are safe in the project.",
            )
        _let_others_read(temporary)
        os.replace(temporary, target)
    except OSError as error:
        _discard(temporary)
        raise CocoError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Check the folder, its rights and the space on that disk.",
        ) from error
    except BaseException:
        _discard(temporary)
        raise
    return Written(len(dataset.images), len(dataset.categories), counted.count, tuple(left_out))


def with_sizes(dataset: Dataset, folder: Path) -> tuple[Dataset, list[tuple[str, str]]]:
    """The dataset with every image's size known, and the images left out as (path, reason).

    An image that was never opened has no size yet; its header is read.
    """
    images, left_out = [], []
    for image in dataset.images:
        if image.width is None:
            try:
                size = read_size(folder / image.path)
            except ImageError as error:
                left_out.append((image.path, error.title))
                continue
            image = replace(
                image, width=size.width, height=size.height, orientation=size.orientation
            )
        images.append(image)
    return replace(dataset, images=tuple(images)), left_out


def _stream(stream: TextIO, dataset: Dataset, segmentation: Segmentation) -> None:
    sections: dict[str, Iterable[dict[str, Any]]] = {
        "licenses": (),
        "images": map(_image, dataset.images),
        "categories": map(_category, dataset.categories),
        "annotations": (_annotation(one, segmentation) for one in dataset.annotations),
    }
    stream.write('{"info": ')
    json.dump(_info(), stream, ensure_ascii=False)
    for name, entries in sections.items():
        stream.write(f',\n"{name}": [')
        for number, entry in enumerate(entries):
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(entry, ensure_ascii=False, allow_nan=False))
        stream.write("]")
    stream.write("}\n")


def _info() -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    return {
        "description": "",
        "version": "1.0",
        "year": now.year,
        "contributor": f"SAMDesk {__version__}",
        "date_created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _image(record: ImageRecord) -> dict[str, Any]:
    entry = {
        "id": record.id,
        "file_name": record.path,
        "width": record.width,
        "height": record.height,
    }
    if record.orientation != 1:
        # Readers that do not apply EXIF orientation would see another picture than the masks do.
        entry["orientation_applied"] = record.orientation
    return entry


def _category(record: Category) -> dict[str, Any]:
    return {"id": record.id, "name": record.name, "supercategory": ""}


def _annotation(record: Annotation, segmentation: Segmentation) -> dict[str, Any]:
    mask = record.mask
    return {
        "id": record.id,
        "image_id": record.image_id,
        "category_id": record.category_id,
        "segmentation": mask.rle()
        if segmentation == "rle"
        else [loop.ravel().tolist() for loop in pieces(mask)],
        "area": mask.area,
        "bbox": list(mask.bbox_xywh),
        "iscrowd": 0,
    }


class _Counter:
    """Counts annotations as they are written."""

    def __init__(self, annotations: Iterable[Annotation], told: Callable[[int], None]) -> None:
        self._annotations = annotations
        self._told = told
        self.count = 0

    def __iter__(self) -> Iterator[Annotation]:
        for annotation in self._annotations:
            self.count += 1
            if self.count % 100 == 0:
                self._told(self.count)
            yield annotation


def _discard(temporary: str | None) -> None:
    if temporary is not None:
        Path(temporary).unlink(missing_ok=True)


def _let_others_read(temporary: str) -> None:
    """Gives the rights that an ordinary new file would have; mkstemp's are the owner's alone."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
