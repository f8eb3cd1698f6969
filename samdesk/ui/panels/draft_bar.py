"""The bar at the foot of the canvas: what can be done now, and the candidates of the draft."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from samdesk.ui import theme
from samdesk.ui.annotator import Annotator


class DraftBar(QWidget):
    """Says what the next key or click does. Candidates can be chosen with the mouse here."""

    _MOST = 3

    def __init__(self, annotator: Annotator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draftbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._annotator = annotator
        self._chip = QLabel()
        self._chip.setFixedSize(14, 14)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.RichText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID + 4, 6, theme.GRID + 4, 6)
        layout.setSpacing(theme.GRID)
        self._group = QButtonGroup(self)
        self.buttons: list[QToolButton] = []
        for number in range(self._MOST):
            button = QToolButton()
            button.setObjectName("candidate")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, n=number: annotator.choose_candidate(n))
            self._group.addButton(button)
            layout.addWidget(button)
            self.buttons.append(button)
        layout.addWidget(self._chip)
        layout.addWidget(self.label)
        annotator.draft_changed.connect(self._show)
        annotator.categories_changed.connect(self._show)
        annotator.selection_changed.connect(self._show)
        annotator.proposals.changed.connect(self._show)
        annotator.workspace.loaded.connect(self._show)
        annotator.workspace.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        annotator = self._annotator
        draft = annotator.draft
        self.setVisible(annotator.can_prompt)
        prediction = draft.prediction if draft else None
        candidates = prediction.candidates if prediction else ()
        for number, button in enumerate(self.buttons):
            is_shown = len(candidates) > 1 and number < len(candidates)
            button.setVisible(is_shown)
            if is_shown and draft is not None:
                score = min(max(candidates[number].score, 0.0), 1.0)
                button.setText(f"{number + 1}   {score:.2f}")
                button.setChecked(number == draft.chosen)
                words = self.tr("Candidate {0}, score {1}").format(number + 1, f"{score:.2f}")
                button.setToolTip(words + " (Tab)")
                button.setAccessibleName(words)
        is_proposal = draft is None and annotator.proposals.current is not None
        self._chip.setVisible(prediction is not None or is_proposal)
        self.label.setText(self._words())
        self.adjustSize()

    def _words(self) -> str:
        annotator, draft = self._annotator, self._annotator.draft
        if draft is None:
            if annotator.proposals.current is not None:
                return self._words_on_proposal()
            if annotator.selected is not None:
                return self.tr("<b>Del</b> deletes · <b>1–9</b> changes the category")
            if annotator.proposals.shown:
                count = len(annotator.proposals.shown)
                return self.tr(
                    "<b>Q</b> goes through {0} proposals · <b>Ctrl+Enter</b> accepts all · "
                    "<b>Ctrl+Del</b> drops all"
                ).format(f"{count:,}")
            return self.tr(
                "<b>Click</b> an object, or <b>drag</b> a box around it · "
                "<b>right-click</b> takes away"
            )
        if draft.prediction is None:
            encoding = self.tr("Preparing this image; your click is kept…")
            working = self.tr("Looking…")
            is_ready = annotator.inference.has_embedding(annotator.workspace.key)
            return working if is_ready else encoding
        category = annotator.category
        name = category.name if category else self.tr("object")
        colour = annotator.draft_colour
        self._chip.setStyleSheet(f"background: {colour}; border-radius: 4px;")
        return self.tr("<b>Enter</b> accepts as <b>{0}</b> · <b>Esc</b> drops").format(escape(name))

    def _words_on_proposal(self) -> str:
        annotator, proposals = self._annotator, self._annotator.proposals
        current = proposals.current
        assert current is not None
        category = annotator.category_of(current.annotation)
        self._chip.setStyleSheet(
            f"background: {category.colour if category else '#888888'}; border-radius: 4px;"
        )
        score = min(current.annotation.provenance.predicted_iou or 0.0, 1.0)
        return self.tr(
            "Proposal {0} of {1}, score {2} · <b>Enter</b> accepts as <b>{3}</b> · "
            "<b>Del</b> drops · <b>Q</b> next · <b>Ctrl+Enter</b> accepts all from {2} up"
        ).format(
            f"{proposals.place + 1:,}",
            f"{len(proposals.shown):,}",
            f"{score:.2f}",
            escape(category.name if category else "?"),
        )
