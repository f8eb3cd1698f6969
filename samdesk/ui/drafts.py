"""The draft of each image, and the one that was accepted or dropped last."""

from __future__ import annotations

from collections.abc import Iterable

from samdesk.ui.draft import DraftHistory


class Drafts:
    """By image, the history of what is drafted on it; at most one draft an image."""

    def __init__(self) -> None:
        self._histories: dict[int, DraftHistory] = {}
        self._last_gone: DraftHistory | None = None

    @property
    def current(self) -> dict[int, DraftHistory]:
        """By image, what is drafted and not accepted yet."""
        return {key: one for key, one in self._histories.items() if one.current is not None}

    @property
    def histories(self) -> Iterable[DraftHistory]:
        """Those of all images, undone ones included."""
        return self._histories.values()

    def has(self, image_id: int) -> bool:
        """Whether an image has a mask that is not accepted yet."""
        history = self.of(image_id)
        return history is not None and history.current is not None

    def of(self, image_id: int) -> DraftHistory | None:
        """The history of an image's draft, of which all steps may have been undone."""
        return self._histories.get(image_id)

    def put(self, image_id: int, history: DraftHistory) -> None:
        """Makes it the draft of an image."""
        self._histories[image_id] = history

    def put_away(self, image_id: int, history: DraftHistory) -> None:
        """A draft was accepted or dropped, and may come back."""
        self._histories.pop(image_id, None)
        history.pause()
        if self._last_gone is not None and self._last_gone is not history:
            # Answers are large, and only what went last is likely to come back.
            self._last_gone.forget_answers()
        self._last_gone = history

    def bring_back(self, image_id: int, history: DraftHistory) -> None:
        """A draft that was accepted or dropped is there again."""
        history.resume()
        self._histories[image_id] = history
        if history is self._last_gone:
            self._last_gone = None

    def forget(self, image_id: int) -> None:
        """Drops the draft of an image for good."""
        del self._histories[image_id]

    def forget_undone(self) -> None:
        """Drops for good those of which all steps were undone."""
        self._histories = self.current

    def clear(self) -> None:
        """Begins anew."""
        self._histories.clear()
        self._last_gone = None
