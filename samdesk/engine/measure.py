"""How fast an engine is on this machine, and how much memory it takes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import RGB, CancelToken, EngineInfo, Progress, Segmenter
from samdesk.json_file import write_json

_CLICKS = 5
_REMEMBERED = "measured.json"


@dataclass(frozen=True)
class Measurement:
    """Figures of one engine on one machine.

    Attributes:
        image_seconds: to encode one image, after the model is warm.
        click_seconds: from a prompt to a full-size mask, the median of five.
        memory_bytes: on a CPU what the process grew by at its peak; on a GPU what was allocated
            there at its peak, the weights included; None where that is not known.
    """

    info: EngineInfo
    image_seconds: float
    click_seconds: float
    memory_bytes: int | None


def remember(found: Measurement, cache: Path) -> None:
    """Keeps what a checkpoint took of a GPU, for recommendations.

    Args:
        cache: a folder.
    """
    info = found.info
    if not (found.memory_bytes and info.checkpoint and info.precision) or info.device == "CPU":
        return
    kept = remembered(cache)
    kept.setdefault(info.device, {}).setdefault(info.checkpoint, {})
    kept[info.device][info.checkpoint][info.precision] = found.memory_bytes
    # Without it recommendations go by the published figures.
    with suppress(OSError):
        write_json(kept, cache / _REMEMBERED)


def remembered(cache: Path) -> dict[str, dict[str, dict[str, int]]]:
    """What was kept by `remember`: bytes by GPU, checkpoint and precision.

    What cannot be understood is as if it had not been measured.
    """
    try:
        kept = json.loads((cache / _REMEMBERED).read_text("utf-8"))
        return {
            str(gpu): {
                str(checkpoint): {str(precision): int(needed) for precision, needed in each.items()}
                for checkpoint, each in of_gpu.items()
            }
            for gpu, of_gpu in kept.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


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
        memory = peak - before if is_on_cpu else engine.peak_bytes
        return Measurement(engine.info, image_seconds, statistics.median(clicks), memory)
    finally:
        engine.close()
