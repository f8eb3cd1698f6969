"""The `samdesk` command: the window, and every job that needs none. Imports no Qt."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from samdesk import __version__
from samdesk.errors import SamdeskError
from samdesk.verbs.talk import FAILED, INTERRUPTED, say

_ENGINES = ("auto", "builtin", "vit_b", "vit_l", "vit_h")

# Each verb: what it does, and the function that does it, imported when it is called.
_VERBS = {
    "segment": ("masks for points and boxes on images", "samdesk.verbs.masks:segment"),
    "annotate": ("the same, accepted into a folder's project", "samdesk.verbs.masks:annotate"),
    "precompute": (
        "a folder's embeddings, before anybody needs them",
        "samdesk.verbs.precompute:precompute",
    ),
    "auto": ("masks of everything in a folder's images, as proposals", "samdesk.verbs.auto:auto"),
    "export": ("a folder's annotations as a COCO file", "samdesk.verbs.coco:export"),
    "import": ("annotations of COCO, LabelMe or YOLO into a folder", "samdesk.verbs.coco:import_"),
    "check": ("the problems of a COCO file", "samdesk.verbs.coco:check"),
    "checkpoints": (
        "list, download, verify or add checkpoints",
        "samdesk.verbs.checkpoints:checkpoints",
    ),
    "recommend": ("the checkpoint that suits a machine", "samdesk.verbs.machine:suppose"),
    "bench": (
        "how fast SAMDesk is, how smoothly it draws, how well an engine follows clicks",
        "samdesk.verbs.bench:bench",
    ),
    "doctor": ("what this machine has, and what is wrong with it", "samdesk.verbs.machine:doctor"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0 all went well, 1 something failed, 2 usage."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # On Windows a pipe takes few letters, and a path may have any.
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # A verb is only a verb in the first place; `samdesk ./export` opens a folder of that name.
    if arguments and arguments[0] in _VERBS:
        options = _verbs_parser().parse_args(arguments)
        run = _function(_VERBS[options.verb][1])
    else:
        options = _window_parser().parse_args(arguments)
        run = _window
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Into a file Windows writes in an encoding that lacks most of what files are named.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(options)
    except SamdeskError as error:
        say(f"samdesk: {error.title}" + (f"\n  {error.hint}" if error.hint else ""))
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _window(options: argparse.Namespace) -> int:
    run = _function("samdesk.app:run")
    return run(options.folder)


def _function(name: str) -> Callable[..., int]:
    module, _, attribute = name.partition(":")
    function: Callable[..., int] = getattr(importlib.import_module(module), attribute)
    return function


def _window_parser() -> argparse.ArgumentParser:
    verbs = "\n".join(f"  samdesk {name:<11}  {text}" for name, (text, _) in _VERBS.items())
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
        help="a folder of images, or an image; without it the last folder, at first the samples",
    )
    return parser


def _verbs_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="samdesk")
    verbs = parser.add_subparsers(dest="verb", required=True)
    by_name = {
        name: verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        for name, (text, _) in _VERBS.items()
    }

    segment = by_name["segment"]
    segment.add_argument("image", nargs="?", type=Path, metavar="IMAGE")
    segment.add_argument(
        "--point", type=_numbers(2), action="append", default=[], metavar="X,Y", help="inside"
    )
    segment.add_argument(
        "--negative", type=_numbers(2), action="append", default=[], metavar="X,Y", help="outside"
    )
    segment.add_argument("--box", type=_numbers(4), metavar="X0,Y0,X1,Y1")
    segment.add_argument("--out", type=Path, metavar="MASK.png", help="the mask as an image")
    segment.add_argument(
        "--force",
        action="store_true",
        help="let MASK.png replace a file that is no mask; images are never replaced",
    )
    _add_requests(segment, required=False)
    _add_engine(segment)

    annotate = by_name["annotate"]
    annotate.add_argument("folder", type=Path, metavar="FOLDER")
    _add_requests(annotate, required=True)
    _add_engine(annotate)

    precompute = by_name["precompute"]
    precompute.add_argument(
        "folder",
        type=_folder_or_address,
        metavar="FOLDER",
        help="also an address, such as s3://bucket/photos",
    )
    precompute.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="I/N",
        help="only the I-th of N parts of the folder, to share it among machines",
    )
    precompute.add_argument(
        "--cache",
        type=Path,
        metavar="FOLDER",
        help="where embeddings are kept; machines may share it (cache_folder in the settings)",
    )
    precompute.add_argument(
        "--cache-gb",
        type=_from_zero("an amount"),
        default=0.0,
        metavar="X",
        help="what they may take, in 10^9 bytes; otherwise as the settings say",
    )
    _add_ray(precompute)
    _add_engine(precompute)

    _add_auto(by_name["auto"])
    _add_ray(by_name["auto"])
    _add_engine(by_name["auto"])

    export = by_name["export"]
    export.add_argument("folder", type=Path, metavar="FOLDER")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.json")
    export.add_argument(
        "--force",
        action="store_true",
        help="replace also a file that is no COCO; images and projects are never replaced",
    )
    export.add_argument("--profile", choices=("coco", "arr-coc"), default="coco")
    export.add_argument("--segmentation", choices=("rle", "polygon"), default="rle")
    export.add_argument(
        "--simplify",
        type=_from_zero("a number of pixels"),
        default=0.0,
        metavar="PX",
        help="let polygons stray this far from the mask; tells the lowest IoU that it caused",
    )
    export.add_argument("--images", choices=("all", "annotated", "done"), default="all")
    export.add_argument(
        "--split", metavar="train=0.8,val=0.2", help="into FILE_train.json and FILE_val.json"
    )
    export.add_argument("--seed", type=int, default=0, help="another seed, another split")
    export.add_argument(
        "--proposals", action="store_true", help="also masks that nobody has accepted yet"
    )
    beside = export.add_mutually_exclusive_group()
    beside.add_argument("--copy-images", action="store_true", help="beside the JSON file")
    beside.add_argument("--link-images", action="store_true", help="the same without copies")

    import_ = by_name["import"]
    import_.add_argument("folder", type=Path, metavar="FOLDER")
    import_.add_argument(
        "source",
        type=Path,
        metavar="FILE.json",
        help="a COCO, COCO results, SA-1B or LabelMe file, or a folder of LabelMe or YOLO files",
    )
    import_.add_argument(
        "--present-only", action="store_true", help="leave out images that are not in the folder"
    )

    from samdesk.verbs.bench import add_arguments

    add_arguments(by_name["bench"])
    _add_engine(by_name["bench"], "--kind")

    check = by_name["check"]
    check.add_argument("file", type=Path, metavar="FILE.json")
    check.add_argument("--images", type=Path, metavar="FOLDER", help="also look at the image files")

    recommend = by_name["recommend"]
    recommend.add_argument("--policy", choices=("guide", "arr-coc"), default="guide")
    for name, what in (
        ("--total-vram-gb", "suppose a GPU with this memory, in 10^9 bytes"),
        ("--free-vram-gb", "suppose that this much of it is free"),
        ("--ram-gb", "suppose this much free main memory"),
    ):
        recommend.add_argument(name, type=_from_zero("an amount"), metavar="X", help=what)

    of_checkpoints = by_name["checkpoints"].add_subparsers(dest="what", required=True)
    of_checkpoints.add_parser("list", help="what there is, and what is on this machine")
    for name, text in (
        ("download", "fetch one; goes on where an earlier try stopped"),
        ("verify", "compare the file on this machine with the published SHA-256"),
    ):
        of_checkpoints.add_parser(name, help=text).add_argument(
            "name", metavar="NAME", help="vit_b, vit_l, vit_h, or one of your own"
        )
    of_checkpoints.add_parser("add", help="a file of your own, to the menu").add_argument(
        "file", type=Path, metavar="FILE"
    )
    for parser_with_json in (
        by_name["precompute"],
        by_name["auto"],
        by_name["check"],
        by_name["import"],
        by_name["recommend"],
        by_name["doctor"],
        *of_checkpoints.choices.values(),
    ):
        parser_with_json.add_argument("--json", action="store_true", help="the result as JSON")
    return parser


def _add_auto(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=_folder_or_address,
        metavar="FOLDER",
        help="with --shards also an address, such as s3://bucket/photos",
    )
    parser.add_argument(
        "--shards",
        type=_folder,
        metavar="FOLDER",
        help="write the proposals there as COCO files, instead of into a project",
    )
    parser.add_argument(
        "--images-per-shard",
        type=_at_least_one,
        default=1000,
        metavar="N",
        help="how many images each of them is for (1000)",
    )
    parser.add_argument(
        "--from-boxes",
        action="store_true",
        help="masks for imported boxes that have none, instead of for everything",
    )
    parser.add_argument(
        "--points-per-side",
        type=_at_least_one,
        metavar="N",
        help="a grid of N x N points (32; 8 for the built-in engine)",
    )
    parser.add_argument(
        "--pred-iou",
        type=float,
        metavar="X",
        help="what the predicted IoU must exceed (0.86; 0.5 for the built-in engine)",
    )
    parser.add_argument(
        "--stability", type=float, metavar="X", help="the least stability score (0.92)"
    )
    parser.add_argument(
        "--min-area", type=_at_least_one, metavar="PX", help="fill holes and drop islands below it"
    )
    parser.add_argument(
        "--max-per-image", type=_at_least_one, metavar="N", help="keep only the best N of an image"
    )
    parser.add_argument(
        "--category", default="object", metavar="NAME", help="of the proposals (object)"
    )


def _add_ray(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ray",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="by the machines of a Ray cluster, with the folder in the same place for each",
    )


def _add_requests(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--requests",
        required=required,
        metavar="FILE",
        help='JSON Lines, "-" for standard input: {"id": ..., "image": path, '
        '"points": [[x, y, label], ...], "box": [x0, y0, x1, y1]'
        + (', "category": name, "parent_id": its whole}' if required else "}"),
    )


def _add_engine(parser: argparse.ArgumentParser, *other_names: str) -> None:
    parser.add_argument("--engine", *other_names, choices=_ENGINES, default="auto")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="of any name")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda:N")
    parser.add_argument(
        "--precision", choices=("auto", "exact"), default="auto", help="exact is float32 everywhere"
    )


def _folder_or_address(text: str) -> Path | str:
    from samdesk.verbs.addresses import is_address

    return text if is_address(text) else Path(text)


def _folder(text: str) -> Path:
    folder = _folder_or_address(text)
    if isinstance(folder, str):
        raise argparse.ArgumentTypeError(f"{text} is no folder of this machine")
    return folder


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


def _from_zero(what: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
        return number

    return parse


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    # Digits only: int() reads more than people mean.
    if part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise argparse.ArgumentTypeError(f"{text!r} is not like 2/5, from 1/5 to 5/5")


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
