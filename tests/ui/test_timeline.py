"""The order of steps, without a window."""

from __future__ import annotations

import pytest

from samdesk.ui.draft import DraftHistory
from samdesk.ui.timeline import ChangeStep, DraftStep, Step, Timeline


def made(*steps: Step) -> Timeline:
    timeline = Timeline()
    for step in steps:
        timeline.push(step)
    return timeline


def undone(timeline: Timeline) -> list[Step]:
    """The steps that undo takes back, one after the other."""
    steps = []
    while (step := timeline.last) is not None:
        steps.append(step)
        timeline.back()
    for _ in steps:
        timeline.forward()
    return steps


def redone(timeline: Timeline) -> list[Step]:
    """The steps that redo does again, one after the other."""
    steps = []
    while (step := timeline.next) is not None:
        steps.append(step)
        timeline.forward()
    for _ in steps:
        timeline.back()
    return steps


def test_what_is_done_takes_the_place_of_what_was_undone() -> None:
    first, second, third = (ChangeStep(text, (), 0) for text in ("one", "two", "three"))
    timeline = made(first, second)
    timeline.back()
    assert (undone(timeline), redone(timeline)) == ([first], [second])
    timeline.push(third)
    assert (undone(timeline), redone(timeline)) == ([third, first], [])


def test_a_step_that_failed_goes_with_those_that_came_after_it() -> None:
    mine, change = DraftHistory(), ChangeStep("change", (), 0)
    first, second, third = (DraftStep(1, mine) for _ in range(3))
    timeline = made(first, change, second, third)
    timeline.back()
    timeline.forget_failed(mine)
    assert (undone(timeline), redone(timeline)) == ([change, first], [])
    # It need not be the last one that was done.
    timeline.forget_failed(mine)
    assert (undone(timeline), redone(timeline)) == ([change], [])
    timeline.forget_failed(mine)
    assert undone(timeline) == [change]


def test_time_in_which_a_draft_was_away_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("samdesk.ui.draft.time.monotonic", lambda: now)
    history = DraftHistory(started=now)
    now = 103.0
    history.pause()
    now = 900.0
    history.resume()
    assert history.seconds() == 3
    now = 902.0
    history.resume()
    assert history.seconds() == 5
