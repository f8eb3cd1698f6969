"""The status bar: engine and device, embedding progress, pixel under the mouse, zoom."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMenu, QStatusBar, QToolButton, QWidget

from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.engines import Engines


class StatusBar(QStatusBar):
    """Small chips; the engine's opens the checkpoint menu."""

    def __init__(
        self,
        annotator: Annotator,
        engines: Engines,
        canvas: Canvas,
        engine_menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._engines = engines
        self._seconds: float | None = None
        self._started: dict[str, float] = {}
        self.setSizeGripEnabled(False)
        self.engine = QToolButton()
        self.engine.setIcon(theme.icon("engine"))
        self.engine.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.engine.setMenu(engine_menu)
        self.engine.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.engine.setToolTip(self.tr("What makes the masks; click to change it"))
        self.embedding = QLabel()
        self._pixel = QLabel()
        self._zoom = QLabel()
        for widget, name in (
            (self.engine, self.tr("Engine and device")),
            (self.embedding, self.tr("Images prepared")),
            (self._pixel, self.tr("Pixel under the mouse")),
            (self._zoom, self.tr("Zoom")),
        ):
            widget.setAccessibleName(name)
        self._pixel.setMinimumWidth(
            self.fontMetrics().horizontalAdvance("00000, 00000  000 000 000") + 16
        )
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("6400 %") + 16)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self.engine)
        self.addWidget(self.embedding)
        self.addPermanentWidget(self._pixel)
        self.addPermanentWidget(self._zoom)
        engines.changed.connect(self._show_engine)
        annotator.workspace.progressed.connect(self._show_progress)
        canvas.hovered.connect(self._show_pixel)
        canvas.zoomed.connect(self._show_zoom)
        annotator.workspace.loaded.connect(lambda: self._show_zoom(canvas.zoom))
        self._show_engine()

    def note_encoded(self, seconds: float) -> None:
        """Takes the time of one more encoded image into the estimate."""
        before = self._seconds
        # Recent images count most: other work on the machine comes and goes.
        self._seconds = seconds if before is None else 0.7 * before + 0.3 * seconds
        self._show_progress()

    def _show_engine(self) -> None:
        loading, info = self._engines.loading, self._engines.info
        if loading is not None:
            # Another engine takes another time.
            self._seconds = None
            name, fraction = loading
            text = self.tr("Loading {0}… {1} %").format(name, round(fraction * 100))
        elif info is None:
            text = self.tr("No engine")
        else:
            precision = f" · {info.precision}" if info.precision else ""
            text = f"{info.name} · {info.device}{precision}"
        self.engine.setText(" " + text)

    def _show_progress(self) -> None:
        done, wanted = self._annotator.inference.progress()
        if not wanted:
            self.embedding.setText("")
            return
        text = self.tr("{0} of {1} images ready").format(f"{done:,}", f"{wanted:,}")
        left = wanted - done
        if left and self._seconds is not None and self._annotator.inference.encoding_image:
            text += self.tr(" · {0} each · {1} left").format(
                words.duration(self._seconds), words.duration(self._seconds * left)
            )
        self.embedding.setText(text)

    def _show_zoom(self, zoom: float) -> None:
        is_shown = self._annotator.workspace.picture is not None
        self._zoom.setText(f"{zoom * 100:.0f} %" if is_shown else "")

    def _show_pixel(self, pixel: QPoint | None) -> None:
        picture = self._annotator.workspace.picture
        if pixel is None or picture is None:
            self._pixel.setText("")
            return
        red, green, blue = picture.image.rgb[pixel.y(), pixel.x()]
        self._pixel.setText(f"{pixel.x()}, {pixel.y()}   {red} {green} {blue}")
