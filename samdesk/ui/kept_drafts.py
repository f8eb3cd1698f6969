"""Drafts outlast the program: they are kept on disk, and there when the folder is opened again."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from samdesk.core.dataset import ImageRecord
from samdesk.core.prompt import Prompt
from samdesk.engine.base import EngineInfo, Prediction
from samdesk.errors import SamdeskError
from samdesk.runtime.lane import Lane
from samdesk.store.drafts import KeptDraft, read_drafts, write_drafts
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.draft import Correction, Draft, DraftHistory, DrawnOver

_WRITTEN_AFTER = 1000  # milliseconds; a kill costs no more


class KeptDrafts(QObject):
    """Writes the open folder's drafts on the io lane, a moment after they changed."""

    def __init__(self, annotator: Annotator, io: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._workspace = annotator.workspace
        self._io = io
        # What is on disk; None while that is not known, and must not be written over.
        self._on_disk: list[KeptDraft] | None = None
        self._timer = QTimer(self, singleShot=True, interval=_WRITTEN_AFTER)
        self._timer.timeout.connect(self._write)
        annotator.draft_changed.connect(self._changed)
        self._workspace.opening.connect(self._write)
        self._workspace.opened.connect(self._read)

    def close(self) -> None:
        """Writes what is not written yet, at once: the lane ends with the program."""
        self._timer.stop()
        project, drafts = self._workspace.project, self._drafts()
        if project is not None and drafts is not None:
            try:
                write_drafts(project.database, drafts)
            except SamdeskError as error:
                self._failed(error)

    def _changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _drafts(self) -> list[KeptDraft] | None:
        """What is to be on disk; None where it is already, or must not be."""
        workspace = self._workspace
        if self._on_disk is None or workspace.project is None or workspace.is_read_only:
            return None
        drafts = []
        for image_id, history in self._annotator.drafts.items():
            row = workspace.row_of(image_id)
            if row >= 0:
                drafts.append(_kept(workspace.records[row], history))
        same = [replace(draft, seconds=0.0) for draft in drafts]
        if same == [replace(draft, seconds=0.0) for draft in self._on_disk]:
            return None
        return drafts

    def _write(self) -> None:
        if self._workspace.is_storing:
            self._timer.start()
            return
        project, drafts = self._workspace.project, self._drafts()
        if project is None or drafts is None:
            return
        self._on_disk = drafts
        database = project.database
        self._io.submit(
            "drafts",
            lambda _token: write_drafts(database, drafts),
            done=lambda _: None,
            failed=self._failed,
        )

    def _read(self) -> None:
        self._on_disk = None
        project = self._workspace.project
        if project is None or project.read_only:
            return
        database = project.database

        def read(drafts: list[KeptDraft]) -> None:
            if self._workspace.project is project:
                self._on_disk = drafts
                self._take_up(drafts)

        def failed(error: Exception) -> None:
            read([])
            self._failed(error)

        self._io.submit("drafts", lambda _token: read_drafts(database), done=read, failed=failed)

    def _take_up(self, drafts: list[KeptDraft]) -> None:
        workspace = self._workspace
        found = {}
        for draft in drafts:
            row = workspace.listing.row_of_path(draft.path)
            if row >= 0:
                found[workspace.records[row].id] = _history(draft)
        if not found:
            return
        self._annotator.take_up(found)
        for image_id in found:
            workspace.row_changed.emit(workspace.row_of(image_id))
        if len(found) > 1 or workspace.record is None or workspace.record.id not in found:
            self._annotator.told.emit(
                self.tr("Drafts are there again on {0}.").format(words.image_count(len(found)))
            )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, SamdeskError):
            raise error
        self._annotator.failed.emit(words.explained(error))


def _kept(record: ImageRecord, history: DraftHistory) -> KeptDraft:
    draft = history.current
    assert draft is not None
    answer: dict[str, Any] = {}
    if draft.engine is not None:
        answer = {"engine": asdict(draft.engine), "chosen": draft.chosen}
        if draft.candidate is not None:
            answer["score"] = draft.candidate.score
            answer["stability_score"] = draft.candidate.stability_score
    correction = draft.correction
    return KeptDraft(
        record.path,
        *history.size,
        Prompt(draft.prompt.points, draft.prompt.box),
        draft.drawn,
        draft.outline,
        (correction.mode, correction.annotation_id) if correction is not None else None,
        answer,
        history.clicks,
        history.seconds(),
    )


def _history(kept: KeptDraft) -> DraftHistory:
    """One step, which the engine is asked for again where it was the engine's."""
    prediction, answer = None, kept.answer
    engine = EngineInfo(**answer["engine"]) if answer else None
    if kept.drawn is not None and "score" in answer:
        over = DrawnOver(answer["score"], answer["stability_score"], kept.drawn)
        prediction = Prediction(kept.prompt, (over,))
    correction = None
    if kept.correction is not None:
        mode, annotation_id = kept.correction
        correction = Correction("add" if mode == "add" else "subtract", annotation_id)
    draft = Draft(
        kept.prompt,
        prediction=prediction,
        engine=engine,
        chosen=answer.get("chosen", 0) if prediction is None else 0,
        drawn=kept.drawn,
        outline=kept.outline,
        correction=correction,
    )
    return DraftHistory(
        [draft], 0, kept.clicks, time.monotonic() - kept.seconds, size=(kept.width, kept.height)
    )
