"""What must hold of the program at any time, whatever was done before."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from samdesk.app import App
from samdesk.core.dataset import Annotation
from samdesk.store.project import Project
from samdesk.ui.annotator import Annotator
from samdesk.ui.draft import DraftHistory
from samdesk.ui.timeline import ChangeStep


def check_agreement(app: App) -> None:
    """Whether what is shown is what is stored, and drafts stand where the timeline says."""
    annotator, workspace, window = app.annotator, app.workspace, app.window
    project, record = workspace.project, workspace.record
    if project is None:
        return
    stored = list(project.annotations())
    known = {one.id: one for one in stored}
    here = [one for one in stored if record is not None and one.image_id == record.id]
    assert annotator.accepted.annotations == here
    assert annotator.accepted.categories == project.categories()
    assert _without_zeros(annotator.accepted.category_counts) == project.counts_by_category()
    assert _without_zeros(workspace.counts) == project.counts_by_image()
    assert annotator.accepted.boxes == {box.id: box for box in project.boxes()}
    proposed = list(project.proposals(record.id)) if record is not None else []
    assert sorted(annotator.proposals.shown, key=lambda one: one.id) == proposed
    assert set(annotator.selection.ids) <= {one.id for one in here}
    assert len(set(annotator.selection.ids)) == len(annotator.selection.ids)
    if annotator.accepted.categories:
        assert annotator.accepted.category is not None
    images = {one.id: one for one in project.images()}
    for listed in workspace.records:
        if listed.id > 0:
            assert images[listed.id] == listed
    rows = window.annotations.list.model().identities  # type: ignore[attr-defined]
    assert sorted(rows) == [one.id for one in here]
    chosen = {rows[one.row()] for one in window.annotations.list.selectedIndexes()}
    assert chosen == set(annotator.selection.ids)
    _check_drafts(annotator)
    for one in stored:
        assert not one.mask.is_empty
        _check_parents(one, known)


def contents(project: Project) -> dict[str, object]:
    """What is stored and can be undone; proposals are made beside that."""
    return {
        # What files were when they were read is no step of a person.
        "images": [
            {**asdict(one), "width": 0, "height": 0, "sha256": "", "orientation": 1}
            for one in project.images()
        ],
        "categories": project.categories(),
        "annotations": list(project.annotations()),
        "boxes": project.boxes(),
        "info": project.info(),
    }


def _without_zeros(counts: dict[int, int]) -> dict[int, int]:
    return {key: count for key, count in counts.items() if count}


def _check_drafts(annotator: Annotator) -> None:
    """Whether drafts stand where the steps that were done say, what was accepted included."""
    timeline = annotator.timeline
    given: Counter[DraftHistory] = Counter()
    live: dict[int, DraftHistory] = {}
    for step in timeline._steps[: timeline._done]:
        if step.history is None:
            continue
        if isinstance(step, ChangeStep) or step.is_drop:
            assert live.pop(step.image_id) is step.history
        else:
            given[step.history] += 1
            live[step.image_id] = step.history
    for step in timeline._steps:
        if step.history is not None:
            assert step.history.position + 1 == given[step.history]
    shown = annotator.drafts.current
    assert shown == live


def _check_parents(annotation: Annotation, known: dict[int, Annotation]) -> None:
    above, seen = annotation, {annotation.id}
    while above.parent_id is not None:
        assert above.parent_id in known
        above = known[above.parent_id]
        assert above.image_id == annotation.image_id
        assert above.id not in seen
        seen.add(above.id)
