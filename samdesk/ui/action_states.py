"""Which actions can be done now, and which of them are checked."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from samdesk.ui import actions
from samdesk.ui.annotator import Annotator
from samdesk.ui.automatic import Automatic
from samdesk.ui.background import Background
from samdesk.ui.copying import Copying
from samdesk.ui.correcting import Corrections


class ActionStates(QObject):
    """Owns nothing: reads it off those who do, whenever they say that something changed."""

    def __init__(
        self,
        annotator: Annotator,
        corrections: Corrections,
        copying: Copying,
        automatic: Automatic,
        background: Background,
        actions_by_id: Mapping[str, QAction],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._workspace = workspace = annotator.workspace
        self._corrections = corrections
        self._copying = copying
        self._automatic = automatic
        self._background = background
        self._actions_by_id = actions_by_id
        for signal in (
            annotator.draft_changed,
            annotator.selection.changed,
            annotator.accepted.annotations_changed,
            annotator.history_changed,
            workspace.loaded,
            workspace.moved,
            workspace.record_changed,
            workspace.narrowed,
            background.changed,
            annotator.proposals.changed,
            automatic.changed,
            copying.changed,
        ):
            signal.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Enables and checks what makes sense now; at once, for a key may follow."""
        holds = self._conditions()
        for spec in actions.ACTIONS:
            self._actions_by_id[spec.id].setEnabled(holds[spec.when])
        annotator, record = self._annotator, self._workspace.record
        draft = annotator.draft
        begun = (draft.correction if draft else None) or annotator.correction
        for name, mode in (("add_to", "add"), ("subtract_from", "subtract")):
            self._actions_by_id[name].setChecked(begun is not None and begun.mode == mode)
        for name in ("done", "skipped"):
            self._actions_by_id[name].setChecked(record is not None and record.status == name)
        self._actions_by_id["crowd"].setChecked(self._corrections.are_crowds)
        is_skipped = self._actions_by_id["skipped"].isChecked()
        self._actions_by_id["skipped"].setText(
            self.tr("&Skipped") if is_skipped else actions.translated("&Skip")
        )
        self._actions_by_id["pause"].setChecked(self._background.is_paused)

    def _conditions(self) -> dict[str, bool]:
        """By what `actions.Spec.when` can say, whether it holds."""
        annotator, workspace = self._annotator, self._workspace
        draft, record = annotator.draft, workspace.record
        selected, proposal = annotator.selection.ids, annotator.proposals.current
        is_writable = not workspace.is_read_only
        is_editable = workspace.picture is not None and is_writable
        return {
            "always": True,
            "project": workspace.project is not None,
            "images": bool(workspace.records),
            "image": workspace.picture is not None,
            "draft": draft is not None or proposal is not None,
            "selection": bool(selected) or proposal is not None,
            "annotations": bool(selected),
            "part": bool(selected) or (draft is None and annotator.latest is not None),
            "several": len(selected) > 1,
            "mask": draft is not None or bool(selected),
            "proposals": bool(annotator.proposals.shown) and is_writable,
            "any_proposals": bool(workspace.listing.proposals),
            "idle": is_editable and not self._automatic.is_running,
            "proposing": self._automatic.is_running,
            "editable": is_editable,
            # An image that cannot be read can still be skipped.
            "skippable": record is not None
            and record.id > 0
            and workspace.project is not None
            and is_writable,
            "annotated": bool(annotator.accepted.annotations),
            "copied": bool(self._copying.copied) and is_editable,
            "undo": annotator.undoing.can_undo,
            "redo": annotator.undoing.can_redo,
        }
