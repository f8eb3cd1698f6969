"""Writing COCO: streamed to temporary files, read back and checked, then renamed into place."""

from __future__ import annotations

import json
import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from samdesk import __version__
from samdesk.coco import arr_coc
from samdesk.coco.check import check, fingerprints
from samdesk.coco.choice import Choice
from samdesk.coco.document import KeepGoing, no_progress
from samdesk.coco.placing import place
from samdesk.coco.present import look
from samdesk.coco.replacing import beside, clear_up, is_coco, put_in_place
from samdesk.coco.rules import ADVICE, Problem
from samdesk.coco.segmentation import BATCH
from samdesk.core.crowd import is_crowd
from samdesk.core.dataset import Annotation, Category, Dataset, ImageRecord
from samdesk.core.destination import require_destination
from samdesk.core.mask import Mask, rles_of, spans_of
from samdesk.core.polygon import Loop, pieces, simplified
from samdesk.errors import CocoError
from samdesk.reason import reason_of
from samdesk.text import Text


@dataclass
class Written:
    """What an export wrote, and what could not be part of it.

    Attributes:
        files: how many images and annotations each file has.
        left_out: images that are in no file, with the reason.
        left_out_annotations: how many annotations they have.
        misfits: by the path of an image that is chosen how many annotations on it were left out,
            since they are of another size.
        absent: images in the files whose own files are gone or cannot be read, with the reason.
        boxes: how many boxes have no mask yet and so are not in any file.
        lowest_iou: of a simplified mask with the stored one; None when nothing was simplified.
        placed: image files that were copied or linked.
        advice: what the check found that is right and yet worth a look.
    """

    files: dict[Path, tuple[int, int]] = field(default_factory=dict)
    categories: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    left_out_annotations: int = 0
    absent: tuple[tuple[str, str], ...] = ()
    misfits: Mapping[str, int] = field(default_factory=dict)
    boxes: int = 0
    lowest_iou: float | None = None
    placed: int = 0
    advice: tuple[Problem, ...] = ()

    @property
    def images(self) -> int:
        """How many images all files have."""
        return sum(images for images, _ in self.files.values())

    @property
    def annotations(self) -> int:
        """How many annotations all files have."""
        return sum(annotations for _, annotations in self.files.values())


def write(
    dataset: Dataset,
    folder: Path | None,
    target: Path,
    choice: Choice = Choice(),  # noqa: B008 (frozen)
    *,
    circumstances: arr_coc.Circumstances | None = None,
    may_replace: bool = False,
    keep_going: KeepGoing = no_progress,
) -> Written:
    """Writes a dataset as COCO, in one file or several. Former files stay whole if anything fails.

    Args:
        dataset: what the project holds; `choice` says what of it is written.
        folder: where the images lie; None where they are not to be looked at, since all sizes are
            known.
        target: the file to write; a split adds the names of its parts.
        circumstances: needed by the ARR-COC profile.
        may_replace: whether files that are no COCO may be replaced, too; images and projects never
            are.

    Raises:
        DestinationError: the file, or one of a split, may not be written there.
        CocoError: a file cannot be written, or did not pass its check.
        ImageError: the folder of images cannot be read.
    """
    if choice.profile == "arr-coc" and circumstances is None:
        raise ValueError("the ARR-COC profile states its circumstances")
    if choice.simplify and choice.segmentation != "polygon":
        raise CocoError(
            "Only polygons can be simplified.", "Export as polygons, or do not simplify."
        )
    require_destinations(target, choice, may_replace)
    chosen = choice.selected(dataset.images, dataset.counts)
    dataset, misfits = _fitting(dataset)
    looked = look(dataset, folder, choice, keep_going)
    images = list(looked.images.values())
    files = {
        path: [looked.images[one.id] for one in part if one.id in looked.images]
        for path, part in choice.files(target, looked.all).items()
    }
    total = sum(dataset.counts.get(image.id, 0) for image in images)
    written = Written(
        categories=len(dataset.categories),
        left_out=tuple(looked.left_out),
        left_out_annotations=looked.left_out_annotations,
        absent=tuple(looked.absent.items()),
    )
    written.misfits = {image.path: misfits[image.id] for image in chosen if image.id in misfits}
    written.boxes = sum(box.image_id in looked.images for box in dataset.boxes)
    temporaries: dict[Path, Path] = {}
    advice: list[Problem] = []
    at = target
    try:
        clear_up(files)
        for at, part in files.items():
            temporary = beside(at)
            before = written.annotations

            def going(what: str, done: int, _all: int = 0, before: int = before) -> None:
                # Reading back is told by what it checks.
                keep_going(what, before + done if what != "read" else before, total)

            writer = _Writer(dataset, choice, circumstances, going)
            with temporary.open("xb") as stream:
                temporaries[at] = temporary
                writer.write(stream, part)
                stream.flush()
                os.fsync(stream.fileno())
            written.files[at] = len(part), writer.count
            if writer.lowest_iou is not None:
                written.lowest_iou = min(writer.lowest_iou, written.lowest_iou or 1.0)
            with closing(check(temporary, wanted=writer.masks, keep_going=going)) as problems:
                for problem in problems:
                    if problem.rule not in ADVICE:
                        raise CocoError(
                            Text(
                                "The file did not pass its own check ({problem}) and was not put "
                                "in place.",
                                problem=problem,
                            ),
                            "This is a defect of SAMDesk; your annotations are safe.",
                        )
                    advice += [problem] * (len(advice) < _MOST_ADVICE)
        if choice.placing != "no" and folder is not None:
            written.placed = place(
                [one.path for one in images if one.path not in looked.absent],
                folder,
                target.parent,
                choice.placing,
                lambda done: keep_going("place", done, len(images)),
            )
        put_in_place(temporaries)
    except OSError as error:
        raise CocoError(
            Text("{at} cannot be written: {reason}.", at=at, reason=reason_of(error)),
            "Check the folder, its rights and the space on that disk.",
        ) from error
    finally:
        for finished in temporaries.values():
            finished.unlink(missing_ok=True)
    return replace(written, advice=tuple(advice))


@dataclass(frozen=True)
class _Fitting:
    """The annotations of a dataset without its misfits, of which nothing is a part then."""

    dataset: Dataset

    def __iter__(self) -> Iterator[Annotation]:
        misfits = self.dataset.misfits
        for one in self.dataset.annotations:
            if one.id not in misfits:
                yield replace(one, parent_id=None) if one.parent_id in misfits else one


def _fitting(dataset: Dataset) -> tuple[Dataset, Counter[int]]:
    """A dataset without its misfits, and how many of them each image has."""
    misfits = dataset.misfits
    if not misfits:
        return dataset, Counter()
    found = Counter(one.image_id for one in dataset.annotations if one.id in misfits)
    parents = {
        part: whole for part, whole in dataset.parents.items() if not {part, whole} & misfits
    }
    counts = Counter(dataset.counts) - found
    return replace(dataset, annotations=_Fitting(dataset), counts=counts, parents=parents), found


def require_destinations(target: Path, choice: Choice, may_replace: bool) -> None:
    """Refuses files that would take the places of others than former exports.

    Args:
        target, choice, may_replace: as of `write`.

    Raises:
        DestinationError: one may not be written there.
    """
    for path in choice.files(target, ()):
        require_destination(path, is_own=is_coco, may_replace=may_replace)


_MOST_ADVICE = 100


class _Writer:
    """Writes one file.

    Attributes:
        count: annotations written so far.
        masks: the fingerprints of what they must be when they are read again.
        lowest_iou: of the masks simplified so far.
    """

    def __init__(
        self,
        dataset: Dataset,
        choice: Choice,
        circumstances: arr_coc.Circumstances | None,
        keep_going: Callable[[str, int], None],
    ) -> None:
        self._dataset = dataset
        self._choice = choice
        self._circumstances = circumstances
        self._keep_going = keep_going
        self.count = 0
        self.masks = array("q")
        self.lowest_iou: float | None = None

    def write(self, stream: BinaryIO, images: list[ImageRecord]) -> None:
        dataset = self._dataset
        stream.write(b'{"info": ' + _text(self._info()))
        for name, section in _object(dataset.info.extras).items():
            stream.write(b",\n" + _text(name) + b": " + _text(section))
        ids = {image.id for image in images}
        annotations = (one for one in dataset.annotations if one.image_id in ids)
        sections: dict[str, Iterable[bytes]] = {
            "licenses": map(_text, json.loads(dataset.info.licenses or "[]")),
            "images": map(self._image, images),
            "categories": map(_category, dataset.categories),
            "annotations": self._annotations(annotations),
        }
        for name, lines in sections.items():
            stream.write(b',\n"' + name.encode() + b'": [')
            for number, line in enumerate(lines):
                stream.write(b",\n" if number else b"\n")
                stream.write(line)
            stream.write(b"]")
        stream.write(b"}\n")

    @property
    def _is_arr_coc(self) -> bool:
        return self._choice.profile == "arr-coc"

    def _info(self) -> dict[str, Any]:
        now = datetime.now(timezone.utc)
        info = {
            "description": "",
            "version": "1.0",
            "contributor": f"SAMDesk {__version__}",
            **_object(self._dataset.info.info),
            "year": now.year,
            "date_created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if self._is_arr_coc and self._circumstances is not None:
            info |= arr_coc.info_fields(self._circumstances)
        return info

    def _image(self, record: ImageRecord) -> bytes:
        entry: dict[str, Any] = {
            "id": record.id,
            "file_name": record.path,
            "width": record.width,
            "height": record.height,
        }
        if self._is_arr_coc:
            entry |= arr_coc.image_fields(record)
        elif record.orientation != 1:
            # Readers that do not apply EXIF orientation would see another picture than the masks.
            entry["orientation_applied"] = record.orientation
        return _line(entry, _object(record.extras))

    def _annotations(self, annotations: Iterable[Annotation]) -> Iterator[bytes]:
        rest = iter(annotations)
        while batch := list(islice(rest, BATCH)):
            self._keep_going("write", self.count)
            masks = [one.mask for one in batch]
            # Readers expect crowds as runs, even among polygons.
            crowds = [is_crowd(one) for one in batch]
            as_runs = [self._choice.segmentation == "rle" or crowd for crowd in crowds]
            polygons = [] if all(as_runs) else pieces(masks)
            if self._choice.simplify:
                self._simplify(masks, polygons, as_runs)
            spans = spans_of(masks)
            self.masks.extend(fingerprints([*map(vars, batch)], spans))
            sizes = [(mask.width, mask.height) for mask in masks]
            encoded = rles_of(spans, sizes) if any(as_runs) else []
            for number, (record, mask) in enumerate(zip(batch, masks, strict=True)):
                segmentation: Any
                if as_runs[number]:
                    segmentation = encoded[number]
                else:
                    segmentation = [loop.ravel() for loop in polygons[number]]
                entry = {
                    "id": record.id,
                    "image_id": record.image_id,
                    "category_id": record.category_id,
                    "segmentation": segmentation,
                    "area": mask.area,
                    "bbox": mask.bbox_xywh,
                    "iscrowd": int(crowds[number]),
                }
                more = arr_coc.kept_extras(record)
                if self._is_arr_coc:
                    level = arr_coc.level(record, self._dataset.parents)
                    entry |= arr_coc.annotation_fields(record, level, more)
                yield _line(entry, more)
            self.count += len(batch)

    def _simplify(self, masks: list[Mask], polygons: list[list[Loop]], as_runs: list[bool]) -> None:
        """Puts simpler polygons, and the masks that they draw, in the places of those that are
        not written as runs."""
        for number, mask in enumerate(masks):
            if as_runs[number]:
                continue
            polygons[number], masks[number] = simplified(
                mask, polygons[number], self._choice.simplify
            )
            iou = mask.iou(masks[number])
            self.lowest_iou = iou if self.lowest_iou is None else min(iou, self.lowest_iou)


def _category(record: Category) -> bytes:
    entry = {"id": record.id, "name": record.name}
    return _line(entry, {"supercategory": "", **_object(record.extras)})


def _line(entry: dict[str, Any], more: dict[str, Any]) -> bytes:
    """An entry with what its source said beyond it. What the project knows itself is right."""
    if more:
        beyond = more.pop("arr_coc", None)
        if isinstance(beyond, dict) and "arr_coc" in entry:
            entry["arr_coc"] = {**beyond, **entry["arr_coc"]}
        entry = {**entry, **{key: one for key, one in more.items() if key not in entry}}
    return _text(entry)


def _text(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        # Numbers of more than 64 bits, which imported files may hold among what is kept of them.
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_listed).encode()


def _listed(array: Any) -> list[int]:
    values: list[int] = array.tolist()
    return values


def _object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text or "{}")
    return value
