"""The polygon tool: corners are clicked, dragged, inserted on edges and taken away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from samdesk.core.dataset import Annotation
from samdesk.core.mask import Mask
from samdesk.core.polygon import outline, rasterised
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.items import DARK, LIGHT
from samdesk.ui.canvas.tools import Tool
from samdesk.ui.draft import Draft, Vertex

_REACH = 9.0  # screen pixels within which a corner or an edge is meant
_TRACED = 16_000_000  # pixels of the largest mask that is traced while the window waits
_HANDLE = 4.0  # half a corner's side, in screen pixels
_tr = QCoreApplication.translate


class PolygonSurface(Protocol):
    """What the polygon tool asks of the canvas."""

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel."""
        ...

    def show_outline(
        self, vertices: Sequence[Vertex], *, is_closed: bool, hot: int | None = None
    ) -> None:
        """Shows a polygon's corners; none of them takes it off. One may be hot."""
        ...


class PolygonTool(Tool):
    """Clicks set corners until a double click, the first corner or Enter closes the polygon.

    Then corners are dragged, an edge that is pressed gets a new one, and a right click takes one
    away. An annotation drawn so has the same corners until the program ends; others, those that
    an engine found too, get corners along their outline.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, annotator: Annotator, surface: PolygonSurface) -> None:
        self._annotator = annotator
        self._surface = surface
        self._is_active = False
        # By the mask that they gave, so that undo and redo find them again.
        self._outlines: dict[Mask, tuple[Vertex, ...]] = {}
        # Of the mask that was traced last.
        self._traced: tuple[Mask, tuple[Vertex, ...]] | None = None
        self._dragged: int | None = None
        self._held: Draft | Annotation | None = None
        self._vertices: tuple[Vertex, ...] = ()
        annotator.draft_changed.connect(self.refresh)
        annotator.selection.changed.connect(self.refresh)
        annotator.accepted.annotations_changed.connect(self.refresh)

    @property
    def edits_selected(self) -> bool:
        """Whether the corners of the selected annotation can be dragged now."""
        selected = self._annotator.selection.last
        is_free = self._is_active and self._annotator.draft is None
        return is_free and selected is not None and bool(self._corners_of(selected.mask))

    def knows(self, annotation: Annotation) -> bool:
        """Whether an annotation was drawn as a polygon, whose corners are known."""
        return annotation.mask in self._outlines

    def _corners_of(self, mask: Mask) -> tuple[Vertex, ...]:
        """Of a mask that was drawn as a polygon, or along its outline; none where it has holes, is
        in pieces or is too ragged."""
        if mask in self._outlines:
            return self._outlines[mask]
        if self._traced is None or self._traced[0] != mask:
            corners = outline(mask) if mask.w * mask.h <= _TRACED else None
            found = () if corners is None else tuple((float(x), float(y)) for x, y in corners)
            self._traced = mask, found
        return self._traced[1]

    def start(self) -> None:
        self._is_active = True
        self.refresh()

    def press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        self.refresh()
        vertices, at = self._vertices, self._on_image(position)
        if button == Qt.MouseButton.RightButton:
            self._take_away(self._near(position))
            return
        if button != Qt.MouseButton.LeftButton or at is None or not self._annotator.may_draw():
            return
        near = self._near(position)
        if self._is_open and near == 0 and len(vertices) > 2:
            self._annotator.accept()
        elif near is not None:
            self._hold(near)
        elif self._is_closed:
            edge = self._edge_near(position)
            if edge is None:
                accepts = _tr(
                    "PolygonTool", "Drag a corner or an edge; {accept} accepts the polygon."
                )
                another = _tr(
                    "PolygonTool", "Drag a corner or an edge; {drop} begins another polygon."
                )
                self._annotator.tell(accepts if self._annotator.draft else another)
                return
            self._hold(edge + 1)
            self._vertices = (*vertices[: edge + 1], at, *vertices[edge + 1 :])
            self._show(edge + 1)
        else:
            self._add(at)

    def press_again(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        if button == Qt.MouseButton.LeftButton and self._is_open:
            # The first click has set the last corner.
            self._annotator.accept()
        else:
            self.press(position, button, modifiers)

    def move(self, position: QPointF) -> None:
        if self._dragged is not None:
            at = self._on_image(position)
            if at is not None:
                self._vertices = _with(self._vertices, self._dragged, at)
                self._show(self._dragged)
        elif self._vertices:
            near = self._near(position)
            at = self._on_image(position)
            if self._is_open and near is None and at is not None:
                # The edge that a click would draw.
                self._surface.show_outline((*self._vertices, at), is_closed=False)
            else:
                self._show(near)

    def release(self, position: QPointF) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is not None and self._edited() is self._held:
            self._store(self._vertices)
        self.refresh()

    @property
    def is_drawing(self) -> bool:
        return self._dragged is not None

    def give_up(self) -> bool:
        """Puts the corner back that is held."""
        is_held = self._dragged is not None
        self._dragged = None
        self.refresh()
        return is_held

    def leave(self) -> None:
        self.refresh()

    def cancel(self) -> None:
        self._dragged = None
        self._is_active = False
        self.refresh()

    def refresh(self) -> None:
        """Shows the polygon of the draft; with this tool in hand, that of the selected one too."""
        if self._dragged is not None:
            return
        draft, selected = self._annotator.draft, self._annotator.selection.last
        if draft is not None:
            self._vertices = draft.outline
            if draft.drawn is not None and draft.outline:
                self._outlines[draft.drawn] = draft.outline
        elif selected is not None and self._is_active:
            self._vertices = self._corners_of(selected.mask)
        else:
            self._vertices = ()
        self._show(None)

    def _hold(self, corner: int) -> None:
        self._dragged, self._held = corner, self._edited()

    def _edited(self) -> Draft | Annotation | None:
        """What a corner that is dragged now would change; keys may change that meanwhile."""
        return self._annotator.draft or self._annotator.selection.last

    @property
    def _is_open(self) -> bool:
        draft = self._annotator.draft
        return draft is not None and draft.is_open

    @property
    def _is_closed(self) -> bool:
        return bool(self._vertices) and not self._is_open

    def _show(self, hot: int | None) -> None:
        self._surface.show_outline(self._vertices, is_closed=self._is_closed, hot=hot)

    def _add(self, at: Vertex) -> None:
        annotator = self._annotator
        draft = annotator.draft
        if draft is None:
            annotator.push(Draft(outline=(at,), correction=annotator.correction))
        elif not draft.is_open:
            self._annotator.tell(
                _tr("PolygonTool", "Accept the draft with {accept}, or drop it with {drop}, first.")
            )
        elif at != draft.outline[-1]:
            annotator.push(replace(draft, outline=(*draft.outline, at)))

    def _take_away(self, place: int | None) -> None:
        if place is None:
            return
        left = (*self._vertices[:place], *self._vertices[place + 1 :])
        if len(left) > 2 or (left and self._is_open):
            self._store(left)
        else:
            self._annotator.told.emit(_tr("PolygonTool", "A polygon needs three corners at least."))

    def _store(self, vertices: tuple[Vertex, ...]) -> None:
        annotator = self._annotator
        draft, picture = annotator.draft, annotator.workspace.picture
        if picture is None:
            return
        size = picture.image.width, picture.image.height
        if draft is not None:
            if vertices != draft.outline:
                changed = replace(draft, outline=vertices, drawn=None)
                annotator.push(changed if draft.is_open else changed.closed(*size))
        elif annotator.selection.last is not None:
            mask = rasterised([vertices], *size)
            self._outlines[mask] = vertices
            text = _tr("PolygonTool", "Edit polygon")
            annotator.correct_mask(annotator.selection.last, mask, text, clicks=1)

    def _on_image(self, position: QPointF) -> Vertex | None:
        """The nearest corner of a pixel, on the image."""
        picture = self._annotator.workspace.picture
        if picture is None:
            return None
        x = min(max(round(position.x()), 0), picture.image.width)
        y = min(max(round(position.y()), 0), picture.image.height)
        return float(x), float(y)

    def _near(self, position: QPointF) -> int | None:
        """The corner that a place means."""
        away = [math.hypot(x - position.x(), y - position.y()) for x, y in self._vertices]
        nearest = min(range(len(away)), key=away.__getitem__, default=None)
        if nearest is None or away[nearest] * self._surface.zoom > _REACH:
            return None
        return nearest

    def _edge_near(self, position: QPointF) -> int | None:
        """The edge that a place means, by the corner where it begins."""
        vertices = self._vertices
        edges = zip(vertices, (*vertices[1:], vertices[0]), strict=True)
        away = [_distance(position, *edge) for edge in edges]
        nearest = min(range(len(away)), key=away.__getitem__)
        return nearest if away[nearest] * self._surface.zoom <= _REACH else None


class OutlineItem(QGraphicsItem):
    """A polygon's edges and corners; the first corner is round while the polygon is open."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._rect = QRectF(0, 0, width, height)
        self._vertices: tuple[Vertex, ...] = ()
        self._is_closed = False
        self._hot: int | None = None

    def show_vertices(
        self, vertices: Sequence[Vertex], *, is_closed: bool, hot: int | None
    ) -> None:
        """Shows these corners, the hot one larger."""
        self._vertices, self._is_closed, self._hot = tuple(vertices), is_closed, hot
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-40, -40, 40, 40)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        transform = painter.worldTransform()
        corners = [transform.map(QPointF(x, y)) for x, y in self._vertices]
        painter.save()
        painter.resetTransform()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((DARK, 3.0), (LIGHT, 1.5)):
            painter.setPen(QPen(colour, width))
            line = QPolygonF(corners)
            painter.drawPolygon(line) if self._is_closed else painter.drawPolyline(line)
        painter.setPen(QPen(DARK, 1.25))
        painter.setBrush(LIGHT)
        for place, corner in enumerate(corners):
            half = _HANDLE * (1.6 if place == self._hot else 1)
            handle = QRectF(corner.x() - half, corner.y() - half, 2 * half, 2 * half)
            if place == 0 and not self._is_closed:
                painter.drawEllipse(handle.adjusted(-1, -1, 1, 1))
            else:
                painter.drawRect(handle)
        painter.restore()


def _with(vertices: tuple[Vertex, ...], place: int, at: Vertex) -> tuple[Vertex, ...]:
    return (*vertices[:place], at, *vertices[place + 1 :])


def _distance(position: QPointF, one: Vertex, other: Vertex) -> float:
    """From a place to the nearest point of an edge."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    x, y = position.x() - one[0], position.y() - one[1]
    along = min(max((x * dx + y * dy) / (dx * dx + dy * dy or 1), 0), 1)
    return math.hypot(x - along * dx, y - along * dy)
