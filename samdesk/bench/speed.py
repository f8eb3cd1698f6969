"""How fast SAMDesk is on this machine, beside `segment_anything.SamPredictor`, and what it takes.

Every part is measured in a process of its own (`part.py`); this one stays small, puts their figures
together (`targets.py`) and prints them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samdesk.bench.machine import sentence
from samdesk.bench.part import answer
from samdesk.bench.photos import write_many, write_photos
from samdesk.bench.table import lines
from samdesk.bench.targets import rows
from samdesk.errors import RequestError, SamdeskError
from samdesk.folders import Folders
from samdesk.settings import Settings, save
from samdesk.verbs.talk import FAILED, OK, say


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes:
        rounds: of the comparison, and of what is measured without the other side.
        sizes: of images, in megapixels.
        seconds: for which the event loop is watched.
        clicks, stops: while another image is encoded.
        photos: in the folder whose images are encoded meanwhile.
        files: in the large folder.
        annotations: to export.
    """

    rounds: int = 5
    sizes: tuple[int, ...] = (1, 5, 12)
    seconds: float = 20.0
    clicks: int = 40
    stops: int = 10
    photos: int = 200
    files: int = 10_000
    annotations: int = 2_000


QUICK = Extent(1, (1,), 5.0, 10, 3, 40, 1_000, 500)


@dataclass
class Measured:
    """The parts' answers.

    Attributes:
        parts: by name; "start" a list with "seconds" added to each.
        failed: why a part has no answer, by name.
    """

    parts: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def run(options: argparse.Namespace) -> int:
    """Measures what the options name; prints the table or JSON."""
    if options.engine == "builtin":
        raise RequestError(
            "The built-in engine has nothing to be compared with.",
            "Choose --engine vit_b, vit_l or vit_h; --clicks measures the built-in engine too.",
        )
    extent = QUICK if options.quick else Extent()
    if options.rounds is not None:
        extent = Extent(**{**vars(extent), "rounds": options.rounds})
    try:
        with tempfile.TemporaryDirectory(
            prefix="samdesk-bench-", ignore_cleanup_errors=True
        ) as scratch:
            measured = _measured(options, extent, Path(scratch))
    except OSError as error:
        raise SamdeskError(
            f"The images to measure on cannot be written: {error}.",
            f"Free space in {tempfile.gettempdir()}, or set TMPDIR to another folder.",
        ) from error
    side_by_side = measured.parts["side_by_side"]
    weights = "random weights" if options.checkpoint is None else options.checkpoint.name
    table = rows(measured.parts, measured.failed, options.precision)
    if options.json:
        report = {
            "weights": weights,
            "extent": vars(extent),
            "machine": side_by_side["machine"],
            "engine": side_by_side["engine"],
            "rows": [row.as_json() for row in table],
            "parts": measured.parts,
            "failed": measured.failed,
        }
        print(json.dumps(report, ensure_ascii=False))
    else:
        engine = side_by_side["engine"]
        print(sentence(side_by_side["machine"]))
        print(
            f"{engine['name']} ({weights}), SAMDesk in {engine['precision']}, SamPredictor in "
            f"float32, both on {engine['device']}; medians (least to most)"
        )
        print("\n".join(lines(table)))
    return FAILED if measured.failed else OK


def _measured(options: argparse.Namespace, extent: Extent, scratch: Path) -> Measured:
    """Runs the parts; only without the comparison there is nothing to tell.

    Raises:
        SamdeskError: the comparison failed.
    """
    home = scratch / "home"
    checkpoint = checkpoint_for(options, home)
    of_engine = {
        "engine": options.engine,
        "checkpoint": str(checkpoint),
        "device": options.device,
        "precision": options.precision,
    }
    measured = Measured()
    spec = {**of_engine, "sizes": extent.sizes, "rounds": extent.rounds}
    # In a home of its own: what it keeps of the checkpoint must not speed the first start up.
    measured.parts["side_by_side"], _ = answer("side_by_side", spec, scratch / "apart")
    kind = measured.parts["side_by_side"]["engine"]["checkpoint"]

    def part(name: str, spec: dict[str, Any]) -> dict[str, Any] | None:
        try:
            told, seconds = answer(name, spec, home)
        except SamdeskError as error:
            say(f"samdesk: {error}")
            measured.failed[name] = str(error)
            return None
        return {**told, "seconds": seconds}

    say("SamPredictor alone: memory")
    measured.parts["reference"] = part("reference", {**of_engine, "kind": kind})
    _remember(home, str(checkpoint), options)
    measured.parts["start"] = list(_starts(part, extent, scratch, kind))
    photos = scratch / "photos"
    write_photos(photos, extent.photos)
    measured.parts["busy"] = part(
        "busy",
        {
            "folder": str(photos),
            "kind": kind,
            "seconds": extent.seconds,
            "clicks": extent.clicks,
            "stops": extent.stops,
            "encode_seconds": measured.parts["side_by_side"]["encode"]["1"]["ours"][-1],
        },
    )
    say(f"opening a folder of {extent.files} files")
    _remember(home, "builtin", options)
    large = scratch / "large"
    write_many(large, extent.files)
    small = scratch / "small"
    write_photos(small, 1)
    measured.parts["folder"] = part("folder", {"small": str(small), "large": str(large)})
    coco = scratch / "coco"
    coco.mkdir()
    measured.parts["coco"] = part(
        "coco",
        {"folder": str(coco), "annotations": extent.annotations, "rounds": extent.rounds},
    )
    return measured


def _starts(part: Any, extent: Extent, scratch: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Starts of the program; the first one pays for what is done once per checkpoint."""
    for number in range(extent.rounds + 1):
        say(f"starting the program, {number} of {extent.rounds}")
        folder = scratch / f"start{number}"
        write_photos(folder, 1)
        told = part("start", {"folder": str(folder), "kind": kind})
        if told is None:
            return
        yield told


def checkpoint_for(options: argparse.Namespace, home: Path, *, is_local: bool = False) -> Path:
    """The file that was named, or one with random weights, made once per kind and user.

    Args:
        home: where the process that makes it keeps what SAMDesk keeps.
        is_local: see `random_checkpoint`.
    """
    if options.checkpoint is not None:
        return Path(options.checkpoint).expanduser().absolute()
    kind = "vit_b" if options.engine == "auto" else options.engine
    say(f"No checkpoint file is named: {kind} with random weights. Its masks mean nothing.")
    folder = Folders.find().cache / "bench"
    spec = {"kind": kind, "folder": str(folder), "is_local": is_local}
    told, _ = answer("weights", spec, home)
    return Path(told["checkpoint"])


def _remember(home: Path, engine: str, options: argparse.Namespace) -> None:
    """The settings with which the program starts in the parts."""
    settings = Settings(engine=engine, device=options.device, precision=options.precision)
    save(settings, home / "config" / "settings.json")
