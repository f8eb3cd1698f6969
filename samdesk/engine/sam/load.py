"""Loads a checkpoint: on OpenVINO for a CPU, on torch for a GPU or where OpenVINO cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from samdesk.engine.base import (
    Attempt,
    CancelToken,
    EngineInfo,
    OutOfMemory,
    Progress,
    no_progress,
    out_of_memory,
)
from samdesk.engine.checkpoint import checkpoint
from samdesk.engine.hashes import known_sha256
from samdesk.engine.sam.convert import Converted, convert_checkpoint, find_converted
from samdesk.engine.sam.segmenter import Runtime, SamSegmenter
from samdesk.engine.weights import is_out_of_memory
from samdesk.errors import CheckpointError, EngineError
from samdesk.text import Text

if TYPE_CHECKING:
    from samdesk.engine.sam.openvino_runtime import OpenVinoRuntime

# What each step of loading is thought to take of the whole.
_HASHED, _CONVERTED = 0.05, 0.9


def load_sam(
    path: Path,
    *,
    cache: Path,
    kind: str | None = None,
    device: str = "cpu",
    precision: str = "auto",
    token: CancelToken | None = None,
    progress: Progress = no_progress,
    converting: Callable[[], None] = lambda: None,
) -> SamSegmenter:
    """Loads a checkpoint file onto a device.

    On a CPU it is converted for OpenVINO the first time, which takes a while and some disk. Where
    that cannot be done, torch serves, and `EngineInfo.remark` says so.

    Args:
        path: a checkpoint file of any name.
        cache: folder for converted checkpoints and known hashes.
        kind: refuse the file when it is not of this kind, such as "vit_b".
        device: as torch names it.
        precision: of the encoder: "auto" for what the device is fastest in, with a relative error
            of at most 2e-2; "exact" for float32, and embeddings that stay so on disk; or as torch
            names it.
        token: checked between the steps.
        converting: called, in this thread, when the file has to be converted.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file is missing, damaged, unsafe or of another kind.
        OutOfMemory: the device's memory does not hold the model.
    """
    try:
        return _loaded(
            path, cache, kind, device, precision, token or CancelToken(), progress, converting
        )
    except MemoryError as error:
        raise out_of_memory(Attempt(path, kind, device, precision) if kind else None) from error


def _loaded(
    path: Path,
    cache: Path,
    kind: str | None,
    device: str,
    precision: str,
    token: CancelToken,
    progress: Progress,
    converting: Callable[[], None],
) -> SamSegmenter:
    sha256 = known_sha256(path, cache / "hashes.json", token)
    progress(_HASHED)
    remark = ""
    runtime: Runtime
    is_exact = precision == "exact"
    if device == "cpu" and precision in ("auto", "exact"):
        try:
            converted = _converted(
                path, sha256, cache / "openvino", is_exact, token, progress, converting
            )
            _require_kind(path, converted.kind, kind)
            attempt = Attempt(path, converted.kind, device, precision)
            runtime = _openvino(converted, attempt)
            progress(1.0)
            return _segmenter(converted.kind, sha256, runtime, is_exact)
        except (CheckpointError, OutOfMemory):
            # Torch would only need more.
            raise
        except EngineError as error:
            remark = error.text
    runtime, found = _on_torch(path, kind, device, precision, token, progress)
    progress(1.0)
    return _segmenter(found, sha256, runtime, is_exact, remark)


def _segmenter(
    kind: str, sha256: str, runtime: Runtime, is_exact: bool, remark: str = ""
) -> SamSegmenter:
    info = EngineInfo(
        name=checkpoint(kind).name,
        # Whatever computed it, one checkpoint's embedding serves all: a machine without a GPU uses
        # what one with a GPU has precomputed.
        key=f"sam-{kind}-{sha256[:16]}" + "-exact" * is_exact,
        device=runtime.device,
        checkpoint=kind,
        checkpoint_sha256=sha256,
        precision=runtime.precision,
        remark=remark,
        embedding_bytes=runtime.embedding_bytes,
    )
    return SamSegmenter(runtime, info)


def _converted(
    path: Path,
    sha256: str,
    cache: Path,
    is_exact: bool,
    token: CancelToken,
    progress: Progress,
    converting: Callable[[], None],
) -> Converted:
    found = find_converted(sha256, cache, exact=is_exact)
    if found is None:
        converting()
        told = partial(_part, progress, _HASHED, _CONVERTED)
        found = convert_checkpoint(path, sha256, cache, token, told, exact=is_exact)
    token.check()
    progress(_CONVERTED)
    return found


def _openvino(converted: Converted, attempt: Attempt) -> OpenVinoRuntime:
    try:
        from samdesk.engine.sam.openvino_runtime import OpenVinoRuntime

        return OpenVinoRuntime(converted, attempt)
    except (ImportError, RuntimeError) as error:
        # ImportError: there are no wheels for every machine.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise EngineError(
            Text(
                "OpenVINO cannot run {name} here ({reason}).",
                name=converted.name,
                reason=reason[-1],
            ),
            "PyTorch runs it, which is slower.",
        ) from error


def _on_torch(
    path: Path,
    kind: str | None,
    device: str,
    precision: str,
    token: CancelToken,
    progress: Progress,
) -> tuple[Runtime, str]:
    from samdesk.engine.sam.torch_runtime import TorchRuntime, read_model

    try:
        found, model = read_model(path)
    except OutOfMemory as error:
        # It says what was tried, for whoever tries something smaller.
        error.attempt = Attempt(path, kind, device, precision) if kind else None
        raise
    _require_kind(path, found.kind, kind)
    token.check()
    progress(0.6)
    attempt = Attempt(path, found.kind, device, precision)
    _require_device(attempt)
    fastest = "float16" if device.startswith("cuda") else "float32"
    dtype = {"auto": fastest, "exact": "float32"}.get(precision, precision)
    is_exact = precision == "exact"
    return TorchRuntime(model, device, dtype, attempt, is_exact=is_exact), found.kind


def _require_device(attempt: Attempt) -> None:
    import torch

    try:
        # Torch has no error of its own for a device that it does not know, or cannot use.
        torch.empty(0, device=attempt.device)
    except (RuntimeError, AssertionError) as error:
        if is_out_of_memory(error):
            raise out_of_memory(attempt) from error
        raise EngineError(
            Text("The device {device} is not there.", device=attempt.device),
            "Choose another one in the Checkpoint menu.",
        ) from error


def _require_kind(path: Path, found: str, wanted: str | None) -> None:
    if wanted is not None and found != wanted:
        raise CheckpointError(
            Text(
                "{name} is a {checkpoint} checkpoint, not the one asked for ({wanted}).",
                name=path.name,
                checkpoint=checkpoint(found).name,
                wanted=wanted,
            ),
            Text("Choose {checkpoint}, or another file.", checkpoint=checkpoint(found).name),
        )


def _part(progress: Progress, start: float, end: float, fraction: float) -> None:
    progress(start + (end - start) * fraction)
