"""The folder's images by state, against the obvious way of finding the next one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samdesk.runtime.backlog import Backlog, State
from samdesk.runtime.pace import Pace

IMAGES = [str(number) for number in range(12)]
MARKS = st.lists(st.tuples(st.sampled_from([*IMAGES, "other"]), st.sampled_from(State)))


@given(
    marks=MARKS, start=st.sampled_from([*IMAGES, "other", None]), direction=st.sampled_from([1, -1])
)
def test_the_next_one_and_the_counts(
    marks: list[tuple[str, State]], start: str | None, direction: int
) -> None:
    backlog = Backlog(IMAGES)
    states = dict.fromkeys(IMAGES, State.TO_DO)
    for image, state in marks:
        backlog.mark(image, state)
        if image in states:
            states[image] = state
    here = IMAGES.index(start) if start in IMAGES else 0
    order = IMAGES[here:] + IMAGES[:here]
    if direction < 0:
        order = (IMAGES[here + 1 :] + IMAGES[: here + 1])[::-1]
    to_do = [image for image in order if states[image] == State.TO_DO]
    assert backlog.next(start, direction) == (to_do[0] if to_do else None)
    found = list(states.values())
    assert backlog.ready == found.count(State.READY)
    assert backlog.total == len(IMAGES) - found.count(State.LEFT)
    assert all(backlog.is_ready(one) == (states[one] == State.READY) for one in IMAGES)
    assert not backlog.is_ready("other")
    assert "other" not in backlog
    backlog.reset()
    assert (backlog.ready, backlog.total) == (0, len(IMAGES))


def test_the_pace_is_the_usual_one() -> None:
    pace = Pace()
    assert pace.seconds is None
    for seconds in (9.0, *[2.0] * 8, 60.0, *[2.2] * 5):
        pace.note(seconds)
    assert pace.seconds == 2.0
    for _ in range(15):
        pace.note(0.5)
    assert pace.seconds == 0.5
