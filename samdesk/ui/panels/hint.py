"""The hint at the foot of the canvas: what the next key or click does."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence

from samdesk.core.dataset import Annotation
from samdesk.core.hierarchy import enclosing
from samdesk.core.palette import next_colour
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.polygon import PolygonTool
from samdesk.ui.draft import Correction, Draft

_QUICK = 25_000_000  # pixels of an image on which masks are compared within a frame's time
_NO_CATEGORY = "#888888"


class Hint(QObject):
    """Follows the draft, the tool in hand, the selection, and a category's name being typed.

    Attributes:
        tool: the canvas's tool in hand.
        name: what is typed of a category's name; None while none is.
    """

    def __init__(self, annotator: Annotator, polygon: PolygonTool, parent: QObject) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._polygon = polygon
        self.tool = "smart"
        self.name: str | None = None
        # The whole of what was just accepted, found once: masks are compared for it.
        self._whole: tuple[Annotation, Annotation | None] | None = None

    @property
    def colour(self) -> str:
        """Of the category that the hint is about, "#rrggbb"."""
        annotator = self._annotator
        if self.name is not None:
            return self._colour_of(self.name)
        current = annotator.proposals.current
        if annotator.draft is None and current is not None:
            category = annotator.accepted.category_of(current.annotation)
            return category.colour if category else _NO_CATEGORY
        return annotator.draft_colour

    @property
    def text(self) -> str:
        """What to do now, as HTML."""
        annotator, draft = self._annotator, self._annotator.draft
        if self.name is not None:
            return self._words_on_name(self.name)
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
        if self.tool == "brush":
            return _joined(self.tr("<b>paint</b>, right button erases"), self._words_on_size())
        if self.tool == "eraser":
            return _joined(self.tr("<b>erase</b>, right button paints"), self._words_on_size())
        if self.tool == "polygon" and draft.outline:
            return self.tr(
                "<b>drag</b> corners, or an edge for a new one · <b>right-click</b> takes one away"
            )
        if self.tool == "smart" and not draft.is_by_hand:
            if draft.correction is not None and draft.correction.mode == "subtract":
                return self.tr("<b>click</b> takes more, <b>right-click</b> takes less")
            return self.tr("<b>click</b> adds, <b>right-click</b> takes away")
        return self._fill(self.tr("<b>{brush}</b> paints, <b>{eraser}</b> erases"))

    def _words_on_open_polygon(self) -> str:
        if self.tool != "polygon":
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
        accepted = self._annotator.accepted
        known = accepted.called(name)
        return known.colour if known else next_colour([one.colour for one in accepted.categories])

    def _words_on_name(self, name: str) -> str:
        """What the name of a category becomes that is being typed; its keys are for good."""
        annotator, draft = self._annotator, self._annotator.draft
        native = QKeySequence.SequenceFormat.NativeText
        keys = (Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Down)
        enter, escape_key, arrow = (QKeySequence(key).toString(native) for key in keys)
        back = self.tr("<b>{0}</b> goes back").format(escape_key)
        known, like = annotator.accepted.called(name), annotator.accepted.called_like(name)
        chooses = self.tr("<b>{0}</b> chooses from the list").format(arrow)
        if not name.strip():
            says = self.tr("<b>Type</b> the name of a category, listed or new")
            return _joined(says, *([chooses] if like else []), back)
        if draft is not None and draft.mask is not None and draft.correction is None:
            text = self.tr("<b>{1}</b> accepts as <b>{0}</b>")
            text_of_new = self.tr("<b>{1}</b> accepts as the new category <b>{0}</b>")
        elif annotator.gives_category:
            text = self.tr("<b>{1}</b> makes the selection <b>{0}</b>")
            text_of_new = self.tr("<b>{1}</b> makes the selection the new category <b>{0}</b>")
        else:
            text = self.tr("<b>{1}</b> chooses the category <b>{0}</b>")
            text_of_new = self.tr("<b>{1}</b> makes the new category <b>{0}</b>")
        if known is not None:
            return _joined(text.format(escape(known.name), enter), back)
        said = text_of_new.format(escape(name.strip()), enter)
        if not like:
            return _joined(said, back)
        takes = self.tr("<b>{1}</b> takes <b>{0}</b>").format(escape(like[0].name), arrow)
        return _joined(said, takes, back)

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
        if self.tool in ("brush", "eraser"):
            return self._words_on_brush(is_selected)
        if self.tool == "polygon":
            return self._words_on_polygon()
        selected = annotator.selection.last
        if selected is not None and self._polygon.knows(selected):
            return self._fill(
                self.tr(
                    "<b>{0}</b> to <b>{1}</b>, <b>{new_category}</b> category · <b>{polygon}</b> "
                    "moves corners · <b>{brush}</b> paints, <b>{eraser}</b> erases · "
                    "<b>{delete}</b> deletes"
                ),
                *"19",
            )
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
        if self.tool == "select" and not annotator.accepted.annotations:
            return self._fill(
                self.tr("No masks here yet: <b>{smart}</b> and <b>click</b> an object")
            )
        if self.tool == "select":
            return self.tr(
                "<b>Click</b> selects a mask, with <b>Shift</b> several · <b>right-click</b> "
                "opens its menu"
            )
        whole = self._whole_of_latest()
        if whole is not None:
            category = annotator.accepted.category_of(whole)
            return self._fill(
                self.tr(
                    "<b>Click</b> an object, or <b>drag</b> a box around it · <b>{part}</b> makes "
                    "the last one a part of <b>{0}</b>"
                ),
                escape(category.name) if category else "?",
            )
        return self.tr(
            "<b>Click</b> an object, or <b>drag</b> a box around it · <b>right-click</b> takes away"
        )

    def _whole_of_latest(self) -> Annotation | None:
        """The mask around what was just accepted, where that is no part yet."""
        latest = self._annotator.latest
        if latest is None or latest.parent_id is not None:
            return None
        if latest.mask.width * latest.mask.height > _QUICK:
            return None
        if self._whole is None or self._whole[0] != latest:
            self._whole = latest, enclosing(latest, self._annotator.accepted.annotations)
        return self._whole[1]

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
        polygon = self._polygon
        if polygon.edits_selected:
            return self._fill(
                self.tr(
                    "<b>Drag</b> corners, or an edge for a new one · <b>right-click</b> takes a "
                    "corner away · "
                    "<b>{drop}</b> begins another"
                )
            )
        new = self._fill(
            self.tr(
                "<b>Click</b> the corners of a new object · <b>double-click</b> or "
                "<b>{accept}</b> closes"
            )
        )
        if not self._annotator.accepted.annotations:
            return new
        return _joined(
            new, self._fill(self.tr("<b>{select}</b> selects a mask to edit its corners"))
        )

    def _words_on_brush(self, is_selected: bool) -> str:
        if self.tool == "eraser" and not is_selected:
            return self._fill(self.tr("<b>{select}</b> or the list selects what to erase from"))
        if not is_selected:
            text = self.tr("<b>Paint</b> a new object")
        elif self.tool == "brush":
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
        if self.tool != "smart":
            return text
        return _joined(text, self.tr("<b>click</b> it again to begin a mask of its own"))


def _joined(*parts: str) -> str:
    return " · ".join(parts)
