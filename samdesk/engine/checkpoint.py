"""Checkpoints: which kinds are published, and where their files are."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from samdesk.errors import CheckpointError
from samdesk.reason import reason_of
from samdesk.resources import resource
from samdesk.text import Text


@dataclass(frozen=True)
class Checkpoint:
    """A published Segment Anything checkpoint; figures as published (`checkpoints.json`).

    Attributes:
        kind: the registry name: "vit_h", "vit_l" or "vit_b".
        name: for people: "ViT-H".
        file: the file's name, or the absolute path of a file of the user's own; `bytes` and
            `sha256` are that file's, 0 and "" where the user did not tell.
        width, depth: the image encoder's channels and transformer blocks.
        guide_min_vram_bytes: from how much GPU memory on the hardware guidelines give it.
        memory_bytes: what one image needs, weights included, by precision on a GPU, and on the
            "cpu"; how that was measured stands in `checkpoints.json`.
        published: the guide's words on speed ("speed_a100"), "memory" and "use".
    """

    kind: str
    name: str
    file: str
    url: str
    bytes: int
    sha256: str
    parameters: int
    width: int
    depth: int
    average_iou: float
    guide_min_vram_bytes: int
    memory_bytes: dict[str, int] = field(hash=False)
    published: dict[str, str] = field(hash=False)


@cache
def checkpoints() -> tuple[Checkpoint, ...]:
    """The three published checkpoints, largest first."""
    raw = _published()
    return tuple(
        Checkpoint(url=raw["base_url"] + entry["file"], **entry) for entry in raw["checkpoints"]
    )


@dataclass(frozen=True)
class OtherModel:
    """A model that SAMDesk does not run, with its published figures, for comparison."""

    name: str
    bytes: int
    parameters: int
    note: str


def other_models() -> tuple[OtherModel, ...]:
    """Models of the guide's comparison besides Segment Anything."""
    return tuple(OtherModel(**entry) for entry in _published()["others"])


def overhead_bytes() -> int:
    """What using a GPU takes besides weights and tensors, an allowance."""
    return int(_published()["overhead_bytes"])


@cache
def _published() -> dict[str, Any]:
    published: dict[str, Any] = json.loads(resource("checkpoints.json").read_text("utf-8"))
    return published


def checkpoint(kind: str) -> Checkpoint:
    """The checkpoint of this registry name.

    Raises:
        KeyError: there is none.
    """
    return {known.kind: known for known in checkpoints()}[kind]


def file_of(known: Checkpoint, folder: Path) -> Path | None:
    """A checkpoint's file, in the user's checkpoints folder or at its own path, if it is there."""
    path = folder / known.file
    # `Path.is_file` raises where the folder may not be looked into, or its drive is gone.
    return path if os.path.isfile(path) else None


def installed(kind: str, folder: Path) -> Path | None:
    """The file of a published checkpoint in the user's checkpoints folder, if it is there."""
    return file_of(checkpoint(kind), folder)


def require_installed(kind: str, folder: Path) -> Path:
    """The file of a published checkpoint.

    Raises:
        CheckpointError: it is not on this machine; the hint says where to get it.
    """
    path = installed(kind, folder)
    if path is None:
        wanted = checkpoint(kind)
        raise CheckpointError(
            Text("The {name} checkpoint is not on this machine.", name=wanted.name),
            Text(
                "Download {url} ({bytes:,.0f} MB) into {folder}, or open a checkpoint "
                "file that you have.",
                url=wanted.url,
                bytes=wanted.bytes / 1e6,
                folder=folder,
            ),
        )
    return path


def unreadable(path: Path, error: OSError) -> CheckpointError:
    """What to raise where a checkpoint's file cannot be read."""
    return CheckpointError(
        Text(
            "The checkpoint {name} cannot be read: {reason}.",
            name=path.name,
            reason=reason_of(error),
        ),
        Text("Check that {path} exists and may be read.", path=path),
    )
