"""One thin bar while masks are proposed: how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from samdesk.ui import theme, words
from samdesk.ui.automatic import Automatic

_STEPS = 1000


class ProposingBar(QWidget):
    """Is there only while masks are proposed."""

    def __init__(self, automatic: Automatic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._automatic = automatic
        self.label = QLabel()
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(theme.GRID)
        self.progress.setAccessibleName(self.tr("Proposing masks"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("What was found is kept"))
        # A click must not take the keyboard from the canvas.
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(automatic.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID + 4, 4, theme.GRID, 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.label)
        layout.addWidget(self.progress, 1)
        layout.addWidget(self.cancel)
        automatic.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        automatic = self._automatic
        self.setVisible(automatic.is_running)
        if not automatic.is_running:
            return
        share = (automatic.done + automatic.fraction) / automatic.total
        self.progress.setValue(round(share * _STEPS))
        text = self.tr("Proposing masks")
        if automatic.total > 1:
            place = min(automatic.done + 1, automatic.total)
            text = self.tr("Proposing masks: image {0} of {1}").format(
                words.number(place), words.number(automatic.total)
            )
        self.label.setText(text)
