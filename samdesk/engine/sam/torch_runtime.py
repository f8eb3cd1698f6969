"""SAM on torch, with the model classes of the segment-anything package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from samdesk.core.prompt import Logits
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    EngineLost,
    Packed,
    Progress,
    out_of_memory,
)
from samdesk.engine.checkpoint import Checkpoint
from samdesk.engine.sam.segmenter import PIXEL_MEAN, PIXEL_STD, Floats
from samdesk.engine.weights import is_out_of_memory, read_weights
from samdesk.errors import CheckpointError
from samdesk.text import Text

T = TypeVar("T")

_GPU_BATCH = 64  # prompts, as SamAutomaticMaskGenerator has it; takes about 2 GB
_CPU_BATCH = 4
_EMBEDDINGS_SHARE = 1 / 16  # of a GPU's memory: 250 images on 8 GB
_GPU_IMAGES = 8  # as the published throughputs have it; fewer where they do not fit


class TorchRuntime:
    """SAM's encoder and decoder on one torch device.

    The encoder and the decoder share no state, so one thread may encode while another decodes.
    On a GPU they do so on streams of their own, the decoder's before the encoder's.
    """

    def __init__(
        self,
        model: Any,
        device: str,
        precision: str = "float32",
        attempt: Attempt | None = None,
        *,
        is_exact: bool = True,
    ) -> None:
        """Takes a model over.

        Args:
            model: a `segment_anything.modeling.Sam`, in float32.
            device: as torch names it.
            precision: of the encoder: "float32", "float16" or "bfloat16". The decoder is small
                and sensitive, so it stays in float32.
            attempt: for whoever must find another way when the memory does not hold it.
            is_exact: whether embeddings stay in float32 rather than in float16.

        Raises:
            OutOfMemory: the device's memory does not hold the model.
        """
        import torch

        self._torch = torch
        self._dtype = getattr(torch, precision)
        self._device = torch.device(device)
        self.attempt = attempt
        self.device = device_name(device)
        self.precision = precision
        self._is_exact = is_exact
        self.side: int = model.image_encoder.img_size
        self._is_cuda = self._device.type == "cuda"
        is_cpu = self._device.type == "cpu"
        self.batch = _CPU_BATCH if is_cpu else _GPU_BATCH
        self.images = 1 if is_cpu else _GPU_IMAGES
        self.embedding_bytes = self._embedding_bytes()
        if self._is_cuda:
            torch.cuda.reset_peak_memory_stats(self._device)
        self._encoder, self._image_part, self._prior_part, self._click_part = self._with_room(
            lambda: self._parts(model)
        )
        self._encode_stream = self._stream(0)
        self._decode_stream = self._stream(-1)
        self._prepared: tuple[Any, Any] = (None, None)
        self._synchronise()

    @property
    def peak_bytes(self) -> int | None:
        """See `Segmenter.peak_bytes`."""
        return self._torch.cuda.max_memory_allocated(self._device) if self._is_cuda else None

    def _parts(self, model: Any) -> list[Any]:
        from samdesk.engine.sam.decoder import ClickPart, ImagePart, PriorPart
        from samdesk.engine.sam.encoder import Attention, Encoder

        with self._torch.inference_mode():
            # Converted before it is moved: the full-precision encoder may not fit on the GPU.
            encoder = model.image_encoder.to(self._dtype)
            attention: Attention = "chunked" if self._device.type == "cpu" else "fused"
            parts = [Encoder(encoder, attention), ImagePart(model), PriorPart(model)]
            return [part.to(self._device).eval() for part in (*parts, ClickPart(model))]

    def encode(
        self, images: Sequence[RGB], token: CancelToken, progress: Progress
    ) -> list[tuple[Any, int]]:
        """See `Runtime.encode`. The token is checked between transformer blocks."""
        torch = self._torch

        def pause(fraction: float) -> None:
            token.check()
            progress(fraction)

        def encoded() -> Any:
            with torch.inference_mode(), torch.cuda.stream(self._encode_stream):
                pixels = torch.stack([self._normalised(image) for image in images])
                features = self._encoder(pixels.to(self._dtype), pause).float()
                each = [self._kept(one) for one in features.split(1)]
                if self._encode_stream is not None:
                    # Until the GPU is done, nobody may take the features for ready.
                    self._encode_stream.synchronize()
                return each

        features = self._with_room(encoded)
        progress(1.0)
        return [(one, one.nbytes) for one in features]

    def _normalised(self, image: RGB) -> Any:
        """The encoder's input (3, side, side) of a scaled image, as `Sam.preprocess` makes it."""
        torch = self._torch
        pixels = self._moved(torch.from_numpy(image.transpose(2, 0, 1).copy())).float()
        mean = torch.tensor(PIXEL_MEAN, device=self._device)[:, None, None]
        std = torch.tensor(PIXEL_STD, device=self._device)[:, None, None]
        below, right = (self.side - length for length in pixels.shape[1:])
        return torch.nn.functional.pad((pixels - mean) / std, (0, right, 0, below))

    def _kept(self, features: Any) -> Any:
        """One image's features (1, C, L, L) with memory of their own."""
        if self._is_exact:
            return features.clone()
        rounded = features.half()
        # A checkpoint of one's own may have values beyond float16.
        return rounded if rounded.isfinite().all() else features.clone()

    def decode(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        """See `Runtime.decode`."""
        return self._with_room(lambda: self._decoded(features, coords, labels, prior))

    def _decoded(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        torch = self._torch
        with torch.inference_mode(), torch.cuda.stream(self._decode_stream):
            of, image = self._prepared
            if of is not features:
                image = self._image_part(features.float())
                self._prepared = features, image
            if prior is not None:
                image = self._prior_part(*image, self._moved(torch.as_tensor(prior[None, None])))
            points = self._moved(torch.as_tensor(coords))
            kinds = self._moved(torch.as_tensor(labels))
            logits, scores = self._click_part(*image, points, kinds)
            return logits.cpu().numpy(), scores.cpu().numpy()

    def _stream(self, priority: int) -> Any:
        if not self._is_cuda:
            return None
        stream: Any = self._torch.cuda.Stream
        return stream(self._device, priority=priority)

    def _embedding_bytes(self) -> int | None:
        if not self._is_cuda:
            return None
        _, total = self._torch.cuda.mem_get_info(self._device)
        return int(total * _EMBEDDINGS_SHARE)

    def _moved(self, tensor: Any) -> Any:
        """A tensor on the device; from pinned memory a GPU fetches it by itself."""
        if self._is_cuda:
            return tensor.pin_memory().to(self._device, non_blocking=True)
        return tensor.to(self._device)

    def _synchronise(self) -> None:
        if self._is_cuda:
            self._torch.cuda.synchronize(self._device)

    def to_host(self, features: Any) -> Packed:
        """See `Runtime.to_host`."""
        return self._with_room(lambda: features[0].cpu().numpy())

    def from_host(self, array: Packed) -> tuple[Any, int]:
        """See `Runtime.from_host`."""
        torch = self._torch

        def moved() -> Any:
            with torch.inference_mode(), torch.cuda.stream(self._encode_stream):
                features = self._moved(torch.as_tensor(array))[None]
                if self._encode_stream is not None:
                    self._encode_stream.synchronize()
                return features

        features = self._with_room(moved)
        return features, features.nbytes

    def close(self) -> None:
        """Frees the model's memory, on the GPU too."""
        self._encoder = self._image_part = self._prior_part = self._click_part = None
        self._prepared = None, None
        self._free()

    def _free(self) -> None:
        if self._is_cuda:
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
            if not is_out_of_memory(error):
                self._require_there(error)
                raise
        self._free()
        try:
            return work()
        except (self._torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                self._require_there(error)
                raise
            raise out_of_memory(self.attempt) from error

    def _require_there(self, error: BaseException) -> None:
        """After a reset of the driver nothing of this process works on the GPU any more."""
        if "CUDA error" in str(error) or "HIP error" in str(error):
            raise EngineLost(
                "The GPU stopped answering.",
                "Start SAMDesk again to use it.",
                self.attempt and replace(self.attempt, precision="float16"),
            ) from error


def read_model(path: Path) -> tuple[Checkpoint, Any]:
    """Reads a checkpoint file of any name.

    Returns:
        Which checkpoint it is, and a `segment_anything.modeling.Sam` in float32 on the CPU.

    Raises:
        CheckpointError: the file is missing, damaged, unsafe or no SAM checkpoint.
    """
    import torch
    from segment_anything import sam_model_registry

    found, weights = read_weights(path)
    # On the meta device nothing is allocated or initialised only to be overwritten.
    with torch.device("meta"):
        model = sam_model_registry[found.kind]()
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise CheckpointError(
            Text(
                "{name} looks like {checkpoint} but some of its tensors are missing or of "
                "another shape.",
                name=path.name,
                checkpoint=found.name,
            ),
            "Download it again, or use the published file.",
        ) from error
    return found, model.eval()


def device_name(device: str) -> str:
    """A torch device's name for people."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.get_device_name(device)
    return {"cpu": "CPU", "mps": "Apple GPU"}.get(kind, kind)
