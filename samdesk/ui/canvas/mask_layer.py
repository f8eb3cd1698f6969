"""Masks on the canvas, drawn outside the GUI thread in tiles, which painting only copies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core.mask import Mask
from samdesk.core.silhouette import Coverage, Silhouettes, border
from samdesk.runtime.lane import Job, Lane

Key: TypeAlias = tuple[int, int]

_SIDE = 256  # of a tile, in device pixels
_TILES_KEPT = 300
_REACH = 3.0  # how far outlines go beyond a mask, in screen pixels
_DASH = 6  # screen pixels
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)


@dataclass(frozen=True)
class Look:
    """A mask and how it looks.

    Accepted masks have a plain outline, the selected one a heavier, the draft a dashed one: what
    they are can be seen without colour.

    Attributes:
        colour: "#rrggbb".
    """

    mask: Mask
    colour: str
    is_selected: bool = False
    is_draft: bool = False


class MaskLayer(QGraphicsItem):
    """All accepted masks of an image, or the draft.

    A tile is shown until the one that replaces it has been drawn, and what was drawn for another
    zoom is stretched until then, so nothing flickers.

    Args:
        lane: where tiles are drawn.
    """

    def __init__(self, width: int, height: int, lane: Lane) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._rect = QRectF(0, 0, width, height)
        self._lane = lane
        self._silhouettes = Silhouettes()
        self._looks: Sequence[Look] = ()
        self._boxes = _boxes(())
        self._scale = self._ratio = 0.0
        self._tiles: dict[Key, QImage | None] = {}
        self._stale: set[Key] = set()
        self._jobs: dict[Key, Job] = {}
        self._former: tuple[float, dict[Key, QImage | None]] = (1.0, {})

    def boundingRect(self) -> QRectF:
        # Outlines have a width on the screen; this covers it at any useful zoom.
        return self._rect.adjusted(-8, -8, 8, 8)

    @property
    def looks(self) -> Sequence[Look]:
        """What is shown, from the bottom to the top."""
        return self._looks

    @property
    def is_ready(self) -> bool:
        """Whether everything in view has been drawn."""
        return not self._jobs and not self._stale

    def show_looks(self, looks: Iterable[Look]) -> None:
        """Shows these masks, small ones above large ones."""
        before = set(self._looks)
        # Parts and small objects stay above what they lie on.
        self._looks = sorted(looks, key=lambda look: (look.is_selected, -look.mask.w * look.mask.h))
        self._boxes = _boxes(self._looks)
        changed = before.symmetric_difference(self._looks)
        for key in self._touched(changed):
            self._stale.add(key)
            self._forget_job(key)
        if changed:
            self.update()

    def close(self) -> None:
        """Draws nothing any more."""
        for key in list(self._jobs):
            self._forget_job(key)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        transform, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        self._use_scale(transform.m11() * ratio, ratio)
        to_image, _ = transform.inverted()
        seen = option.exposedRect if widget is None else to_image.mapRect(QRectF(widget.rect()))
        needed = self._keys(seen, 0)
        self._ask_for(needed, self._keys(seen, 1))
        origin = transform.map(QPointF(0, 0))
        side = _SIDE / ratio
        painter.save()
        painter.resetTransform()
        exposed = transform.mapRect(option.exposedRect)
        missing = QRegion()
        for column, row in needed:
            place = QRectF(origin.x() + column * side, origin.y() + row * side, side, side)
            if (column, row) not in self._tiles:
                missing += place.toAlignedRect()
            elif place.intersects(exposed):
                tile = self._tiles[column, row]
                if tile is not None:
                    painter.drawImage(place.topLeft(), tile)
        scale, former = self._former
        if missing.isEmpty():
            former.clear()
        elif former:
            painter.setClipRegion(missing)
            side *= self._scale / scale
            for (column, row), tile in former.items():
                place = QRectF(origin.x() + column * side, origin.y() + row * side, side, side)
                if tile is not None and missing.intersects(place.toAlignedRect()):
                    painter.drawImage(place, tile)
        painter.restore()

    def _use_scale(self, scale: float, ratio: float) -> None:
        if (scale, ratio) == (self._scale, self._ratio):
            return
        self.close()
        # While the wheel turns, what was drawn in full last is stretched.
        if not self._former[1]:
            self._former = (self._scale, self._tiles)
        self._scale, self._ratio = scale, ratio
        self._tiles, self._stale = {}, set()

    def _keys(self, seen: QRectF, around: int) -> list[Key]:
        """The tiles in a part of the image, and so many rings of tiles around it."""
        per_tile, reach = _SIDE / self._scale, _REACH * self._ratio / self._scale
        rect = seen.intersected(self._rect.adjusted(-reach, -reach, reach, reach))
        if rect.isEmpty():
            return []
        columns = range(
            math.floor(rect.left() / per_tile) - around, math.ceil(rect.right() / per_tile) + around
        )
        rows = range(
            math.floor(rect.top() / per_tile) - around, math.ceil(rect.bottom() / per_tile) + around
        )
        return [(column, row) for row in rows for column in columns]

    def _touched(self, looks: Iterable[Look]) -> list[Key]:
        """The tiles, drawn or being drawn, on which these masks are."""
        boxes = _boxes(looks)
        keys = {*self._tiles, *self._jobs}
        return [key for key in keys if self._on_tile(boxes, key).any()]

    def _on_tile(self, boxes: np.ndarray, key: Key) -> np.ndarray:
        """Which boxes, (n, 4) in image pixels, a tile touches, outlines included."""
        reach = math.ceil(_REACH * self._ratio)
        low_x, low_y = (place * _SIDE - reach for place in key)
        scaled = boxes * self._scale
        return (
            (scaled[:, 0] < low_x + _SIDE + 2 * reach)
            & (scaled[:, 1] < low_y + _SIDE + 2 * reach)
            & (scaled[:, 2] > low_x)
            & (scaled[:, 3] > low_y)
        )

    def _ask_for(self, needed: list[Key], wanted: list[Key]) -> None:
        """Has the tiles drawn that are missing, those in view first."""
        for key in [key for key in self._jobs if key not in wanted]:
            self._forget_job(key)
        if len(self._tiles) > _TILES_KEPT:
            self._tiles = {key: tile for key, tile in self._tiles.items() if key in wanted}
        self._stale &= self._tiles.keys()
        for rank, keys in ((0, needed), (1, wanted)):
            for key in keys:
                if key not in self._jobs and (key not in self._tiles or key in self._stale):
                    self._draw(key, rank)

    def _draw(self, key: Key, rank: int) -> None:
        on_tile = np.flatnonzero(self._on_tile(self._boxes, key))
        if on_tile.size == 0:
            self._tiles[key] = None
            self._stale.discard(key)
            return
        looks = [self._looks[i] for i in on_tile.tolist()]
        scale, ratio, silhouettes = self._scale, self._ratio, self._silhouettes

        def drawn(tile: QImage) -> None:
            if self._jobs.get(key) is job:
                del self._jobs[key]
                self._tiles[key] = tile
                self._stale.discard(key)
                per_tile = _SIDE / scale
                self.update(QRectF(key[0] * per_tile, key[1] * per_tile, per_tile, per_tile))

        def failed(error: Exception) -> None:
            raise error

        job = self._jobs[key] = self._lane.submit(
            key,
            lambda token: draw_tile(looks, key, scale, ratio, silhouettes),
            done=drawn,
            failed=failed,
            rank=rank,
        )

    def _forget_job(self, key: Key) -> None:
        job = self._jobs.pop(key, None)
        if job is not None:
            job.token.cancel()


def draw_tile(
    looks: Iterable[Look], key: Key, scale: float, ratio: float, silhouettes: Silhouettes
) -> QImage:
    """A tile of `_SIDE` device pixels with these masks, the first at the bottom.

    Args:
        key: column and row of the tile, counted from the image's corner.
        scale: device pixels per image pixel.
        ratio: device pixels per screen pixel, by which outlines are wider.
    """
    tile = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(0)
    left, top = key[0] * _SIDE, key[1] * _SIDE
    reach = math.ceil(_REACH * ratio)
    painter = QPainter(tile)
    for look in looks:
        mask = look.mask
        x0 = max(left, math.floor(mask.x * scale) - reach)
        y0 = max(top, math.floor(mask.y * scale) - reach)
        x1 = min(left + _SIDE, math.ceil((mask.x + mask.w) * scale) + reach)
        y1 = min(top + _SIDE, math.ceil((mask.y + mask.h) * scale) + reach)
        if x0 >= x1 or y0 >= y1:
            continue
        window = (x0 - reach, y0 - reach, x1 - x0 + 2 * reach, y1 - y0 + 2 * reach)
        inside = silhouettes.coverage(mask, scale, *window)
        for shares, colour, alpha in _layers(look, inside, x0 - reach, y0 - reach, ratio):
            shown = shares[reach:-reach, reach:-reach]
            _paint(painter, shown, x0 - left, y0 - top, colour, alpha)
    painter.end()
    tile.setDevicePixelRatio(ratio)
    return tile


def _layers(
    look: Look, inside: Coverage, left: int, top: int, ratio: float
) -> Iterable[tuple[Coverage, int, int]]:
    """What a mask is drawn of, from the bottom: shares of pixels, colour 0xrrggbb, alpha."""
    colour = QColor(look.colour).rgb() & 0xFFFFFF
    yield inside, colour, 110 if look.is_draft else 105 if look.is_selected else 70
    heavier = 1 if look.is_selected else 0
    yield border(inside, round((2 + heavier) * ratio)), 0, _DARK.alpha()
    line = border(inside, round((1 + heavier) * ratio))
    if look.is_draft:
        yield line, 0xFFFFFF, _LIGHT.alpha()
        y, x = np.ogrid[top : top + inside.shape[0], left : left + inside.shape[1]]
        is_dash = (x + y) // round(_DASH * ratio) % 2 == 0
        line = np.where(is_dash, line, np.uint8(0))
    yield line, colour, 255
    if look.is_selected:
        yield border(inside, round(ratio)), 0xFFFFFF, _LIGHT.alpha()


def _paint(painter: QPainter, shares: Coverage, x: int, y: int, colour: int, alpha: int) -> None:
    height, width = shares.shape
    # Qt wants lines of whole 32-bit words.
    padded = np.zeros((height, -(-width // 4) * 4), np.uint8)
    padded[:, :width] = shares
    image = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(_ramp(colour, alpha))
    painter.drawImage(x, y, image)


@lru_cache(maxsize=256)
def _ramp(colour: int, alpha: int) -> list[int]:
    """The colour from transparent to its full alpha, in 256 steps."""
    return [(alpha * share + 127) // 255 << 24 | colour for share in range(256)]


def _boxes(looks: Iterable[Look]) -> np.ndarray:
    """Bounding boxes, (n, 4) as x0, y0, x1, y1 in image pixels."""
    corners = [
        (mask.x, mask.y, mask.x + mask.w, mask.y + mask.h) for mask in (look.mask for look in looks)
    ]
    return np.array(corners, np.float64).reshape(-1, 4)
