"""The bar at the foot of the canvas: what can be done now, and the candidates of the draft."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap, QTextDocument
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from samdesk.engine.base import Prediction
from samdesk.runtime.lane import Lane
from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.panels.hint import Hint
from samdesk.ui.previews import previews

_PREVIEW = 40  # screen pixels
_AFTER_TILES = 2  # what the canvas shows is drawn first


class DraftBar(QWidget):
    """Says what the next key or click does. Candidates can be chosen with the mouse here."""

    _MOST = 3

    def __init__(
        self, annotator: Annotator, lane: Lane, canvas: Canvas, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("draftbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        self._lane = lane
        self._canvas = canvas
        canvas.installEventFilter(self)
        self._hint = Hint(annotator, canvas.polygon, self)
        self._colour = ""
        self._fitted: tuple[object, ...] = ()
        self._previewed: Prediction | None = None
        self._chip = QLabel()
        self._chip.setFixedSize(14, 14)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.RichText)
        layout = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        choice, said = QHBoxLayout(), QHBoxLayout()
        layout.setContentsMargins(theme.GRID + 4, 6, theme.GRID + 4, 6)
        for one in (layout, choice, said):
            one.setSpacing(theme.GRID)
        self._group = QButtonGroup(self)
        self.buttons: list[QToolButton] = []
        for number in range(self._MOST):
            button = QToolButton()
            button.setObjectName("candidate")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setIconSize(QSize(_PREVIEW, _PREVIEW))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(lambda _=False, n=number: annotator.choose_candidate(n))
            self._group.addButton(button)
            choice.addWidget(button)
            self.buttons.append(button)
        self._next = QLabel()
        self._next.setObjectName("quiet")
        self._next.setTextFormat(Qt.TextFormat.RichText)
        choice.addWidget(self._next)
        said.addStretch(1)
        said.addWidget(self._chip)
        said.addWidget(self.label)
        said.addStretch(1)
        layout.addLayout(choice)
        layout.addLayout(said)
        annotator.draft_changed.connect(self._show)
        annotator.accepted.categories_changed.connect(self._show)
        annotator.selection.changed.connect(self._show)
        annotator.accepted.annotations_changed.connect(self._show)
        annotator.proposals.changed.connect(self._show)
        annotator.keys.changed.connect(self._show)
        annotator.workspace.loaded.connect(self._show)
        annotator.workspace.moved.connect(self._show)
        self._show()

    def use_tool(self, name: str) -> None:
        """Says what one of the canvas's tools does."""
        self._hint.tool = name
        self._show()

    def show_naming(self, name: str | None) -> None:
        """A category's name is being typed, and this much is there; None for no longer."""
        self._hint.name = name
        self._show()

    def _show(self) -> None:
        annotator = self._annotator
        draft = annotator.draft
        self.setVisible(annotator.can_prompt)
        prediction = draft.prediction if draft else None
        is_choice = draft is not None and not draft.is_by_hand
        candidates = prediction.candidates if prediction and is_choice else ()
        self._preview(prediction if len(candidates) > 1 else None)
        for number, button in enumerate(self.buttons):
            is_shown = len(candidates) > 1 and number < len(candidates)
            button.setVisible(is_shown)
            if is_shown and draft is not None:
                score = words.decimal(min(max(candidates[number].score, 0.0), 1.0), 2)
                button.setText(f"  {score}")
                button.setChecked(number == draft.chosen)
                spoken = self.tr("Candidate {0}, score {1}").format(number + 1, score)
                button.setToolTip(f"{spoken} ({annotator.keys.named('candidate')})")
                button.setAccessibleName(spoken)
        self._next.setVisible(len(candidates) > 1)
        self._next.setText(annotator.keys.fill(self.tr("<b>{candidate}</b> next"), rich=True))
        is_proposal = draft is None and annotator.proposals.current is not None
        self._chip.setVisible((draft is not None and draft.mask is not None) or is_proposal)
        colour = self._hint.colour
        if colour != self._colour:
            # Style sheets are dear, and this is called for every stroke of the brush.
            self._colour = colour
            self._chip.setStyleSheet(f"background: {colour}; border-radius: 4px;")
        self.label.setText(self._hint.text)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Puts the text below the candidates, and in lines, where the canvas is too narrow."""
        layout = self._row
        margins = layout.contentsMargins()
        room = self._canvas.width() - margins.left() - margins.right() - 2 * theme.GRID
        chip, choice = (
            sum(one.sizeHint().width() + layout.spacing() for one in widgets if not one.isHidden())
            for widgets in ([self._chip], [*self.buttons, self._next])
        )
        fitted = (room, chip, choice, self.label.text(), self.label.font())
        if fitted == self._fitted:
            return
        self._fitted = fitted
        # The label itself remembers the width that it was given.
        document = QTextDocument()
        document.setDefaultFont(self.label.font())
        document.setDocumentMargin(0)
        document.setHtml(self.label.text())
        width = math.ceil(document.idealWidth()) + 1
        is_wide = choice + chip + width <= room
        direction = QBoxLayout.Direction
        layout.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
        room = max(room - chip, 20 * theme.GRID)
        self.label.setWordWrap(width > room)
        self.label.setFixedWidth(_evenly(document, width, room))
        self.adjustSize()

    def _preview(self, prediction: Prediction | None) -> None:
        """Has the candidates drawn small, once."""
        picture = self._annotator.workspace.picture
        if picture is None:
            # A draft is back before its image is.
            prediction = None
        if prediction is self._previewed:
            return
        self._previewed = prediction
        for button in self.buttons:
            button.setIcon(QIcon())
        if prediction is None or picture is None:
            return
        ratio = self.devicePixelRatioF()

        def drawn(images: list[QImage]) -> None:
            if self._previewed is prediction:
                for button, image in zip(self.buttons, images, strict=False):
                    image.setDevicePixelRatio(ratio)
                    button.setIcon(QIcon(QPixmap.fromImage(image)))
                self._fit()

        def failed(error: Exception) -> None:
            raise error

        self._lane.submit(
            "previews",
            lambda _token: previews(
                picture,
                [candidate.mask() for candidate in prediction.candidates],
                round(_PREVIEW * ratio),
            ),
            done=drawn,
            failed=failed,
            rank=_AFTER_TILES,
        )


def _evenly(document: QTextDocument, width: int, room: int) -> int:
    """How wide a text of this width is where there is room for less, in pixels.

    No wider than it needs to be: no line is left with a word of its own.
    """
    if width <= room:
        return width
    document.setTextWidth(room)
    height = document.size().height()
    for narrower in range(width // math.ceil(width / room), room, theme.GRID):
        document.setTextWidth(narrower)
        if document.size().height() <= height:
            return narrower
    return room
