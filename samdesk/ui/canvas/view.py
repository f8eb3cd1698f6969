"""The canvas: the image with its masks, zoomed and panned, and the mouse given to the tool."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmapCache,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView, QWidget

from samdesk.core.dataset import Annotation
from samdesk.core.prompt import Box
from samdesk.ui import theme
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.items import BoxItem, ImageItem, MaskItem, PromptItem
from samdesk.ui.canvas.tools import SelectTool, SmartTool, Tool

_MAX_ZOOM = 64.0
_WHEEL_STEP = 1.0015  # zoom factor for one eighth of a degree
_MARGIN = 0.6  # how far the image can be pushed off the view, as a share of the view
_MASK_CACHE_KB = 256 * 1024
_NO_CATEGORY = "#ffffff"


class Canvas(QGraphicsView):
    """Shows the workspace's image and the annotator's masks; owns none of them."""

    hovered = Signal(object)  # QPoint of the pixel under the mouse, or None
    zoomed = Signal(float)
    tapped_space = Signal()

    def __init__(self, annotator: Annotator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator
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
        # Masks are cached as drawn; Qt's own limit is a handful of them on a large image.
        QPixmapCache.setCacheLimit(_MASK_CACHE_KB)
        self._image: ImageItem | None = None
        self._masks: dict[int, tuple[Annotation, str, MaskItem]] = {}
        self._draft: MaskItem | None = None
        self._prompt: PromptItem | None = None
        self._box: BoxItem | None = None
        self._is_fitted = True
        self._pan_from: QPoint | None = None
        self._space_held = False
        self._space_used = False
        self.tools: dict[str, Tool] = {
            "smart": SmartTool(annotator, self),
            "select": SelectTool(annotator),
        }
        self._tool = self.tools["smart"]
        self.viewport().setCursor(self._tool.cursor)
        self._workspace.moved.connect(self._clear)
        self._workspace.loaded.connect(self._show_image)
        annotator.annotations_changed.connect(self._show_masks)
        annotator.categories_changed.connect(self._show_masks)
        annotator.selection_changed.connect(self._show_selection)
        annotator.draft_changed.connect(self._show_draft)
        # The draft has the colour of the category into which it would go.
        annotator.categories_changed.connect(self._show_draft)
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

    def drag_distance(self) -> float:
        """See `Surface.drag_distance`."""
        return QApplication.startDragDistance() / self.zoom

    # For actions.

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel."""
        return self.transform().m11()

    def use_tool(self, name: str) -> None:
        """Gives the mouse to a tool: "smart" or "select"."""
        self._tool.cancel()
        self._tool = self.tools[name]
        self.viewport().setCursor(self._tool.cursor)

    def fit(self) -> None:
        """Shows the whole image."""
        self._is_fitted = True
        if self._image is None:
            return
        rect, area = self._image.boundingRect(), self.viewport().rect().adjusted(16, 16, -16, -56)
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
        self.zoomed.emit(zoom)

    def set_masks_visible(self, are_visible: bool) -> None:
        """Shows or hides all masks, to look at the image."""
        for _, _, item in self._masks.values():
            item.setVisible(are_visible)
        for draft in (self._draft, self._prompt):
            if draft is not None:
                draft.setVisible(are_visible)

    def hide_masks_while_held(self) -> None:
        """Hides all masks until the key H is released."""
        self.setFocus()
        self.set_masks_visible(False)

    def refresh_theme(self) -> None:
        """Takes the colours of another theme over."""
        self._paint_background()

    # What is shown.

    def _paint_background(self) -> None:
        self.setBackgroundBrush(QColor(theme.colours().canvas))

    def _clear(self) -> None:
        self._tool.cancel()
        self._scene.clear()
        self._image = self._draft = self._prompt = self._box = None
        self._masks.clear()
        self.hovered.emit(None)

    def _show_image(self) -> None:
        self._clear()
        picture = self._workspace.picture
        if picture is None:
            return
        self._image = ImageItem(picture.image.rgb, picture.levels)
        self._scene.addItem(self._image)
        rect = self._image.boundingRect()
        # Room to pan beyond the edges, so that a corner can be worked on in the middle.
        self._scene.setSceneRect(
            rect.adjusted(-rect.width(), -rect.height(), rect.width(), rect.height())
        )
        self.fit()
        self._show_masks()
        self._show_draft()

    def _show_masks(self) -> None:
        if self._image is None:
            return
        wanted = {one.id: one for one in self._annotator.annotations}
        for known in [key for key in self._masks if key not in wanted]:
            self._remove(self._masks.pop(known)[2])
        for annotation in wanted.values():
            category = self._annotator.category_of(annotation)
            colour = category.colour if category else _NO_CATEGORY
            shown = self._masks.get(annotation.id)
            if shown is not None:
                if shown[0].mask == annotation.mask and shown[1] == colour:
                    continue
                self._remove(shown[2])
            item = MaskItem(annotation.mask, QColor(colour))
            # Parts and small objects stay above what they lie on.
            item.setZValue(1 + 1 / (1 + annotation.mask.w * annotation.mask.h))
            self._scene.addItem(item)
            self._masks[annotation.id] = (annotation, colour, item)
        self._show_selection()

    def _show_selection(self) -> None:
        for key, (_, _, item) in self._masks.items():
            item.set_selected(key == self._annotator.selected_id)

    def _show_draft(self) -> None:
        self._remove(self._draft)
        self._remove(self._prompt)
        self._draft = self._prompt = None
        draft, picture = self._annotator.draft, self._workspace.picture
        if draft is None or picture is None or self._image is None:
            return
        candidate = self._annotator.shown_candidate
        if candidate is not None and not candidate.mask().is_empty:
            colour = QColor(self._annotator.draft_colour)
            self._draft = MaskItem(candidate.mask(), colour, is_draft=True)
            self._draft.setZValue(3)
            self._scene.addItem(self._draft)
        self._prompt = PromptItem(draft.prompt, picture.image.width, picture.image.height)
        self._prompt.is_waiting = draft.prediction is None
        self._prompt.setZValue(5)
        self._scene.addItem(self._prompt)

    def _remove(self, item: MaskItem | PromptItem | BoxItem | None) -> None:
        if item is not None:
            self._scene.removeItem(item)

    # Where things are.

    def _to_image(self, position: QPointF) -> QPointF:
        """A point of the viewport in image pixels, not rounded to whole ones."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(position)

    def _centre_on(self, point: QPointF, at: QPointF) -> None:
        """Scrolls so that a point of the image lies at a point of the viewport."""
        now = self.viewportTransform().map(point)
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() + round(now.x() - at.x()))
        vertical.setValue(vertical.value() + round(now.y() - at.y()))

    # Qt's events.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        is_pan = event.button() == Qt.MouseButton.MiddleButton or (
            self._space_held and event.button() == Qt.MouseButton.LeftButton
        )
        if is_pan:
            self._space_used = True
            self._pan_from = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._image is not None:
            self._tool.press(self._to_image(event.position()), event.button(), event.modifiers())

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
        is_inside = self._image.boundingRect().contains(point)
        self.hovered.emit(QPoint(int(point.x()), int(point.y())) if is_inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif self._image is not None:
            self._tool.release(self._to_image(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick clicks are two clicks.
        self.mousePressEvent(event)

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
        elif event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            self.set_masks_visible(True)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # The release of a held key goes to whoever has the focus then.
        self.set_masks_visible(True)
        self._space_held = False
        self._show_cursor()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.OpenHandCursor if self._space_held else self._tool.cursor
        self.viewport().setCursor(shape)
