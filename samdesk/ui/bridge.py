"""The only place where threads meet Qt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Brings callables from any thread to the thread in which the bridge was made."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback soon, in order; safe to call from any thread."""
        self._posted.emit(callback)

    @Slot(object)
    def _run(self, callback: Callable[[], None]) -> None:
        callback()


class InferenceSignals(QObject):
    """The listener of `runtime.inference.Inference`, with its events as Qt signals."""

    loading_engine = Signal(str, float)
    loaded_engine = Signal(object)
    engine_error = Signal(str, object)
    encode_progressed = Signal(str, float)
    encode_finished = Signal(str, float)
    encode_error = Signal(str, object)
    encode_cancelled = Signal(str)
    encode_surveyed = Signal()
    store_error = Signal(object)
    answered = Signal(object, object, float)
    answer_error = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine_loading = self.loading_engine.emit
        self.engine_ready = self.loaded_engine.emit
        self.engine_failed = self.engine_error.emit
        self.encoding = self.encode_progressed.emit
        self.encoded = self.encode_finished.emit
        self.encode_failed = self.encode_error.emit
        self.encode_stopped = self.encode_cancelled.emit
        self.surveyed = self.encode_surveyed.emit
        self.store_failed = self.store_error.emit
        self.predicted = self.answered.emit
        self.predict_failed = self.answer_error.emit
