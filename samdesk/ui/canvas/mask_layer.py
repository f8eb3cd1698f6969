"""Masks on the canvas, drawn outside the GUI thread in tiles, which painting only copies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core.mask import Mask
from samdesk.core.silhouette import Coverage, Silhouettes, border
from samdesk.runtime.lane import Job, Lane

Key: TypeAlias = tuple[int, int]

_SIDE = 256  # of a tile, in device pixels
_TILES_KEPT = 300
_REACH = 5.0  # how far outlines go beyond a mask, in screen pixels
_DASH, _DOT, _STRIPE = 6, 3, 5  # screen pixels
_DARK, _LIGHT = 190, 235  # alpha


class Style(Enum):
    """Plain outlines, a heavier one, dashes, dots, faint for proposals, heavy dashes for the chosen
    one, stripes for what will be taken away: seen without colour."""

    ACCEPTED = 0
    SELECTED = 1
    DRAFT = 2
    HOVERED = 3
    PROPOSED = 4
    CHOSEN = 5
    TAKEN = 6


class Look(NamedTuple):
    """A mask and its colour, "#rrggbb"; a style where it is not that of the layer."""

    mask: Mask
    colour: str
    style: Style | None = None


_TINT = {  # alpha
    Style.ACCEPTED: 70,
    Style.SELECTED: 105,
    Style.DRAFT: 110,
    Style.HOVERED: 40,
    Style.PROPOSED: 24,
    Style.CHOSEN: 105,
    Style.TAKEN: 0,
}


class MaskLayer(QGraphicsItem):
    """The accepted masks of an image, its draft, or what a click would give.

    A tile is shown until the one that replaces it has been drawn, and what was drawn for another
    zoom is stretched until then, so nothing flickers.

    Args:
        width, height: of the image.
        style: of all masks but the selected ones.
        lane: where tiles are drawn.
    """

    def __init__(self, width: int, height: int, style: Style, lane: Lane) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._rect = QRectF(0, 0, width, height)
        self._lane = lane
        self._silhouettes = Silhouettes()
        self._style = style
        self._fill = 1.0
        self._looks: dict[int, Look] = {}
        self._selected: frozenset[int] = frozenset()
        # From the bottom to the top; thousands of masks, of which few change at a time.
        self._order = np.zeros(0, np.int64)
        self._boxes = _boxes(())
        self._scale = self._ratio = 0.0
        self._tiles: dict[Key, QImage | None] = {}
        self._stale: set[Key] = set()
        self._jobs: dict[Key, Job] = {}
        self._needed: set[Key] = set()
        self._former: tuple[float, dict[Key, QImage | None]] = (1.0, {})

    def boundingRect(self) -> QRectF:
        # Outlines have a width on the screen; this covers it at any useful zoom.
        return self._rect.adjusted(-8, -8, 8, 8)

    @property
    def is_ready(self) -> bool:
        """Whether everything in view has been drawn."""
        return self._scale > 0 and not self._jobs and not self._stale

    def show_looks(self, looks: Mapping[int, Look]) -> None:
        """Shows these masks, each under an identity of its own, small ones above large ones."""
        before, self._looks = self._looks, dict(looks)
        either = before.keys() | looks.keys()
        changed = [key for key in either if before.get(key) != looks.get(key)]
        if not changed:
            return
        stay, new = ~np.isin(self._order, changed), [key for key in changed if key in looks]
        keys = np.append(self._order[stay], np.array(new, np.int64))
        boxes = np.concatenate([self._boxes[stay], _boxes(looks[key].mask for key in new)])
        # Parts and small objects stay above what they lie on.
        rank = np.lexsort((keys, -np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)))
        self._order, self._boxes = keys[rank], boxes[rank]
        self._redraw(
            known[key].mask for known in (before, self._looks) for key in changed if key in known
        )

    def select(self, identities: Iterable[int]) -> None:
        """Shows these masks as selected ones, above the others."""
        former, self._selected = self._selected, frozenset(identities)
        self._redraw(self._looks[key].mask for key in former ^ self._selected if key in self._looks)

    def fill(self, strength: float) -> None:
        """Tints masks so strongly; 0 is outlines alone, 1 as they are designed."""
        if strength != self._fill:
            self._fill = strength
            self._redraw(look.mask for look in self._looks.values())

    def _redraw(self, masks: Iterable[Mask]) -> None:
        boxes = _boxes(masks)
        for key in {*self._tiles, *self._jobs}:
            if self._on_tile(boxes, key).any():
                self._stale.add(key)
                self._forget_job(key)
        # What is there stays until its successor comes; painting asks for that.
        if len(boxes):
            (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            self.update(QRectF(QPointF(x0, y0), QPointF(x1, y1)))

    def close(self) -> None:
        """Draws nothing any more."""
        for key in list(self._jobs):
            self._forget_job(key)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        transform, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        scale = transform.m11() * ratio
        if self._follow(scale, ratio):
            to_image, _ = transform.inverted()
            seen = option.exposedRect if widget is None else to_image.mapRect(QRectF(widget.rect()))
            self._ask_for(self._keys(seen, 0), self._keys(seen, 1))
        exposed = transform.mapRect(option.exposedRect)
        left, top, right, bottom = exposed.left(), exposed.top(), exposed.right(), exposed.bottom()
        origin = transform.map(QPointF(0, 0))
        shift_x, shift_y = origin.x(), origin.y()
        former_scale, former = self._former
        # What is only needed while tiles of another zoom are there costs nothing afterwards. Of
        # what is left, every call of Qt may have to wait for the lane that draws.
        missing = QRegion(exposed.toAlignedRect()) if former else None
        painter.save()
        painter.resetTransform()
        for tiles, side in (
            (self._tiles, _SIDE / ratio * scale / self._scale),
            (former, _SIDE / ratio * scale / former_scale),
        ):
            shown = missing
            for (column, row), tile in tiles.items():
                x, y = column * side + shift_x, row * side + shift_y
                if x >= right or y >= bottom or x + side <= left or y + side <= top:
                    continue
                if tile is None and missing is None:
                    continue
                place = QRectF(x, y, side, side)
                if missing is not None:
                    missing = missing.subtracted(place.toAlignedRect())
                if tile is None:
                    continue
                if tiles is former and shown is not None:
                    painter.setClipRegion(shown)
                    painter.drawImage(place, tile)
                elif scale != self._scale:
                    painter.drawImage(place, tile)
                else:
                    painter.drawImage(place.topLeft(), tile)
            if missing is not None and missing.isEmpty():
                break
        painter.restore()

    def _follow(self, scale: float, ratio: float) -> bool:
        """Goes over to another zoom, unless the former one is still being drawn.

        While the wheel turns, one zoom after the other is finished and stretched to what is on
        screen: to begin anew at every step would finish none.

        Returns:
            Whether tiles are those of this zoom now.
        """
        if (scale, ratio) == (self._scale, self._ratio):
            return True
        for key in self._jobs.keys() - self._needed:
            self._forget_job(key)
        if self._jobs:
            return False
        self._former = (self._scale or 1.0, self._tiles)
        self._scale, self._ratio = scale, ratio
        self._tiles, self._stale = {}, set()
        return True

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
        self._needed = set(needed)
        for key in [key for key in self._jobs if key not in wanted]:
            self._forget_job(key)
        outdated = self._stale.difference(wanted)
        if len(self._tiles) > _TILES_KEPT:
            outdated.update(self._tiles.keys() - set(wanted))
        for key in outdated:
            self._tiles.pop(key, None)
        self._stale &= self._tiles.keys()
        # What is to go is taken off in turn too, so that a draft that was accepted is seen until
        # the mask that it became is there.
        for rank, keys in ((0, needed), (1, wanted)):
            for key in keys:
                if key not in self._jobs and (key not in self._tiles or key in self._stale):
                    self._draw(key, rank)

    def _draw(self, key: Key, rank: int) -> None:
        on_tile = np.flatnonzero(self._on_tile(self._boxes, key))
        if on_tile.size == 0 and self._tiles.get(key) is None:
            self._tiles[key] = None
            self._stale.discard(key)
            return
        ids, selected = self._order[on_tile].tolist(), self._selected
        shown = [(one, self._looks[one]) for one in ids]
        looks = [(look, look.style or self._style) for one, look in shown if one not in selected]
        # What is chosen is not accepted by that.
        chosen = Style.CHOSEN if self._style is Style.PROPOSED else Style.SELECTED
        looks += [(look, chosen) for one, look in shown if one in selected]
        scale, ratio, silhouettes = self._scale, self._ratio, self._silhouettes
        fill = self._fill

        def drawn(tile: QImage) -> None:
            if self._jobs.get(key) is job:
                del self._jobs[key]
                self._tiles[key] = tile
                self._stale.discard(key)
                per_tile = _SIDE / scale
                self.update(QRectF(key[0] * per_tile, key[1] * per_tile, per_tile, per_tile))
                if self._needed.isdisjoint(self._jobs):
                    # What was drawn for another zoom has served, or the next zoom can begin.
                    self._former = (1.0, {})
                    self.update()

        def failed(error: Exception) -> None:
            raise error

        job = self._jobs[key] = self._lane.submit(
            key,
            lambda token: draw_tile(
                looks, key, scale, ratio, silhouettes, self._lane.rest, fill=fill
            ),
            done=drawn,
            failed=failed,
            rank=rank,
        )

    def _forget_job(self, key: Key) -> None:
        job = self._jobs.pop(key, None)
        if job is not None:
            job.token.cancel()


def draw_tile(
    looks: Iterable[tuple[Look, Style]],
    key: Key,
    scale: float,
    ratio: float,
    silhouettes: Silhouettes,
    rest: Callable[[], None] = lambda: None,
    *,
    fill: float = 1.0,
) -> QImage:
    """A tile of `_SIDE` device pixels with these masks, the first at the bottom.

    Args:
        key: column and row of the tile, counted from the image's corner.
        scale: device pixels per image pixel.
        ratio: device pixels per screen pixel, by which outlines are wider.
        rest: called often, where drawing may wait.
        fill: how strongly masks are tinted; 0 is outlines alone.
    """
    tile = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(0)
    left, top = key[0] * _SIDE, key[1] * _SIDE
    reach = math.ceil(_REACH * ratio)
    painter = QPainter(tile)
    for look, style in looks:
        mask = look.mask
        x0 = max(left, math.floor(mask.x * scale) - reach)
        y0 = max(top, math.floor(mask.y * scale) - reach)
        x1 = min(left + _SIDE, math.ceil((mask.x + mask.w) * scale) + reach)
        y1 = min(top + _SIDE, math.ceil((mask.y + mask.h) * scale) + reach)
        if x0 >= x1 or y0 >= y1:
            continue
        rest()
        window = (x0 - reach, y0 - reach, x1 - x0 + 2 * reach, y1 - y0 + 2 * reach)
        inside = silhouettes.coverage(mask, scale, *window)
        tint = min(255, round(_TINT[style] * fill))
        layers = _layers(look, style, inside, x0 - reach, y0 - reach, ratio, tint)
        for shares, colour, alpha in layers:
            rest()
            shown = shares[reach:-reach, reach:-reach]
            _paint(painter, shown, x0 - left, y0 - top, colour, alpha)
    painter.end()
    tile.setDevicePixelRatio(ratio)
    return tile


def _layers(
    look: Look, style: Style, inside: Coverage, left: int, top: int, ratio: float, tint: int
) -> Iterable[tuple[Coverage, int, int]]:
    """What a mask is drawn of, from the bottom: shares of pixels, colour 0xrrggbb, alpha."""
    colour = QColor(look.colour).rgb() & 0xFFFFFF
    if style is Style.TAKEN:
        yield from _crossed_out(inside, left, top, ratio)
        return
    if tint:
        yield inside, colour, tint
    if style is Style.HOVERED:
        line = border(inside, round(ratio))
        dots = _chequered(inside, left, top, round(_DOT * ratio))
        yield np.where(dots, line, np.uint8(0)), 0xFFFFFF, 255
        yield np.where(dots, np.uint8(0), line), 0, _DARK
        return
    if style is Style.PROPOSED:
        line = border(inside, round(ratio))
        dashes = _chequered(inside, left, top, round(_DASH * ratio))
        yield line, 0, _DARK // 3
        yield np.where(dashes, line, np.uint8(0)), colour, _DARK
        return
    heavier = 2 if style in (Style.SELECTED, Style.CHOSEN) else 0
    yield border(inside, round((2 + heavier) * ratio)), 0, _DARK
    line = border(inside, round((1 + heavier) * ratio))
    if style in (Style.DRAFT, Style.CHOSEN):
        yield line, 0xFFFFFF, _LIGHT
        dashes = _chequered(inside, left, top, round(_DASH * ratio))
        line = np.where(dashes, line, np.uint8(0))
    yield line, colour, 255
    if style is Style.SELECTED:
        yield border(inside, round(ratio)), 0xFFFFFF, _LIGHT


def _crossed_out(
    inside: Coverage, left: int, top: int, ratio: float
) -> Iterable[tuple[Coverage, int, int]]:
    """Dark and light stripes with a plain outline: no mask is filled so."""
    nothing = np.uint8(0)
    stripes = _chequered(inside, left, top, round(_STRIPE * ratio))
    yield np.where(stripes, inside, nothing), 0, _DARK
    yield np.where(stripes, nothing, inside), 0xFFFFFF, _LIGHT // 2
    yield border(inside, round(2 * ratio)), 0, _DARK
    yield border(inside, round(ratio)), 0xFFFFFF, _LIGHT


def _chequered(inside: Coverage, left: int, top: int, length: int) -> npt.NDArray[np.bool_]:
    """Where lines are dashes and not gaps, both of this length: diagonal stripes."""
    y, x = np.ogrid[top : top + inside.shape[0], left : left + inside.shape[1]]
    dashes: npt.NDArray[np.bool_] = (x + y) // length % 2 == 0
    return dashes


def _paint(painter: QPainter, shares: Coverage, x: int, y: int, colour: int, alpha: int) -> None:
    height, width = shares.shape
    pixels = _ramp(colour, alpha)[shares]
    form = QImage.Format.Format_ARGB32_Premultiplied
    painter.drawImage(x, y, QImage(pixels.data, width, height, 4 * width, form))


@lru_cache(maxsize=256)
def _ramp(colour: int, alpha: int) -> npt.NDArray[np.uint32]:
    """The colour from transparent to its full alpha in 256 steps, premultiplied 0xaarrggbb."""
    alphas = np.arange(256, dtype=np.uint32) * alpha // 255
    channels = [(colour >> shift & 0xFF) * alphas // 255 << shift for shift in (16, 8, 0)]
    return np.asarray(alphas << 24 | channels[0] | channels[1] | channels[2], np.uint32)


def _boxes(masks: Iterable[Mask]) -> np.ndarray:
    """Bounding boxes, (n, 4) as x0, y0, x1, y1 in image pixels."""
    corners = [(mask.x, mask.y, mask.x + mask.w, mask.y + mask.h) for mask in masks]
    return np.array(corners, np.float64).reshape(-1, 4)
