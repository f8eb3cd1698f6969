"""Which engine to use, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from samdesk.engine.base import Attempt, CancelToken, Progress, Segmenter
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.builtin import BuiltinSegmenter
from samdesk.engine.checkpoint import checkpoint, checkpoints, installed, require_installed
from samdesk.engine.hardware import detect
from samdesk.engine.recommend import Preference, best_installed

KINDS = ("vit_b", "vit_l", "vit_h")


@dataclass(frozen=True)
class EngineChoice:
    """An engine that may not be loaded yet.

    Attributes:
        name: for people, until the loaded engine says its own.
        load: loads it, or raises a CheckpointError where it is not on this machine; belongs on a
            thread that may wait, as the drive with the checkpoints may take its time.
    """

    name: str
    load: Callable[[CancelToken, Progress], Segmenter]


def choose_engine(
    wanted: str,
    folder: Path,
    *,
    cache: Path,
    file: Path | None = None,
    preference: Preference = Preference(),  # noqa: B008 (frozen)
    converting: Callable[[], None] = lambda: None,
) -> EngineChoice:
    """Turns a setting or a command-line argument into an engine.

    Args:
        wanted: "auto", "builtin" or a registry name such as "vit_b".
        folder: where checkpoints are kept.
        cache: where converted checkpoints are kept.
        file: a checkpoint file to use; with a registry name it must be of that kind.
        preference: policy, device and precision.
        converting: called, in the thread that loads, when the checkpoint has to be converted.
    """
    if file is not None:
        kind = wanted if wanted in KINDS else None
        name = file.name if kind is None else checkpoint(kind).name
        return _sam(name, lambda: file, kind, preference, cache, converting)
    if wanted == "auto":
        return _automatic(folder, preference, cache, converting)
    if wanted == "builtin":
        return choose_attempt(None, cache)
    name, find = checkpoint(wanted).name, partial(require_installed, wanted, folder)
    return _sam(name, find, wanted, preference, cache, converting)


def choose_attempt(attempt: Attempt | None, cache: Path) -> EngineChoice:
    """An engine for an attempt; the built-in one for None."""
    if attempt is None:
        return EngineChoice(BUILTIN_NAME, lambda token, progress: BuiltinSegmenter())

    def load(token: CancelToken, progress: Progress) -> Segmenter:
        from samdesk.engine.sam.load import load_sam

        return load_sam(
            attempt.path,
            cache=cache,
            kind=attempt.kind,
            device=attempt.device,
            precision=attempt.precision,
            token=token,
            progress=progress,
        )

    return EngineChoice(checkpoint(attempt.kind).name, load)


def _automatic(
    folder: Path, preference: Preference, cache: Path, converting: Callable[[], None]
) -> EngineChoice:
    """The installed checkpoint that comes closest to the recommendation for this machine.

    The built-in engine where there is none.
    """

    def load(token: CancelToken, progress: Progress) -> Segmenter:
        present = {known.kind for known in checkpoints() if installed(known.kind, folder)}
        if not present:
            return BuiltinSegmenter()
        best = best_installed(preference.recommended(detect(cache)), present)
        assert best is not None, "one is installed"
        choice = choose_engine(
            best, folder, cache=cache, preference=preference, converting=converting
        )
        return choice.load(token, progress)

    return EngineChoice("Segment Anything", load)


def _sam(
    name: str,
    find: Callable[[], Path],
    kind: str | None,
    preference: Preference,
    cache: Path,
    converting: Callable[[], None],
) -> EngineChoice:
    def load(token: CancelToken, progress: Progress) -> Segmenter:
        from samdesk.engine.sam.load import load_sam

        path = find()
        device = preference.device_for(preference.recommended(detect(cache)))
        return load_sam(
            path,
            cache=cache,
            kind=kind,
            device=device,
            precision=preference.precision_on(device),
            token=token,
            progress=progress,
            converting=converting,
        )

    return EngineChoice(name, load)
