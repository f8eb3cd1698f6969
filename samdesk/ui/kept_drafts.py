"""Drafts outlast the program: they are kept on disk, and there when the folder is opened again."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk.core.dataset import ImageRecord
from samdesk.core.prompt import Prompt
from samdesk.engine.base import EngineInfo, Prediction
from samdesk.errors import SamdeskError
from samdesk.runtime.lane import Lane
from samdesk.store.drafts import KeptDraft, read_drafts, write_drafts
from samdesk.text import Text
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.draft import Correction, Draft, DraftHistory, DrawnOver

_WRITTEN_AFTER = 1000  # milliseconds; a kill costs no more


class KeptDrafts(QObject):
    """Writes the open folder's drafts on the io lane, a moment after they changed."""

    failed = Signal(str)  # they are not on disk, for now

    def __init__(self, annotator: Annotator, io: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._workspace = annotator.workspace
        self._io = io
        # What is on disk or on its way there; None while that is not known, and must not be
        # written over.
        self._on_disk: list[KeptDraft] | None = None
        self._has_failed = False
        # Of images that are not listed now, for when they are again.
        self._others: list[KeptDraft] = []
        self._last: dict[int, KeptDraft] = {}
        # Writes are numbered: one that waits in the lane must not come after a newer one of
        # `save`, which does not wait there.
        self._number = 0
        self._written = 0
        self._writing = threading.Lock()
        self._has_warned = False
        self._timer = QTimer(self, singleShot=True, interval=_WRITTEN_AFTER)
        self._timer.timeout.connect(self._write)
        annotator.draft_changed.connect(self._changed)
        self._workspace.leaving.connect(self._write)
        self._workspace.opened.connect(self._read)

    def save(self) -> bool:
        """Writes what is not written yet, at once, before the window closes.

        Returns:
            Whether the window may close: not the first time that they cannot be written.
        """
        self._timer.stop()
        database, drafts = self._workspace.database, self._unwritten()
        if database is None or drafts is None:
            return True
        self._number += 1
        try:
            self._write_if_newest(self._number, database, drafts)
        except SamdeskError as error:
            self._write_failed(error)
            self._annotator.failed.emit(
                self.tr("Drafts would be lost now. Close the window again to leave them.")
            )
            has_warned, self._has_warned = self._has_warned, True
            return has_warned
        self._on_disk, self._has_failed, self._has_warned = drafts, False, False
        return True

    def _changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _unwritten(self) -> list[KeptDraft] | None:
        """What is to be on disk; None where it is already, or must not be."""
        workspace = self._workspace
        if self._on_disk is None or workspace.database is None:
            return None
        drafts = list(self._others)
        for image_id, history in self._annotator.drafts.current.items():
            row = workspace.row_of(image_id)
            if row >= 0:
                self._last[image_id] = _kept(workspace.records[row], history)
            if image_id in self._last:
                drafts.append(self._last[image_id])
        # Time alone is no reason to write.
        now, before = (
            [replace(draft, seconds=0.0) for draft in several]
            for several in (drafts, self._on_disk)
        )
        return drafts if now != before or self._has_failed else None

    def _write(self) -> None:
        database, drafts = self._workspace.database, self._unwritten()
        if database is None or drafts is None:
            return
        self._number += 1
        number = self._number
        self._on_disk, self._has_failed = drafts, False
        self._io.submit(
            "drafts",
            lambda _token: self._write_if_newest(number, database, drafts),
            done=lambda _: None,
            failed=self._write_failed,
        )

    def _write_if_newest(self, number: int, database: Path, drafts: list[KeptDraft]) -> None:
        """Writes, unless the window wrote something newer while this waited in its lane."""
        with self._writing:
            if number > self._written:
                write_drafts(database, drafts)
                self._written = number

    def _read(self) -> None:
        self._on_disk, self._others, self._has_failed = None, [], False
        self._last.clear()
        database = self._workspace.database
        if database is None:
            return

        def read(found: tuple[list[KeptDraft], list[Text]]) -> None:
            if self._workspace.database != database:
                return
            drafts, notices = found
            self._on_disk = drafts
            self._take_up(drafts)
            for notice in notices:
                self._annotator.failed.emit(words.translated(notice))
            # Something may have been drafted before this was known.
            self._changed()

        self._io.submit(
            "drafts", lambda _token: read_drafts(database), done=read, failed=self._tell
        )

    def _take_up(self, drafts: list[KeptDraft]) -> None:
        workspace = self._workspace
        found = {}
        for draft in drafts:
            row = workspace.listing.row_of_path(draft.path)
            if row >= 0:
                found[workspace.records[row].id] = _history(draft)
            else:
                self._others.append(draft)
        if not found:
            return
        self._annotator.take_up(found)
        for image_id in found:
            workspace.row_changed.emit(workspace.row_of(image_id))
        if len(found) > 1 or workspace.record is None or workspace.record.id not in found:
            self._annotator.told.emit(
                self.tr("Drafts are there again on {0}.").format(words.image_count(len(found)))
            )

    def _write_failed(self, error: Exception) -> None:
        self._has_failed = True
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, SamdeskError):
            raise error
        self.failed.emit(words.explained(error))


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
    engine = _engine(answer["engine"]) if answer else None
    if engine is not None and kept.drawn is not None and "score" in answer:
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


def _engine(raw: dict[str, Any]) -> EngineInfo | None:
    """The engine that answered; None where another version of this program knew it otherwise."""
    known = {field.name for field in fields(EngineInfo)}
    try:
        return EngineInfo(**{name: value for name, value in raw.items() if name in known})
    except TypeError:
        return None
