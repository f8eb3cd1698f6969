"""SAM on OpenVINO, for CPUs: no torch is imported once a checkpoint has been converted."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import openvino

from samdesk.core.prompt import Logits
from samdesk.engine.base import RGB, Attempt, CancelToken, Packed, Progress, out_of_memory
from samdesk.engine.sam.convert import Converted
from samdesk.engine.sam.segmenter import Floats, normalised

# How often a running encode looks whether it was cancelled, in milliseconds.
_LOOKS_EVERY = 5
# Prompts at a time when there are many; a click waits for no more than these.
_BATCH = 8
# Until the first image has been encoded, its progress is a guess.
_FIRST_ENCODE_SECONDS = 5.0


class OpenVinoRuntime:
    """SAM's encoder and decoder on the CPU.

    Args:
        converted: the models. Exact ones compute in float32 throughout; otherwise the encoder
            computes in bfloat16 where the processor has instructions for it.
        attempt: for whoever must find another way when the memory does not hold it.

    Raises:
        OutOfMemory: the memory does not hold the models.
        RuntimeError: OpenVINO cannot run them here.
    """

    def __init__(self, converted: Converted, attempt: Attempt | None = None) -> None:
        self.attempt = attempt
        self._is_exact = converted.is_exact
        self.side = converted.side
        self.batch = _BATCH
        # One image keeps all cores busy.
        self.images = 1
        self.device = "CPU"
        self.embedding_bytes: int | None = None
        self.peak_bytes: int | None = None
        core = openvino.Core()
        has_bfloat16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = "bfloat16" if has_bfloat16 and not self._is_exact else "float32"

        def compiled(part: str, precision: str, hint: str = "LATENCY") -> Any:
            model = core.read_model(converted.folder / f"{part}.xml")
            options = {
                "INFERENCE_PRECISION_HINT": precision,
                "PERFORMANCE_HINT": hint,
                **_threads(),
            }
            return core.compile_model(model, "CPU", options)

        with self._room():
            precision = "bf16" if self.precision == "bfloat16" else "f32"
            self._encoder = compiled("encoder", precision).create_infer_request()
            self._image, self._click, self._refine = (
                compiled(part, "f32").create_infer_request()
                for part in ("image", "click", "refine")
            )
        # Prompts side by side, each on few cores, are faster than larger batches on all of them.
        self._side_by_side = cache(
            lambda: openvino.AsyncInferQueue(compiled("click", "f32", "THROUGHPUT"))
        )
        self._expected = _FIRST_ENCODE_SECONDS
        self._prepared: tuple[Any, list[Floats]] = (None, [])

    def encode(
        self, images: Sequence[RGB], token: CancelToken, progress: Progress
    ) -> list[tuple[Any, int]]:
        """See `Runtime.encode`. Stops within milliseconds; progress is by the time of the last."""
        progress(0.0)
        token.check()
        with self._room():
            return [self._encoded(image, token, progress) for image in images]

    def _encoded(self, image: RGB, token: CancelToken, progress: Progress) -> tuple[Any, int]:
        started = time.perf_counter()
        request = self._encoder
        request.start_async([normalised(image, self.side)], share_inputs=True)
        while not request.wait_for(_LOOKS_EVERY):
            if token.is_cancelled:
                request.cancel()
                _settle(request)
                token.check()
            progress(min(0.99, (time.perf_counter() - started) / self._expected))
        self._expected = time.perf_counter() - started
        features = np.array(request.get_output_tensor().data)
        if not self._is_exact:
            features = _rounded(features)
        progress(1.0)
        return features, features.nbytes

    def decode(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        """See `Runtime.decode`."""
        with self._room():
            return self._decoded(features, coords, labels, prior)

    def _decoded(
        self, features: Any, coords: Floats, labels: Floats, prior: Logits | None
    ) -> tuple[Floats, Floats]:
        of, image = self._prepared
        if of is not features:
            image = _outputs(self._image, [features.astype(np.float32, copy=False)])
            self._prepared = features, image
        if prior is None and len(coords) > 1:
            return self._decoded_side_by_side([*image, coords, labels])
        request, inputs = self._click, image
        if prior is not None:
            prior = np.ascontiguousarray(prior[None, None], np.float32)
            request, inputs = self._refine, [*image, prior]
        each = [
            _outputs(request, [*inputs, coords[i : i + 1], labels[i : i + 1]])
            for i in range(len(coords))
        ]
        logits, scores = zip(*each, strict=True)
        return np.concatenate(logits), np.concatenate(scores)

    def _decoded_side_by_side(self, inputs: list[Any]) -> tuple[Floats, Floats]:
        *image, coords, labels = inputs
        queue = self._side_by_side()
        answers: list[Any] = [None] * len(coords)

        def keep(request: Any, place: int) -> None:
            answers[place] = [request.get_output_tensor(port).data.copy() for port in (0, 1)]

        queue.set_callback(keep)
        for place in range(len(coords)):
            one = slice(place, place + 1)
            queue.start_async([*image, coords[one], labels[one]], place, share_inputs=True)
        queue.wait_all()
        logits, scores = zip(*answers, strict=True)
        return np.concatenate(logits), np.concatenate(scores)

    def to_host(self, features: Any) -> Packed:
        """See `Runtime.to_host`."""
        array: Packed = features[0]
        return array

    def from_host(self, array: Packed) -> tuple[Any, int]:
        """See `Runtime.from_host`."""
        features = np.ascontiguousarray(array)[None]
        return features, features.nbytes

    def close(self) -> None:
        """Frees the models."""
        self._encoder = self._image = self._click = self._refine = None
        self._side_by_side.cache_clear()
        self._prepared = None, []

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            # OpenVINO has no exception of its own for this.
            if isinstance(error, RuntimeError) and "alloc" not in str(error):
                raise
            raise out_of_memory(self.attempt) from error


def _threads() -> dict[str, Any]:
    """What OpenVINO must be told where other processes share the processor.

    Ray says by OMP_NUM_THREADS how many cores a worker has; OpenVINO would take all of them, and
    bind its threads to the same first ones in each process.
    """
    count = os.environ.get("OMP_NUM_THREADS", "")
    if not count.isdigit() or int(count) < 1:
        return {}
    return {"INFERENCE_NUM_THREADS": int(count), "ENABLE_CPU_PINNING": False}


def _outputs(request: Any, inputs: list[Any]) -> list[Floats]:
    answers: Mapping[Any, Any] = request.infer(inputs, share_inputs=True)
    return [answers[port] for port in request.model_outputs]


def _rounded(features: Floats) -> Packed:
    """In float16, unless a checkpoint of one's own has values beyond it."""
    with np.errstate(over="ignore"):
        rounded = features.astype(np.float16)
    return rounded if np.isfinite(rounded).all() else features


def _settle(request: Any) -> None:
    try:
        request.wait()
    except RuntimeError:
        # How OpenVINO tells that the request was cancelled.
        return
