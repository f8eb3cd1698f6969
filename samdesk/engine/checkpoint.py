"""Checkpoint files: which kinds there are, what a file is, and reading one safely."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samdesk.engine.base import CancelToken, out_of_memory
from samdesk.errors import CheckpointError
from samdesk.resources import resource
from samdesk.text import Text

if TYPE_CHECKING:
    import torch

_NO_ROOM = (
    "not enough memory",
    "can't allocate memory",
    "out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)


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


def sha256_of(path: Path, token: CancelToken | None = None) -> str:
    """The SHA-256 of a file in hexadecimal.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 24):
                if token is not None:
                    token.check()
                digest.update(block)
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def known_sha256(path: Path, memo: Path, token: CancelToken | None = None) -> str:
    """The SHA-256 of a file, remembered for as long as its size and time of change stay.

    Args:
        memo: a JSON file in which it is remembered; anything else in it is written anew.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    name, state = str(path.absolute()), [found.st_size, found.st_mtime_ns]
    try:
        remembered = json.loads(memo.read_text("utf-8"))
    except (OSError, ValueError):
        remembered = {}
    if not isinstance(remembered, dict):
        remembered = {}
    match remembered.get(name):
        case [*known, str(sha256)] if known == state:
            return sha256
    sha256 = sha256_of(path, token)
    remembered = {known: told for known, told in remembered.items() if os.path.exists(known)}
    remembered[name] = [*state, sha256]
    try:
        memo.parent.mkdir(parents=True, exist_ok=True)
        temporary = memo.with_name(f".{memo.name}.{os.getpid()}")
        temporary.write_text(json.dumps(remembered, indent=1), "utf-8")
        os.replace(temporary, memo)
    except OSError:
        # It is only remembered to save time.
        return sha256
    return sha256


def read_weights(path: Path) -> tuple[Checkpoint, dict[str, torch.Tensor]]:
    """Reads a checkpoint file of any name; what it is, is told by its tensors' shapes.

    The file is read as plain tensors only: a pickle that would run code is refused.

    Returns:
        Which checkpoint it is and its state dict, float32 on the CPU.

    Raises:
        CheckpointError: missing, damaged, unsafe, or not one of the three kinds.
        OutOfMemory: the memory does not hold it.
    """
    try:
        return _read_weights(path)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise out_of_memory() from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was short, of a GPU or of the computer, however torch says so."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # Not every allocator and library has an exception of its own.
    return any(words in str(error) for words in _NO_ROOM)


def _read_weights(path: Path) -> tuple[Checkpoint, dict[str, torch.Tensor]]:
    import torch

    try:
        loaded: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise _unreadable(path, error) from error
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            Text(
                "{name} holds more than weights and was not opened: it could run a program.",
                name=path.name,
            ),
            "Use the published SAM files, or save the model's state_dict() alone.",
        ) from error
    except Exception as error:
        if is_out_of_memory(error):
            raise
        # What torch raises for damaged archives is not of one type across its versions.
        raise CheckpointError(
            Text(
                "{name} is damaged or is not a checkpoint file ({kind}).",
                name=path.name,
                kind=type(error).__name__,
            ),
            "Download it again.",
        ) from error
    weights = _state_dict(loaded)
    found = recognised({name: tuple(tensor.shape) for name, tensor in weights.items()})
    if found is None:
        raise CheckpointError(
            Text(
                "{name} is not a Segment Anything checkpoint{resembles}.",
                name=path.name,
                resembles=_resembles(weights),
            ),
            "SAMDesk reads ViT-H, ViT-L and ViT-B of Segment Anything (SAM 1).",
        )
    return found, {name: tensor.float() for name, tensor in weights.items()}


def recognised(shapes: Mapping[str, tuple[int, ...]]) -> Checkpoint | None:
    """Which checkpoint has tensors of these names and shapes; None when it is none."""
    patches = shapes.get("image_encoder.patch_embed.proj.weight")
    blocks = {name.split(".")[2] for name in shapes if name.startswith("image_encoder.blocks.")}
    if patches is None or "mask_decoder.iou_token.weight" not in shapes:
        return None
    for known in checkpoints():
        if patches == (known.width, 3, 16, 16) and len(blocks) == known.depth:
            return known
    return None


def _state_dict(loaded: Any) -> dict[str, torch.Tensor]:
    """The tensors of a loaded file, also where training code has wrapped or prefixed them."""
    import torch

    for wrapper in ("model", "state_dict"):
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping):
        return {}
    return {
        str(name).removeprefix("module.").removeprefix("sam."): tensor
        for name, tensor in loaded.items()
        if isinstance(tensor, torch.Tensor)
    }


def _resembles(names: Mapping[str, Any]) -> str:
    """What a file that is no SAM 1 checkpoint seems to be, as the end of a sentence."""
    signs = {
        "image_encoder.layers.0.": Text("; it looks like MobileSAM"),
        "sam_mask_decoder.": Text("; it looks like SAM 2"),
        "vision_encoder.": Text("; it looks like SAM in the format of Hugging Face transformers"),
        "image_encoder.blocks.": Text("; it looks like a SAM of another size"),
    }
    for sign, kind in signs.items():
        if any(name.startswith(sign) for name in names):
            return kind
    return ""


def _unreadable(path: Path, error: OSError) -> CheckpointError:
    return CheckpointError(
        Text(
            "The checkpoint {name} cannot be read: {reason}.",
            name=path.name,
            reason=error.strerror or error,
        ),
        Text("Check that {path} exists and may be read.", path=path),
    )
