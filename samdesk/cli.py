"""The `samdesk` command: the window, and every job that needs none. Imports no Qt."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from samdesk import __version__, settings
from samdesk.errors import ProjectError, RequestError, SamdeskError
from samdesk.folders import Folders

FAILED, USAGE = 1, 2
_ENGINES = ("auto", "builtin", "vit_b", "vit_l", "vit_h")
_EMBEDDING_BYTES = 1_000_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0 all went well, 1 something failed, 2 usage."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # A verb is only a verb in the first place; `samdesk ./export` opens a folder of that name.
    if arguments and arguments[0] in _VERBS:
        options = _verbs_parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
    else:
        options = _window_parser().parse_args(arguments)
        run = _window
    try:
        return run(options)
    except SamdeskError as error:
        _say(f"samdesk: {error.title}" + (f"\n  {error.hint}" if error.hint else ""))
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return 130


def _window_parser() -> argparse.ArgumentParser:
    verbs = "\n".join(f"  samdesk {name:<9} {text}" for name, text in _VERBS.items())
    parser = argparse.ArgumentParser(
        prog="samdesk",
        description="Label images with Segment Anything. Opens the window.",
        epilog=f"without a window (each has --help):\n{verbs}\n\n"
        "SAMDESK_HOME overrides where settings, data, checkpoints and caches are kept.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"SAMDesk {__version__}")
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="a folder of images; without it the last one, at first the sample images",
    )
    return parser


_VERBS = {
    "segment": "masks for points and boxes on images",
    "annotate": "the same, accepted into a folder's project",
    "export": "a folder's annotations as a COCO file",
    "check": "the problems of a COCO file",
}


def _verbs_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="samdesk")
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=_VERBS[name], description=_VERBS[name].capitalize())
        added.set_defaults(run=run)
        return added

    segment = verb("segment", _segment)
    segment.add_argument("image", nargs="?", type=Path, metavar="IMAGE")
    segment.add_argument(
        "--point", type=_numbers(2), action="append", default=[], metavar="X,Y", help="inside"
    )
    segment.add_argument(
        "--negative", type=_numbers(2), action="append", default=[], metavar="X,Y", help="outside"
    )
    segment.add_argument("--box", type=_numbers(4), metavar="X0,Y0,X1,Y1")
    segment.add_argument("--out", type=Path, metavar="MASK.png", help="the mask as an image")
    _add_requests(segment, required=False)
    _add_engine(segment)

    annotate = verb("annotate", _annotate)
    annotate.add_argument("folder", type=Path, metavar="FOLDER")
    _add_requests(annotate, required=True)
    _add_engine(annotate)

    export = verb("export", _export)
    export.add_argument("folder", type=Path, metavar="FOLDER")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.json")
    export.add_argument("--segmentation", choices=("rle", "polygon"), default="rle")

    check = verb("check", _check)
    check.add_argument("file", type=Path, metavar="FILE.json")
    check.add_argument("--json", action="store_true", help="problems as JSON, one list")
    return parser


def _add_requests(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--requests",
        required=required,
        metavar="FILE",
        help='JSON Lines, "-" for standard input: {"id": ..., "image": path, '
        '"points": [[x, y, label], ...], "box": [x0, y0, x1, y1]'
        + (', "category": name}' if required else "}"),
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=_ENGINES, default="auto")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="of any name")


def _numbers(count: int) -> Callable[[str], tuple[float, ...]]:
    def parse(text: str) -> tuple[float, ...]:
        try:
            numbers = tuple(float(part) for part in text.split(","))
        except ValueError:
            numbers = ()
        if len(numbers) != count:
            raise argparse.ArgumentTypeError(f"{text!r} is not {count} numbers with commas")
        return numbers

    return parse


def _window(options: argparse.Namespace) -> int:
    from samdesk.app import run

    return run(options.folder)


def _segment(options: argparse.Namespace) -> int:
    if (options.image is None) == (options.requests is None):
        _say("samdesk segment: give either an IMAGE or --requests FILE")
        return USAGE
    if options.requests is not None:
        if options.point or options.negative or options.box or options.out:
            _say("samdesk segment: --requests stands alone; prompts are in its lines")
            return USAGE
        segmentation = _Segmentation(options)
        return _answer_lines(options.requests, lambda line: segmentation.answer(line)[0])
    points = [[*point, 1] for point in options.point] + [[*p, 0] for p in options.negative]
    request = {"id": None, "image": str(options.image), "points": points, "box": options.box}
    answer, prediction = _Segmentation(options).answer(json.dumps(request))
    if options.out is not None:
        _write_mask(prediction.candidates[0].mask().bitmap(), options.out)
    _print_line(answer)
    return 0


def _annotate(options: argparse.Namespace) -> int:
    from samdesk.core.dataset import Change, ImageRecord
    from samdesk.requests import parse
    from samdesk.runtime.annotating import (
        as_loaded,
        new_annotation,
        new_category,
        require_unchanged,
        with_new_category,
    )
    from samdesk.store.project import Project

    folder: Path = options.folder.expanduser().absolute()
    segmentation = _Segmentation(options, folder)
    with Project.open(folder, data=Folders.find().data) as project:
        _talk(project.notices)
        if project.read_only:
            raise ProjectError(f"{folder} is open in another SAMDesk.", "Close that one first.")
        _add_images(project)

        def annotated(line: str) -> dict[str, Any]:
            name = parse(line).category
            if name is None:
                raise RequestError('"category" is missing.', "Give the category's name.")
            answer, prediction = segmentation.answer(line)
            path = segmentation.last_path.relative_to(folder).as_posix()
            record = project.image(path)
            known_image = record is not None
            if record is None:
                record = ImageRecord(project.next_id(ImageRecord), path)
            require_unchanged(record, segmentation.last_image)
            best = prediction.candidates[0]
            if best.mask().is_empty:
                raise RequestError("No mask was found there.", "Try another point or a box.")
            categories = project.categories()
            category = next(
                (known for known in categories if known.name == name.strip()), None
            ) or new_category(project, name.strip())
            loaded = as_loaded(record, segmentation.last_image)
            annotation = new_annotation(
                project,
                loaded,
                category,
                segmentation.engine.info,
                best,
                prediction.prompt,
                clicks=len(prediction.prompt.points) + (prediction.prompt.box is not None),
                seconds=0.0,
            )
            project.apply(
                [
                    Change(record if known_image else None, loaded),
                    *with_new_category(category, categories),
                    Change(None, annotation),
                ]
            )
            return {
                **answer,
                "annotation_id": annotation.id,
                "image_id": record.id,
                "category_id": category.id,
            }

        return _answer_lines(options.requests, annotated)


def _export(options: argparse.Namespace) -> int:
    from samdesk.coco.write import write
    from samdesk.store.project import Project, default_database

    folder: Path = options.folder.expanduser().absolute()
    data = Folders.find().data
    if not folder.is_dir() or not default_database(folder, data).exists():
        Project.open(folder, data=data, read_only=True).close()
    with Project.open(folder, data=data) as project:
        if not project.read_only:
            _add_images(project)
        written = write(
            project.snapshot(), folder, options.output, segmentation=options.segmentation
        )
    for path, reason in written.left_out:
        _say(f"left out: {path}: {reason}")
    _say(
        f"{options.output}: {written.images} images, {written.annotations} annotations, "
        f"{written.categories} categories"
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    from samdesk.coco.check import check
    from samdesk.errors import CocoError

    found = 0
    rows = []
    try:
        for problem in check(options.file):
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
    _say(f"{options.file}: {found} problem{'s' * (found != 1)}")
    return FAILED if found else 0


class _Segmentation:
    """Answers request lines with one engine, keeping embeddings of recent images."""

    def __init__(self, options: argparse.Namespace, folder: Path | None = None) -> None:
        from samdesk.engine.base import CancelToken, Embedding
        from samdesk.engine.choose import choose_engine
        from samdesk.runtime.bounded import BoundedCache

        folders = Folders.find()
        self._folder = folder
        self._max_pixels = settings.load(folders.config / "settings.json").max_pixels
        choice = choose_engine(options.engine, folders.checkpoints, file=options.checkpoint)
        _say(f"engine: {choice.name}")
        self.engine = choice.load(CancelToken(), lambda fraction: None)
        self._uses = 0
        self._last_use: dict[Any, int] = {}
        self._embeddings: BoundedCache[Any, tuple[Any, Embedding]] = BoundedCache(
            _EMBEDDING_BYTES,
            size=lambda kept: kept[1].nbytes,
            rank=lambda key: -self._last_use.get(key, 0),
        )

    def answer(self, line: str) -> tuple[dict[str, Any], Any]:
        """The answer to a line, and its Prediction.

        Raises:
            SamdeskError: the line is wrong, or its image cannot be read.
        """
        from samdesk.requests import answer, fitted, parse

        request = parse(line)
        self.last_path = self._resolved(request.image)
        started = time.perf_counter()
        self.last_image, embedding = self._embedded(self.last_path)
        embedded = time.perf_counter()
        prompt = fitted(request.prompt, embedding.width, embedding.height)
        prediction = self.engine.predict(embedding, prompt)
        prediction.candidates[0].mask()
        predicted = time.perf_counter()
        result = answer(
            request.identity,
            self.engine.info,
            prediction,
            embed_ms=(embedded - started) * 1000,
            predict_ms=(predicted - embedded) * 1000,
        )
        return result, prediction

    def _resolved(self, image: str) -> Path:
        if self._folder is None:
            return Path(image)
        path = Path(os.path.normpath(self._folder / image))
        if not path.is_relative_to(self._folder):
            raise RequestError(
                f"{image} is not in {self._folder}.", "Name images relative to the folder."
            )
        return path

    def _embedded(self, path: Path) -> tuple[Any, Any]:
        """The decoded image without its pixels, and its embedding, kept by path and file time."""
        from dataclasses import replace

        from samdesk.core.image import load_image
        from samdesk.engine.base import CancelToken

        try:
            status = path.stat()
            key = (path, status.st_mtime_ns, status.st_size)
        except OSError:
            key = (path, 0, 0)
        self._uses += 1
        self._last_use[key] = self._uses
        kept = self._embeddings.get(key)
        if kept is None:
            image = load_image(path, max_pixels=self._max_pixels)
            embedding = self.engine.embed(image.rgb, token=CancelToken())
            kept = (replace(image), embedding)
            self._embeddings.put(key, kept)
        return kept


def _answer_lines(source: str, answered: Callable[[str], dict[str, Any]]) -> int:
    from samdesk.requests import failure, identity_of

    failures = answers = 0
    with _lines(source) as stream:
        for line in iter(stream.readline, ""):
            if not line.strip():
                continue
            try:
                _print_line(answered(line))
            except SamdeskError as error:
                failures += 1
                _print_line(failure(identity_of(line), error))
            answers += 1
    _say(f"{answers - failures} of {answers} answered")
    return FAILED if failures else 0


@contextmanager
def _lines(source: str) -> Iterator[TextIO]:
    if source == "-":
        yield sys.stdin
        return
    try:
        stream = Path(source).open(encoding="utf-8")  # noqa: SIM115 (errors of its reader differ)
    except OSError as error:
        raise RequestError(
            f"{source} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    with stream:
        yield stream


def _add_images(project: Any) -> None:
    from samdesk.core.image import list_images

    project.add_images(list_images(project.folder))


def _write_mask(bitmap: Any, target: Path) -> None:
    from PIL import Image

    try:
        Image.fromarray(bitmap).save(target, format="PNG")
    except OSError as error:
        raise RequestError(
            f"{target} cannot be written: {error.strerror or error}.", "Check the folder."
        ) from error


def _print_line(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False), flush=True)


def _talk(lines: Sequence[str]) -> None:
    for line in lines:
        _say(line)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
