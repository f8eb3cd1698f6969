"""Which engine is in use, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from samdesk.engine.base import Attempt, EngineInfo, OutOfMemory
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.engine.checkpoint import Checkpoint, checkpoints, installed
from samdesk.engine.choose import KINDS, choose_attempt, choose_engine
from samdesk.engine.recommend import step_down
from samdesk.errors import SamdeskError
from samdesk.runtime.inference import Inference
from samdesk.settings import Settings
from samdesk.ui.bridge import InferenceSignals


class Engines(QObject):
    """Loads the engine that the settings name, and falls back to the built-in one.

    Attributes:
        wanted: "auto", "builtin", a registry name, or the path of a checkpoint file.
        loading: the name of the engine being loaded and how far it is; None when none is.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(
        self,
        inference: Inference,
        signals: InferenceSignals,
        folder: Path,
        settings: Settings,
        remember: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inference = inference
        self._folder = folder
        self._remember = remember
        self.wanted = settings.engine
        self.loading: tuple[str, float] | None = None
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
        """The published checkpoints, and whether each is on this machine."""
        return [(known, installed(known.kind, self._folder) is not None) for known in checkpoints()]

    def start(self) -> None:
        """Loads the engine of the settings."""
        self._use(self.wanted)

    def use(self, wanted: str) -> None:
        """Changes the engine, and remembers that for the next start."""
        self._use(wanted)
        if self.wanted == wanted:
            self._remember(wanted)

    def _use(self, wanted: str) -> None:
        try:
            if wanted == "auto" or wanted == "builtin" or wanted in KINDS:
                choice = choose_engine(wanted, self._folder)
            else:
                choice = choose_engine("auto", self._folder, file=Path(wanted))
        except SamdeskError as error:
            self.told.emit(str(error))
            if self.info is None and self.loading is None:
                self._use("builtin")
            return
        self.wanted = wanted
        self._inference.use(choice.name, choice.load)

    def _step_down(self, name: str, attempt: Attempt) -> None:
        """Goes on with what needs less memory; the setting stays as it was for the next start."""
        present = {
            known.kind: path
            for known in checkpoints()
            if (path := installed(known.kind, self._folder)) is not None
        }
        following = step_down(attempt, present)
        choice = choose_attempt(following)
        where = ""
        if following is not None:
            device = self.tr("the CPU") if following.device == "cpu" else self.tr("the GPU")
            where = self.tr(" on {0}, {1}").format(device, following.precision)
        self.told.emit(
            self.tr("{0} found not enough memory; {1}{2} is used instead.").format(
                name, choice.name, where
            )
        )
        self._inference.use(choice.name, choice.load)

    def _loading(self, name: str, fraction: float) -> None:
        self.loading = (name, fraction)
        self.changed.emit()

    def _loaded(self, _info: EngineInfo) -> None:
        self.loading = None
        self.changed.emit()

    def _failed(self, name: str, error: Exception) -> None:
        self.loading = None
        if not isinstance(error, SamdeskError):
            raise error
        if isinstance(error, OutOfMemory) and error.attempt is not None:
            self._step_down(name, error.attempt)
            return
        self.told.emit(
            f"{error} "
            + self.tr("{0} could not be loaded; {1} is used.").format(name, BUILTIN_NAME)
        )
        self._use("builtin")
        self.changed.emit()
