"""What is being drawn and not accepted yet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from samdesk.core.prompt import Prompt
from samdesk.engine.base import Candidate, EngineInfo, Prediction


@dataclass(frozen=True)
class Draft:
    """A prompt, and the engine's answer once it is there.

    Attributes:
        serial: of the request whose answer this is or waits for.
        engine: what gave the prediction.
        chosen: which candidate is shown.
    """

    prompt: Prompt
    serial: int = 0
    prediction: Prediction | None = None
    engine: EngineInfo | None = None
    chosen: int = 0

    @property
    def candidate(self) -> Candidate | None:
        """The candidate shown; None while the answer is awaited."""
        return self.prediction.candidates[self.chosen] if self.prediction else None


@dataclass
class DraftHistory:
    """The drafts of one object, one per click, so that a click can be undone without a decode.

    Attributes:
        clicks: how many prompts were given, undone ones included.
        started: `time.monotonic` of the first prompt.
    """

    steps: list[Draft] = field(default_factory=list)
    position: int = -1
    clicks: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def current(self) -> Draft | None:
        return self.steps[self.position] if self.position >= 0 else None

    @property
    def shown(self) -> Candidate | None:
        """The mask to show: the current one; while it is awaited, the one before."""
        for step in reversed(self.steps[: self.position + 1]):
            if step.candidate is not None:
                return step.candidate
        return None

    @property
    def can_redo(self) -> bool:
        return self.position + 1 < len(self.steps)

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

    def seconds(self) -> float:
        """How long ago the first prompt was given."""
        return time.monotonic() - self.started
