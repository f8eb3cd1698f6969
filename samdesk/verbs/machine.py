"""`samdesk doctor` and `samdesk recommend`: what this machine is and what suits it."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from samdesk import __version__
from samdesk.engine.checkpoint import checkpoints, installed
from samdesk.engine.hardware import Gpu, Hardware, Problem, detect
from samdesk.engine.recommend import GB, Recommendation, recommend
from samdesk.folders import Folders
from samdesk.verbs.talk import FAILED, OK, result, say

_LIBRARIES = (
    "torch",
    "torchvision",
    "segment-anything",
    "pyside6",
    "opencv-python",
    "numpy",
    "pillow",
    "pycocotools",
)


def suppose(options: argparse.Namespace) -> int:
    """Recommends a checkpoint for this machine, or for a supposed one."""
    found = recommend(_supposed(options), options.policy)
    if options.json:
        result(asdict(found))
    else:
        print(found.reason)
    return OK


def doctor(options: argparse.Namespace) -> int:
    """Tells what there is, what is wrong with it, and what to do."""
    folders = Folders.find()
    hardware = detect(folders.cache)
    recommendation = recommend(hardware)
    problems = list(hardware.problems)
    problems += [
        Problem(f"The library {name} is missing.", "Install SAMDesk again.")
        for name in _LIBRARIES
        if _version(name) is None
    ]
    spaces = {
        name: _space(getattr(folders, name)) for name in ("config", "data", "checkpoints", "cache")
    }
    for name, space in spaces.items():
        if space["free_bytes"] is None:
            problems.append(
                Problem(
                    f"The folder for {name} ({space['path']}) cannot be used.",
                    "Check its rights, or set SAMDESK_HOME to another folder.",
                )
            )
    if not recommendation.fits:
        problems.append(Problem(recommendation.reason, "Close other programs."))
    on_disk = [one.kind for one in checkpoints() if installed(one.kind, folders.checkpoints)]
    report = {
        "samdesk": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "hardware": asdict(replace(hardware, problems=())),
        "recommendation": asdict(recommendation),
        "checkpoints": on_disk,
        "folders": spaces,
        "problems": [asdict(problem) for problem in problems],
    }
    if options.json:
        result(report)
    else:
        _print_report(report, hardware, recommendation)
    say(f"{len(problems)} problem{'s' * (len(problems) != 1)}")
    return FAILED if problems else OK


def _supposed(options: argparse.Namespace) -> Hardware:
    """This machine, with what the options suppose of it."""
    total, free, ram = options.total_vram_gb, options.free_vram_gb, options.ram_gb
    if total is None and free is None and ram is None:
        return detect(Folders.find().cache)
    gpus: tuple[Gpu, ...] = ()
    if total is not None or free is not None:
        total = free if total is None else total
        free = total if free is None else free
        gpus = (Gpu("a supposed GPU", int(total * GB), int(free * GB), "cuda", "cuda:0"),)
    ram_bytes = int(ram * GB) if ram is not None else 16 * GB
    return Hardware(gpus, "a supposed CPU", 1, ram_bytes, ram_bytes, has_bfloat16=None)


def _print_report(
    report: dict[str, Any], hardware: Hardware, recommendation: Recommendation
) -> None:
    print(f"SAMDesk {report['samdesk']}, Python {report['python']}, {report['system']}")
    versions = (f"{name} {version or 'missing'}" for name, version in report["libraries"].items())
    print("libraries    " + ", ".join(versions))
    bfloat16 = {True: ", bfloat16", False: "", None: ""}[hardware.has_bfloat16]
    print(f"processor    {hardware.cpu}, {hardware.cores} cores{bfloat16}")
    print(f"memory       {_gb(hardware.ram_total_bytes)}, {_gb(hardware.ram_free_bytes)} free")
    for gpu in hardware.gpus:
        state = gpu.device or "not used"
        free = f"{_gb(gpu.total_bytes)}, {_gb(gpu.free_bytes)} free"
        print(f"GPU          {gpu.name}, {free} ({state})")
    if not hardware.gpus:
        print("GPU          none found")
    print(f"recommended  {recommendation.reason}")
    print(f"on disk      {', '.join(report['checkpoints']) or 'no checkpoint'}")
    for name, space in report["folders"].items():
        free = "unusable" if space["free_bytes"] is None else f"{_gb(space['free_bytes'])} free"
        print(f"{name:<12} {space['path']} ({free})")
    for problem in report["problems"]:
        print(f"problem      {problem['text']} {problem['remedy']}")


def _space(path: Path) -> dict[str, Any]:
    """A folder and the free space where it is or will be; None where no folder can be."""
    place = path
    # A link to a drive that is gone is there, and leads nowhere.
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    try:
        free: int | None = shutil.disk_usage(place).free
    except OSError:
        free = None
    return {"path": str(path), "free_bytes": free if os.path.isdir(place) else None}


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None


def _gb(count: int) -> str:
    return f"{count / GB:.1f} GB"
