"""Checkpoints with random weights: as fast and as large as real ones, and there without a download.

Their masks mean nothing, and cover most of the image: clicks are measured at their dearest.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samdesk.errors import CheckpointError


def random_checkpoint(kind: str, folder: Path) -> Path:
    """A checkpoint file of a kind, the same on every call; made where it is not in the folder.

    Raises:
        CheckpointError: it cannot be written.
    """
    path = folder / f"random_{kind}.pth"
    if path.exists():
        return path
    import torch
    from segment_anything import sam_model_registry

    torch.manual_seed(0)
    model = sam_model_registry[kind]()
    for name, parameter in model.named_parameters():
        # Zero-initialised tables would hide mistakes in how they are indexed.
        if "rel_pos" in name or "pos_embed" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    _save(model.state_dict(), path)
    return path


def _save(weights: dict[str, Any], path: Path) -> None:
    import torch

    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            torch.save(weights, stream)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        # torch's writer wraps what the disk says in a RuntimeError.
        if isinstance(error, (OSError, RuntimeError)):
            raise CheckpointError(
                f"Random weights cannot be written to {path}: {error}.",
                "Free space there, set SAMDESK_HOME, or name a checkpoint file.",
            ) from error
        raise


def run(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench` that makes them: "kind" and "folder" give "checkpoint"."""
    yield {"checkpoint": str(random_checkpoint(spec["kind"], Path(spec["folder"])))}
