"""The engine without weights: GrabCut around the prompt (Rother, Kolmogorov and Blake, 2004).

It is no Segment Anything and never called so. It works on a crop around the prompt at a bounded
resolution, so that a prompt costs the same on small and large photographs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.core.mask import Bitmap, Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import (
    RGB,
    CancelToken,
    Embedding,
    EngineInfo,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.errors import EngineError

NAME = "Built-in (no checkpoint)"

# Longest side of the crop that GrabCut works on; its time grows with the pixels, and three
# windows must be done before an annotator notices.
_BOX_CROP = 320
_POINT_CROP = 130
_ITERATIONS = 3
_BOX_PADDING = 0.35
# Side of the windows tried around points alone, as shares of the image's longer side.
_WINDOWS = (0.16, 0.36, 0.8)
# The sure pixels around a click, as a share of the crop's longer side.
_CLICK_RADIUS = 0.02

Labels: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class BuiltinCandidate:
    """A finished mask; the built-in engine has no logits."""

    score: float
    _mask: Mask
    stability_score: None = None
    logits: None = None

    def mask(self) -> Mask:
        return self._mask


@dataclass(frozen=True)
class _Window:
    """A rectangle of the image, in whole pixels, and the scale at which it is worked on."""

    x0: int
    y0: int
    x1: int
    y1: int
    scale: float

    @classmethod
    def around(cls, box: Box, longest: int, width: int, height: int) -> _Window:
        inside = box.clipped(width, height)
        x0, y0 = int(inside.x0), int(inside.y0)
        x1 = min(width, max(x0 + 1, int(np.ceil(inside.x1))))
        y1 = min(height, max(y0 + 1, int(np.ceil(inside.y1))))
        # Enlarging small objects a little gives GrabCut edges to find; more adds nothing.
        return cls(x0, y0, x1, y1, min(2.0, longest / max(x1 - x0, y1 - y0)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns at the working scale."""
        return (
            max(2, round((self.y1 - self.y0) * self.scale)),
            max(2, round((self.x1 - self.x0) * self.scale)),
        )

    def column_row(self, x: float, y: float) -> tuple[int, int]:
        """Where the pixel (x, y) of the image lies, clipped to the window."""
        rows, columns = self.shape
        column = int((x + 0.5 - self.x0) * columns / (self.x1 - self.x0))
        row = int((y + 0.5 - self.y0) * rows / (self.y1 - self.y0))
        return min(max(column, 0), columns - 1), min(max(row, 0), rows - 1)


class BuiltinSegmenter:
    """Classical segmentation: up to three candidates per prompt, no download, no GPU."""

    info = EngineInfo(name=NAME, key="builtin-1", device="CPU")

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        """Keeps the image; nothing is worth computing before the prompt is known."""
        token.check()
        progress(1.0)
        return Embedding(self.info.key, image.shape[1], image.shape[0], image, image.nbytes)

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        """See `Segmenter.predict`."""
        if embedding.engine != self.info.key or not isinstance(embedding.data, np.ndarray):
            raise EngineError("The embedding is another engine's.", "Encode the image again.")
        image: RGB = embedding.data
        if prompt.box is not None:
            found = [_segmented_box(image, prompt.box, prompt.points)]
        else:
            found = _segmented_points(image, prompt.points)
        found.sort(key=lambda candidate: -candidate.score)
        return Prediction(prompt, tuple(_distinct(found)))

    def close(self) -> None:
        """Nothing to free."""


def _segmented_box(image: RGB, box: Box, points: tuple[Point, ...]) -> BuiltinCandidate:
    height, width = image.shape[:2]
    box = box.clipped(width, height)
    pad = _BOX_PADDING * max(box.x1 - box.x0, box.y1 - box.y0) + 4
    around = Box(box.x0 - pad, box.y0 - pad, box.x1 + pad, box.y1 + pad)
    window = _Window.around(around, _BOX_CROP, width, height)
    import cv2

    labels = np.full(window.shape, cv2.GC_BGD, np.uint8)
    left, top = window.column_row(box.x0, box.y0)
    right, bottom = window.column_row(box.x1 - 1, box.y1 - 1)
    labels[top : bottom + 1, left : right + 1] = cv2.GC_PR_FGD
    return _grab_cut(image, window, labels, points, box)


def _segmented_points(image: RGB, points: tuple[Point, ...]) -> list[BuiltinCandidate]:
    height, width = image.shape[:2]
    positive = [point for point in points if point.positive]
    xs, ys = [point.x for point in positive], [point.y for point in positive]
    centre_x, centre_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    spread = max(max(xs) - min(xs), max(ys) - min(ys))
    found = []
    for share in _WINDOWS:
        half = (share * max(width, height) + 2 * spread) / 2
        around = Box(centre_x - half, centre_y - half, centre_x + half, centre_y + half)
        window = _Window.around(around, _POINT_CROP, width, height)
        found.append(_grab_cut(image, window, _around_points(window, positive), points, None))
    return found


def _around_points(window: _Window, positive: list[Point]) -> Labels:
    """Probably inside near the clicks, probably outside farther away, outside at the border."""
    import cv2

    away = np.ones(window.shape, np.uint8)
    for point in positive:
        column, row = window.column_row(point.x, point.y)
        away[row, column] = 0
    distance = cv2.distanceTransform(away, cv2.DIST_L2, 5)
    near = distance < 0.28 * max(window.shape)
    labels = np.where(near, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    frame = max(1, max(window.shape) // 50)
    border = np.ones(window.shape, bool)
    border[frame:-frame, frame:-frame] = False
    labels[border & ~near] = cv2.GC_BGD
    return labels


def _grab_cut(
    image: RGB, window: _Window, labels: Labels, points: tuple[Point, ...], box: Box | None
) -> BuiltinCandidate:
    import cv2

    rows, columns = labels.shape
    crop = np.ascontiguousarray(image[window.y0 : window.y1, window.x0 : window.x1])
    shrinks = window.scale < 1
    crop = cv2.resize(
        crop, (columns, rows), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    radius = max(1, round(_CLICK_RADIUS * max(labels.shape)))
    for point in points:
        sure = cv2.GC_FGD if point.positive else cv2.GC_BGD
        cv2.circle(labels, window.column_row(point.x, point.y), radius, int(sure), -1)
    probable = (labels == cv2.GC_PR_FGD) | (labels == cv2.GC_FGD)
    if probable.any() and not probable.all():
        # GrabCut draws its colour models from OpenCV's random numbers: the same prompt must give
        # the same mask.
        cv2.setRNGSeed(1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(crop, labels, None, *models, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    inside = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    clicks = [window.column_row(point.x, point.y) for point in points if point.positive]
    inside = _clicked_parts(inside, clicks)
    if not inside.any():
        inside = probable
    score = _score(crop, inside)
    return BuiltinCandidate(score, _rendered(inside, window, image, box))


def _clicked_parts(inside: Bitmap, clicks: list[tuple[int, int]]) -> Bitmap:
    """The connected parts that hold a click; without clicks, those that are not specks."""
    import cv2

    _, parts, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    if clicks:
        kept = {int(parts[row, column]) for column, row in clicks} - {0}
    else:
        areas = stats[:, cv2.CC_STAT_AREA]
        kept = {part for part in range(1, len(stats)) if areas[part] > 0.05 * areas[1:].sum()}
    return np.isin(parts, list(kept)) & inside


def _score(crop: RGB, inside: Bitmap) -> float:
    """0 to 1: how well the colours at the boundary differ, less for masks cut off by the window."""
    import cv2

    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)
    mask = inside.astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    outer = (cv2.dilate(mask, kernel) > 0) & ~inside
    inner = inside & (cv2.erode(mask, kernel) == 0)
    if not outer.any() or not inner.any():
        return 0.0
    blurred = cv2.blur(lab, (3, 3))
    gradient = np.hypot(
        cv2.Sobel(blurred, cv2.CV_32F, 1, 0).sum(axis=2),
        cv2.Sobel(blurred, cv2.CV_32F, 0, 1).sum(axis=2),
    )
    edge = gradient[inner | outer].mean() / (gradient.mean() + 1e-3)
    border = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    cut_off = np.count_nonzero(border) / np.sqrt(np.count_nonzero(inside))
    return float(np.clip((1 - np.exp(-edge / 2.0)) * np.exp(-cut_off), 0.0, 1.0))


def _rendered(inside: Bitmap, window: _Window, image: RGB, box: Box | None) -> Mask:
    """The mask at the image's resolution, smoothed over the working scale's pixels."""
    import cv2

    height, width = image.shape[:2]
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)
    size = (window.x1 - window.x0, window.y1 - window.y0)
    full = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR) > 0.5
    if box is not None:
        rows = np.arange(window.y0, window.y1)[:, None]
        columns = np.arange(window.x0, window.x1)[None]
        full &= (rows >= np.floor(box.y0)) & (rows < np.ceil(box.y1))
        full &= (columns >= np.floor(box.x0)) & (columns < np.ceil(box.x1))
    return Mask.from_crop(full, window.x0, window.y0, width, height)


def _distinct(found: list[BuiltinCandidate]) -> list[BuiltinCandidate]:
    """Leaves out what looks the same as a better candidate."""
    kept: list[BuiltinCandidate] = []
    for candidate in found:
        if all(candidate.mask().iou(better.mask()) < 0.9 for better in kept):
            kept.append(candidate)
    return kept
