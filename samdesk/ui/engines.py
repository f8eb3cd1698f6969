"""Which engine is in use, which one suits the machine, and changing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk.coco.arr_coc import Circumstances
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    EngineInfo,
    EngineLost,
    Progress,
    Segmenter,
    out_of_memory,
)
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.checkpoint import Checkpoint, checkpoint, checkpoints, file_of, installed
from samdesk.engine.choose import KINDS, EngineChoice, choose_attempt, choose_engine
from samdesk.engine.hardware import Hardware, detect, free_bytes
from samdesk.engine.measure import Measurement, measure, remember, remembered
from samdesk.engine.own import read_own
from samdesk.engine.recommend import (
    Preference,
    Recommendation,
    shortfall,
    step_down,
)
from samdesk.errors import SamdeskError
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Lane, Post
from samdesk.settings import Settings
from samdesk.ui import words
from samdesk.ui.bridge import InferenceSignals

_LOOKS_AT_MEMORY_EVERY = 10_000  # milliseconds

Measured: TypeAlias = Callable[[Measurement], None]


@dataclass(frozen=True)
class _Found:
    """The user's own checkpoints, and the files of those that are on this machine."""

    own: tuple[Checkpoint, ...] = ()
    files: frozenset[str] = frozenset()


class Engines(QObject):
    """Loads the engine that the settings name, and falls back to the built-in one.

    Attributes:
        wanted: "auto", "builtin", a registry name, or the path of a checkpoint file.
        loading: the name of the engine being loaded and how far it is; None when none is.
        is_converting: whether that takes about a minute, because it is the first time here.
        free_bytes: of the memory of the device in use, lately; None while that is not known.
        hardware, recommendation: None until the machine has been looked at.
    """

    changed = Signal()
    recommended = Signal()
    looked = Signal()  # other checkpoints are on this machine than before
    missing = Signal(object)  # the Checkpoint that was asked for and is not on this machine
    told = Signal(str)

    def __init__(
        self,
        inference: Inference,
        signals: InferenceSignals,
        lane: Lane,
        drives: Lane,
        post: Post,
        folder: Path,
        own: Path,
        cache: Path,
        settings: Settings,
        remember: Callable[[str, Preference], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inference = inference
        self._lane = lane
        self._drives = drives
        self._found = _Found()
        self._post = post
        self._folder = folder
        self._own = own
        self._cache = cache
        self._remember = remember
        self.wanted = settings.engine
        self.preference = Preference(
            "arr-coc" if settings.policy == "arr-coc" else "guide",
            settings.device,
            settings.precision,
        )
        self.loading: tuple[str, float] | None = None
        self.is_converting = False
        self.free_bytes: int | None = None
        self._looks_at_memory = False
        self._memory = QTimer(self, interval=_LOOKS_AT_MEMORY_EVERY)
        self._memory.timeout.connect(self._look_at_memory)
        self.hardware: Hardware | None = None
        self.recommendation: Recommendation | None = None
        signals.loading_engine.connect(self._loading)
        signals.loaded_engine.connect(self._loaded)
        signals.engine_error.connect(self._failed)

    @property
    def info(self) -> EngineInfo | None:
        """The engine in use; None while one is loaded."""
        return self._inference.engine

    @property
    def folder(self) -> Path:
        """Where checkpoints are kept."""
        return self._folder

    def installed(self) -> list[tuple[Checkpoint, bool]]:
        """The published checkpoints, and whether each is on this machine, as last seen."""
        return [(known, known.file in self._found.files) for known in checkpoints()]

    def own(self) -> list[tuple[Checkpoint, bool]]:
        """The user's own checkpoints, and whether each is on this machine, as last seen."""
        return [(one, one.file in self._found.files) for one in self._found.own]

    def look(self) -> None:
        """Looks which checkpoints are on this machine; their drive may take its time to answer."""

        def work(_token: CancelToken) -> tuple[_Found, SamdeskError | None]:
            own, problem = tuple[Checkpoint, ...](), None
            try:
                own = read_own(self._own)
            except SamdeskError as error:
                problem = error
            there = [one for one in (*checkpoints(), *own) if file_of(one, self._folder)]
            return _Found(own, frozenset(one.file for one in there)), problem

        def done(seen: tuple[_Found, SamdeskError | None]) -> None:
            found, problem = seen
            if problem is not None:
                self.told.emit(words.explained(problem))
            if found != self._found:
                self._found = found
                self.looked.emit()

        self._drives.submit("checkpoints", work, done=done, failed=self._not_detected)

    def use_own(self, own: Checkpoint) -> None:
        """Changes to a checkpoint of the user's own."""
        path = file_of(own, self._folder)
        if path is not None:
            self.use(str(path))
        elif own.url:
            self.missing.emit(own)
        else:
            self.told.emit(self.tr("{0} is not there any more.").format(own.file))

    def start(self) -> None:
        """Loads the engine of the settings, and looks at the machine."""
        self.look()
        self._use(self.wanted)
        if self.info is None and self.loading is None:
            self._use("builtin")
        self._lane.submit(
            "hardware",
            lambda _token: detect(self._cache),
            done=self._detected,
            failed=self._not_detected,
        )
        self._memory.start()

    def use(self, wanted: str) -> None:
        """Changes the engine, and remembers that for the next start.

        A published checkpoint that is not on this machine changes nothing: `missing` is told.
        """
        if wanted in KINDS and installed(wanted, self._folder) is None:
            self.missing.emit(checkpoint(wanted))
            return
        if self._use(wanted):
            self._remember(wanted, self.preference)
            self._warn_of_memory(wanted)

    def prefer(self, preference: Preference) -> None:
        """Changes policy, device or precision, and loads the engine anew by them."""
        self.preference = preference
        self._remember(self.wanted, preference)
        self._recommend(self.hardware)
        if self.wanted != "builtin":
            self._use(self.wanted)

    def circumstances(self) -> Circumstances:
        """Under which annotations are made here; may be called in any thread."""
        hardware = self.hardware or detect()
        return Circumstances(self.preference.policy, hardware.lasting())

    def measure(self, image: RGB, kinds: Sequence[str], measured: Measured) -> None:
        """Measures checkpoints on this machine, then loads the engine in use again.

        It goes through the same door as any change of engine, so there are never two models in
        memory, clicks wait for the end, and choosing an engine meanwhile stops it.

        Args:
            measured: called in the GUI thread after each one.
        """
        choices = [self._choice(kind) for kind in kinds]
        wanted = self._choice(self.wanted)

        def load(token: CancelToken, progress: Progress) -> Segmenter:
            for number, choice in enumerate(choices):
                part = _part(progress, number, len(kinds) + 1)
                try:
                    found = measure(choice.load, image, token, part)
                except (SamdeskError, MemoryError) as error:
                    if isinstance(error, MemoryError):
                        error = out_of_memory()
                    # The engine in use is not to go because another one does not work.
                    self._post(partial(self.told.emit, f"{choice.name}: {words.explained(error)}"))
                else:
                    remember(found, self._cache)
                    known = remembered(self._cache)
                    self._post(partial(self._measured, found, known, measured))
            return wanted.load(token, _part(progress, len(kinds), len(kinds) + 1))

        self._inference.use(self.tr("measurements"), load)

    def _measured(
        self, found: Measurement, known: dict[str, dict[str, dict[str, int]]], measured: Measured
    ) -> None:
        if found.info.device != "CPU" and self.hardware is not None:
            self._recommend(self.hardware.with_measured(known))
        measured(found)

    def _recommend(self, hardware: Hardware | None) -> None:
        self.hardware = hardware
        if hardware is not None:
            self.recommendation = self.preference.recommended(hardware)
            self.recommended.emit()

    def _choice(self, wanted: str) -> EngineChoice:
        file = None if wanted in ("auto", "builtin", *KINDS) else Path(wanted)
        name = "auto" if file else wanted
        return choose_engine(
            name,
            self._folder,
            cache=self._cache,
            file=file,
            preference=self.preference,
            converting=lambda: self._post(self._converting),
        )

    def _use(self, wanted: str) -> bool:
        try:
            choice = self._choice(wanted)
        except SamdeskError as error:
            self.told.emit(words.explained(error))
            return False
        self.wanted = wanted
        self._inference.use(choice.name, choice.load)
        return True

    def _warn_of_memory(self, wanted: str) -> None:
        if self.hardware is None or self.recommendation is None or wanted not in KINDS:
            return
        device = self.preference.device_for(self.recommendation)
        short = shortfall(wanted, self.hardware, device)
        if short is not None:
            self.told.emit(
                words.translated(short)
                + " "
                + self.tr("If it does not fit, a smaller one will be used.")
            )

    def _step_down(self, name: str, error: EngineLost, attempt: Attempt) -> None:
        """Goes on with what needs less; the setting stays as it was for the next start."""
        present = {
            known.kind: path
            for known in checkpoints()
            if (path := installed(known.kind, self._folder)) is not None
        }
        following = step_down(attempt, present)
        choice = choose_attempt(following, self._cache)
        where = ""
        if following is not None:
            device = self.tr("the CPU") if following.device == "cpu" else self.tr("the GPU")
            where = self.tr(" on {0}").format(device)
            if following.precision == "float16":
                where += self.tr(" in half precision")
        self.told.emit(
            self.tr("{0}: {1} {2}{3} is used instead.").format(
                name, words.translated(error.title), words.translated(choice.name), where
            )
        )
        self._inference.use(choice.name, choice.load, stands_in=True)

    def _look_at_memory(self) -> None:
        info = self.info
        # A download keeps the lane for minutes.
        if info is None or self._looks_at_memory:
            return
        self._looks_at_memory = True

        def looked(found: int | None) -> None:
            self._looks_at_memory = False
            self.free_bytes = found if self.info is info else None
            self.changed.emit()

        self._lane.submit(
            "memory", lambda _token: free_bytes(info.device), done=looked, failed=self._not_detected
        )

    def _detected(self, hardware: Hardware) -> None:
        for problem in hardware.problems:
            self.told.emit(f"{words.translated(problem.text)} {words.translated(problem.remedy)}")
        self._recommend(hardware)

    def _not_detected(self, error: Exception) -> None:
        raise error

    def _converting(self) -> None:
        self.is_converting = self.loading is not None
        self.changed.emit()

    def _loading(self, name: str, fraction: float) -> None:
        self.loading = (name, fraction)
        if fraction == 0.0:
            self.is_converting = False
        self.changed.emit()

    def _loaded(self, info: EngineInfo) -> None:
        self.loading = None
        self.free_bytes = None
        self._look_at_memory()
        if info.remark:
            self.told.emit(words.translated(info.remark))
        self.changed.emit()

    def _failed(self, name: str, error: Exception) -> None:
        self.loading = None
        if name == BUILTIN_NAME:
            # Nothing is left to go back to.
            if not isinstance(error, SamdeskError):
                raise error
            self.told.emit(words.explained(error))
            self.changed.emit()
            return
        if not isinstance(error, SamdeskError):
            # A defect must not leave the window without an engine.
            self._use_built_in()
            raise error
        if isinstance(error, EngineLost) and error.attempt is not None:
            self._step_down(name, error, error.attempt)
            return
        self.told.emit(
            f"{words.explained(error)} "
            + self.tr("{0} could not be loaded; {1} is used.").format(
                name, words.translated(BUILTIN_NAME)
            )
        )
        self._use_built_in()

    def _use_built_in(self) -> None:
        load = choose_attempt(None, self._cache).load
        self._inference.use(BUILTIN_NAME, load, stands_in=True)


def _part(progress: Progress, number: int, of: int) -> Progress:
    """Progress within one of several equal parts."""
    return lambda fraction: progress((number + fraction) / of)
