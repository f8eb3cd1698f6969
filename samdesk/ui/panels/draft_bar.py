"""The bar at the foot of the canvas: what can be done now, and the candidates of the draft."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QKeySequence, QPixmap, QTextDocument
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from samdesk.core.palette import next_colour
from samdesk.engine.base import Prediction
from samdesk.runtime.lane import Lane
from samdesk.ui import theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.draft import Correction, Draft
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
        self._tool = "smart"
        self._name: str | None = None
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
        self._tool = name
        self._show()

    def show_naming(self, name: str | None) -> None:
        """A category's name is being typed, and this much is there; None for no longer."""
        self._name = name
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
        self._next.setText(self._fill(self.tr("<b>{candidate}</b> next")))
        is_proposal = draft is None and annotator.proposals.current is not None
        self._chip.setVisible((draft is not None and draft.mask is not None) or is_proposal)
        self.label.setText(self._words())
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
        self.label.setFixedWidth(min(width, room))
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

    def _words(self) -> str:
        annotator, draft = self._annotator, self._annotator.draft
        colour = annotator.draft_colour if self._name is None else self._colour_of(self._name)
        self._chip.setStyleSheet(f"background: {colour}; border-radius: 4px;")
        if self._name is not None:
            return self._words_on_name(self._name)
        if draft is None:
            if annotator.proposals.current is not None:
                return self._words_on_proposal()
            return self._words_without_draft()
        if draft.is_open:
            return self._words_on_open_polygon()
        if draft.is_awaited:
            encoding = self.tr("Preparing this image; your click is kept…")
            working = self.tr("Looking…")
            is_ready = annotator.inference.has_embedding(annotator.workspace.key)
            return working if is_ready else encoding
        drops = self._fill(self.tr("<b>{drop}</b> drops"))
        return _joined(self._words_on_accepting(draft), self._words_on_changing(draft), drops)

    def _words_on_accepting(self, draft: Draft) -> str:
        """What the draft becomes."""
        if draft.correction is not None:
            adds = self.tr("<b>{accept}</b> adds this to <b>{0}</b>")
            takes = self.tr("<b>{accept}</b> takes this from <b>{0}</b>")
            text = adds if draft.correction.mode == "add" else takes
            return self._fill(text, self._name_of(draft.correction))
        category = self._annotator.accepted.category
        if category is None:
            return self._fill(
                self.tr(
                    "<b>{new_category}</b> names it · <b>{accept}</b> accepts as <b>{0}</b> for now"
                ),
                self.tr("object"),
            )
        return self._fill(
            self.tr("<b>{accept}</b> accepts as <b>{0}</b> · <b>{new_category}</b> something new"),
            escape(category.name),
        )

    def _words_on_changing(self, draft: Draft) -> str:
        """How the tool in hand changes the draft."""
        if self._tool == "brush":
            return _joined(self.tr("<b>paint</b>, right button erases"), self._words_on_size())
        if self._tool == "eraser":
            return _joined(self.tr("<b>erase</b>, right button paints"), self._words_on_size())
        if self._tool == "polygon" and draft.outline:
            return self.tr("<b>drag</b> corners and edges · <b>right-click</b> takes a corner away")
        if self._tool == "smart" and not draft.is_by_hand:
            if draft.correction is not None and draft.correction.mode == "subtract":
                return self.tr("<b>click</b> takes more, <b>right-click</b> takes less")
            return self.tr("<b>click</b> adds, <b>right-click</b> takes away")
        return self._fill(self.tr("<b>{brush}</b> paints, <b>{eraser}</b> erases"))

    def _words_on_open_polygon(self) -> str:
        if self._tool != "polygon":
            return self._fill(
                self.tr(
                    "The polygon is open: <b>{polygon}</b> goes on with it · <b>{accept}</b> "
                    "closes · <b>{drop}</b> drops"
                )
            )
        return self._fill(
            self.tr(
                "<b>Click</b> corners, <b>right-click</b> takes one away · <b>double-click</b> or "
                "<b>{accept}</b> closes · <b>{drop}</b> drops"
            )
        )

    def _colour_of(self, name: str) -> str:
        """The colour of a category of this name, which may be a new one."""
        categories = self._annotator.accepted.categories
        known = (one.colour for one in categories if one.name == name.strip())
        return next(known, next_colour([one.colour for one in categories]))

    def _words_on_name(self, name: str) -> str:
        """What the name of a category becomes that is being typed; its keys are for good."""
        annotator, draft = self._annotator, self._annotator.draft
        if draft is not None and draft.mask is not None and draft.correction is None:
            text = self.tr("<b>{1}</b> accepts as <b>{0}</b> · <b>{2}</b> goes back")
        elif annotator.gives_category:
            text = self.tr("<b>{1}</b> makes the selection <b>{0}</b> · <b>{2}</b> goes back")
        else:
            text = self.tr("<b>{1}</b> adds the category <b>{0}</b> · <b>{2}</b> goes back")
        native = QKeySequence.SequenceFormat.NativeText
        keys = (QKeySequence(key).toString(native) for key in (Qt.Key.Key_Enter, Qt.Key.Key_Escape))
        return text.format(escape(name.strip()) or "…", *keys)

    def _words_without_draft(self) -> str:
        annotator = self._annotator
        if annotator.correction is not None:
            adds = self.tr("<b>Click</b> what to <b>add</b> to <b>{0}</b> · <b>{drop}</b> ends")
            takes = self.tr(
                "<b>Click</b> what to <b>take away</b> from <b>{0}</b> · <b>{drop}</b> ends"
            )
            text = adds if annotator.correction.mode == "add" else takes
            return self._fill(text, self._name_of(annotator.correction))
        if len(annotator.selection.ids) > 1:
            return self._words_on_several()
        is_selected = annotator.selection.last is not None
        if self._tool in ("brush", "eraser"):
            return self._words_on_brush(is_selected)
        if self._tool == "polygon":
            return self._words_on_polygon()
        if is_selected:
            return self._fill(
                self.tr(
                    "<b>{0}</b> to <b>{1}</b>, <b>{new_category}</b> category · <b>{brush}</b> "
                    "paints, <b>{eraser}</b> erases · <b>{add_to}</b> adds, "
                    "<b>{subtract_from}</b> takes away by a click · <b>{delete}</b> deletes"
                ),
                *"19",
            )
        if annotator.proposals.shown:
            return self._fill(
                self.tr(
                    "<b>{next_proposal}</b> goes through {0} · a <b>click</b> chooses one · "
                    "<b>{accept_proposals}</b> accepts all · <b>{drop_proposals}</b> drops all"
                ),
                words.proposal_count(len(annotator.proposals.shown)),
            )
        if self._tool == "select" and not annotator.accepted.annotations:
            return self._fill(
                self.tr("No masks here yet: <b>{smart}</b> and <b>click</b> an object")
            )
        if self._tool == "select":
            return self.tr(
                "<b>Click</b> selects a mask, with <b>Shift</b> several · <b>right-click</b> "
                "opens its menu"
            )
        return self.tr(
            "<b>Click</b> an object, or <b>drag</b> a box around it · <b>right-click</b> takes away"
        )

    def _words_on_several(self) -> str:
        annotator = self._annotator
        chosen = annotator.selection.annotations
        largest = max(chosen, key=lambda one: one.mask.area)
        category = annotator.accepted.category_of(largest)
        if category is not None and any(one.category_id != category.id for one in chosen):
            text = self.tr(
                "<b>{0}</b> selected · <b>{merge}</b> merges into the largest, <b>{1}</b> · "
                "<b>{make_parts}</b> makes parts of it · <b>{delete}</b> deletes"
            )
            return self._fill(text, words.number(len(chosen)), escape(category.name))
        text = self.tr(
            "<b>{0}</b> selected · <b>{merge}</b> merges · <b>{make_parts}</b> makes "
            "parts of the largest · <b>{delete}</b> deletes"
        )
        return self._fill(text, words.number(len(chosen)))

    def _words_on_polygon(self) -> str:
        polygon = self._canvas.polygon
        if polygon.edits_selected:
            return self._fill(
                self.tr(
                    "<b>Drag</b> corners and edges · <b>right-click</b> takes a corner away · "
                    "<b>{drop}</b> begins another"
                )
            )
        new = self._fill(
            self.tr(
                "<b>Click</b> the corners of a new object · <b>double-click</b> or "
                "<b>{accept}</b> closes"
            )
        )
        if not any(polygon.can_edit(one) for one in self._annotator.accepted.annotations):
            return new
        return _joined(new, self._fill(self.tr("<b>{select}</b> selects a polygon to edit it")))

    def _words_on_brush(self, is_selected: bool) -> str:
        if self._tool == "eraser" and not is_selected:
            return self._fill(self.tr("<b>{select}</b> or the list selects what to erase from"))
        if not is_selected:
            text = self.tr("<b>Paint</b> a new object")
        elif self._tool == "brush":
            text = self.tr("<b>Paint</b> on the selected annotation · right button erases")
        else:
            text = self.tr("<b>Erase</b> from the selected annotation · right button paints")
        return _joined(text, self._words_on_size())

    def _words_on_size(self) -> str:
        return self._fill(self.tr("<b>{smaller_brush}</b> <b>{larger_brush}</b> size"))

    def _fill(self, text: str, *arguments: str) -> str:
        return self._annotator.keys.fill(text, *arguments, rich=True)

    def _name_of(self, correction: Correction) -> str:
        """The category of what is corrected, as HTML."""
        target = self._annotator.accepted.annotation(correction.annotation_id)
        category = self._annotator.accepted.category_of(target) if target else None
        return escape(category.name) if category else self.tr("object")

    def _words_on_proposal(self) -> str:
        annotator, proposals = self._annotator, self._annotator.proposals
        current = proposals.current
        assert current is not None
        category = annotator.accepted.category_of(current.annotation)
        self._chip.setStyleSheet(
            f"background: {category.colour if category else '#888888'}; border-radius: 4px;"
        )
        score = words.decimal(min(current.annotation.provenance.predicted_iou or 0.0, 1.0), 2)
        text = self._fill(
            self.tr(
                "Proposal {0} of {1}, score {2} · <b>{accept}</b> accepts as <b>{3}</b> · "
                "<b>{delete}</b> drops · <b>{next_proposal}</b> next · "
                "<b>{accept_proposals}</b> accepts all from {2} up"
            ),
            words.number(proposals.place + 1),
            words.number(len(proposals.shown)),
            score,
            escape(category.name if category else "?"),
        )
        if self._tool != "smart":
            return text
        return _joined(text, self.tr("<b>click</b> it again to begin a mask of its own"))


def _joined(*parts: str) -> str:
    return " · ".join(parts)
