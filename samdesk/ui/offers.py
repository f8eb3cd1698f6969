"""Notices of the moment: hints, and offers of something that may be done now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.checkpoint import Checkpoint, checkpoint, checkpoints
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.downloads import Downloads
from samdesk.ui.engines import Engines
from samdesk.ui.panels.notices import Notice, NoticeBar

_HINT_SECONDS = 8.0
_OFFER_SECONDS = 20.0


class Offers(QObject):
    """Tells what the annotator hints at, what to name and which checkpoint to download.

    Takes each back when it is no longer true.
    """

    def __init__(
        self,
        annotator: Annotator,
        engines: Engines,
        downloads: Downloads,
        notices: NoticeBar,
        edit_category: Callable[[int], object],
        offers_checkpoint: Callable[[], bool],
        decline_checkpoint: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._engines = engines
        self._downloads = downloads
        self._notices = notices
        self._edit_category = edit_category
        self._offers_checkpoint = offers_checkpoint
        self._decline_checkpoint = decline_checkpoint
        self._hints: set[str] = set()
        self._name_offer = ""
        self._suggestion = ""
        self._begun: dict[Checkpoint, tuple[str, bool]] = {}
        annotator.told.connect(self._hint)
        annotator.stepped.connect(self._withdraw_hints)
        annotator.workspace.moved.connect(self._withdraw_hints)
        annotator.named_by_default.connect(self._offer_name)
        annotator.history_changed.connect(self._withdraw_name_offer)
        annotator.accepted.counts_changed.connect(self._withdraw_suggestion)
        engines.recommended.connect(self._suggest_checkpoint)
        # The machine may be known before the engine is.
        engines.changed.connect(self._suggest_checkpoint)
        engines.changed.connect(self._withdraw_suggestion)
        engines.missing.connect(self._offer_download)
        downloads.finished.connect(self._downloaded)

    def tell_briefly(self, text: str) -> None:
        """Says something that goes by itself."""
        self._notices.tell(Notice(text, is_warning=False, seconds=_HINT_SECONDS))

    def _hint(self, text: str) -> None:
        self._hints.add(text)
        self.tell_briefly(text)

    def _withdraw_hints(self) -> None:
        """What was said of a former step is no longer true."""
        for text in self._hints:
            self._notices.withdraw(text)
        self._hints.clear()

    def _offer_name(self, category_id: int) -> None:
        """Nobody chose the first category: says so, and where it is named."""
        category = next(one for one in self._annotator.accepted.categories if one.id == category_id)
        text = self.tr("No category was chosen, so this became “{0}”.").format(category.name)
        edit = partial(self._edit_category, category_id)
        self._name_offer = text
        self._notices.tell(
            Notice(text, self.tr("Name it"), edit, is_warning=False, seconds=_OFFER_SECONDS)
        )

    def _withdraw_name_offer(self) -> None:
        """Something else was done, or what was to be named has a name or is gone."""
        self._notices.withdraw(self._name_offer)

    def _suggest_checkpoint(self) -> None:
        """On a machine without checkpoints: says which one suits it, and offers it."""
        best, info = self._engines.recommendation, self._engines.info
        if best is None or info is None or info.name != BUILTIN_NAME:
            return
        if self._engines.wanted != "auto" or not self._offers_checkpoint():
            return
        text = self.tr("{0} of Segment Anything makes better masks.").format(
            checkpoint(best.checkpoint).name
        )
        if text == self._suggestion:
            return
        self._suggestion = text
        self._offer(
            checkpoint(best.checkpoint), text, gives_way=True, declined=self._decline_checkpoint
        )

    def _withdraw_suggestion(self) -> None:
        """Once there is a better engine, or masks are accepted without one."""
        info = self._engines.info
        if (info is not None and info.name != BUILTIN_NAME) or self._annotator.undoing.can_undo:
            self._notices.withdraw(self._suggestion)

    def _offer_download(self, wanted: Checkpoint) -> None:
        free = self._downloads.free_bytes()
        if free is None:
            text = self.tr("{0} is not on this machine, and {1} cannot be reached.").format(
                wanted.name, self._engines.folder
            )
        else:
            text = self.tr("{0} is not on this machine; {1} are free in {2}.").format(
                wanted.name, words.size(free), self._engines.folder
            )
        self._offer(wanted, text, is_asked_for=True)

    def _offer(
        self,
        wanted: Checkpoint,
        text: str,
        *,
        is_asked_for: bool = False,
        gives_way: bool = False,
        declined: Callable[[], object] | None = None,
    ) -> None:
        button = self.tr("Download {0}, {1}").format(wanted.name, words.size(wanted.bytes))
        start = partial(self._begin, wanted, is_asked_for)
        self._notices.tell(
            Notice(text, button, start, is_warning=False, gives_way=gives_way, declined=declined)
        )

    def _begin(self, wanted: Checkpoint, is_asked_for: bool) -> None:
        self._begun[wanted] = self._engines.wanted, is_asked_for
        self._downloads.start(wanted)

    def _downloaded(self, fetched: Checkpoint) -> None:
        """Uses what was fetched: as asked for by name, or as what "automatic" was waiting for.

        Who chose another engine meanwhile keeps that.
        """
        wanted, is_asked_for = self._begun.pop(fetched, ("auto", False))
        if self._engines.wanted != wanted:
            text = self.tr("{0} is on this machine now; it is in the Checkpoint menu.")
            self.tell_briefly(text.format(fetched.name))
        elif not is_asked_for:
            self._engines.use("auto")
        elif fetched in checkpoints():
            self._engines.use(fetched.kind)
        else:
            self._engines.use_own(fetched)
