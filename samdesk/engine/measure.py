"""How fast an engine is on this machine, and how much memory it takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import RGB, CancelToken, EngineInfo, Progress, Segmenter

_CLICKS = 5


@dataclass(frozen=True)
class Measurement:
    """Figures of one engine on one machine.

    Attributes:
        image_seconds: to encode one image, after the model is warm.
        click_seconds: from a prompt to a full-size mask, the median of five.
        memory_bytes: what the process grew by at its peak, on the CPU; None on a GPU.
    """

    info: EngineInfo
    image_seconds: float
    click_seconds: float
    memory_bytes: int | None


def measure(
    load: Callable[[CancelToken, Progress], Segmenter],
    image: RGB,
    token: CancelToken,
    progress: Progress,
) -> Measurement:
    """Loads an engine, measures it, and closes it.

    Args:
        load: see `EngineChoice.load`.
        image: (height, width, 3) uint8.

    Raises:
        Cancelled: by the token.
        EngineError: it cannot be loaded or fails.
    """
    process = psutil.Process()
    before = peak = int(process.memory_info().rss)

    def watched(start: float, share: float) -> Progress:
        def told(fraction: float) -> None:
            nonlocal peak
            peak = max(peak, int(process.memory_info().rss))
            progress(start + share * fraction)

        return told

    engine = load(token, watched(0.0, 0.2))
    try:
        height, width = image.shape[:2]
        # The first image and click pay for what is set up once.
        warm = engine.embed(image, token=token, progress=watched(0.2, 0.4))
        engine.predict(warm, Prompt((Point(width / 2, height / 2),))).candidates[0].mask()
        started = time.perf_counter()
        embedding = engine.embed(image, token=token, progress=watched(0.6, 0.35))
        image_seconds = time.perf_counter() - started
        clicks = []
        for number in range(1, _CLICKS + 1):
            token.check()
            place = Point(width * number / (_CLICKS + 1), height / 2)
            started = time.perf_counter()
            engine.predict(embedding, Prompt((place,))).candidates[0].mask()
            clicks.append(time.perf_counter() - started)
        progress(1.0)
        is_on_cpu = engine.info.device == "CPU"
        memory = peak - before if is_on_cpu else None
        return Measurement(engine.info, image_seconds, statistics.median(clicks), memory)
    finally:
        engine.close()
