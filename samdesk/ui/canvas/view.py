"""The canvas: the image with its masks, zoomed and panned, and the mouse given to the tool."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from samdesk.core.mask import Mask
from samdesk.core.prompt import Box
from samdesk.core.stroke import Stroke
from samdesk.runtime.lane import Lane
from samdesk.ui import theme
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.brush import BrushSize, BrushTool, RingItem, StrokeItem
from samdesk.ui.canvas.items import BoxItem, ImageItem, PromptItem
from samdesk.ui.canvas.mask_layer import Look, MaskLayer, Style
from samdesk.ui.canvas.polygon import OutlineItem, PolygonTool
from samdesk.ui.canvas.tools import SelectTool, SmartTool, Tool
from samdesk.ui.correcting import Corrections
from samdesk.ui.draft import Vertex
from samdesk.ui.hovering import Hovering

_WIDE = 1000  # pixels
_MAX_ZOOM = 64.0
_WHEEL_STEP = 1.0015  # zoom factor for one eighth of a degree
_MARGIN = 0.6  # how far the image can be pushed off the view, as a share of the view
_CLOSE_ZOOM = 8.0  # nearer, a small mask is all that is seen
_SHARE = 0.7  # of the view that is for what is zoomed to
_NO_CATEGORY = "#ffffff"


class Canvas(QGraphicsView):
    """Shows the workspace's image and the annotator's masks; owns none of them.

    Args:
        lane: where masks are drawn.
    """

    hovered = Signal(object)  # QPoint of the pixel under the mouse, or None
    zoomed = Signal(float)
    tapped_space = Signal()
    menu_asked = Signal(QPoint)  # where on the screen

    def __init__(
        self,
        annotator: Annotator,
        corrections: Corrections,
        hovering: Hovering,
        lane: Lane,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._hovering = hovering
        self._lane = lane
        self._workspace = annotator.workspace
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Canvas"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._fill = 1.0
        self._image: ImageItem | None = None
        self._masks: MaskLayer | None = None
        self._draft: MaskLayer | None = None
        self._hover: MaskLayer | None = None
        self._proposed: MaskLayer | None = None
        self._prompt: PromptItem | None = None
        self._box: BoxItem | None = None
        self._is_fitted = True
        self._pan_from: QPoint | None = None
        self._space_held = False
        self._space_used = False
        self._stroke: StrokeItem | None = None
        self._ring: RingItem | None = None
        self._outline: OutlineItem | None = None
        self.brush_size = BrushSize()
        self.polygon = PolygonTool(annotator, self)
        self.tools: dict[str, Tool] = {
            "smart": SmartTool(annotator, hovering, self),
            "brush": BrushTool(annotator, corrections, self, self.brush_size, erases=False),
            "eraser": BrushTool(annotator, corrections, self, self.brush_size, erases=True),
            "polygon": self.polygon,
            "select": SelectTool(annotator, self),
        }
        self._tool = self.tools["smart"]
        self.viewport().setCursor(self._tool.cursor)
        self._workspace.moved.connect(self._clear)
        self._workspace.loaded.connect(self._show_image)
        annotator.accepted.annotations_changed.connect(self._show_masks)
        annotator.accepted.categories_changed.connect(self._show_masks)
        annotator.selection.changed.connect(self._show_selection)
        annotator.selection.hidden_changed.connect(self._show_masks)
        annotator.draft_changed.connect(self._show_draft)
        hovering.changed.connect(self._show_hovered)
        annotator.proposals.changed.connect(self._show_proposals)
        # The draft has the colour of the category into which it would go.
        annotator.accepted.categories_changed.connect(self._show_draft)
        self._paint_background()

    # For tools.

    def show_box(self, box: Box | None) -> None:
        """See `Surface.show_box`."""
        if box is None:
            self._remove(self._box)
            self._box = None
        elif self._box is None:
            self._box = BoxItem(box)
            self._box.setZValue(4)
            self._scene.addItem(self._box)
        else:
            self._box.set_box(box)

    def show_stroke(self, covered: Stroke, *, erases: bool) -> None:
        """See `BrushSurface.show_stroke`."""
        self._remove(self._stroke)
        annotator = self._annotator
        selected = annotator.selection.last if annotator.draft is None else None
        category = annotator.accepted.category_of(selected) if selected else None
        colour = category.colour if category else annotator.draft_colour
        self._stroke = StrokeItem(covered, colour, erases=erases)
        self._stroke.setZValue(3)
        self._scene.addItem(self._stroke)

    def update_stroke(self, changed: tuple[int, int, int, int]) -> None:
        """See `BrushSurface.update_stroke`."""
        x0, y0, x1, y1 = changed
        if self._stroke is not None:
            self._stroke.update(QRectF(x0, y0, x1 - x0, y1 - y0))

    def end_stroke(self, *, is_kept: bool) -> None:
        """See `BrushSurface.end_stroke`."""
        if is_kept and self._stroke and self._masks and self._draft:
            self._stroke.fade_into(self._masks, self._draft)
        else:
            self._remove(self._stroke)
            self._stroke = None

    def show_ring(self, position: QPointF | None) -> None:
        """See `BrushSurface.show_ring`."""
        if position is None or self._image is None:
            self._remove(self._ring)
            self._ring = None
            return
        if self._ring is None:
            self._ring = RingItem()
            self._ring.setZValue(6)
            self._scene.addItem(self._ring)
        self._ring.fit(self.brush_size.pixels, self.zoom)
        self._ring.setPos(position)

    def show_outline(
        self, vertices: Sequence[Vertex], *, is_closed: bool, hot: int | None = None
    ) -> None:
        """See `PolygonSurface.show_outline`."""
        picture = self._workspace.picture
        if not vertices or self._image is None or picture is None:
            self._remove(self._outline)
            self._outline = None
            return
        if self._outline is None:
            self._outline = OutlineItem(picture.image.width, picture.image.height)
            self._outline.setZValue(5)
            self._scene.addItem(self._outline)
        self._outline.show_vertices(vertices, is_closed=is_closed, hot=hot)

    def open_menu(self, position: QPointF) -> None:
        """See `Surface.open_menu`."""
        self.menu_asked.emit(self._on_screen(position))

    def drag_distance(self) -> float:
        """See `Surface.drag_distance`."""
        return QApplication.startDragDistance() / self.zoom

    # For actions.

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel."""
        return self.transform().m11()

    @property
    def is_drawn(self) -> bool:
        """Whether everything in view has been drawn, masks at this zoom included."""
        layers = (self._masks, self._draft, self._proposed)
        return all(layer is not None and layer.is_ready for layer in layers)

    def use_tool(self, name: str) -> None:
        """Gives the mouse to one of `tools`."""
        self._tool.cancel()
        self._tool = self.tools[name]
        self._tool.start()
        self.viewport().setCursor(self._tool.cursor)
        if self.underMouse():
            self._tool.move(self._to_image(QPointF(self.viewport().mapFromGlobal(QCursor.pos()))))

    @property
    def is_drawing(self) -> bool:
        """Whether a box, a stroke or a corner is in the air, its button still down."""
        return self._tool.is_drawing

    def give_up(self) -> bool:
        """Gives up a box or a stroke whose button is still down; whether there was any."""
        return self._tool.give_up()

    def enlarge_brush(self) -> None:
        """Takes the next larger brush, for the next stroke."""
        self.brush_size.enlarge()
        self._refit_ring()

    def reduce_brush(self) -> None:
        """Takes the next smaller brush, for the next stroke."""
        self.brush_size.reduce()
        self._refit_ring()

    def fit(self) -> None:
        """Shows the whole image."""
        self._is_fitted = True
        if self._image is None:
            return
        # Notices come and go above, and hints below: neither may cover or move the image.
        above = self.fontMetrics().height() + 4 * theme.GRID
        rect, view = self._image.boundingRect(), self.viewport().rect()
        # Where it is narrow, candidates and hint are in lines of their own.
        below = 10 * theme.GRID if view.width() > _WIDE else 14 * theme.GRID
        area = view.adjusted(2 * theme.GRID, above, -2 * theme.GRID, -below)
        zoom = min(area.width() / rect.width(), area.height() / rect.height())
        zoom = min(max(zoom, 1e-4), _MAX_ZOOM)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self._centre_on(rect.center(), QPointF(area.center()))
        self.zoomed.emit(zoom)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms so that what is at a point of the viewport, by default its centre, stays there."""
        if self._image is None:
            return
        rect, viewport = self._image.boundingRect(), self.viewport().rect()
        smallest = 0.25 * min(viewport.width() / rect.width(), viewport.height() / rect.height())
        zoom = min(max(zoom, smallest, 1e-4), _MAX_ZOOM)
        at = QPointF(viewport.center()) if at is None else at
        fixed = self._to_image(at)
        self._is_fitted = False
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self._centre_on(fixed, at)
        self._refit_ring()
        self.zoomed.emit(zoom)

    def zoom_to(self, masks: Sequence[Mask]) -> None:
        """Shows masks as large as is useful, with some room around them."""
        if self._image is None or not masks:
            return
        rect, area = _around(masks), self.viewport().rect().adjusted(16, 16, -16, -80)
        zoom = _SHARE * min(area.width() / rect.width(), area.height() / rect.height())
        self.set_zoom(min(zoom, _CLOSE_ZOOM))
        self._centre_on(rect.center(), QPointF(area.center()))

    def middle_of(self, masks: Sequence[Mask]) -> QPoint:
        """Where on the screen masks are; the nearest place in view, its middle for none."""
        view = self.viewport().rect()
        if not masks:
            return self.viewport().mapToGlobal(view.center())
        at = self.viewportTransform().map(_around(masks).center()).toPoint()
        x = min(max(at.x(), view.left()), view.right())
        return self.viewport().mapToGlobal(QPoint(x, min(max(at.y(), view.top()), view.bottom())))

    def set_masks_visible(self, are_visible: bool) -> None:
        """Shows or hides all masks, to look at the image."""
        layers = (self._masks, self._draft, self._hover, self._proposed)
        for item in (*layers, self._prompt, self._outline):
            if item is not None:
                item.setVisible(are_visible)

    def hide_masks_while_held(self) -> None:
        """Hides all masks until the key that asked for it is released."""
        self.setFocus()
        self.set_masks_visible(False)

    def refresh_theme(self) -> None:
        """Takes the colours of another theme over."""
        self._paint_background()

    def fill_masks(self, strength: float) -> None:
        """Tints masks so strongly; 0 is outlines alone, 1 as they are designed."""
        self._fill = strength
        for layer in (self._masks, self._draft, self._hover, self._proposed):
            if layer is not None:
                layer.fill(strength)

    # What is shown.

    def _refit_ring(self) -> None:
        if self._ring is not None:
            self._ring.fit(self.brush_size.pixels, self.zoom)

    def _paint_background(self) -> None:
        self.setBackgroundBrush(QColor(theme.colours().canvas))

    def _clear(self) -> None:
        self._tool.cancel()
        for layer in (self._masks, self._draft, self._hover, self._proposed):
            if layer is not None:
                layer.close()
        self._scene.clear()
        self._image = self._masks = self._draft = self._hover = self._prompt = self._box = None
        self._proposed = None
        self._stroke = self._ring = self._outline = None
        self._tool.start()
        self.hovered.emit(None)

    def _show_image(self) -> None:
        self._clear()
        picture = self._workspace.picture
        if picture is None:
            return
        self._image = ImageItem(picture)
        size = picture.image.width, picture.image.height
        self._masks = MaskLayer(*size, Style.ACCEPTED, self._lane)
        self._draft = MaskLayer(*size, Style.DRAFT, self._lane)
        self._hover = MaskLayer(*size, Style.HOVERED, self._lane)
        self._proposed = MaskLayer(*size, Style.PROPOSED, self._lane)
        self.fill_masks(self._fill)
        for item in (self._image, self._proposed, self._masks, self._hover, self._draft):
            self._scene.addItem(item)
        rect = self._image.boundingRect()
        # Room to pan beyond the edges, so that a corner can be worked on in the middle.
        self._scene.setSceneRect(
            rect.adjusted(-rect.width(), -rect.height(), rect.width(), rect.height())
        )
        self.fit()
        self._show_masks()
        self._show_proposals()
        self._show_draft()
        self.polygon.refresh()

    def _show_proposals(self) -> None:
        if self._proposed is None:
            return
        annotator, proposals = self._annotator, self._annotator.proposals
        colours = {category.id: category.colour for category in annotator.accepted.categories}
        self._proposed.show_looks(
            {
                one.id: Look(
                    one.annotation.mask, colours.get(one.annotation.category_id, _NO_CATEGORY)
                )
                for one in proposals.shown
            }
        )
        current = proposals.current_id
        self._proposed.select(() if current is None else (current,))

    def _show_masks(self) -> None:
        if self._masks is None:
            return
        annotator = self._annotator
        colours = {category.id: category.colour for category in annotator.accepted.categories}
        self._masks.show_looks(
            {
                one.id: Look(one.mask, colours.get(one.category_id, _NO_CATEGORY))
                for one in annotator.accepted.annotations
                if one.id not in annotator.selection.hidden_ids
            }
        )
        self._show_selection()

    def _show_selection(self) -> None:
        if self._masks is not None:
            self._masks.select(self._annotator.selection.ids)

    def _show_draft(self) -> None:
        self._remove(self._prompt)
        self._prompt = None
        draft, picture = self._annotator.draft, self._workspace.picture
        if picture is None or self._draft is None:
            return
        mask = self._annotator.shown_mask if draft is not None else None
        correction = draft.correction if draft is not None else None
        takes = correction is not None and correction.mode == "subtract"
        looks = {}
        if mask is not None and not mask.is_empty:
            style = Style.TAKEN if takes else None
            looks = {0: Look(mask, self._annotator.draft_colour, style)}
        self._draft.show_looks(looks)
        if draft is None:
            return
        size = picture.image.width, picture.image.height
        self._prompt = PromptItem(draft.prompt, *size, takes=takes)
        self._prompt.is_waiting = draft.is_awaited
        self._prompt.setZValue(5)
        self._scene.addItem(self._prompt)

    def _show_hovered(self) -> None:
        mask = self._hovering.mask
        looks = {}
        if mask is not None and not mask.is_empty:
            looks = {0: Look(mask, self._annotator.draft_colour)}
        if self._hover is not None:
            self._hover.show_looks(looks)

    def _remove(self, item: QGraphicsItem | None) -> None:
        if item is not None:
            self._scene.removeItem(item)

    # Where things are.

    def _to_image(self, position: QPointF) -> QPointF:
        """A point of the viewport in image pixels, not rounded to whole ones."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(position)

    def _on_screen(self, position: QPointF) -> QPoint:
        """A point of the image on the screen."""
        return self.viewport().mapToGlobal(self.viewportTransform().map(position).toPoint())

    def _centre_on(self, point: QPointF, at: QPointF) -> None:
        """Scrolls so that a point of the image lies at a point of the viewport."""
        now = self.viewportTransform().map(point)
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() + round(now.x() - at.x()))
        vertical.setValue(vertical.value() + round(now.y() - at.y()))

    # Qt's events.

    def viewportEvent(self, event: QEvent) -> bool:
        # Painting, and what follows the mouse.
        with self._lane.held():
            return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event, self._tool.press)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, self._tool.press_again)

    def _press(
        self,
        event: QMouseEvent,
        press: Callable[[QPointF, Qt.MouseButton, Qt.KeyboardModifier], None],
    ) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        is_pan = event.button() == Qt.MouseButton.MiddleButton or (
            self._space_held and event.button() == Qt.MouseButton.LeftButton
        )
        if is_pan:
            self._space_used = True
            self._pan_from = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._image is not None:
            press(self._to_image(event.position()), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._pan_from is not None:
            moved = position.toPoint() - self._pan_from
            self._pan_from = position.toPoint()
            self._is_fitted = False
            for bar, by in (
                (self.horizontalScrollBar(), moved.x()),
                (self.verticalScrollBar(), moved.y()),
            ):
                bar.setValue(bar.value() - by)
            return
        if self._image is None:
            return
        point = self._to_image(position)
        self._tool.move(point)
        pixel = QPoint(math.floor(point.x()), math.floor(point.y()))
        # A rectangle of reals contains its right and lower edge, where there is no pixel any more.
        is_inside = self._image.boundingRect().toRect().contains(pixel)
        self.hovered.emit(pixel if is_inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif self._image is not None:
            self._tool.release(self._to_image(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_zoom(self.zoom * _WHEEL_STEP ** event.angleDelta().y(), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held, self._space_used = True, False
            self._show_cursor()
        elif event.key() != Qt.Key.Key_Space:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
            if not self._space_used:
                self.tapped_space.emit()
        elif not event.isAutoRepeat():
            # Whichever key hides the masks: the user may have chosen another.
            self.set_masks_visible(True)
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # The release of a held key goes to whoever has the focus then.
        self.set_masks_visible(True)
        self._space_held = False
        self._show_cursor()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)
        self._tool.leave()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.OpenHandCursor if self._space_held else self._tool.cursor
        self.viewport().setCursor(shape)


def _around(masks: Sequence[Mask]) -> QRectF:
    """The rectangle around all of some masks, in image pixels."""
    rect = QRectF()
    for mask in masks:
        x, y, w, h = mask.bbox_xywh
        rect = rect.united(QRectF(x, y, w, h))
    return rect
