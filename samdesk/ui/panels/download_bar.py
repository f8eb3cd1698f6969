"""One thin bar for a download: how much, how fast, how long, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from samdesk.ui import theme, words
from samdesk.ui.downloads import Downloads

_STEPS = 1000


class DownloadBar(QWidget):
    """Is there only while something is downloaded."""

    def __init__(self, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._downloads = downloads
        self.label = QLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.GRID)
        self._bar.setAccessibleName(self.tr("Download"))
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setToolTip(self.tr("What has arrived is kept, and the download can go on later"))
        cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cancel.clicked.connect(downloads.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID + 4, 4, theme.GRID, 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.label)
        layout.addWidget(self._bar, 1)
        layout.addWidget(cancel)
        downloads.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        current = self._downloads.current
        self.setVisible(current is not None)
        if current is None:
            return
        checkpoint, progress = current
        total = max(progress.total, 1)
        self._bar.setValue(int(progress.received / total * _STEPS))
        text = self.tr("Downloading {0}: {1} of {2}").format(
            checkpoint.name, words.size(progress.received), words.size(total)
        )
        if progress.bytes_per_second > 0:
            text += self.tr(", {0} a second").format(words.size(round(progress.bytes_per_second)))
        if progress.seconds_left is not None:
            text += self.tr(", {0} left").format(words.duration(progress.seconds_left))
        self.label.setText(text)
