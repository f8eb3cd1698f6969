"""The seam between SAMDesk and whatever turns prompts into masks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.core.grid import Grid
from samdesk.core.mask import Mask
from samdesk.core.prompt import Logits, Prompt
from samdesk.errors import EngineError

_OPENCV_NO_MEMORY = -4  # cv2.Error.StsNoMem

RGB: TypeAlias = npt.NDArray[np.uint8]
Progress: TypeAlias = Callable[[float], None]
Packed: TypeAlias = npt.NDArray[np.floating[Any]]
"""An embedding as a plain array (channels, rows, columns), float16 or float32."""


@dataclass(frozen=True)
class Attempt:
    """A way of running a checkpoint.

    Attributes:
        path: the checkpoint file.
        kind: registry name, such as "vit_b".
        device: as torch names it.
        precision: of the encoder, or "auto".
    """

    path: Path
    kind: str
    device: str
    precision: str


class EngineLost(EngineError):
    """The engine cannot go on as it was tried: no room, or its device is gone.

    Attributes:
        attempt: what was tried; None when that is not known.
    """

    def __init__(self, title: str, hint: str = "", attempt: Attempt | None = None) -> None:
        super().__init__(title, hint)
        self.attempt = attempt


class OutOfMemory(EngineLost):
    """The device's memory does not hold what the engine needs."""


def out_of_memory(attempt: Attempt | None = None) -> OutOfMemory:
    """What to raise where the memory does not hold a checkpoint, or what it needs for an image."""
    return OutOfMemory(
        "There is not enough memory for this checkpoint.",
        "Choose a smaller checkpoint, or close other programs.",
        attempt,
    )


def lacks_memory(error: BaseException) -> bool:
    """Whether main memory was short, as Python, NumPy and OpenCV say so."""
    # OpenCV takes long to import; who has an error of its kind has it.
    is_opencv = type(error).__module__ == "cv2"
    is_short = is_opencv and getattr(error, "code", 0) == _OPENCV_NO_MEMORY
    return is_short or isinstance(error, MemoryError)


@contextmanager
def one_of_many() -> Iterator[None]:
    """For work on one image of several: a lack of memory is a failure of this one alone.

    Raises:
        EngineError: the main memory does not hold what the image needs.
    """
    try:
        yield
    except Exception as error:
        if not lacks_memory(error):
            raise
        raise _too_large() from error


def _too_large() -> EngineError:
    return EngineError(
        "There is not enough memory for this image.", "Close other programs, or reduce the image."
    )


def failure_of(engine: Segmenter, error: Exception) -> Exception:
    """What an error is to those who asked an engine for something.

    Memory that is short for an engine leads to something smaller; for one of which there is nothing
    smaller the image is too large.
    """
    if not lacks_memory(error):
        return error
    if engine.attempt is not None:
        return out_of_memory(engine.attempt)
    return _too_large()


class Cancelled(Exception):
    """The work was cancelled by its CancelToken."""


class CancelToken:
    """Tells work in another thread to stop at its next safe point."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Has the work stop; may be called from any thread, and more than once."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises:
        Cancelled: `cancel` was called.
        """
        if self._event.is_set():
            raise Cancelled


def no_progress(_fraction: float) -> None:
    """A Progress that tells nobody."""


@dataclass(frozen=True, eq=False)
class Embedding:
    """What an engine computes once per image.

    Attributes:
        engine: the `Segmenter.key` that made it; only that engine understands `data`.
        width, height: of the image in pixels.
        data: the engine's own.
        nbytes: the memory that `data` holds, in bytes.
    """

    engine: str
    width: int
    height: int
    data: object
    nbytes: int


class Candidate(Protocol):
    """One of the masks that answer a Prompt.

    `mask` may be expensive the first time: call it outside the GUI thread, or once.
    """

    @property
    def score(self) -> float:
        """The engine's estimate of the mask's IoU, 0 to 1."""
        ...

    @property
    def stability_score(self) -> float | None:
        """As segment-anything defines it; None where the engine has no logits."""
        ...

    @property
    def logits(self) -> Logits | None:
        """To be given back as `Prompt.prior`; None where the engine has none."""
        ...

    def mask(self) -> Mask:
        """The mask at the size of the image."""
        ...


@dataclass(frozen=True)
class Prediction:
    """The candidate masks for one Prompt, best score first; at least one."""

    prompt: Prompt
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Found:
    """A mask that an engine found without a person; cheap to send to another process.

    Attributes:
        prompt: what the engine was asked.
        score: as `Candidate.score`.
        stability_score: as segment-anything defines it; None where the engine has no logits.
    """

    prompt: Prompt
    mask: Mask
    score: float
    stability_score: float | None


@dataclass(frozen=True)
class EngineInfo:
    """What is known of an engine, for the screen and for provenance.

    Attributes:
        name: for people, such as "ViT-B" or "Built-in (no checkpoint)".
        key: changes whenever embeddings of another engine could not be used; for caches.
        device: for people, such as "CPU" or "NVIDIA RTX 4090".
        checkpoint: registry name such as "vit_b"; None without a checkpoint.
        checkpoint_sha256: of the checkpoint file; None without one.
        precision: "float32", "bfloat16", "float16"; None without a checkpoint.
        remark: for people, why it runs otherwise than they might expect; "" mostly.
        embedding_bytes: of the device's memory that embeddings may take; None where they are in
            main memory.
    """

    name: str
    key: str
    device: str
    checkpoint: str | None = None
    checkpoint_sha256: str | None = None
    precision: str | None = None
    remark: str = ""
    embedding_bytes: int | None = None


class Segmenter(Protocol):
    """An engine. `embed` is called by one thread and `predict` by one, maybe another, thread.

    Attributes:
        batch: how many images at a time `embed_all` encodes fastest.
        attempt: how its checkpoint is run; None where there is nothing smaller to be tried.
    """

    batch: int
    attempt: Attempt | None

    @property
    def info(self) -> EngineInfo:
        """What it is and on what it runs; does not change."""
        ...

    @property
    def peak_bytes(self) -> int | None:
        """What it took of a GPU's memory at its peak; None where that is not counted."""
        ...

    @property
    def grid(self) -> Grid:
        """What to ask of an image where the user says nothing else."""
        ...

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        """Computes what `predict` needs of an image.

        Args:
            image: (height, width, 3) uint8, sRGB.
            token: checked often; when cancelled, the work stops.
            progress: told fractions from 0 to 1.

        Raises:
            Cancelled: by the token.
            EngineError: the engine failed, for instance out of memory.
        """
        ...

    def embed_all(self, images: Sequence[RGB], *, token: CancelToken) -> list[Embedding]:
        """What `embed` computes, of several images for which nobody waits.

        Raises:
            Cancelled: by the token.
            EngineError: the engine failed.
        """
        ...

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        """Answers a prompt that has foreground (`Prompt.has_foreground`).

        Raises:
            EngineError: the engine failed.
        """
        ...

    def everything(
        self,
        embedding: Embedding,
        grid: Grid,
        *,
        token: CancelToken,
        progress: Progress = no_progress,
    ) -> list[Found]:
        """Masks of everything in an image, best score first; called as `predict` is.

        Raises:
            Cancelled: by the token.
            EngineError: the engine failed.
        """
        ...

    def pack(self, embedding: Embedding) -> Packed | None:
        """An embedding for the disk; None when it is not worth keeping there.

        Called by the thread that calls `embed`, as is `unpack`.

        Raises:
            EngineError: the engine failed.
        """
        ...

    def unpack(self, packed: Packed, width: int, height: int) -> Embedding:
        """The embedding of an image of width x height pixels that `pack` packed.

        Raises:
            EngineError: the engine failed, for instance out of memory.
        """
        ...

    def close(self) -> None:
        """Frees the engine's memory; it is not used afterwards."""
        ...
