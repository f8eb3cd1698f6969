"""The status bar: engine and device, embedding progress, pixel under the mouse, zoom."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QMenu, QStatusBar, QToolButton, QWidget

from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.automatic import Automatic
from samdesk.ui.background import Background
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.engines import Engines

_PROGRESS_SHOWN_AFTER = 200  # ms; many changes are shown as one


class StatusBar(QStatusBar):
    """Small chips; the engine's opens the checkpoint menu."""

    def __init__(
        self,
        annotator: Annotator,
        engines: Engines,
        background: Background,
        automatic: Automatic,
        canvas: Canvas,
        engine_menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._engines = engines
        self._background = background
        self._showing = QTimer(self, interval=_PROGRESS_SHOWN_AFTER, singleShot=True)
        self._showing.timeout.connect(self._show_progress)
        self.setSizeGripEnabled(False)
        self.engine = QToolButton()
        self.engine.setIcon(theme.icon("engine"))
        self.engine.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.engine.setMenu(engine_menu)
        self.engine.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.embedding = QLabel()
        self._automatic = automatic
        self.proposing = QLabel()
        self.storing = QLabel()
        self._pixel = QLabel()
        self._zoom = QLabel()
        for widget, name in (
            (self.engine, self.tr("Engine and device")),
            (self.embedding, self.tr("Images prepared")),
            (self.proposing, self.tr("Proposals being made")),
            (self.storing, self.tr("Annotations being stored")),
            (self._pixel, self.tr("Pixel under the mouse: column, row; red, green, blue")),
            (self._zoom, self.tr("Zoom")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
        self._pixel.setMinimumWidth(
            self.fontMetrics().horizontalAdvance("00000, 00000  000 000 000") + 16
        )
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("6400 %") + 16)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self.engine)
        self.addWidget(self.embedding)
        self.addWidget(self.proposing)
        self.addWidget(self.storing)
        annotator.workspace.storing.connect(self._show_storing)
        automatic.changed.connect(self._show_proposing)
        self.addPermanentWidget(self._pixel)
        self.addPermanentWidget(self._zoom)
        engines.changed.connect(self._show_engine)
        background.changed.connect(self._show_progress)
        annotator.workspace.opened.connect(self._show_progress_soon)
        annotator.workspace.progressed.connect(self._show_progress_soon)
        canvas.hovered.connect(self._show_pixel)
        canvas.zoomed.connect(self._show_zoom)
        annotator.workspace.loaded.connect(lambda: self._show_zoom(canvas.zoom))
        self._show_engine()

    def _show_engine(self) -> None:
        loading, info = self._engines.loading, self._engines.info
        if loading is not None:
            name, fraction = words.translated(loading[0]), loading[1]
            text = self.tr("Loading {0}… {1} %")
            if self._engines.is_converting:
                text = self.tr(
                    "{0} is prepared for this processor, once, for about a minute… {1} %"
                )
            text = text.format(name, round(fraction * 100))
        elif info is None:
            text = self.tr("No engine")
        else:
            precision = f" · {info.precision}" if info.precision else ""
            text = f"{words.translated(info.name)} · {info.device}{precision}"
            free = self._engines.free_bytes
            if free is not None:
                text += " · " + self.tr("{0} free").format(words.size(free))
        self.engine.setText(" " + text)
        self.engine.setToolTip(
            self.tr("What makes the masks; click to change it")
            if loading is None
            else self.tr(
                "A checkpoint is prepared for this machine when it is first used; "
                "later it is there in a second or two."
            )
        )

    def _show_proposing(self) -> None:
        one = self._automatic
        text = self.tr("Proposing masks: image {0} of {1}, {2} %")
        numbers = f"{one.done + 1:,}", f"{one.total:,}", round(100 * one.fraction)
        self.proposing.setText(text.format(*numbers) if one.is_running else "")

    def _show_storing(self, done: int, total: int) -> None:
        text = self.tr("Storing… {0} %").format(round(100 * done / total)) if total else ""
        self.storing.setText(text)

    def _show_progress_soon(self) -> None:
        if not self._showing.isActive():
            self._showing.start()

    def _show_progress(self) -> None:
        inference, workspace = self._annotator.inference, self._annotator.workspace
        encoded, total = inference.progress()
        if not total:
            self.embedding.setText("")
            return
        text = self.tr("Encoded {0} of {1}")
        if not inference.encodes_folder and total < len(workspace.records) - len(workspace.errors):
            text = self.tr("Encoded {0} of the {1} nearest")
        parts = [text.format(words.number(encoded), words.number(total))]
        seconds = inference.seconds_left
        if encoded == total:
            pass
        elif self._background.waits_for_power:
            parts.append(self.tr("paused on battery"))
        elif self._background.is_paused:
            parts.append(self.tr("paused"))
        elif inference.is_disk_full:
            parts.append(self.tr("the cache on disk holds no more"))
        elif seconds is not None:
            parts.append(words.time_left(seconds))
        self.embedding.setText(", ".join(parts))

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
