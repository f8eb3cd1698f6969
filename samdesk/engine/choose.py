"""Which engine to use, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samdesk.engine.base import Attempt, CancelToken, Progress, Segmenter
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.builtin import BuiltinSegmenter
from samdesk.engine.checkpoint import checkpoint, checkpoints, installed, require_installed

KINDS = ("vit_b", "vit_l", "vit_h")


@dataclass(frozen=True)
class EngineChoice:
    """An engine that may not be loaded yet.

    Attributes:
        name: for people, until the loaded engine says its own.
        load: loads it; belongs on a thread that may wait.
    """

    name: str
    load: Callable[[CancelToken, Progress], Segmenter]


def choose_engine(wanted: str, folder: Path, *, file: Path | None = None) -> EngineChoice:
    """Turns a setting or a command-line argument into an engine.

    Args:
        wanted: "auto", "builtin" or a registry name such as "vit_b".
        folder: where checkpoints are kept.
        file: a checkpoint file to use; with a registry name it must be of that kind.

    Raises:
        CheckpointError: the checkpoint is not on this machine.
    """
    if file is not None:
        kind = wanted if wanted in KINDS else None
        return _sam(file.name if kind is None else checkpoint(kind).name, file, kind)
    if wanted == "auto":
        return _automatic(folder)
    if wanted == "builtin":
        return choose_attempt(None)
    return _sam(checkpoint(wanted).name, require_installed(wanted, folder), wanted)


def choose_attempt(attempt: Attempt | None) -> EngineChoice:
    """An engine for an attempt; the built-in one for None."""
    if attempt is None:
        return EngineChoice(BUILTIN_NAME, lambda token, progress: BuiltinSegmenter())

    def load(token: CancelToken, progress: Progress) -> Segmenter:
        from samdesk.engine.sam_torch import load_sam

        return load_sam(
            attempt.path,
            kind=attempt.kind,
            device=attempt.device,
            precision=attempt.precision,
            token=token,
            progress=progress,
        )

    return EngineChoice(checkpoint(attempt.kind).name, load)


def _automatic(folder: Path) -> EngineChoice:
    """The installed checkpoint that comes closest to the recommendation for this machine."""
    present = {known.kind for known in checkpoints() if installed(known.kind, folder)}
    if not present:
        return choose_engine("builtin", folder)

    def load(token: CancelToken, progress: Progress) -> Segmenter:
        from samdesk.engine.hardware import detect
        from samdesk.engine.recommend import best_installed, recommend

        best = best_installed(recommend(detect()), present)
        assert best is not None, "one is installed"
        return choose_engine(best, folder).load(token, progress)

    return EngineChoice("Segment Anything", load)


def _sam(name: str, path: Path, kind: str | None) -> EngineChoice:
    def load(token: CancelToken, progress: Progress) -> Segmenter:
        from samdesk.engine.hardware import detect
        from samdesk.engine.recommend import recommend
        from samdesk.engine.sam_torch import load_sam

        best = recommend(detect())
        return load_sam(
            path,
            kind=kind,
            device=best.device,
            precision=best.precision,
            token=token,
            progress=progress,
        )

    return EngineChoice(name, load)
