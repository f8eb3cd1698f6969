"""How smoothly the window draws: handlers of paint and input events, and pauses, on made-up images.

The window is the real one, with a canvas of its usual size, by default on Qt's offscreen platform.
A pause is the time between two turns of a timer that is due every millisecond. What an event stores
is on disk when its handler ends; that share, which is the disk's, is measured on its own. On a
machine that is busy otherwise, compare the processor time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from samdesk.bench.table import Row, Spread, Target, lines, percentile
from samdesk.core.mask import Mask

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QPointF

    from samdesk.app import App
    from samdesk.core.dataset import Change

_FRAME = 16  # milliseconds between two steps of a hand
_STEPS = 60
_STROKES = 12
_EDITS = 12
_CORNERS = 16
_EVENT = Target(0.008)  # of one event, so that half a frame is left for others
_STALL = Target(0.050)
_STORING = {"store", "polygon"}  # phases in which a handler waits for the disk


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
        times = measure(Path(folder), options.annotations, options.megapixels)
    figures = {
        phase: {kind: _summary(values) for kind, values in kinds.items() if values}
        for phase, kinds in times.items()
    }
    rows = list(verdicts(times))
    if options.json:
        print(json.dumps({"phases": figures, "rows": [row.as_json() for row in rows]}))
        return 0
    print(f"{options.annotations} annotations on {options.megapixels:g} megapixels, milliseconds")
    for phase, kinds in figures.items():
        for kind, summary in kinds.items():
            shown = "  ".join(f"{name} {value:7.1f}" for name, value in summary.items())
            print(f"  {phase:<8}{kind:<11}{shown}")
    print()
    for line in lines(rows, reference=""):
        print(line)
    return 0


def verdicts(times: Mapping[str, Mapping[str, Sequence[float]]]) -> Iterator[Row]:
    """What is judged: a row for the 99th percentile and one for the longest of each kind.

    Args:
        times: as `measure` gives them.
    """
    for name, kind, phases, how, longest in (
        ("paint", "paint", times, "handlers of paint events by the clock, all phases", _EVENT),
        ("paint, work", "paint work", times, "the same in processor time", _EVENT),
        ("zoom", "paint", ("zoom", "zoomed", "wheel"), "the same, while and after zooming", _EVENT),
        ("wheel", "input", ("wheel",), "handlers of wheel events by the clock", _EVENT),
        ("stroke", "input", ("stroke",), "handlers of mouse moves of the brush", _EVENT),
        ("stroke, work", "input work", ("stroke",), "the same in processor time", _EVENT),
        ("release", "input", ("store",), "brush released: mask made and shown, no commit", _EVENT),
        ("release, work", "input work", ("store",), "the same in processor time", _EVENT),
        ("commit", "commit", _STORING, "SQLite's transaction, on disk when it ends", None),
        ("polygon", "input", ("polygon",), "corners set and dragged, no commit", _EVENT),
        ("selection", "input", ("select",), "clicks on masks with the selection tool", _EVENT),
        ("tree", "input", ("tree",), "arrow keys in the list of annotations", _EVENT),
        ("tree, paint", "list", times, "handlers of the list's paint events", _EVENT),
        ("pause", "pause", set(times) - {"open"}, "between turns of a 1 ms timer", _STALL),
    ):
        values = [one for phase in phases for one in times.get(phase, {}).get(kind, ())]
        for share, label in ((0.99, "99th percentile"), (1.0, "longest")):
            if not values:
                yield Row(f"{name}, {label}", how, target=longest, missing="no such event")
                continue
            yield Row(
                f"{name}, {label}",
                f"{how}; {len(values):,} of them",
                "s",
                Spread(statistics.median(values), min(values), max(values), len(values)),
                value=percentile(values, share),
                target=longest,
            )


def measure(folder: Path, annotations: int, megapixels: float) -> dict[str, dict[str, list[float]]]:
    """Opens a made-up image in the window and moves it as a hand would.

    Args:
        folder: empty; the image and its project are written here.

    Returns:
        Seconds, by phase ("open", "wait", "zoom" in steps, "zoomed" until everything is drawn at
        the last zoom, "wheel", "pan", "select" by clicks, "tree" by arrow keys, "hide", "stroke" of
        the brush on the largest mask, "store" when it ends, "polygon" drawn and its corners
        dragged) and kind: "paint" of the canvas, "list" for paints of the list of annotations,
        "input" for the handlers of mouse, wheel and keys without "commit", which is what the
        project took to store, all by the clock; each with " work" for the same in processor time;
        and "pause".
    """
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    from samdesk.app import App
    from samdesk.folders import Folders
    from samdesk.store.project import Project
    from samdesk.ui.garbage import Garbage

    images = folder / "images"
    images.mkdir()
    width, height = round((megapixels * 4e6 / 3) ** 0.5), round((megapixels * 3e6 / 4) ** 0.5)
    _make_image(images / "image.jpg", width, height)
    _make_project(images, folder, list(_blobs(width, height, annotations)))

    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    phase = "open"
    inputs = {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
    }
    apply = Project.apply
    stored = stored_work = 0.0

    def timed_apply(project: Project, changes: Iterable[Change]) -> None:
        nonlocal stored, stored_work
        began, worked = time.perf_counter(), time.thread_time()
        apply(project, changes)
        stored, stored_work = time.perf_counter() - began, time.thread_time() - worked
        times[phase]["commit"].append(stored)

    class Application(QApplication):
        canvas: QWidget | None = None
        list: QWidget | None = None
        rows: QWidget | None = None

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            nonlocal stored, stored_work
            kind = ""
            if event.type() in inputs and receiver in (self.canvas, self.list):
                kind = "input"
            elif event.type() == QEvent.Type.Paint and receiver in (self.canvas, self.rows):
                kind = "paint" if receiver is self.canvas else "list"
            if not kind:
                return super().notify(receiver, event)
            stored = stored_work = 0.0
            began, worked = time.perf_counter(), time.thread_time()
            handled = super().notify(receiver, event)
            times[phase][kind].append(time.perf_counter() - began - stored)
            times[phase][f"{kind} work"].append(time.thread_time() - worked - stored_work)
            return handled

    application = Application([])
    home = folder / "home"
    app = App(Folders(home, home, home, home, home / "checkpoints.json"))
    app.window.resize(1440, 900)
    app.window.show()
    application.canvas = app.window.canvas.viewport()
    application.list = app.window.annotations.list
    application.rows = app.window.annotations.list.viewport()
    setattr(Project, "apply", timed_apply)  # noqa: B010

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
    setattr(Project, "apply", apply)  # noqa: B010
    return times


def _steps(app: App) -> Iterator[str]:
    """Does what a hand does, a step at a time; says in which phase of the work each is."""
    from PySide6.QtCore import QPointF, Qt

    workspace, canvas = app.workspace, app.window.canvas
    viewport = canvas.viewport()
    while workspace.picture is None or not canvas.is_drawn:
        yield "open"
    middle = QPointF(viewport.rect().center())
    for step in range(2 * _STEPS):
        # In to 64 times, where pixels are squares, and out again.
        canvas.set_zoom(canvas.zoom * (1.06 if step < _STEPS else 1 / 1.06), middle)
        yield "zoom"
    canvas.set_zoom(1.0)
    yield from _until(lambda: canvas.is_drawn, "zoomed")
    for step in range(2 * _STEPS):
        # To and fro, so that it does not end at the edge.
        by = 12 if step % _STEPS < _STEPS // 2 else -12
        _drag(canvas, middle, middle + QPointF(by, by / 2), Qt.MouseButton.MiddleButton)
        yield "pan"
    canvas.fit()
    yield from _until(lambda: canvas.is_drawn, "zoomed")
    for step in range(_STEPS):
        _turn_wheel(canvas, middle, 120 if step % 20 < 10 else -120)
        yield "wheel"
    canvas.fit()
    yield from _until(lambda: canvas.is_drawn, "zoomed")
    yield from _selections(app)
    for step in range(_STEPS):
        canvas.set_masks_visible(step % 2 == 1)
        yield "hide"
    canvas.set_masks_visible(True)
    yield from _strokes(app, middle)
    yield from _polygons(app, middle)


def _selections(app: App) -> Iterator[str]:
    """Clicks on one mask after the other, then goes through the list with the arrow keys."""
    from PySide6.QtCore import QPointF, Qt

    annotator, canvas, listed = app.annotator, app.window.canvas, app.window.annotations.list
    canvas.use_tool("select")
    to_viewport = canvas.viewportTransform()
    for annotation in annotator.accepted.annotations[:_STEPS]:
        mask = annotation.mask
        at = to_viewport.map(QPointF(mask.x + mask.w / 2, mask.y + mask.h / 2))
        _drag(canvas, at, at, Qt.MouseButton.LeftButton)
        yield "select"
    for _ in range(_STEPS):
        _press_key(listed, Qt.Key.Key_Down)
        yield "tree"
    annotator.selection.select(None)
    yield from _until(lambda: canvas.is_drawn, "wait")


def _polygons(app: App, middle: QPointF) -> Iterator[str]:
    """Draws a polygon over much of the view, accepts it, and drags its corners."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    annotator, canvas = app.annotator, app.window.canvas
    left = Qt.MouseButton.LeftButton
    canvas.use_tool("polygon")
    annotator.selection.select(None)
    turns = [2 * math.pi * number / _CORNERS for number in range(_CORNERS)]
    corners = [middle + QPointF(220 * math.cos(turn), 220 * math.sin(turn)) for turn in turns]
    for corner in corners:
        yield "polygon"
        _drag(canvas, corner, corner, left)
    annotator.accept()
    annotator.accept()
    annotator.selection.select(annotator.accepted.annotations[-1].id)
    yield from _until(lambda: canvas.is_drawn, "wait")
    for corner in corners[:_EDITS]:
        yield "polygon"
        _mouse(canvas, QEvent.Type.MouseButtonPress, corner, left)
        for step in range(10):
            yield "polygon"
            _mouse(canvas, QEvent.Type.MouseMove, corner + QPointF(2 * step, step), left)
        yield "polygon"
        _mouse(canvas, QEvent.Type.MouseButtonRelease, corner + QPointF(20, 10), left)
        yield from _until(lambda: canvas.is_drawn, "wait")


def _strokes(app: App, middle: QPointF) -> Iterator[str]:
    """Paints to and fro across the largest mask, as wide as a brush that is in much use."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    annotator, canvas = app.annotator, app.window.canvas
    left = Qt.MouseButton.LeftButton
    canvas.use_tool("brush")
    largest = max(annotator.accepted.annotations, key=lambda one: one.mask.area)
    annotator.selection.select(largest.id)
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


def _turn_wheel(canvas: Any, at: QPointF, by: int) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    event = QWheelEvent(
        at,
        canvas.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def _press_key(widget: Any, key: Any) -> None:
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


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
        "99th": round(percentile(values, 0.99), 2),
        "worst": round(values[-1], 2),
    }
