"""The program itself under load: its window, its threads, and someone who clicks.

Runs in processes of its own, on Qt's offscreen platform. The only part of the benchmarks, besides
the canvas, that sees Qt.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from samdesk.app import App, before_qt
from samdesk.bench.machine import peak_bytes, peak_gpu_bytes
from samdesk.bench.table import percentile
from samdesk.errors import EngineError, SamdeskError
from samdesk.folders import Folders
from samdesk.ui.workspace import Encoding
from samdesk.verbs.talk import say

_TICK = 0.002  # seconds; how finely the event loop's stalls are seen
_PAUSE = 0.25  # seconds between clicks; people are slower
_WITHIN = 900.0  # seconds; ViT-H takes a minute an image where there is no GPU
_CLICKS_PER_OBJECT = 5


def until(is_so: Callable[[], bool], what: str) -> None:
    """Lets the program run until something is so.

    Raises:
        SamdeskError: it never was.
    """
    loop, watch, ends = QEventLoop(), QTimer(), time.perf_counter() + _WITHIN

    def look() -> None:
        if is_so() or time.perf_counter() > ends:
            loop.quit()

    watch.timeout.connect(look)
    watch.start(2)
    loop.exec()
    watch.stop()
    if not is_so():
        raise SamdeskError(f"The program took more than {_WITHIN:.0f} s for {what}.")


class Hand:
    """Someone at the window.

    Args:
        kind: the checkpoint that must be in use, as a registry name; None for any engine.
    """

    def __init__(self, kind: str | None) -> None:
        before_qt()
        self._application = QApplication(["samdesk"])
        self._kind = kind
        self.app = App(Folders.find())
        self.app.window.resize(1280, 800)
        self.workspace = self.app.workspace
        self.inference = self.app.inference

    def close(self) -> None:
        self.app.window.close()
        self.app.close()

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the program run until something is so."""
        until(is_so, what)

    def rest(self, seconds: float) -> None:
        """Lets the program run for a while."""
        ends = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() >= ends, "a pause")

    def open(self, folder: Path) -> float:
        """Opens a folder; gives the seconds until its first image is on screen."""
        seen: list[float] = []

        def loaded() -> None:
            if self.workspace.folder == folder and self.workspace.picture is not None:
                self.app.window.canvas.viewport().repaint()
                seen.append(time.perf_counter())

        connection = self.workspace.loaded.connect(loaded)
        started = time.perf_counter()
        self.workspace.open(folder)
        self.until(lambda: bool(seen), "opening the folder")
        self.workspace.loaded.disconnect(connection)
        return seen[0] - started

    def click(self, x: float, y: float) -> float:
        """Clicks at shares of the width and height; gives the seconds until the mask is drawn."""
        drawn: list[float] = []
        annotator, picture = self.app.annotator, self.workspace.picture
        assert picture is not None

        def changed() -> None:
            draft = annotator.draft
            if draft is not None and draft.candidate is not None and not drawn:
                self.app.window.canvas.viewport().repaint()
                drawn.append(time.perf_counter())

        connection = annotator.draft_changed.connect(changed)
        started = time.perf_counter()
        annotator.add_point(x * picture.image.width, y * picture.image.height, positive=True)
        self.until(lambda: bool(drawn), "a mask")
        annotator.draft_changed.disconnect(connection)
        engine = self.inference.engine
        if self._kind is not None and (engine is None or engine.checkpoint != self._kind):
            name = engine.name if engine else "nothing"
            raise EngineError(
                f"The program fell back to {name} instead of {self._kind}.",
                "samdesk doctor tells what this machine has.",
            )
        return drawn[0] - started


class Stalls:
    """How late a timer of the GUI thread is, in seconds, while `counts` says so."""

    def __init__(self, counts: Callable[[], bool] = lambda: True) -> None:
        self._counts = counts
        self._last: float | None = None
        self.late: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Stalls:
        self._last = None
        self._timer.start(round(1000 * _TICK))
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def summary(self) -> dict[str, float] | None:
        """The 99th percentile, the longest, and how many ticks were seen; None without any."""
        if not self.late:
            return None
        return {
            "p99": percentile(self.late, 0.99),
            "longest": max(self.late),
            "ticks": len(self.late),
        }

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None and self._counts():
            self.late.append(max(0.0, now - self._last - _TICK))
        self._last = now


def start(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """From nothing to the first mask on a folder's first image; "folder" and "kind"."""
    hand = Hand(spec["kind"])
    hand.app.start(Path(spec["folder"]))
    hand.until(lambda: hand.workspace.picture is not None, "showing the image")
    # Nobody is quicker: the click waits for the engine and the embedding.
    hand.click(0.5, 0.5)
    yield {"peak_bytes": peak_bytes(), "peak_gpu_bytes": peak_gpu_bytes()}
    hand.close()


def busy(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a person feels while other images are encoded.

    Args:
        spec: "folder" of images, "kind", "seconds" to watch the event loop, the number of
            "clicks" and "stops", and "encode_seconds", about what an image takes.
    """
    hand = Hand(spec["kind"])
    hand.app.window.show()
    with Stalls() as idle:
        hand.rest(min(2.0, spec["seconds"]))
    hand.app.start(Path(spec["folder"]))
    hand.until(lambda: hand.workspace.picture is not None, "showing the image")
    say("the program, while images are encoded: clicks")
    hand.click(0.5, 0.5)
    with Stalls(lambda: hand.inference.encoding_image is not None) as encoding:
        hand.rest(spec["seconds"])
    yield {
        "idle": idle.summary(),
        "encoding": encoding.summary(),
        "clicks": list(_clicks(hand, spec["clicks"])),
        "stops": list(_stops(hand, spec["stops"], spec["encode_seconds"])),
    }
    hand.close()


def folder(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Opens the folder "large" for the first time and again, starting from "small"."""
    hand = Hand(None)
    small, large = Path(spec["small"]), Path(spec["large"])
    hand.app.start(small)
    hand.until(lambda: hand.workspace.picture is not None, "showing the image")
    seconds = []
    with Stalls() as stalls:
        for _ in range(2):
            seconds.append(hand.open(large))
            hand.open(small)
    first, again = seconds
    yield {"first": first, "again": again, "stalls": stalls.summary()}
    hand.close()


def _clicks(hand: Hand, count: int) -> Iterator[float]:
    """Seconds from click to mask, of the clicks made while another image is encoded."""
    dice = random.Random(0)
    for number in range(count):
        if number % _CLICKS_PER_OBJECT == 0:
            hand.app.annotator.drop_draft()
        hand.rest(_PAUSE * dice.uniform(0.5, 1.5))
        if hand.inference.encoding_image is None:
            hand.rest(_PAUSE)
        is_encoding = hand.inference.encoding_image not in (None, hand.workspace.key)
        seconds = hand.click(dice.uniform(0.3, 0.7), dice.uniform(0.3, 0.7))
        if is_encoding:
            yield seconds


def _stops(hand: Hand, count: int, encode_seconds: float) -> Iterator[float]:
    """Seconds from showing an image that has no embedding until another's encode has ended."""
    dice = random.Random(0)
    for _ in range(count):
        hand.rest(0.05)
        if hand.inference.encoding_image is None:
            return
        hand.rest(encode_seconds * dice.uniform(0.05, 0.8))
        running, row = hand.inference.encoding_image, _row_without_embedding(hand)
        if running is None or row is None:
            continue
        seconds = _stop(hand, running, row)
        # One that came to its end by itself was not stopped.
        if not hand.inference.has_embedding(running):
            yield seconds


def _stop(hand: Hand, running: str, row: int) -> float:
    ended: list[float] = []

    def look() -> None:
        if hand.inference.encoding_image != running:
            ended.append(time.perf_counter())

    connection = hand.workspace.progressed.connect(look)
    started = time.perf_counter()
    hand.workspace.go_to(row)
    hand.until(lambda: bool(ended), "stopping an encode")
    hand.workspace.progressed.disconnect(connection)
    return ended[0] - started


def _row_without_embedding(hand: Hand) -> int | None:
    """The farthest image that is neither encoded nor being encoded."""
    workspace = hand.workspace
    rows = range(len(workspace.records) - 1, -1, -1)
    return next((row for row in rows if workspace.encoding(row) is Encoding.NONE), None)
