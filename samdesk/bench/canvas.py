"""How smoothly the window draws: handlers of paint and mouse events, and pauses, on made-up images.

The window is the real one, with a canvas of its usual size, by default on Qt's offscreen platform.
A pause is the time between two turns of a timer that is due every millisecond. On a machine that
is busy otherwise, compare the processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from samdesk.core.mask import Mask

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QPointF

    from samdesk.app import App

_FRAME = 16  # milliseconds between two steps of a hand
_STEPS = 60
_STROKES = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `samdesk bench --canvas` takes, without what it shares with the other benches."""
    parser.add_argument("--canvas", action="store_true", help="how smoothly the window draws")
    for name, kind, default, what in (
        ("--annotations", int, 200, "with --canvas: masks on the image"),
        ("--megapixels", float, 12.0, "with --canvas: size of the image"),
    ):
        parser.add_argument(name, type=kind, default=default, metavar="N", help=what)


def run(options: argparse.Namespace) -> int:
    """Measures and prints, in milliseconds."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.annotations, options.megapixels)
    if options.json:
        print(json.dumps(figures))
        return 0
    print(f"{options.annotations} annotations on {options.megapixels:g} megapixels, milliseconds")
    for phase, kinds in figures.items():
        for kind, times in kinds.items():
            shown = "  ".join(f"{name} {value:7.1f}" for name, value in times.items())
            print(f"  {phase:<8}{kind:<8}{shown}")
    return 0


def measure(folder: Path, annotations: int, megapixels: float) -> dict[str, dict[str, Any]]:
    """Opens a made-up image in the window and moves it as a hand would.

    Args:
        folder: empty; the image and its project are written here.

    Returns:
        By phase ("open", "wait", "zoom", "pan", "select", "hide", "stroke" of the brush on the
        largest mask, "store" when it ends) and kind ("paint" by the clock, "work" of paint handlers
        in processor time, "mouse" for the handlers of mouse events by the clock, "pause"): number,
        median, 95th percentile and worst, times in milliseconds.
    """
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    from samdesk.app import App
    from samdesk.folders import Folders
    from samdesk.ui.garbage import Garbage

    images = folder / "images"
    images.mkdir()
    width, height = round((megapixels * 4e6 / 3) ** 0.5), round((megapixels * 3e6 / 4) ** 0.5)
    _make_image(images / "image.jpg", width, height)
    _make_project(images, folder, list(_blobs(width, height, annotations)))

    times: dict[str, dict[str, list[float]]] = defaultdict(
        lambda: {"paint": [], "work": [], "mouse": [], "pause": []}
    )
    phase = "open"
    kinds = {
        QEvent.Type.Paint: "paint",
        QEvent.Type.MouseButtonPress: "mouse",
        QEvent.Type.MouseMove: "mouse",
        QEvent.Type.MouseButtonRelease: "mouse",
    }

    class Application(QApplication):
        canvas: QWidget | None = None

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            kind = kinds.get(event.type()) if receiver is self.canvas else None
            if kind is None:
                return super().notify(receiver, event)
            began, worked = time.perf_counter(), time.thread_time()
            handled = super().notify(receiver, event)
            times[phase][kind].append(time.perf_counter() - began)
            if kind == "paint":
                times[phase]["work"].append(time.thread_time() - worked)
            return handled

    application = Application([])
    home = folder / "home"
    app = App(Folders(home, home, home, home, home / "checkpoints.json"))
    app.window.resize(1440, 900)
    app.window.show()
    application.canvas = app.window.canvas.viewport()

    last = time.perf_counter()
    heart, hand = QTimer(), QTimer()
    steps = _steps(app)

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        times[phase]["pause"].append(now - last)
        last = now

    def step() -> None:
        nonlocal phase
        following = next(steps, None)
        if following is None:
            application.quit()
        else:
            phase = following

    for timer, called, every in ((heart, beat, 1), (hand, step, _FRAME)):
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(called)
        timer.start(every)
    garbage = Garbage()
    app.workspace.open(images)
    application.exec()
    garbage.close()
    heart.stop()
    app.window.close()
    app.close()
    return {
        phase: {kind: _summary(values) for kind, values in kinds.items() if values}
        for phase, kinds in times.items()
    }


def _steps(app: App) -> Iterator[str]:
    """Does what a hand does, a step at a time; says in which phase of the work each is."""
    from PySide6.QtCore import QPointF, Qt

    workspace, annotator, canvas = app.workspace, app.annotator, app.window.canvas
    viewport = canvas.viewport()
    while workspace.picture is None or not canvas.is_drawn:
        yield "open"
    middle = QPointF(viewport.rect().center())
    for step in range(2 * _STEPS):
        # In to 64 times, where pixels are squares, and out again.
        canvas.set_zoom(canvas.zoom * (1.06 if step < _STEPS else 1 / 1.06), middle)
        yield "zoom"
    canvas.set_zoom(1.0)
    yield from _until(lambda: canvas.is_drawn, "wait")
    for step in range(2 * _STEPS):
        # To and fro, so that it does not end at the edge.
        by = 12 if step % _STEPS < _STEPS // 2 else -12
        _drag(canvas, middle, middle + QPointF(by, by / 2), Qt.MouseButton.MiddleButton)
        yield "pan"
    canvas.fit()
    yield from _until(lambda: canvas.is_drawn, "wait")
    for annotation in annotator.annotations[:_STEPS]:
        annotator.select(annotation.id)
        yield "select"
    annotator.select(None)
    for step in range(_STEPS):
        canvas.set_masks_visible(step % 2 == 1)
        yield "hide"
    canvas.set_masks_visible(True)
    yield from _strokes(app, middle)


def _strokes(app: App, middle: QPointF) -> Iterator[str]:
    """Paints to and fro across the largest mask, as wide as a brush that is in much use."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    annotator, canvas = app.annotator, app.window.canvas
    left = Qt.MouseButton.LeftButton
    canvas.use_tool("brush")
    annotator.select(max(annotator.annotations, key=lambda one: one.mask.area).id)
    yield from _until(lambda: canvas.is_drawn, "wait")
    for number in range(_STROKES):
        yield "stroke"
        at = middle + QPointF(-180, 20 * number)
        _mouse(canvas, QEvent.Type.MouseButtonPress, at, left)
        for _ in range(_STEPS // 2):
            yield "stroke"
            at += QPointF(12, 3)
            _mouse(canvas, QEvent.Type.MouseMove, at, left)
        yield "store"
        _mouse(canvas, QEvent.Type.MouseButtonRelease, at, left)
        yield from _until(lambda: canvas.is_drawn, "wait")


def _until(holds: Callable[[], bool], phase: str) -> Iterator[str]:
    yield phase
    while not holds():
        yield phase


def _drag(canvas: Any, start: QPointF, end: QPointF, button: Any) -> None:
    from PySide6.QtCore import QEvent

    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)
    for kind, at in zip(kinds, (start, end, end), strict=True):
        _mouse(canvas, kind, at, button)


def _mouse(canvas: Any, kind: QEvent.Type, at: QPointF, button: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    event = QMouseEvent(
        kind, at, canvas.viewport().mapToGlobal(at), button, button, Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(canvas.viewport(), event)


def _make_image(path: Path, width: int, height: int) -> None:
    """Soft shapes under noise, which is what makes JPEG files of photographs large."""
    rng = np.random.default_rng(0)
    shapes = rng.integers(40, 215, (height // 256 + 2, width // 256 + 2, 3), np.uint8)
    picture = Image.fromarray(shapes).resize((width, height), Image.Resampling.BICUBIC)
    noise = Image.fromarray(rng.integers(0, 40, (512, 512, 3), np.uint8))
    for top in range(0, height, 512):
        for left in range(0, width, 512):
            part = picture.crop((left, top, left + 512, top + 512))
            rough = np.asarray(part) + (np.asarray(noise) - 20)
            picture.paste(Image.fromarray(rough.astype(np.uint8)), (left, top))
    picture.save(path, quality=90)


def _blobs(width: int, height: int, number: int) -> Iterator[Mask]:
    """Ragged masks, as engines give them on texture; together they cover about half the image."""
    rng = np.random.default_rng(1)
    mean = (width * height / max(1, number) / 2 / np.pi) ** 0.5
    for _ in range(number):
        radius = max(4.0, mean * rng.uniform(0.5, 1.4))
        side = int(2.8 * radius) + 3
        y, x = np.mgrid[:side, :side] - side / 2
        rough = Image.fromarray(rng.random((9, 9), np.float32)).resize(
            (side, side), Image.Resampling.BICUBIC
        )
        field = np.asarray(rough) * 0.8 + rng.random((side, side), np.float32) * 0.15
        inside = np.hypot(x, y) / radius < 0.5 + field
        left, top = rng.integers(0, width - side // 2), rng.integers(0, height - side // 2)
        mask = Mask.from_crop(inside, int(left), int(top), width, height)
        if not mask.is_empty:
            yield mask


def _make_project(images: Path, data: Path, masks: list[Mask]) -> None:
    from samdesk.core.dataset import Annotation, Category, Change
    from samdesk.core.palette import next_colour
    from samdesk.store.project import Project

    with Project.open(images, data=data) as project:
        (record,) = project.add_images(["image.jpg"])
        categories: list[Category] = []
        for number in range(1, 6):
            colour = next_colour([category.colour for category in categories])
            categories.append(Category(number, f"kind {number}", colour))
        annotations = [
            Annotation(number, record.id, 1 + number % 5, mask)
            for number, mask in enumerate(masks, start=1)
        ]
        project.apply([Change(None, category) for category in categories])
        project.apply([Change(None, annotation) for annotation in annotations])


def _summary(seconds: list[float]) -> dict[str, float]:
    values = sorted(1000 * value for value in seconds)
    return {
        "number": len(values),
        "median": round(statistics.median(values), 2),
        "95th": round(values[int(0.95 * (len(values) - 1))], 2),
        "worst": round(values[-1], 2),
    }
