"""What is being drawn and not accepted yet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from samdesk.core.mask import Mask
from samdesk.core.polygon import rasterised
from samdesk.core.prompt import Logits, Prompt
from samdesk.engine.base import Candidate, EngineInfo, Prediction

Mode: TypeAlias = Literal["add", "subtract"]
Vertex: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Correction:
    """What a draft will do to an annotation when it is accepted, instead of becoming one."""

    mode: Mode
    annotation_id: int


@dataclass(frozen=True)
class DrawnOver:
    """A candidate of which only what an annotation says of it is kept: its logits are large."""

    score: float
    stability_score: float | None
    drawn: Mask
    logits: Logits | None = None

    def mask(self) -> Mask:
        return self.drawn


@dataclass(frozen=True)
class Draft:
    """A prompt and the engine's answer once it is there, or what was drawn by hand.

    Attributes:
        serial: of the request whose answer this is or waits for.
        engine: what gave the prediction.
        chosen: which candidate is shown.
        drawn: takes the place of the candidate, from which it may have been made.
        outline: of a polygon, (x, y) in pixels from the image's corner; open while there is no
            `drawn`.
        correction: None when it will be an annotation of its own.
    """

    prompt: Prompt = field(default_factory=Prompt)
    serial: int = 0
    prediction: Prediction | None = None
    engine: EngineInfo | None = None
    chosen: int = 0
    drawn: Mask | None = None
    outline: tuple[Vertex, ...] = ()
    correction: Correction | None = None

    @property
    def candidate(self) -> Candidate | None:
        """The candidate shown; None while the answer is awaited."""
        return self.prediction.candidates[self.chosen] if self.prediction else None

    @property
    def mask(self) -> Mask | None:
        """What accepting would store; None while there is no such mask."""
        if self.drawn is not None:
            return self.drawn
        return self.candidate.mask() if self.candidate is not None else None

    @property
    def is_awaited(self) -> bool:
        """Whether the engine's answer is still to come."""
        return self.prediction is None and not self.is_by_hand

    @property
    def is_by_hand(self) -> bool:
        """Whether it was drawn or corrected by hand, so that no candidate is shown."""
        return self.drawn is not None or bool(self.outline)

    @property
    def is_open(self) -> bool:
        """Whether it is a polygon that was not closed yet."""
        return bool(self.outline) and self.drawn is None

    def without_answer(self) -> Draft:
        """The same, to be asked for again; of what was drawn over, where it came from stays."""
        prompt, candidate = replace(self.prompt, prior=None), self.candidate
        if self.drawn is None or candidate is None:
            return replace(self, prompt=prompt, prediction=None)
        kept = DrawnOver(candidate.score, candidate.stability_score, self.drawn)
        return replace(self, prompt=prompt, prediction=Prediction(prompt, (kept,)), chosen=0)

    def closed(self, width: int, height: int) -> Draft:
        """The polygon closed, on an image of this size in pixels."""
        return replace(self, drawn=rasterised([self.outline], width, height))


@dataclass(eq=False)
class DraftHistory:
    """The drafts of one object, one per step, so that a step can be undone without a decode.

    Attributes:
        clicks: how many prompts or strokes were given, undone ones included.
        started: `time.monotonic` of the first one.
        selected_ids: what was selected when it was begun.
        size: width and height of the image in pixels; on another size it means nothing.
    """

    steps: list[Draft] = field(default_factory=list)
    position: int = -1
    clicks: int = 0
    started: float = field(default_factory=time.monotonic)
    selected_ids: tuple[int, ...] = ()
    size: tuple[int, int] = (0, 0)
    _paused: float | None = None

    @property
    def current(self) -> Draft | None:
        return self.steps[self.position] if self.position >= 0 else None

    @property
    def shown_mask(self) -> Mask | None:
        """The mask to show: the current one; while it is awaited, the one before."""
        masks = (step.mask for step in reversed(self.steps[: self.position + 1]))
        return next((mask for mask in masks if mask is not None), None)

    def push(self, draft: Draft) -> None:
        """Adds a step; what was undone before can no longer be redone."""
        del self.steps[self.position + 1 :]
        self.steps.append(draft)
        self.position += 1
        self.clicks += 1

    def undo(self) -> None:
        self.position = max(-1, self.position - 1)

    def redo(self) -> None:
        self.position = min(len(self.steps) - 1, self.position + 1)

    def replace_current(self, **values: object) -> None:
        """Changes the current step in place."""
        current = self.current
        assert current is not None, "there is a step to change"
        self.steps[self.position] = replace(current, **values)  # type: ignore[arg-type]

    def drop_current(self) -> None:
        """Goes back to the step before, as if neither the current one nor later ones had been."""
        del self.steps[max(self.position, 0) :]
        self.position = len(self.steps) - 1

    def forget_answers(self) -> None:
        """Leaves the engine's answers out, so that they are asked for again."""
        self.steps = [step.without_answer() for step in self.steps]

    def pause(self) -> None:
        """It was accepted or dropped: nobody works on it until it comes back."""
        self._paused = time.monotonic()

    def resume(self) -> None:
        """It came back, and time goes on."""
        if self._paused is not None:
            self.started += time.monotonic() - self._paused
            self._paused = None

    def seconds(self) -> float:
        """How long it has been worked on, since the first prompt or stroke was given."""
        return time.monotonic() - self.started
