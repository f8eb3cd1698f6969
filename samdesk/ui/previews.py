"""Small pictures of masks: the object as it is, what is around it dark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from samdesk.core.mask import Mask
from samdesk.core.silhouette import Silhouettes, border
from samdesk.ui.picture import Picture

_MARGIN = 0.12  # around the masks, as a share of their size
_SHADE = 175  # alpha of what is around the object


def previews(picture: Picture, masks: Sequence[Mask], side: int) -> list[QImage]:
    """A square picture of each mask, all of the same part of the image, so that they compare.

    Takes a while: belongs outside the GUI thread.

    Args:
        side: in device pixels.
    """
    filled = [mask for mask in masks if not mask.is_empty] or list(masks)
    x0, y0 = min(mask.x for mask in filled), min(mask.y for mask in filled)
    x1, y1 = max(mask.x + mask.w for mask in filled), max(mask.y + mask.h for mask in filled)
    reach = max(x1 - x0, y1 - y0, 1) * (0.5 + _MARGIN)
    part = QRectF((x0 + x1) / 2 - reach, (y0 + y1) / 2 - reach, 2 * reach, 2 * reach)
    ground = _part(picture, part, side)
    return [_preview(ground, mask, part, side) for mask in masks]


def _part(picture: Picture, part: QRectF, side: int) -> QImage:
    """A part of the image, which may reach beyond it, on a square of `side` pixels."""
    level = picture.levels[0]
    for reduced in picture.levels[1:]:
        if part.width() * reduced.width() / picture.image.width >= side:
            level = reduced
    shrunk = level.width() / picture.image.width
    square = QImage(side, side, QImage.Format.Format_RGB32)
    square.fill(0)
    painter = QPainter(square)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    source = QRectF(
        part.x() * shrunk, part.y() * shrunk, part.width() * shrunk, part.height() * shrunk
    )
    painter.drawImage(QRectF(0, 0, side, side), level, source)
    painter.end()
    return square


def _preview(ground: QImage, mask: Mask, part: QRectF, side: int) -> QImage:
    inside = np.zeros((side, side), np.uint8)
    if not mask.is_empty:
        scale = side / part.width()
        left, top = round(part.x() * scale), round(part.y() * scale)
        inside = Silhouettes().coverage(mask, scale, left, top, side, side)
    shade = (255 - inside.astype(np.uint32)) * _SHADE // 255 << 24
    line = border(inside, 1).astype(np.uint32) * 0x01010101
    preview = QImage(ground)
    painter = QPainter(preview)
    for pixels in (shade, line):
        form = QImage.Format.Format_ARGB32_Premultiplied
        painter.drawImage(0, 0, QImage(pixels.data, side, side, 4 * side, form))
    painter.end()
    return preview
