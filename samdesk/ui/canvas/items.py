"""What the canvas draws itself: the image, and prompts."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core.prompt import Box, Prompt
from samdesk.ui.picture import Picture

_SQUARE_PIXELS_ABOVE = 4.0  # screen pixels per image pixel, from which on pixels stay squares
DARK, LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)  # together they show on anything


def _scale_of(painter: QPainter) -> float:
    transform = painter.worldTransform()
    return math.hypot(transform.m11(), transform.m12()) or 1.0


class ImageItem(QGraphicsItem):
    """An image with its reductions: zoomed out, the next larger reduction is drawn."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._picture = picture
        self._rect = QRectF(0, 0, picture.image.width, picture.image.height)

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = _scale_of(painter) * painter.device().devicePixelRatioF()
        level, *reductions = self._picture.levels
        for reduced in reductions:
            if reduced.width() >= self._rect.width() * scale:
                level = reduced
        to_level = QTransform.fromScale(
            level.width() / self._rect.width(), level.height() / self._rect.height()
        )
        # Whole pixels, and some more for smoothing: wherever a part of the image is painted anew,
        # it meets the rest without a seam.
        source = to_level.mapRect(option.exposedRect).toAlignedRect().adjusted(-2, -2, 2, 2)
        source = source.intersected(level.rect())
        target = to_level.inverted()[0].mapRect(QRectF(source))
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, scale < _SQUARE_PIXELS_ABOVE
        )
        painter.drawImage(target, level, QRectF(source))


class PromptItem(QGraphicsItem):
    """The points and the box of a prompt, at the same size whatever the zoom.

    Positive points carry a plus, negative ones a minus; of what will be taken away from an
    annotation, it is the other way round.
    """

    def __init__(self, prompt: Prompt, width: int, height: int, *, takes: bool = False) -> None:
        super().__init__()
        self._prompt = prompt
        self._takes = takes
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
            adds = point.positive != self._takes
            fill = QColor("#0a7d38") if adds else QColor("#b3261e")
            painter.setPen(QPen(QColor("white"), 1.75))
            painter.setBrush(fill)
            painter.drawEllipse(QPointF(0, 0), 7.0, 7.0)
            painter.drawLine(QPointF(-3.2, 0), QPointF(3.2, 0))
            if adds:
                painter.drawLine(QPointF(0, -3.2), QPointF(0, 3.2))
            if self.is_waiting and point is self._prompt.points[-1]:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for pen in (QPen(DARK, 3.5), QPen(LIGHT, 2, Qt.PenStyle.DotLine)):
                    painter.setPen(pen)
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
    painter.setPen(_pen(DARK, 3.0))
    painter.drawRect(rect)
    painter.setPen(_pen(LIGHT, 1.5, dashes=[5, 3]))
    painter.drawRect(rect)


def _pen(colour: QColor, width: float, dashes: list[float] | None = None) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        pen.setDashPattern(dashes)
    return pen
