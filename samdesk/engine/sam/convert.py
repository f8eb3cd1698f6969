"""Converts a checkpoint for OpenVINO, once; run as a program, so that its memory is given back.

`python -m samdesk.engine.sam.convert CHECKPOINT FOLDER [exact]` writes the models into FOLDER,
prints the fraction that is done, line by line, and at last "done" or a JSON object with the
error's title and hint as `samdesk.text` packs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from samdesk.engine.base import CancelToken, Progress, no_progress
from samdesk.errors import CheckpointError, EngineError
from samdesk.reason import reason_of
from samdesk.text import Text, packed, unpacked

# Grows whenever converted models of before must not be used any more.
VERSION = 3

PARTS = ("encoder", "image", "click", "refine")
_ABOUT = "checkpoint.json"
_UNUSED_DAYS = 30.0  # until models of another version are removed
_DONE = "done"
_EXACT = "exact"
_MOST_POINTS = 4096


@dataclass(frozen=True)
class Converted:
    """A checkpoint that was converted.

    Attributes:
        folder: holds NAME.xml and NAME.bin for each of `PARTS`.
        kind: registry name of the checkpoint.
        name: for people.
        sha256: of the checkpoint file.
        side: the length of the encoder's square input in pixels.
        is_exact: whether the encoder's weights are in float32 rather than in float16, which takes
            half of the disk and of the memory.
    """

    folder: Path
    kind: str
    name: str
    sha256: str
    side: int
    is_exact: bool


def find_converted(sha256: str, cache: Path, *, exact: bool) -> Converted | None:
    """The converted models of a checkpoint, if they are there and whole.

    Args:
        sha256: of the checkpoint file.
        cache: the folder of all converted checkpoints.
        exact: see `Converted.is_exact`.
    """
    folder = _folder(sha256, cache, exact)
    try:
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in about["sizes"]}
    except (OSError, ValueError, KeyError):
        return None
    if sizes != about["sizes"] or about["sha256"] != sha256:
        return None
    with suppress(OSError):
        # What is used is not removed by another version.
        os.utime(folder / _ABOUT)
    return Converted(folder, about["kind"], about["name"], sha256, about["side"], exact)


def convert_checkpoint(
    path: Path,
    sha256: str,
    cache: Path,
    token: CancelToken,
    progress: Progress = no_progress,
    *,
    exact: bool,
) -> Converted:
    """Converts a checkpoint in a process of its own.

    Several processes may do so at once; the first to end wins.

    Args:
        path: the checkpoint file.
        sha256: of it.
        cache: the folder of all converted checkpoints.
        token: ends the other process.
        exact: see `Converted.is_exact`.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file is damaged, unsafe or no SAM checkpoint.
        EngineError: the conversion failed.
    """
    folder = _folder(sha256, cache, exact)
    _remove_remains(cache, sha256)
    temporary = cache / f".{folder.name}.{os.getpid()}.{threading.get_ident()}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(cache).free
        needed = int(path.stat().st_size * (1.3 if exact else 0.8))
        if free < needed:
            raise EngineError(
                Text(
                    "Converting {name} for this processor takes {needed:.1f} GB on the disk "
                    "of {cache}, and {free:.1f} GB are free.",
                    name=path.name,
                    needed=needed / 1e9,
                    cache=cache,
                    free=free / 1e9,
                ),
                "Free some space; until then it runs unconverted, which is slower.",
            )
        temporary.mkdir()
        _run(path, temporary, token, progress, exact=exact)
        try:
            temporary.rename(folder)
        except OSError:
            # Another process was first, or left a damaged one behind.
            if find_converted(sha256, cache, exact=exact) is None:
                shutil.rmtree(folder, ignore_errors=True)
                temporary.rename(folder)
    except OSError as error:
        raise EngineError(
            Text(
                "The converted checkpoint cannot be written to {cache}: {reason}.",
                cache=cache,
                reason=reason_of(error),
            ),
            "Free some space or set SAMDESK_HOME; until then it runs unconverted, which is slower.",
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    converted = find_converted(sha256, cache, exact=exact)
    if converted is None:
        raise EngineError(
            Text("{name} was changed while it was converted.", name=path.name),
            "Choose the checkpoint again.",
        )
    return converted


def write_converted(
    sam: Any,
    folder: Path,
    *,
    kind: str,
    name: str,
    sha256: str,
    exact: bool,
    progress: Progress = no_progress,
) -> None:
    """Exports a model's parts and writes them for OpenVINO.

    Args:
        sam: a `segment_anything.modeling.Sam` in float32 on the CPU.
        folder: an empty folder.
        exact: see `Converted.is_exact`. The decoder is small and sensitive: always in float32.
    """
    import openvino
    import torch

    from samdesk.engine.sam.decoder import ClickPart, ImagePart, RefinePart
    from samdesk.engine.sam.encoder import Encoder

    side = sam.image_encoder.img_size
    channels = sam.prompt_encoder.embed_dim
    rows = sam.prompt_encoder.image_embedding_size[0]
    inner = sam.mask_decoder.transformer.layers[0].cross_attn_token_to_image.internal_dim
    image = [torch.zeros(1, rows * rows, width) for width in (channels, inner, inner, inner)]
    prior = torch.zeros(1, 1, 4 * rows, 4 * rows)
    # One prompt at a time, of any number of points.
    prompt = (torch.zeros(1, 3, 2), torch.ones(1, 3))
    free = {1: torch.export.Dim("points", min=2, max=_MOST_POINTS)}
    parts: dict[str, tuple[Any, tuple[Any, ...], Any]] = {
        "click": (ClickPart(sam), (*image, *prompt), (*[None] * 4, free, free)),
        "refine": (RefinePart(sam), (*image, prior, *prompt), (*[None] * 5, free, free)),
        "image": (ImagePart(sam), (torch.zeros(1, channels, rows, rows),), None),
        "encoder": (
            Encoder(sam.image_encoder, "chunked"),
            (torch.zeros(1, 3, side, side),),
            None,
        ),
    }
    for number, (part, (module, example, shapes)) in enumerate(parts.items()):
        with torch.no_grad(), warnings.catch_warnings():
            # What torch.export and the converter warn of are matters of their own.
            warnings.simplefilter("ignore")
            exported = torch.export.export(module.eval(), example, dynamic_shapes=shapes)
            progress((number + 0.4) / len(parts))
            model = openvino.convert_model(exported)
        fixed: dict[Any, Any] = {
            index: openvino.PartialShape(list(tensor.shape)) for index, tensor in enumerate(example)
        }
        if shapes is not None:
            fixed |= {
                len(example) - 2: openvino.PartialShape([1, -1, 2]),
                len(example) - 1: openvino.PartialShape([1, -1]),
            }
        model.reshape(fixed)
        is_half = part == "encoder" and not exact and _fits_float16(module)
        openvino.save_model(model, folder / f"{part}.xml", compress_to_fp16=is_half)
        del exported, model
        progress((number + 1) / len(parts))
    sizes = {file.name: file.stat().st_size for file in sorted(folder.iterdir())}
    about = {"kind": kind, "name": name, "sha256": sha256, "side": side, "sizes": sizes}
    (folder / _ABOUT).write_text(json.dumps(about, indent=1), "utf-8")


def main(arguments: list[str]) -> int:
    """See the module."""
    path, folder, exact = Path(arguments[0]), Path(arguments[1]), _EXACT in arguments[2:]

    def progress(fraction: float) -> None:
        print(fraction, flush=True)

    # OpenVINO's converter would report its use to its makers, from processes of their own that may
    # outlive this one. Without this module it goes on without.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    # Whoever asked may be gone; nobody would ever use what goes on here.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        from samdesk.engine.hashes import sha256_of
        from samdesk.engine.sam.torch_runtime import read_model

        sha256 = sha256_of(path)
        progress(0.1)
        found, model = read_model(path)
        progress(0.2)
        write_converted(
            model,
            folder,
            kind=found.kind,
            name=found.name,
            sha256=sha256,
            exact=exact,
            progress=lambda fraction: progress(0.2 + 0.8 * fraction),
        )
    except CheckpointError as error:
        print(json.dumps({"title": packed(error.title), "hint": packed(error.hint)}), flush=True)
        return 1
    print(_DONE, flush=True)
    return 0


def _run(path: Path, folder: Path, token: CancelToken, progress: Progress, *, exact: bool) -> None:
    """Runs this module as a program until it ends or is cancelled."""
    command = [sys.executable, "-m", "samdesk.engine.sam.convert", str(path), str(folder)]
    command += [_EXACT] * exact
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
        "PYTHONIOENCODING": "utf-8",
    }
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Libraries write what they will.
        errors="replace",
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdout is not None and process.stderr is not None
    lines: Queue[str] = Queue()
    complaints: list[str] = []

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    readers = [
        threading.Thread(target=read),
        threading.Thread(target=lambda: complaints.extend(process.stderr or ())),
    ]
    for reader in readers:
        reader.daemon = True
        reader.start()
    last = ""
    try:
        while process.poll() is None or not lines.empty() or readers[0].is_alive():
            token.check()
            try:
                last = lines.get(timeout=0.05).strip()
            except Empty:
                continue
            if last.replace(".", "", 1).isdigit():
                progress(float(last))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for reader in readers:
            reader.join(5)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    if last == _DONE:
        return
    if last.startswith("{"):
        told = json.loads(last)
        raise CheckpointError(unpacked(told["title"]), unpacked(told["hint"]))
    if process.returncode in (-9, 137) or "MemoryError" in "".join(complaints):
        raise EngineError(
            Text(
                "There was not enough memory to convert {name} for this processor.", name=path.name
            ),
            "Close other programs; until then it runs unconverted, which is slower.",
        )
    raise EngineError(
        Text(
            "{name} could not be converted for this processor ({reason}).",
            name=path.name,
            reason=complaints[-1].strip() if complaints else f"exit code {process.returncode}",
        ),
        "It runs unconverted, which is slower.",
    )


def _end_with_parent() -> None:
    # The pipe closes when the process that holds its other end has gone, however it went.
    sys.stdin.read()
    os._exit(1)


def _fits_float16(module: Any) -> bool:
    """Whether all weights do; a checkpoint of one's own may have others."""
    import torch

    largest = torch.finfo(torch.float16).max
    return all(bool((weight.abs() <= largest).all()) for weight in module.parameters())


def _folder(sha256: str, cache: Path, exact: bool) -> Path:
    return cache / (f"{sha256[:16]}-{VERSION}" + f"-{_EXACT}" * exact)


def _remove_remains(cache: Path, sha256: str) -> None:
    """Removes what conversions left that were killed, a day after, and models that only another
    version can use, once none has for a month.
    """
    present = [_folder(sha256, cache, exact) for exact in (False, True)]
    for outdated in cache.glob(f"{sha256[:16]}-*"):
        if outdated not in present and _unused_days(outdated) > _UNUSED_DAYS:
            shutil.rmtree(outdated, ignore_errors=True)
    for remains in cache.glob(".*"):
        # Another process may tidy up, too.
        with suppress(FileNotFoundError):
            if time.time() - remains.stat().st_mtime > 86400:
                shutil.rmtree(remains, ignore_errors=True)


def _unused_days(folder: Path) -> float:
    try:
        return (time.time() - (folder / _ABOUT).stat().st_mtime) / 86400
    except FileNotFoundError:
        return float("inf")
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
