"""`samdesk segment` and `samdesk annotate`: masks for prompts, one by one or as a conversation."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from samdesk.core.dataset import Change, ImageRecord
from samdesk.core.destination import require_destination
from samdesk.core.image import LoadedImage, list_images, load_image
from samdesk.core.mask import Bitmap
from samdesk.engine.base import Embedding, Prediction, one_of_many
from samdesk.errors import RequestError, SamdeskError
from samdesk.reason import reason_of
from samdesk.requests import answer, failure, fitted, identity_of, is_unicode, parse
from samdesk.runtime.annotating import (
    as_loaded,
    new_annotation,
    new_category,
    require_unchanged,
    with_new_category,
)
from samdesk.runtime.bounded import BoundedCache
from samdesk.store.project import Project
from samdesk.verbs.engine import introduce, load_engine
from samdesk.verbs.talk import FAILED, OK, USAGE, result, say
from samdesk.verbs.writing import open_for_writing

_SOFTWARE = "SAMDesk"
_EMBEDDING_BYTES = 1_000_000_000


def segment(options: argparse.Namespace) -> int:
    """Answers one prompt, or a line of JSON for each line of JSON."""
    if (options.image is None) == (options.requests is None):
        say("samdesk segment: give either an IMAGE or --requests FILE")
        return USAGE
    if options.requests is not None:
        if options.point or options.negative or options.box or options.out:
            say("samdesk segment: --requests stands alone; prompts are in its lines")
            return USAGE
        segmentation = _Segmentation(options)
        return _answer_lines(options.requests, lambda line: segmentation.answer(line)[0])
    points = [[*point, 1] for point in options.point] + [[*p, 0] for p in options.negative]
    if options.out is not None:
        require_destination(
            options.out,
            is_own=partial(_is_mask_beside, options.image),
            may_replace=options.force,
            is_image=True,
        )
    request = {"id": None, "image": str(options.image), "points": points, "box": options.box}
    answered, prediction = _Segmentation(options).answer(json.dumps(request))
    if options.out is not None:
        _write_mask(prediction.candidates[0].mask().bitmap(), options.out)
    result(answered)
    return OK


def annotate(options: argparse.Namespace) -> int:
    """Accepts the best mask of each line into a folder's project."""
    folder: Path = options.folder.expanduser().absolute()
    with open_for_writing(folder) as project:
        paths = list_images(folder)
        project.add_images(paths)
        listed = defaultdict[str, list[str]](list)
        for path in paths:
            listed[_alike(path)].append(path)
        segmentation = _Segmentation(options, folder)
        return _answer_lines(
            options.requests, lambda line: _annotated(line, project, segmentation, listed)
        )


def _alike(path: str) -> str:
    """The same for paths that may be of one file on Windows or macOS."""
    return unicodedata.normalize("NFC", path).casefold()


def _as_listed(path: str, folder: Path, listed: Mapping[str, Sequence[str]]) -> str:
    """A path as it is listed, where its disk takes another spelling for it, too."""
    alike = listed.get(_alike(path), ())
    if path in alike:
        return path
    same = (one for one in alike if os.path.samefile(folder / one, folder / path))
    return next(same, path)


def _annotated(
    line: bytes, project: Project, segmentation: _Segmentation, listed: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    request = parse(line)
    name = request.category
    if name is None:
        raise RequestError('"category" is missing.', "Give the category's name.")
    name = name.strip()
    answered, prediction = segmentation.answer(line)
    path = segmentation.last_path.relative_to(project.folder).as_posix()
    path = _as_listed(path, project.folder, listed)
    known = project.image(path)
    record = known or ImageRecord(project.next_id(ImageRecord), path)
    require_unchanged(record, segmentation.last_image)
    on_image = {one.id for one in project.annotations(record.id)}
    if request.parent_id is not None and request.parent_id not in on_image:
        raise RequestError(
            f"There is no annotation {request.parent_id} on {path}.",
            'Give the "annotation_id" of the whole, on the same image.',
        )
    best = prediction.candidates[0]
    if best.mask().is_empty:
        raise RequestError("No mask was found there.", "Try another point or a box.")
    categories = project.categories()
    named = [category for category in categories if category.name == name]
    category = named[0] if named else new_category(project, name)
    loaded = as_loaded(record, segmentation.last_image, has_masks=bool(on_image))
    annotation = new_annotation(
        project,
        loaded,
        category,
        segmentation.engine.info,
        best,
        prediction.prompt,
        clicks=len(prediction.prompt.points) + (prediction.prompt.box is not None),
        seconds=(answered["embed_ms"] + answered["predict_ms"]) / 1000,
    )
    annotation = replace(annotation, parent_id=request.parent_id)
    project.apply(
        [
            Change(known, loaded),
            *with_new_category(category, categories),
            Change(None, annotation),
        ]
    )
    return {
        **answered,
        "annotation_id": annotation.id,
        "image_id": record.id,
        "category_id": category.id,
    }


class _Segmentation:
    """Answers request lines with one engine, keeping embeddings of recent images.

    Attributes:
        last_path, last_image: of the line answered last.
    """

    def __init__(self, options: argparse.Namespace, folder: Path | None = None) -> None:
        self._folder = folder
        loaded = load_engine(options)
        self.engine, self._encoder = loaded.engine, loaded.encoder
        self._max_pixels = loaded.max_pixels
        introduce(self.engine.info)
        self._uses = 0
        self._last_use: dict[Any, int] = {}
        self._embeddings: BoundedCache[Any, tuple[LoadedImage, Embedding]] = BoundedCache(
            _EMBEDDING_BYTES,
            size=lambda kept: kept[1].nbytes + kept[0].nbytes,
            rank=lambda key: -self._last_use.get(key, 0),
        )
        self.last_path: Path
        self.last_image: LoadedImage

    def answer(self, line: str | bytes) -> tuple[dict[str, Any], Prediction]:
        """The answer to a line, and its Prediction.

        Raises:
            SamdeskError: the line is wrong, or its image cannot be read.
        """
        with one_of_many():
            return self._answer(line)

    def _answer(self, line: str | bytes) -> tuple[dict[str, Any], Prediction]:
        request = parse(line)
        self.last_path = self._resolved(request.image)
        started = time.perf_counter()
        self.last_image, embedding = self._embedded(self.last_path)
        embedded = time.perf_counter()
        prompt = fitted(request.prompt, embedding.width, embedding.height)
        prediction = self.engine.predict(embedding, prompt)
        prediction.candidates[0].mask()
        predicted = time.perf_counter()
        answered = answer(
            request.identity,
            self.engine.info,
            prediction,
            embed_ms=(embedded - started) * 1000,
            predict_ms=(predicted - embedded) * 1000,
        )
        return answered, prediction

    def _resolved(self, image: str) -> Path:
        if self._folder is None:
            return Path(image)
        path = Path(os.path.normpath(self._folder / image))
        if not is_unicode(image):
            raise RequestError("The image's name is no Unicode.", "Rename the file.")
        if not path.is_relative_to(self._folder):
            raise RequestError(
                f"{image} is not in {self._folder}.", "Name images relative to the folder."
            )
        return path

    def _embedded(self, path: Path) -> tuple[LoadedImage, Embedding]:
        """An image and its embedding, kept by path and file time."""
        try:
            status = path.stat()
            key = (path, status.st_mtime_ns, status.st_size)
        except (OSError, ValueError):
            key = (path, 0, 0)
        self._uses += 1
        self._last_use[key] = self._uses
        kept = self._embeddings.get(key)
        if kept is None:
            image = load_image(path, max_pixels=self._max_pixels)
            kept = (image, self._encoder.embedding(image))
            self._embeddings.put(key, kept)
        return kept


def _answer_lines(source: str, answered: Callable[[bytes], dict[str, Any]]) -> int:
    failures = answers = 0
    with _lines(source) as stream:
        for line in iter(stream.readline, b""):
            if not line.strip():
                continue
            try:
                result(answered(line))
            except SamdeskError as error:
                failures += 1
                result(failure(identity_of(line), error))
            answers += 1
    say(f"{answers - failures} of {answers} answered")
    return FAILED if failures else OK


@contextmanager
def _lines(source: str) -> Iterator[BinaryIO]:
    """The lines as bytes: one that is no UTF-8 is wrong by itself, not the whole stream."""
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(source).open("rb")  # noqa: SIM115 (errors of its reader differ)
    except OSError as error:
        raise RequestError(
            f"{source} cannot be read: {reason_of(error)}.", "Check the path."
        ) from error
    with stream:
        yield stream


def _is_mask_beside(image: Path, path: Path) -> bool:
    """Whether a file was written by `_write_mask`, and is not the image itself."""
    from PIL import Image

    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        with Image.open(path, formats=("PNG",)) as former:
            is_mask = former.mode in ("1", "L") and former.info.get("Software") == _SOFTWARE
        return is_mask and not os.path.samefile(image, path)
    return False


def _write_mask(bitmap: Bitmap, target: Path) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    # By it a mask is known again, which may be replaced.
    about = PngInfo()
    about.add_text("Software", _SOFTWARE)
    try:
        Image.fromarray(bitmap).save(target, format="PNG", pnginfo=about)
    except OSError as error:
        raise RequestError(
            f"{target} cannot be written: {reason_of(error)}.", "Check the folder."
        ) from error
