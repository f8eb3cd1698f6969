"""Brush and eraser: the stroke under the hand, and the ring that shows its size."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core import stroke
from samdesk.core.stroke import Stroke
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.items import DARK, LIGHT
from samdesk.ui.canvas.mask_layer import MaskLayer
from samdesk.ui.canvas.tools import Tool
from samdesk.ui.correcting import Corrections

_tr = QCoreApplication.translate


@dataclass
class BrushSize:
    """The diameter that brush and eraser share, in pixels of the image."""

    pixels: int = 25

    def enlarge(self) -> None:
        self.pixels = stroke.larger(self.pixels)

    def reduce(self) -> None:
        self.pixels = stroke.smaller(self.pixels)


class BrushSurface(Protocol):
    """What brush and eraser ask of the canvas."""

    def show_stroke(self, covered: Stroke, *, erases: bool) -> None:
        """Shows a stroke that has just begun."""
        ...

    def update_stroke(self, changed: tuple[int, int, int, int]) -> None:
        """Shows anew what a stroke covers within x0, y0, x1, y1."""
        ...

    def end_stroke(self, *, is_kept: bool) -> None:
        """Takes a stroke off: once the mask that it changed is drawn, where it is kept."""
        ...

    def show_ring(self, position: QPointF | None) -> None:
        """Shows the brush's size at a position; None takes it away."""
        ...


class BrushTool(Tool):
    """Paints or erases while a button is held; the stroke counts when it is released.

    The right button does the opposite of the left one.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        annotator: Annotator,
        corrections: Corrections,
        surface: BrushSurface,
        size: BrushSize,
        *,
        erases: bool,
    ) -> None:
        self._annotator = annotator
        self._corrections = corrections
        self._surface = surface
        self._size = size
        self._erases = erases
        self._stroke: Stroke | None = None
        self._is_erasing = False
        self._began = 0.0

    def press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        picture = self._annotator.workspace.picture
        is_left = button == Qt.MouseButton.LeftButton
        if self._stroke is not None or not (is_left or button == Qt.MouseButton.RightButton):
            return
        if picture is None or not self._annotator.may_draw():
            return
        self._is_erasing = self._erases == is_left
        if self._is_erasing and not self._corrections.can_erase:
            self._annotator.told.emit(
                _tr("BrushTool", "Select the annotation to erase from first, with V or the list.")
            )
            return
        self._began = time.monotonic()
        self._stroke = Stroke(picture.image.width, picture.image.height, self._size.pixels)
        self._surface.show_stroke(self._stroke, erases=self._is_erasing)
        self.move(position)

    def move(self, position: QPointF) -> None:
        self._surface.show_ring(position)
        if self._stroke is not None:
            self._surface.update_stroke(self._stroke.go_to(position.x(), position.y()))

    def release(self, position: QPointF) -> None:
        finished, self._stroke = self._stroke, None
        if finished is not None:
            self._corrections.paint(
                finished.mask(),
                erases=self._is_erasing,
                seconds=time.monotonic() - self._began,
            )
            self._surface.end_stroke(is_kept=True)

    def leave(self) -> None:
        self._surface.show_ring(None)

    @property
    def is_drawing(self) -> bool:
        return self._stroke is not None

    def give_up(self) -> bool:
        stroke, self._stroke = self._stroke, None
        self._surface.end_stroke(is_kept=False)
        return stroke is not None

    def cancel(self) -> None:
        self.give_up()
        self._surface.show_ring(None)


class StrokeItem(QGraphicsItem):
    """A stroke in the colour of its mask; the eraser's is dark."""

    def __init__(self, covered: Stroke, colour: str, *, erases: bool) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        height, width = covered.pixels.shape
        self._rect = QRectF(0, 0, width, height)
        self._covered = covered
        self._image = QImage(
            covered.pixels.data, width, height, width, QImage.Format.Format_Indexed8
        )
        shown = QColor(0, 0, 0) if erases else QColor(colour)
        shown.setAlpha(150)
        self._image.setColorTable([0, shown.rgba()])
        self._layers: tuple[MaskLayer, ...] = ()

    def boundingRect(self) -> QRectF:
        return self._rect

    def fade_into(self, *layers: MaskLayer) -> None:
        """Shows the stroke until these layers have drawn the mask that it became part of."""
        self._layers = layers
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._layers and all(layer.is_ready for layer in self._layers):
            return
        source = option.exposedRect.toAlignedRect().adjusted(-1, -1, 1, 1)
        source = source.intersected(self._image.rect())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(source), self._image, QRectF(source))


class RingItem(QGraphicsItem):
    """A ring as large as the brush, dark and light so that it shows on any image."""

    def __init__(self) -> None:
        super().__init__()
        self._radius, self._zoom = 0.5, 1.0

    def fit(self, size: int, zoom: float) -> None:
        """Takes a diameter in image pixels, at so many screen pixels for each."""
        self.prepareGeometryChange()
        self._radius, self._zoom = size / 2, zoom

    def boundingRect(self) -> QRectF:
        reach = self._radius + 3 / self._zoom
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((DARK, 3.0), (LIGHT, 1.25)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawEllipse(QPointF(0, 0), self._radius, self._radius)
