"""What the canvas draws: the image, masks and prompts."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core.mask import Bitmap, Mask
from samdesk.core.polygon import outlines
from samdesk.core.prompt import Box, Prompt

Pixels: TypeAlias = npt.NDArray[np.uint8]

_SQUARE_PIXELS_ABOVE = 4.0  # screen pixels per image pixel, from which on pixels stay squares
_MOST_SMOOTHED = 1500  # vertices
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)


def _scale_of(painter: QPainter) -> float:
    transform = painter.worldTransform()
    return math.hypot(transform.m11(), transform.m12()) or 1.0


class ImageItem(QGraphicsItem):
    """An image with its reductions: zoomed out, the next larger reduction is drawn."""

    def __init__(self, pixels: Pixels, levels: tuple[Pixels, ...]) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        height, width = pixels.shape[:2]
        self._rect = QRectF(0, 0, width, height)
        self._levels = [QPixmap.fromImage(_rgb_image(level)) for level in (pixels, *levels)]

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = _scale_of(painter) * painter.device().devicePixelRatioF()
        level = self._levels[0]
        for reduced in self._levels[1:]:
            if reduced.width() >= self._rect.width() * scale:
                level = reduced
        exposed = option.exposedRect.intersected(self._rect)
        factor_x = level.width() / self._rect.width()
        factor_y = level.height() / self._rect.height()
        source = QRectF(
            exposed.x() * factor_x,
            exposed.y() * factor_y,
            exposed.width() * factor_x,
            exposed.height() * factor_y,
        )
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, scale < _SQUARE_PIXELS_ABOVE
        )
        painter.drawPixmap(exposed, level, source)


class MaskItem(QGraphicsItem):
    """A mask: a tint of its pixels, and an outline that shows on light and dark alike.

    Accepted masks have a plain outline, the selected one a heavier, the draft a dashed one: what
    they are can be seen without colour.
    """

    def __init__(self, mask: Mask, colour: QColor, *, is_draft: bool = False) -> None:
        super().__init__()
        self._rect = QRectF(mask.x, mask.y, mask.w, mask.h)
        self._colour = colour
        self._is_draft = is_draft
        self.is_selected = False
        crop = mask.crop()
        # Indexed images take one byte a pixel and are drawn much faster than ARGB ones.
        self._bits = np.zeros((mask.h, -(-mask.w // 4) * 4), np.uint8)
        self._bits[:, : mask.w] = crop
        self._image = QImage(
            self._bits.data, mask.w, mask.h, self._bits.shape[1], QImage.Format.Format_Indexed8
        )
        self._crop = crop
        self._paths: dict[int, QPainterPath] = {}
        # Drawn once per zoom; dragging and panning over many masks only copies pixels.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:
        # The outline's pen has a width in screen pixels; this covers it at any useful zoom.
        return self._rect.adjusted(-8, -8, 8, 8)

    def set_selected(self, is_selected: bool) -> None:
        if is_selected != self.is_selected:
            self.is_selected = is_selected
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        tint = QColor(self._colour)
        tint.setAlpha(110 if self._is_draft else 105 if self.is_selected else 70)
        self._image.setColorTable([0, tint.rgba()])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._rect, self._image)
        width = 2.0
        outline = self._outline(_scale_of(painter))
        # Smoothing a ragged outline costs several times the drawing, and does not show on it.
        is_smooth = outline.elementCount() < _MOST_SMOOTHED
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
        painter.strokePath(outline, _pen(_DARK, width + 2.0))
        if self._is_draft:
            painter.strokePath(outline, _pen(_LIGHT, width))
            painter.strokePath(outline, _pen(self._colour, width, dashes=[4, 4]))
        else:
            painter.strokePath(outline, _pen(self._colour, width))
            if self.is_selected:
                painter.strokePath(outline, _pen(_LIGHT, 1.0))

    def _outline(self, scale: float) -> QPainterPath:
        """The outline for a zoom: to the pixel from 100 % on, coarser where several pixels of the
        image share one of the screen."""
        level = max(0, math.floor(math.log2(1 / scale))) if scale < 1 else 0
        if level not in self._paths:
            size = 1 << level
            path = QPainterPath()
            for loop in outlines(_reduced(self._crop, size)):
                corners = loop * size + (int(self._rect.x()), int(self._rect.y()))
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners.tolist()]))
                path.closeSubpath()
            self._paths[level] = path
        return self._paths[level]


class PromptItem(QGraphicsItem):
    """The points and the box of a prompt, at the same size whatever the zoom.

    Positive points carry a plus, negative ones a minus.
    """

    def __init__(self, prompt: Prompt, width: int, height: int) -> None:
        super().__init__()
        self._prompt = prompt
        self._rect = QRectF(0, 0, width, height)
        self.is_waiting = False

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-40, -40, 40, 40)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self._prompt.box is not None:
            _draw_box(painter, self._prompt.box)
        scale = _scale_of(painter)
        for point in self._prompt.points:
            painter.save()
            painter.translate(point.x + 0.5, point.y + 0.5)
            painter.scale(1 / scale, 1 / scale)
            fill = QColor("#0a7d38") if point.positive else QColor("#b3261e")
            painter.setPen(QPen(QColor("white"), 1.75))
            painter.setBrush(fill)
            painter.drawEllipse(QPointF(0, 0), 7.0, 7.0)
            painter.drawLine(QPointF(-3.2, 0), QPointF(3.2, 0))
            if point.positive:
                painter.drawLine(QPointF(0, -3.2), QPointF(0, 3.2))
            if self.is_waiting and point is self._prompt.points[-1]:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(255, 255, 255, 220), 2, Qt.PenStyle.DotLine))
                painter.drawEllipse(QPointF(0, 0), 12.0, 12.0)
            painter.restore()


class BoxItem(QGraphicsItem):
    """A box while it is being dragged."""

    def __init__(self, box: Box) -> None:
        super().__init__()
        self._box = box

    def set_box(self, box: Box) -> None:
        self.prepareGeometryChange()
        self._box = box

    def boundingRect(self) -> QRectF:
        return QRectF(
            QPointF(self._box.x0, self._box.y0), QPointF(self._box.x1, self._box.y1)
        ).adjusted(-8, -8, 8, 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        _draw_box(painter, self._box)


def _draw_box(painter: QPainter, box: Box) -> None:
    rect = QRectF(QPointF(box.x0, box.y0), QPointF(box.x1, box.y1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_DARK, 3.0))
    painter.drawRect(rect)
    painter.setPen(_pen(_LIGHT, 1.5, dashes=[5, 3]))
    painter.drawRect(rect)


def _pen(colour: QColor, width: float, dashes: list[float] | None = None) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def _reduced(bitmap: Bitmap, size: int) -> Bitmap:
    """A bitmap with one cell for each size x size pixels, inside where any of them is."""
    if size == 1:
        return bitmap
    h, w = bitmap.shape
    padded = np.pad(bitmap, ((0, -h % size), (0, -w % size)))
    cells = padded.reshape(padded.shape[0] // size, size, padded.shape[1] // size, size)
    return np.asarray(cells.any(axis=(1, 3)))


def _rgb_image(pixels: Pixels) -> QImage:
    height, width = pixels.shape[:2]
    pixels = np.ascontiguousarray(pixels)
    # QPixmap.fromImage copies, so the array need not outlive this call.
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
