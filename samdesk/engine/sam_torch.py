"""SAM on torch, with the model classes of the segment-anything package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from samdesk.core.prompt import Logits
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    EngineInfo,
    EngineLost,
    OutOfMemory,
    Progress,
    no_progress,
)
from samdesk.engine.checkpoint import Checkpoint, read_weights, sha256_of
from samdesk.engine.sam import BOX_TOP_LEFT, Floats, SamSegmenter
from samdesk.errors import CheckpointError, EngineError

T = TypeVar("T")


class TorchRuntime:
    """SAM's encoder and decoder on one torch device.

    The encoder and the decoder share no state, so one thread may encode while another decodes.
    """

    def __init__(
        self,
        model: Any,
        device: str,
        precision: str = "float32",
        attempt: Attempt | None = None,
    ) -> None:
        """Takes a model over.

        Args:
            model: a `segment_anything.modeling.Sam`, in float32.
            device: as torch names it.
            precision: of the encoder: "float32", "float16" or "bfloat16". The decoder is small
                and sensitive, so it stays in float32.
            attempt: for whoever must find another way when the memory does not hold it.

        Raises:
            OutOfMemory: the device's memory does not hold the model.
        """
        import torch

        self._torch = torch
        self._dtype = getattr(torch, precision)
        # Converted before it is moved: the full-precision encoder may not fit on the GPU.
        model.image_encoder.to(self._dtype)
        self._device = torch.device(device)
        self._attempt = attempt
        self._model = self._with_room(lambda: model.to(device).eval())
        self.device = device_name(device)
        self.side: int = model.image_encoder.img_size
        self._token = CancelToken()
        self._progress: Progress = no_progress
        self._watch_blocks()
        with torch.inference_mode():
            self._dense_pe = self._model.prompt_encoder.get_dense_pe()

    def encode(self, image: RGB, token: CancelToken, progress: Progress) -> tuple[Any, int]:
        """See `Runtime.encode`. The token is checked between transformer blocks."""
        torch = self._torch
        self._token, self._progress = token, progress

        def encoded() -> Any:
            with torch.inference_mode():
                pixels = torch.as_tensor(np.array(image), device=self._device)
                batch = self._model.preprocess(pixels.permute(2, 0, 1)[None])
                return self._model.image_encoder(batch.to(self._dtype)).float()

        features = self._with_room(encoded)
        progress(1.0)
        return features, features.nbytes

    def decode(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        """See `Runtime.decode`."""
        return self._with_room(lambda: self._decoded(features, coords, labels, prior))

    def _decoded(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        torch = self._torch
        is_point = labels < BOX_TOP_LEFT

        def tensor(array: Any) -> Any:
            return torch.as_tensor(array, device=self._device)[None]

        with torch.inference_mode():
            sparse, dense = self._model.prompt_encoder(
                points=(tensor(coords[is_point]), tensor(labels[is_point]))
                if is_point.any()
                else None,
                boxes=None if is_point.all() else tensor(coords[~is_point].reshape(4)),
                masks=None if prior is None else tensor(prior[None]),
            )
            logits, scores = self._model.mask_decoder(
                image_embeddings=features,
                image_pe=self._dense_pe,
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=True,
            )
            return logits[0].float().cpu().numpy(), scores[0].float().cpu().numpy()

    def to_host(self, features: Any) -> Floats:
        """See `Runtime.to_host`."""
        return self._with_room(lambda: features[0].cpu().numpy())

    def from_host(self, array: Floats) -> tuple[Any, int]:
        """See `Runtime.from_host`."""
        features = self._with_room(lambda: self._torch.as_tensor(array, device=self._device)[None])
        return features, features.nbytes

    def close(self) -> None:
        """Frees the model's memory, on the GPU too."""
        self._model = None
        self._dense_pe = None
        self._free()

    def _free(self) -> None:
        if self._device.type == "cuda":
            self._torch.cuda.empty_cache()

    def _with_room(self, work: Callable[[], T]) -> T:
        """Does something that takes memory; once more, when freeing what is cached may help.

        Raises:
            OutOfMemory: it did not help.
            EngineLost: the device is gone.
        """
        try:
            return work()
        except (self._torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if "CUDA error" in str(error) or "HIP error" in str(error):
                # After a reset of the driver nothing of this process works on the GPU any more.
                raise EngineLost(
                    "The GPU stopped answering.",
                    "Start SAMDesk again to use it.",
                    self._attempt and replace(self._attempt, precision="float16"),
                ) from error
            if not _is_out_of_memory(self._torch, error):
                raise
        self._free()
        try:
            return work()
        except (self._torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(self._torch, error):
                raise
            raise OutOfMemory(
                "There is not enough memory for this checkpoint.",
                "Choose a smaller checkpoint, or close other programs.",
                self._attempt,
            ) from error

    def _watch_blocks(self) -> None:
        blocks = self._model.image_encoder.blocks

        def before(index: int) -> Any:
            def hook(*_: Any) -> None:
                self._token.check()
                self._progress(index / len(blocks))

            return hook

        for index, block in enumerate(blocks):
            block.register_forward_pre_hook(before(index))


def load_sam(
    path: Path,
    *,
    kind: str | None = None,
    device: str = "cpu",
    precision: str = "float32",
    is_exact: bool = False,
    token: CancelToken | None = None,
    progress: Progress = no_progress,
) -> SamSegmenter:
    """Loads a checkpoint file onto a device.

    Args:
        path: a checkpoint file of any name.
        kind: refuse the file when it is not of this kind, such as "vit_b".
        device: as torch names it.
        precision: of the encoder; see `TorchRuntime`.
        is_exact: whether embeddings are kept on disk as exact as they are in memory.
        token: checked between the steps.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file is missing, damaged, unsafe or of another kind.
        OutOfMemory: the device's memory does not hold the model.
    """
    token = token or CancelToken()
    sha256 = sha256_of(path, token)
    progress(0.2)
    found, weights = read_weights(path)
    if kind is not None and found.kind != kind:
        raise CheckpointError(
            f"{path.name} is a {found.name} checkpoint, not the one asked for ({kind}).",
            f"Choose {found.name}, or another file.",
        )
    token.check()
    progress(0.6)
    import torch

    model = _model(found, weights, path)
    token.check()
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise EngineError(
            f"The device {device} is not there.", "Choose another one in the Checkpoint menu."
        )
    runtime = TorchRuntime(model, device, precision, Attempt(path, found.kind, device, precision))
    progress(1.0)
    info = EngineInfo(
        name=found.name,
        # Whatever computed it, one checkpoint's embedding serves all: a machine without a GPU uses
        # what one with a GPU has precomputed.
        key=f"sam-{found.kind}-{sha256[:16]}" + "-exact" * is_exact,
        device=runtime.device,
        checkpoint=found.kind,
        checkpoint_sha256=sha256,
        precision=precision,
    )
    return SamSegmenter(runtime, info, packed="float32" if is_exact else "float16")


def device_name(device: str) -> str:
    """A torch device's name for people."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.get_device_name(device)
    return {"cpu": "CPU", "mps": "Apple GPU"}.get(kind, kind)


def _model(checkpoint: Checkpoint, weights: dict[str, Any], path: Path) -> Any:
    import torch
    from segment_anything import sam_model_registry

    # On the meta device nothing is allocated or initialised only to be overwritten.
    with torch.device("meta"):
        model = sam_model_registry[checkpoint.kind]()
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path.name} looks like {checkpoint.name} but some of its tensors are missing or of "
            "another shape.",
            "Download it again, or use the published file.",
        ) from error
    return model


def _is_out_of_memory(torch: Any, error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # The CPU's allocator has no exception of its own.
    return "not enough memory" in str(error) or "can't allocate memory" in str(error)
