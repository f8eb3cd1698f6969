"""The controller: turns what a person does into drafts, annotations and undoable changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, Signal

from samdesk.core.dataset import Annotation, Category, Change, Status
from samdesk.core.mask import Mask
from samdesk.core.palette import next_colour
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import CancelToken, Prediction
from samdesk.runtime.annotating import with_mask
from samdesk.runtime.clicks import Request
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Job
from samdesk.ui import words
from samdesk.ui.accepted import Accepted
from samdesk.ui.accepting import Accepting
from samdesk.ui.bridge import InferenceSignals
from samdesk.ui.draft import Correction, Draft, DraftHistory, Mode
from samdesk.ui.drafts import Drafts
from samdesk.ui.proposals import Proposals
from samdesk.ui.selection import Selection
from samdesk.ui.shortcuts import Shortcuts
from samdesk.ui.timeline import ChangeStep, DraftStep, Step, Timeline
from samdesk.ui.undoing import Undoing
from samdesk.ui.workspace import Workspace


class Annotator(QObject):
    """Owns the drafts and the timeline; the project owns everything that was accepted.

    Signals say what changed, never how: whoever shows it reads it anew.
    """

    draft_changed = Signal()
    history_changed = Signal()
    named_by_default = Signal(int)  # a category, made because there was none
    stepped = Signal()  # something was done, undone or redone, a step of a draft included
    told = Signal(str)  # a hint for the moment
    failed = Signal(str)  # something that must not be overlooked

    def __init__(
        self,
        workspace: Workspace,
        inference: Inference,
        signals: InferenceSignals,
        keys: Shortcuts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.inference = inference
        self.keys = keys
        self.timeline = Timeline()
        self.accepted = Accepted(workspace, self)
        self.correction: Correction | None = None
        self.proposals = Proposals(self)
        self.selection = Selection(self.accepted, self.proposals, self)
        self.drafts = Drafts()
        self.undoing = Undoing(self)
        self._accepting = Accepting(self)
        self._accepts = 0  # the serial of the request whose answer is accepted when it comes
        self.accepted.failed.connect(self.failed)
        self.selection.changed.connect(self._keep_correction)
        workspace.opened.connect(self._folder_opened)
        workspace.moved.connect(self._moved)
        workspace.loaded.connect(self._drop_misfit)
        signals.answered.connect(self._answered)
        signals.answer_error.connect(self._not_answered)
        signals.loaded_engine.connect(lambda info: self._engine_ready())

    # What is shown.

    @property
    def draft(self) -> Draft | None:
        """The draft on the image on screen."""
        history = self._history()
        return history.current if history else None

    @property
    def shown_mask(self) -> Mask | None:
        """The draft's mask to show; while an answer is awaited, the one before."""
        history = self._history()
        return history.shown_mask if history else None

    @property
    def latest(self) -> Annotation | None:
        """The annotation on screen that the last step made or changed, if it was one alone."""
        step = self.timeline.last
        if not isinstance(step, ChangeStep) or not step.image_id:
            return None
        ids = {one.after.id for one in step.changes if isinstance(one.after, Annotation)}
        return self.accepted.annotation(ids.pop()) if len(ids) == 1 else None

    @property
    def can_prompt(self) -> bool:
        """Whether a click on the image means anything."""
        project = self.workspace.project
        return self.workspace.picture is not None and project is not None and not project.read_only

    @property
    def draft_colour(self) -> str:
        """The colour that the draft will have when it is accepted now, "#rrggbb"."""
        correction = self.draft.correction if self.draft else None
        accepted = self.accepted
        target = accepted.annotation(correction.annotation_id) if correction else None
        category = accepted.category_of(target) if target else accepted.category
        return category.colour if category else next_colour([c.colour for c in accepted.categories])

    def take_up(self, drafts: Mapping[int, DraftHistory]) -> None:
        """Goes on with drafts of one step of an earlier time, by image; undo takes that back."""
        for image_id, history in drafts.items():
            # Something may have been drafted since.
            if self.drafts.of(image_id) is None:
                self.drafts.put(image_id, history)
                self.timeline.push(DraftStep(image_id, history))
        self.resume()

    # Drafting.

    def add_point(self, x: float, y: float, *, positive: bool) -> None:
        """A click at the pixel (x, y); refines the draft, or begins one."""
        if not self.may_draw() or self._would_lose_drawing():
            return
        before = self.draft.prompt if self.draft else Prompt()
        if not positive and not before.has_foreground:
            self.told.emit(
                self.tr("Click the object first; right-click then takes away what is not part.")
            )
            return
        if Point(x, y, positive) in before.points:
            # A double click: the same point says nothing new.
            return
        points = (*before.points, Point(x, y, positive))
        candidate = self.draft.candidate if self.draft else None
        self._push(Prompt(points, before.box, candidate.logits if candidate else None))

    def set_box(self, box: Box) -> None:
        """A box around the object; replaces the draft's box and keeps its points."""
        picture = self.workspace.picture
        if not self.may_draw() or picture is None or self._would_lose_drawing():
            return
        box = box.clipped(picture.image.width, picture.image.height)
        if not box.is_empty:
            before = self.draft.prompt if self.draft else Prompt()
            self._push(Prompt(before.points, box))

    def next_candidate(self, by: int = 1) -> None:
        """Shows the next of the masks that answer the prompt."""
        draft, history = self.draft, self._history()
        if draft is None or history is None or draft.is_by_hand:
            return
        if draft.prediction is not None:
            if len(draft.prediction.candidates) == 1:
                self.told.emit(self.tr("There is one mask only for these clicks."))
                return
            chosen = (draft.chosen + by) % len(draft.prediction.candidates)
            history.replace_current(chosen=chosen)
            self.draft_changed.emit()

    def choose_candidate(self, number: int) -> None:
        """Shows one of the masks that answer the prompt."""
        if self.draft is not None:
            self.next_candidate(number - self.draft.chosen)

    def drop_draft(self) -> None:
        """Forgets the draft; without one, the correction that was begun, or what is selected."""
        record, history = self.workspace.record, self._history()
        if record is None or history is None or history.current is None:
            if self.correction is not None:
                self.correct(None)
            else:
                self.selection.select(None)
                self.proposals.select(None)
            return
        if self.is_storing():
            return
        self.inference.withdraw()
        self.drafts.put_away(record.id, history)
        self._did(DraftStep(record.id, history, is_drop=True))
        self.selection.select_again(history.selected_ids)
        self.draft_changed.emit()

    def accept(self) -> bool:
        """Stores the mask shown: as an annotation of the current category, or as a correction.

        A polygon that is open is closed first. Without a draft a chosen proposal is accepted.

        Returns:
            Whether there was a mask to store and it is on disk.
        """
        record, history, draft = self.workspace.record, self._history(), self.draft
        picture = self.workspace.picture
        if draft is None and self.proposals.current is not None:
            return self.proposals.accept()
        if record is None or history is None or draft is None or picture is None:
            return False
        if draft.is_open:
            if len(draft.outline) < 3:
                self.told.emit(self.tr("A polygon needs three corners at least."))
            else:
                self.push(draft.closed(picture.image.width, picture.image.height))
            return False
        mask = draft.mask
        if mask is None:
            self._accepts = draft.serial
            self.tell(self.tr("Accepted as soon as the mask is there; {drop} drops it."))
            return False
        if mask.is_empty:
            self.told.emit(self.tr("This mask is empty. Click elsewhere, or drag a box."))
            return False
        is_stored = self._accepting.store(record, history, draft, mask)
        if is_stored:
            self.drafts.put_away(record.id, history)
            self.draft_changed.emit()
        return is_stored

    def push(self, draft: Draft, *, seconds: float = 0.0) -> None:
        """Adds a step to the draft on screen, or begins one.

        Args:
            seconds: how long the step itself took.
        """
        record, picture = self.workspace.record, self.workspace.picture
        if record is None or picture is None or self.is_storing():
            return
        history = self.drafts.of(record.id)
        if history is None:
            size = (picture.image.width, picture.image.height)
            history = DraftHistory(started=time.monotonic() - seconds, size=size)
            self.drafts.put(record.id, history)
        if history.current is None:
            history.selected_ids = self.selection.ids
        self.turn_to(draft)
        history.push(draft)
        self._did(DraftStep(record.id, history))
        self.draft_changed.emit()

    # Corrections.

    def correct(self, mode: Mode | None) -> None:
        """Makes the next prompt one that adds to or subtracts from the selected annotation."""
        selected = self.selection.last
        self.correction = Correction(mode, selected.id) if mode and selected else None
        self.draft_changed.emit()

    def correct_mask(
        self,
        target: Annotation,
        mask: Mask,
        text: str,
        *,
        clicks: int = 0,
        seconds: float = 0.0,
        history: DraftHistory | None = None,
    ) -> bool:
        """Stores another mask of an annotation, as an undoable step of this name.

        Args:
            history: as of `change`.

        Returns:
            Whether it is on disk.
        """
        if mask.is_empty:
            self.tell(self.tr("Nothing would be left of it. {delete} deletes the annotation."))
            return False
        if mask == target.mask:
            return False
        after = with_mask(target, mask, clicks=clicks, seconds=seconds)
        return self.change(text, [Change(target, after)], history=history)

    def _keep_correction(self) -> None:
        """Only what is selected can be corrected."""
        if self.correction is not None and self.correction.annotation_id != self.selection.last_id:
            self.correction = None

    # Changes.

    def set_status(self, status: Status) -> None:
        """Marks the image on screen as open, done or skipped.

        Who says that it is done has looked at its masks as the file is now.
        """
        record, picture = self.workspace.record, self.workspace.picture
        if record is not None and record.status != status and record.id > 0:
            after = replace(record, status=status)
            if status == "done" and picture is not None:
                after = replace(after, sha256=picture.image.sha256)
            named = QCoreApplication.translate("ImagesModel", status)
            self.change(self.tr("Mark image as {0}").format(named), [Change(record, after)])

    @property
    def gives_category(self) -> bool:
        """Whether a number key is about what is selected; otherwise about what comes next."""
        is_chosen = bool(self.selection.ids) or self.proposals.current is not None
        return is_chosen and self.draft is None

    def change(
        self, text: str, changes: Sequence[Change], *, history: DraftHistory | None = None
    ) -> bool:
        """Stores changes and makes them undoable; tells and changes nothing when that fails.

        Args:
            history: of the draft that they store, which undo gives back.
        """
        record, selected_ids = self.workspace.record, self.selection.ids
        in_use = self.accepted.category_id
        if not self.accepted.apply(changes):
            return False
        image_id = record.id if record else 0
        category_id = in_use if history is not None or _is_of_categories(changes) else None
        self._did(ChangeStep(text, tuple(changes), image_id, history, selected_ids, category_id))
        return True

    def change_many(
        self,
        text: str,
        changes: Callable[[], Sequence[Change]],
        keep_going: Callable[[CancelToken, int, int], None],
        done: Callable[[], None],
        failed: Callable[[Exception | None], None],
        *,
        image_id: int = 0,
    ) -> Job | None:
        """Stores many changes as `Accepted.apply_many` does, and makes them undoable.

        Args:
            image_id: of the image that they are about, where it is one.
        """
        made: list[Change] = []
        in_use = self.accepted.category_id

        def make() -> Sequence[Change]:
            made.extend(changes())
            return made

        def taken() -> None:
            category_id = in_use if _is_of_categories(made) else None
            self._did(ChangeStep(text, tuple(made), image_id, category_id=category_id))
            done()

        return self.accepted.apply_many(make, keep_going, taken, failed)

    # For its parts.

    def turn_to(self, draft: Draft | None) -> None:
        """A draft takes the place of what was selected, unless it corrects that."""
        if draft is not None and draft.correction is None:
            self.selection.select(None)
        self.proposals.select(None)

    def resume(self) -> None:
        """Asks again for a step whose answer never came, because a newer one was wanted."""
        self._drop_misfit()
        record, history = self.workspace.record, self._history()
        self.inference.withdraw()
        if record is not None and history is not None and not history.steps:
            self.drafts.forget(record.id)
        draft = self.draft
        if draft is not None and draft.correction is not None and not self.selection.ids:
            # What it corrects is to be seen.
            self.selection.select_again((draft.correction.annotation_id,))
        if history is not None and draft is not None and draft.is_awaited:
            serial = self.inference.request(self.workspace.key, draft.prompt)
            history.replace_current(serial=serial)
        self.draft_changed.emit()

    # Within.

    def _history(self) -> DraftHistory | None:
        record = self.workspace.record
        return self.drafts.of(record.id) if record else None

    def tell(self, text: str, *arguments: str) -> None:
        """Gives a hint; it may name keys, as `Shortcuts.fill` reads them."""
        self.told.emit(self.keys.fill(text, *arguments))

    def may_draw(self) -> bool:
        """Whether something can be drafted here; tells why not."""
        if self.can_prompt:
            return True
        if self.workspace.project is not None and self.workspace.project.read_only:
            self.told.emit(self.tr("This folder is open read-only."))
        else:
            self.is_storing()
        return False

    def is_storing(self) -> bool:
        """Whether a step is being stored beside the window, before which there can be no other."""
        if self.workspace.is_storing:
            self.told.emit(self.tr("A large step is being stored; go on in a moment."))
        return self.workspace.is_storing

    def _would_lose_drawing(self) -> bool:
        """Whether the engine's answer would take the place of something drawn; tells so."""
        if self.draft is None or not self.draft.is_by_hand:
            return False
        self.tell(self.tr("Accept what you drew with {accept}, or drop it with {drop}, first."))
        return True

    def _push(self, prompt: Prompt) -> None:
        correction = self.draft.correction if self.draft else self.correction
        serial = self.inference.request(self.workspace.key, prompt)
        self.push(Draft(prompt, serial, correction=correction))

    def _answered(self, request: Request, prediction: Prediction, _seconds: float) -> None:
        history = self._history()
        if history is not None and self.draft is not None and self.draft.serial == request.serial:
            engine = self.inference.engine
            # A draft that came back without its answers is to show what was chosen among them.
            is_same = self.draft.engine == engine
            chosen = min(self.draft.chosen, len(prediction.candidates) - 1) if is_same else 0
            history.replace_current(prediction=prediction, engine=engine, chosen=chosen)
            self.draft_changed.emit()
            if request.serial == self._accepts:
                self.accept()

    def _not_answered(self, request: Request, error: Exception) -> None:
        history = self._history()
        if history is not None and self.draft is not None and self.draft.serial == request.serial:
            history.drop_current()
            self.timeline.forget_failed(history)
            self.failed.emit(words.explained(error))
            self.resume()

    def _engine_ready(self) -> None:
        """Drafts that another engine answered are decoded again."""
        for history in {*self.drafts.histories, *self.timeline.histories}:
            history.forget_answers()
        self.resume()

    def _did(self, step: Step) -> None:
        """Something was done; what was undone before cannot come back."""
        self.timeline.push(step)
        self.drafts.forget_undone()
        self.stepped.emit()
        if isinstance(step, ChangeStep):
            self.history_changed.emit()

    def _folder_opened(self) -> None:
        self.timeline.clear()
        self.drafts.clear()
        self.accepted.read_folder()

    def _drop_misfit(self) -> None:
        """An image whose file was replaced meanwhile may have another size than its draft."""
        record, picture, history = self.workspace.record, self.workspace.picture, self._history()
        if record is None or picture is None or history is None:
            return
        if history.size != (picture.image.width, picture.image.height):
            self.drafts.forget(record.id)
            self.timeline.forget_image(record.id)
            self.inference.withdraw()
            self.failed.emit(
                self.tr("{0} has another size now; its draft fits no more and is gone.").format(
                    record.path
                )
            )
            self.draft_changed.emit()

    def _moved(self) -> None:
        self.selection.forget()
        self.accepted.read_image()
        self.resume()


def _is_of_categories(changes: Sequence[Change]) -> bool:
    """Whether changes add a category or take one away, and with it the one in use."""
    return any(
        isinstance(one.record, Category) and None in (one.before, one.after) for one in changes
    )
