"""The controller: turns what a person does into drafts, annotations and undoable changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, Signal

from samdesk.core.dataset import (
    Annotation,
    Change,
    ImageRecord,
    Status,
    UnsegmentedBox,
    inverse,
)
from samdesk.core.mask import Mask
from samdesk.core.morphology import difference, union
from samdesk.core.palette import next_colour
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import CancelToken, Prediction
from samdesk.runtime.annotating import (
    new_annotation,
    new_category,
    new_drawn_annotation,
    with_mask,
    with_new_category,
)
from samdesk.runtime.clicks import Request
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Job
from samdesk.runtime.proposing import reconciled
from samdesk.ui import words
from samdesk.ui.accepted import Accepted, is_large, keep_going
from samdesk.ui.bridge import InferenceSignals
from samdesk.ui.draft import Correction, Draft, DraftHistory, Mode
from samdesk.ui.proposals import Proposals
from samdesk.ui.selection import Selection
from samdesk.ui.shortcuts import Shortcuts
from samdesk.ui.timeline import ChangeStep, DraftStep, Step, Timeline
from samdesk.ui.workspace import Workspace

_TWINS = 0.9  # IoU of two masks that nobody wants both


class Annotator(QObject):
    """Owns the draft of each image; the project owns everything that was accepted.

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
        self._drafts: dict[int, DraftHistory] = {}
        self._last_gone: DraftHistory | None = None
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
    def can_undo(self) -> bool:
        """Whether `undo` would do something."""
        return self.timeline.last is not None

    @property
    def can_redo(self) -> bool:
        """Whether `redo` would do something."""
        return self.timeline.next is not None

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

    @property
    def drafts(self) -> dict[int, DraftHistory]:
        """By image, what is drafted and not accepted yet."""
        return {key: one for key, one in self._drafts.items() if one.current is not None}

    def has_draft(self, image_id: int) -> bool:
        """Whether an image has a mask that is not accepted yet."""
        history = self._drafts.get(image_id)
        return history is not None and history.current is not None

    def take_up(self, drafts: Mapping[int, DraftHistory]) -> None:
        """Goes on with drafts of one step of an earlier time, by image; undo takes that back."""
        for image_id, history in drafts.items():
            # Something may have been drafted since.
            if image_id not in self._drafts:
                self._drafts[image_id] = history
                self.timeline.push(DraftStep(image_id, history))
        self._resume()

    # Prompts.

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
        self._put_away(record.id, history)
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
        if draft.correction is not None:
            is_stored = self._accept_correction(draft.correction, mask, history)
        else:
            is_stored = self._accept_new(record, draft, mask, history)
        if is_stored:
            self._put_away(record.id, history)
            self.draft_changed.emit()
        return is_stored

    def _accept_new(
        self, record: ImageRecord, draft: Draft, mask: Mask, history: DraftHistory
    ) -> bool:
        project = self.workspace.project
        if project is None:
            return False
        category = self.accepted.category or new_category(project, self.tr("object"))
        is_unnamed = self.accepted.category is None
        clicks, seconds = history.clicks, history.seconds()
        if draft.candidate is None or draft.engine is None:
            annotation = new_drawn_annotation(
                project, record, category, mask, clicks=clicks, seconds=seconds
            )
        else:
            annotation = new_annotation(
                project,
                record,
                category,
                draft.engine,
                draft.candidate,
                draft.prompt,
                clicks=clicks,
                seconds=seconds,
            )
            if draft.drawn is not None:
                annotation = with_mask(annotation, draft.drawn)
        changes = [*with_new_category(category, self.accepted.categories)]
        if (box := self._box_of(draft.prompt)) is not None:
            annotation = replace(annotation, id=box.id, extras=box.extras)
            changes.append(Change(box, None))
            changes += [Change(one, None) for one in self.proposals.shown if one.id == box.id]
        changes.append(Change(None, annotation))
        is_stored = self.change(
            self.tr("Accept {0}").format(category.name), changes, history=history
        )
        if not is_stored:
            return False
        if is_unnamed:
            self.named_by_default.emit(category.id)
        twin = self._twin(annotation)
        if twin is not None:
            named = self.accepted.category_of(twin)
            self.tell(
                self.tr("Nearly this mask is there twice now, as “{0}” too. {undo} takes it back."),
                named.name if named else "?",
            )
        return True

    def _twin(self, annotation: Annotation) -> Annotation | None:
        """Another annotation on screen whose mask is nearly the same."""
        for one in self.accepted.annotations:
            # Their areas bound it, and cost nothing.
            smaller, larger = sorted((one.mask.area, annotation.mask.area))
            is_alike = one.id != annotation.id and smaller > _TWINS * larger
            if is_alike and one.mask.iou(annotation.mask) > _TWINS:
                return one
        return None

    def _accept_correction(self, correction: Correction, mask: Mask, history: DraftHistory) -> bool:
        target = self.accepted.annotation(correction.annotation_id)
        if target is None:
            self.tell(self.tr("The annotation to correct is gone. {drop} drops what is drafted."))
            return False
        is_addition = correction.mode == "add"
        after = union([target.mask, mask]) if is_addition else difference(target.mask, mask)
        if after == target.mask:
            self.tell(self.tr("That changes nothing of it. {drop} drops what is drafted."))
            return False
        text = self.tr("Add to annotation") if is_addition else self.tr("Subtract from annotation")
        if not self.correct_mask(
            target,
            after,
            text,
            clicks=history.clicks,
            seconds=history.seconds(),
            history=history,
        ):
            return False
        self.correct(None)
        return True

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

    def push(self, draft: Draft, *, seconds: float = 0.0) -> None:
        """Adds a step to the draft on screen, or begins one.

        Args:
            seconds: how long the step itself took.
        """
        record, picture = self.workspace.record, self.workspace.picture
        if record is None or picture is None or self.is_storing():
            return
        if record.id not in self._drafts:
            self._drafts[record.id] = DraftHistory(
                started=time.monotonic() - seconds,
                size=(picture.image.width, picture.image.height),
            )
        history = self._drafts[record.id]
        if history.current is None:
            history.selected_ids = self.selection.ids
        self._turn_to(draft)
        history.push(draft)
        self._did(DraftStep(record.id, history))
        self.draft_changed.emit()

    # Undo and redo, in the order in which things were done.

    def undo(self) -> None:
        """Takes the last step back: of a draft, its dropping, or a change."""
        before = self.workspace.row
        step = self._shown_step(self.timeline.last)
        if step is None:
            return
        elsewhere = self._elsewhere(before, self.tr("Undone on {0}: {1}"), step)
        if isinstance(step, DraftStep):
            if step.is_drop:
                self._bring_back(step.image_id, step.history)
            else:
                step.history.undo()
                if step.history.current is None:
                    self.selection.select_again(step.history.selected_ids)
            self.timeline.back()
            self._resume()
            self._moved_in_time(elsewhere)
            return

        def back() -> None:
            self.timeline.back()
            self.selection.select_again(step.selected_ids)
            if step.history is not None:
                self._bring_back(step.image_id, step.history)
                self._resume()
            self.history_changed.emit()
            self._moved_in_time(elsewhere)

        self._step(lambda: inverse(step.changes), is_large(step.changes), back)

    def redo(self) -> None:
        """Does the step again that was undone last."""
        before = self.workspace.row
        step = self._shown_step(self.timeline.next)
        if step is None:
            return
        elsewhere = self._elsewhere(before, self.tr("Redone on {0}: {1}"), step)
        if isinstance(step, DraftStep):
            if step.is_drop:
                self._put_away(step.image_id, step.history)
                self.selection.select_again(step.history.selected_ids)
            else:
                self._drafts[step.image_id] = step.history
                step.history.redo()
                self._turn_to(step.history.current)
            self.timeline.forward()
            self._resume()
            self._moved_in_time(elsewhere)
            return

        def forward() -> None:
            self.timeline.forward()
            self.selection.select_again(step.selected_ids)
            if step.history is not None:
                self._put_away(step.image_id, step.history)
                self._resume()
            self.history_changed.emit()
            self._moved_in_time(elsewhere)

        self._step(lambda: step.changes, is_large(step.changes), forward)

    # Changes.

    def set_status(self, status: Status) -> None:
        """Marks the image on screen as open, done or skipped."""
        record = self.workspace.record
        if record is not None and record.status != status and record.id > 0:
            after = replace(record, status=status)
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
        if not self.accepted.apply(changes):
            return False
        image_id = record.id if record else 0
        self._did(ChangeStep(text, tuple(changes), image_id, history, selected_ids))
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

        def make() -> Sequence[Change]:
            made.extend(changes())
            return made

        def taken() -> None:
            self._did(ChangeStep(text, tuple(made), image_id))
            done()

        return self.accepted.apply_many(make, keep_going, taken, failed)

    def _step(
        self, changes: Callable[[], Sequence[Change]], many: bool, move: Callable[[], None]
    ) -> None:
        """Undoes or redoes a change, and moves the timeline once that is on disk."""
        project = self.workspace.project
        if project is None:
            return
        if not many:
            if self.accepted.apply(reconciled(project, changes())):
                move()
            return
        self.accepted.apply_many(
            lambda: reconciled(project, changes()), keep_going, move, self.accepted.tell_failure
        )

    # Within.

    def _box_of(self, prompt: Prompt) -> UnsegmentedBox | None:
        """The imported box that a prompt began with."""
        record = self.workspace.record
        here = (one for one in self.accepted.boxes.values() if record and one.image_id == record.id)
        return next((one for one in here if one.box == prompt.box), None)

    def _history(self) -> DraftHistory | None:
        record = self.workspace.record
        return self._drafts.get(record.id) if record else None

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

    def _resume(self) -> None:
        """Asks again for a step whose answer never came, because a newer one was wanted."""
        self._drop_misfit()
        history = self._history()
        self.inference.withdraw()
        if history is not None and not history.steps:
            self._drafts = {key: one for key, one in self._drafts.items() if one is not history}
        draft = self.draft
        if draft is not None and draft.correction is not None and not self.selection.ids:
            # What it corrects is to be seen.
            self.selection.select_again((draft.correction.annotation_id,))
        if history is not None and draft is not None and draft.is_awaited:
            serial = self.inference.request(self.workspace.key, draft.prompt)
            history.replace_current(serial=serial)
        self.draft_changed.emit()

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
            self._resume()

    def _engine_ready(self) -> None:
        """Drafts that another engine answered are decoded again."""
        for history in {*self._drafts.values(), *self.timeline.histories}:
            history.forget_answers()
        self._resume()

    def _shown_step(self, step: Step | None) -> Step | None:
        """A step of the timeline, the image that it changes being shown; None for not now."""
        if self.is_storing():
            return None
        if step is not None and step.image_id:
            self.workspace.go_to(self.workspace.row_of(step.image_id))
        return step

    def _elsewhere(self, before: int, text: str, step: Step) -> str:
        """What to say of a step that is not on the image that was on screen; "" where it is."""
        record = self.workspace.record
        if record is None or self.workspace.row == before:
            return ""
        if isinstance(step, ChangeStep):
            what = step.text
        elif step.is_drop:
            what = self.tr("Drop draft")
        else:
            what = self.tr("Change draft")
        return text.format(record.path, what)

    def _moved_in_time(self, said: str) -> None:
        """What was said of a former step is no longer true; says what this one was."""
        self.stepped.emit()
        if said:
            self.told.emit(said)

    def _put_away(self, image_id: int, history: DraftHistory) -> None:
        """A draft was accepted or dropped, and may come back."""
        self._drafts.pop(image_id, None)
        history.pause()
        if self._last_gone is not None and self._last_gone is not history:
            # Answers are large, and only what went last is likely to come back.
            self._last_gone.forget_answers()
        self._last_gone = history

    def _bring_back(self, image_id: int, history: DraftHistory) -> None:
        """A draft that was accepted or dropped is there again."""
        history.resume()
        self._drafts[image_id] = history
        if history is self._last_gone:
            self._last_gone = None
        if history is self._history():
            correction = history.current.correction if history.current else None
            if correction is not None:
                self.selection.select_again((correction.annotation_id,))
            self._turn_to(history.current)

    def _did(self, step: Step) -> None:
        """Something was done; what was undone before cannot come back."""
        self.timeline.push(step)
        self._drafts = self.drafts
        self.stepped.emit()
        if isinstance(step, ChangeStep):
            self.history_changed.emit()

    def _turn_to(self, draft: Draft | None) -> None:
        """A draft takes the place of what was selected, unless it corrects that."""
        if draft is not None and draft.correction is None:
            self.selection.select(None)
        self.proposals.select(None)

    def _folder_opened(self) -> None:
        self.timeline.clear()
        self._drafts.clear()
        self._last_gone = None
        self.accepted.read_folder()

    def _drop_misfit(self) -> None:
        """An image whose file was replaced meanwhile may have another size than its draft."""
        record, picture, history = self.workspace.record, self.workspace.picture, self._history()
        if record is None or picture is None or history is None:
            return
        if history.size != (picture.image.width, picture.image.height):
            del self._drafts[record.id]
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
        self._resume()
