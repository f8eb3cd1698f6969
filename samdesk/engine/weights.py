"""Reading checkpoint files safely, and telling by their tensors what they are."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samdesk.engine.base import out_of_memory
from samdesk.engine.checkpoint import Checkpoint, checkpoints, unreadable
from samdesk.errors import CheckpointError
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
        raise unreadable(path, error) from error
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
