"""Segment Anything with value semantics: geometry and masks here, tensors in a runtime.

`segment_anything.SamPredictor` holds one image and upsamples three full-size float masks for the
one that is shown. Here an embedding is a value, and a candidate's logits become a mask only when
that candidate is wanted, and only inside its bounding box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from samdesk.core.grid import Grid
from samdesk.core.mask import Bitmap, Mask
from samdesk.core.prompt import Logits, Prompt
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    Embedding,
    EngineInfo,
    Found,
    OutOfMemory,
    Packed,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.errors import EngineError

Floats: TypeAlias = npt.NDArray[np.float32]

# The labels of segment-anything's prompt encoder for points, and of its ONNX export for boxes.
PADDING, NEGATIVE, POSITIVE, BOX_TOP_LEFT, BOX_BOTTOM_RIGHT = -1, 0, 1, 2, 3

# Of the red, green and blue of the pixels that SAM was trained on.
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)

# Pixels of a mask that are computed at a time, so that a huge image needs no huge memory.
_BAND = 1 << 21


class Runtime(Protocol):
    """What runs SAM's encoder and decoder: torch, and others with the same weights.

    Attributes:
        side: the length of the encoder's square input in pixels (1024).
        device: for people.
        precision: of the encoder: "float32", "bfloat16" or "float16".
        batch: how many prompts at a time are decoded fastest when there are many.
        images: the same of images to be encoded.
        embedding_bytes: see `EngineInfo`.
        attempt: see `Segmenter`.
    """

    side: int
    device: str
    precision: str
    batch: int
    images: int
    embedding_bytes: int | None
    attempt: Attempt | None

    def encode(
        self, images: Sequence[RGB], token: CancelToken, progress: Progress
    ) -> list[tuple[Any, int]]:
        """Encodes images whose longest side is `side`, together.

        Returns:
            For each, features that only this runtime understands, and the bytes they hold. Where
            results need not be exact they are rounded to float16 at once, so that an embedding
            from the disk answers as the one that was put there.

        Raises:
            OutOfMemory: fewer at a time may fit.
        """
        ...

    def decode(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        """Decodes prompts on one image.

        Args:
            features: of `encode`.
            coords: (B, N, 2) as (x, y) in pixels of the encoder's input.
            labels: (B, N): 1 and 0 for points, 2 and 3 for box corners, -1 for padding.
            prior: (L, L) logits of an earlier candidate, L = side / 4, for all of the prompts.

        Returns:
            Logits (B, 3, L, L) and predicted IoUs (B, 3) of the three multimask outputs.
        """
        ...

    @property
    def peak_bytes(self) -> int | None:
        """See `Segmenter.peak_bytes`."""
        ...

    def to_host(self, features: Any) -> Packed:
        """Features as a plain array (C, L / 4, L / 4), float16 or float32."""
        ...

    def from_host(self, array: Packed) -> tuple[Any, int]:
        """What `encode` returned, from what `to_host` returned."""
        ...

    def close(self) -> None:
        """Frees the memory of the model and its features."""
        ...


@dataclass(frozen=True)
class Geometry:
    """How an image of width x height pixels lies in the encoder's square input.

    As segment_anything.utils.transforms.ResizeLongestSide defines it: scaled so that the longest
    side is `side`, in the top left corner, zeros elsewhere.
    """

    width: int
    height: int
    side: int

    @property
    def scaled_width(self) -> int:
        """Width of the image in the encoder's input, in pixels."""
        # A strip may be so narrow that it would round to nothing.
        return max(1, int(self.width * self.side / max(self.width, self.height) + 0.5))

    @property
    def scaled_height(self) -> int:
        """Height of the image in the encoder's input, in pixels."""
        return max(1, int(self.height * self.side / max(self.width, self.height) + 0.5))

    def scaled(self, image: RGB) -> RGB:
        """The image as the encoder sees it, before normalisation and padding.

        Args:
            image: (height, width, 3) uint8.

        Returns:
            (scaled_height, scaled_width, 3) uint8.
        """
        size = (self.scaled_width, self.scaled_height)
        resized = Image.fromarray(image).resize(size, Image.Resampling.BILINEAR)
        return np.asarray(resized)

    def coords(self, prompt: Prompt) -> tuple[Floats, Floats]:
        """A prompt's coordinates (N, 2) in the encoder's input, and its labels (N,)."""
        xy = [(point.x, point.y) for point in prompt.points]
        labels = [POSITIVE if point.positive else NEGATIVE for point in prompt.points]
        if prompt.box is not None:
            x0, y0, x1, y1 = prompt.box.xyxy
            xy += [(x0, y0), (x1, y1)]
            labels += [BOX_TOP_LEFT, BOX_BOTTOM_RIGHT]
        else:
            # `PromptEncoder` pads points without a box, and was trained so; its padding has no
            # place.
            xy.append((0.0, 0.0))
            labels.append(PADDING)
        scale = (self.scaled_width / self.width, self.scaled_height / self.height)
        coords = np.array(xy, np.float64).reshape(-1, 2) * scale
        return coords.astype(np.float32), np.array(labels, np.float32)

    def mask(self, logits: Logits) -> Mask:
        """The mask of low-resolution logits, (L, L), at the image's resolution.

        Upsampled bilinearly to the padded input, cropped, upsampled to the image and thresholded
        at 0, as `Sam.postprocess_masks` does it, but only in the columns of the mask.
        """
        upsampled = Upsampled.of(self, logits, 0.0)
        inside = np.empty((upsampled.columns.shape[0], self.height), bool)
        for start, full in upsampled.bands():
            np.greater(full, 0, out=inside[start : start + full.shape[0]])
        return upsampled.mask(inside)

    def stable_mask(self, logits: Logits, stability: float) -> tuple[Mask | None, float]:
        """The mask of `mask` where it is stable, and how stable it is.

        The stability score is counted at the image's resolution, as `SamAutomaticMaskGenerator`
        counts it: the IoU of the masks at thresholds +1 and -1; 0 for an empty one.

        Args:
            logits: (L, L).
            stability: the least score for which the mask is made.
        """
        upsampled = Upsampled.of(self, logits, -1.0)
        inside = np.empty((upsampled.columns.shape[0], self.height), bool)
        tight = loose = 0
        for start, full in upsampled.bands():
            tight += int(np.count_nonzero(full > 1.0))
            loose += int(np.count_nonzero(full > -1.0))
            np.greater(full, 0, out=inside[start : start + full.shape[0]])
        score = tight / loose if loose else 0.0
        return (upsampled.mask(inside) if score >= stability else None), score

    def inside(self, logits: Logits) -> Logits:
        """The part of low-resolution logits (L, L) that shows the image, not its padding."""
        scale = logits.shape[0] / self.side
        height = max(1, round(self.scaled_height * scale))
        width = max(1, round(self.scaled_width * scale))
        return logits[:height, :width]


@dataclass(frozen=True, eq=False)
class Upsampled:
    """Low-resolution logits on their way to the image's resolution, in the columns they reach.

    Attributes:
        left: the first column of the image that is reached.
        columns: (image columns, scaled rows): columns are first here, as in a mask's runs.
    """

    geometry: Geometry
    left: int
    columns: npt.NDArray[Any]

    @classmethod
    def of(cls, geometry: Geometry, logits: Logits, above: float) -> Upsampled:
        """Of logits (L, L), in the columns between the first and last that exceed `above`."""
        scaled = cv2.resize(np.ascontiguousarray(logits.T), (geometry.side, geometry.side))
        scaled = scaled[: geometry.scaled_width, : geometry.scaled_height]
        columns = cv2.resize(scaled, (geometry.scaled_height, geometry.width))
        reached = np.flatnonzero(np.any(columns > above, axis=1))
        if reached.size == 0:
            return cls(geometry, 0, columns[:0])
        left, right = int(reached[0]), int(reached[-1]) + 1
        return cls(geometry, left, columns[left:right])

    def bands(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """Some columns at a time, (n, image rows), each with the place of its first in `columns`.

        So a huge image needs no huge memory.
        """
        height = self.geometry.height
        step = max(1, _BAND // height)
        for start in range(0, self.columns.shape[0], step):
            band = self.columns[start : start + step]
            yield start, cv2.resize(band, (height, band.shape[0]))

    def mask(self, inside: Bitmap) -> Mask:
        """The mask of the pixels inside, (columns, image rows)."""
        width, height = self.geometry.width, self.geometry.height
        return Mask.from_crop(inside.T, self.left, 0, width, height)


@dataclass(frozen=True, eq=False)
class SamCandidate:
    """One of SAM's three masks; the full-size mask is made when it is first asked for."""

    logits: Logits
    score: float
    geometry: Geometry

    @cached_property
    def stability_score(self) -> float:
        """IoU of the masks at thresholds +1 and -1, as `calculate_stability_score` defines it."""
        inside = self.geometry.inside(self.logits)
        loose = int(np.count_nonzero(inside > -1.0))
        return int(np.count_nonzero(inside > 1.0)) / loose if loose else 0.0

    @cached_property
    def _mask(self) -> Mask:
        return self.geometry.mask(self.logits)

    def mask(self) -> Mask:
        """See `Candidate.mask`; upsampled the first time."""
        return self._mask


class SamSegmenter:
    """SAM on any runtime. Three candidates per prompt, best predicted IoU first."""

    grid = Grid()

    def __init__(self, runtime: Runtime, info: EngineInfo) -> None:
        self.info = info
        self.batch = runtime.images
        self.attempt = runtime.attempt
        self._runtime = runtime

    @property
    def peak_bytes(self) -> int | None:
        """See `Segmenter.peak_bytes`."""
        return self._runtime.peak_bytes

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        """See `Segmenter.embed`."""
        (embedding,) = self._embedded([image], token, progress)
        return embedding

    def embed_all(self, images: Sequence[RGB], *, token: CancelToken) -> list[Embedding]:
        """See `Segmenter.embed_all`."""
        embeddings: list[Embedding] = []
        while len(embeddings) < len(images):
            some = images[len(embeddings) :][: self.batch]
            try:
                embeddings += self._embedded(some, token, no_progress)
            except OutOfMemory:
                if len(some) == 1:
                    raise
                # For good: the next ones would not fit either.
                self.batch = len(some) // 2
        return embeddings

    def _embedded(
        self, images: Sequence[RGB], token: CancelToken, progress: Progress
    ) -> list[Embedding]:
        places = [Geometry(im.shape[1], im.shape[0], self._runtime.side) for im in images]
        scaled = [place.scaled(image) for place, image in zip(places, images, strict=True)]
        encoded = self._runtime.encode(scaled, token, progress)
        return [
            Embedding(self.info.key, place.width, place.height, features, nbytes)
            for place, (features, nbytes) in zip(places, encoded, strict=True)
        ]

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        """See `Segmenter.predict`."""
        geometry = self._geometry(embedding)
        coords, labels = geometry.coords(prompt)
        (logits,), (scores,) = self._runtime.decode(
            embedding.data, coords[None], labels[None], prompt.prior
        )
        best_first = np.argsort(-scores, kind="stable")
        return Prediction(
            prompt,
            tuple(SamCandidate(logits[i], float(scores[i]), geometry) for i in best_first),
        )

    def everything(
        self,
        embedding: Embedding,
        grid: Grid,
        *,
        token: CancelToken,
        progress: Progress = no_progress,
    ) -> list[Found]:
        """See `Segmenter.everything`."""
        from samdesk.engine.sam.everything import everything

        geometry = self._geometry(embedding)
        return everything(self._runtime, embedding.data, geometry, grid, token, progress)

    def pack(self, embedding: Embedding) -> Packed | None:
        """See `Segmenter.pack`."""
        return self._runtime.to_host(embedding.data)

    def unpack(self, packed: Packed, width: int, height: int) -> Embedding:
        """See `Segmenter.unpack`."""
        features, nbytes = self._runtime.from_host(packed)
        return Embedding(self.info.key, width, height, features, nbytes)

    def close(self) -> None:
        """See `Segmenter.close`."""
        self._runtime.close()

    def _geometry(self, embedding: Embedding) -> Geometry:
        if embedding.engine != self.info.key:
            raise EngineError("The embedding is another engine's.", "Encode the image again.")
        return Geometry(embedding.width, embedding.height, self._runtime.side)


def normalised(image: RGB, side: int) -> Floats:
    """The encoder's input, (1, 3, side, side), of a scaled image, as `Sam.preprocess` makes it."""
    height, width = image.shape[:2]
    pixels = np.zeros((1, 3, side, side), np.float32)
    for channel, (mean, std) in enumerate(zip(PIXEL_MEAN, PIXEL_STD, strict=True)):
        inside = pixels[0, channel, :height, :width]
        np.subtract(image[..., channel], np.float32(mean), out=inside)
        inside /= np.float32(std)
    return pixels
