"""Builds the window's objects, starts them, and takes them down in order. Imports no torch."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from samdesk import settings as settings_file
from samdesk.core.image.content import content_sha256
from samdesk.engine.cache import EmbeddingCache
from samdesk.engine.recommend import Preference
from samdesk.errors import SamdeskError
from samdesk.folders import Folders
from samdesk.resources import resource
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Lane
from samdesk.settings import Settings
from samdesk.ui import theme, translation, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.background import Background
from samdesk.ui.bridge import Bridge, InferenceSignals
from samdesk.ui.dialogs.crash import CrashDialog, details_of
from samdesk.ui.downloads import Downloads
from samdesk.ui.drops import open_first
from samdesk.ui.engines import Engines
from samdesk.ui.garbage import Garbage
from samdesk.ui.hovering import Hovering
from samdesk.ui.kept_drafts import KeptDrafts
from samdesk.ui.kept_settings import KeptSettings
from samdesk.ui.main_window import MainWindow
from samdesk.ui.panels.notices import Notice
from samdesk.ui.shortcuts import Shortcuts
from samdesk.ui.workspace import Workspace

_LONGEST_TURN = 0.0005  # seconds until a thread that computes in Python lets another one in
_LANES_END_WITHIN = 5.0  # seconds; a thread that is deep in a library call ends with the process


class App:
    """The running program: everything that lives as long as the window."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.samples = folders.data / "samples"
        self._is_closed = False
        self.bridge = Bridge()
        settings_path = folders.config / "settings.json"
        problems: list[SamdeskError] = []
        try:
            settings = settings_file.load(settings_path, problems.append)
        except SamdeskError as error:
            problems.append(error)
            settings = Settings()
            # What cannot be read must not be overwritten by what is remembered next.
            settings_path = folders.config / "settings.new.json"
        self.kept_settings = KeptSettings(settings, settings_path)
        # Other threads work while this one paints; it need not wait long for its turn.
        sys.setswitchinterval(_LONGEST_TURN)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, settings.theme)
        translation.apply(application, settings.language)
        signals = self.signals = InferenceSignals()
        self.io = Lane("io", self.bridge.post)
        self.workspace = Workspace(self.io, self.bridge.post, signals, folders.data, settings)
        self.inference = Inference(
            lambda key: self.workspace.images.get(key),
            content_sha256,
            self.bridge.post,
            signals,
            capacity=settings.embedding_memory_mb * 1_000_000,
            cache=EmbeddingCache(settings.cache_path(folders.cache), settings.cache_bytes),
        )
        self.workspace.inference = self.inference
        self.annotator = Annotator(
            self.workspace, self.inference, signals, Shortcuts(settings.shortcuts)
        )
        self.kept_drafts = KeptDrafts(self.annotator, self.io)
        # What may take minutes and must not keep images waiting.
        self.errands = Lane("errands", self.bridge.post)
        # A drive that does not answer may take a minute to say so, and nothing waits for that.
        self.recent = Lane("recent", self.bridge.post)
        self.engines = Engines(
            self.inference,
            signals,
            self.errands,
            self.recent,
            self.bridge.post,
            folders.checkpoints,
            folders.own_checkpoints,
            folders.cache,
            settings,
            self._remember_engine,
        )
        self.downloads = Downloads(self.errands, self.bridge.post, folders.checkpoints)
        self.downloads.finished.connect(lambda _checkpoint: self.engines.look())
        self.background = Background(
            self.workspace, self.inference, signals, self.io, settings.background
        )
        self.drawing = Lane("drawing", self.bridge.post)
        self.window = MainWindow(
            self.annotator,
            Hovering(self.annotator, signals, self.annotator),
            self.engines,
            self.downloads,
            self.background,
            self.io,
            self.bridge.post,
            self.drawing,
            self.kept_settings,
            self.samples,
            self.open_samples,
        )
        self.window.may_close = lambda: self.workspace.may_close() and self.kept_drafts.save()
        for told in (self.kept_drafts.failed, self.kept_settings.failed, self.background.told):
            told.connect(self._tell_beside)
        for problem in problems:
            # Only now the language is known.
            self.window.notices.tell(Notice(words.explained(problem)))

    def start(self, folder: Path | None) -> None:
        """Shows the window; what takes time comes after it is visible."""
        self.window.show()

        def begin() -> None:
            self.engines.start()
            self.background.start()
            if folder is not None:
                open_first(self.workspace, self.io, [folder])
            else:
                self._open_recent()

        QTimer.singleShot(0, begin)

    def _open_recent(self) -> None:
        """Opens the folder that was open last; where it has gone, the samples."""
        recent = [Path(folder) for folder in self.settings.recent_folders]
        own = [folder for folder in recent if folder != self.samples]
        if not recent:
            self.open_samples()
            return

        def found(is_there: bool) -> None:
            if job.token.is_cancelled:
                return
            if is_there:
                self.workspace.open(recent[0])
            else:
                self.open_samples()
            if not is_there or recent[0] == self.samples:
                self.recent.submit(
                    "recent",
                    lambda _token: next((folder for folder in own if folder.is_dir()), None),
                    done=self.window.opener.suggest_place,
                    failed=lambda _error: None,
                )

        job = self.recent.submit(
            "recent",
            lambda _token: recent[0].is_dir(),
            done=found,
            # Opening it says why.
            failed=lambda _error: found(True),
        )
        # Who opens another one meanwhile stays there.
        self.workspace.opening.connect(lambda _folder: job.token.cancel())

    def open_samples(self) -> None:
        """Opens the sample images, copied to where annotations can lie beside them."""
        target = self.samples
        try:
            target.mkdir(parents=True, exist_ok=True)
            for image in sorted(resource("samples").glob("*.jpg")):
                if not (target / image.name).exists():
                    shutil.copy(image, target / image.name)
        except OSError as error:
            text = QCoreApplication.translate(
                "App", "The sample images cannot be copied to {0}: {1}."
            )
            self.window.notices.tell(Notice(text.format(target, error)))
            return
        self.workspace.open(target)

    def close(self) -> None:
        """Stops the threads, then closes the project. May be called again."""
        if self._is_closed:
            return
        self._is_closed = True
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # Focus still changes while Qt takes its widgets down, after what they show has gone.
            application.focusChanged.disconnect(self.window.focus_changed)
        self.background.remember()
        self.kept_drafts.save()
        self.inference.close(_LANES_END_WITHIN)
        self.errands.close(_LANES_END_WITHIN)
        self.io.close(_LANES_END_WITHIN)
        self.drawing.close(_LANES_END_WITHIN)
        self.recent.close(0)
        self.workspace.close()

    @property
    def settings(self) -> Settings:
        """The user's settings as they are now."""
        return self.kept_settings.now

    def _tell_beside(self, text: str) -> None:
        """Tells of what could not be kept and is no annotation: it covers no other warning."""
        self.window.notices.tell(Notice(text, comes_second=True))

    def _remember_engine(self, engine: str, preference: Preference) -> None:
        """Keeps the engine for the next start, and how it is run."""
        self.kept_settings.change(
            engine=engine,
            policy=preference.policy,
            device=preference.device,
            precision=preference.precision,
        )


def run(folder: Path | None) -> int:
    """Runs the program until its window is closed."""
    before_qt()
    application = QApplication(["samdesk"])
    application.setApplicationName("samdesk")
    application.setApplicationDisplayName("SAMDesk")
    application.setDesktopFileName("samdesk")
    app = App(Folders.find())
    _show_crashes(app)
    # Ctrl+C in the terminal ends the program; Python sees it only when it runs.
    signal.signal(signal.SIGINT, lambda *_: app.window.close())
    waker = QTimer()
    waker.timeout.connect(lambda: None)
    waker.start(250)
    app.start(folder)
    garbage = Garbage()
    # An engine brings the largest libraries.
    app.signals.loaded_engine.connect(garbage.settle)
    # A large import stays in the undo stack.
    app.workspace.relisted.connect(garbage.settle)
    code = application.exec()
    garbage.close()
    app.close()
    return code


def before_qt() -> None:
    """What must be in order before Qt is."""
    # opencv-python points these at its own copy of Qt's plugins when it is imported, which Qt
    # would then load here; values that are not OpenCV's are the user's own.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if f"{os.sep}cv2{os.sep}" in os.environ.get(name, ""):
            del os.environ[name]
    if sys.platform == "win32":
        _load_c10()


def _load_c10() -> None:
    """Loads torch's core library before Qt loads its own C++ runtime.

    On Windows the other order can leave torch unable to start (WinError 1114). This loads one
    library, not torch.
    """
    torch = importlib.util.find_spec("torch")
    if torch is None or torch.origin is None:
        return
    library = Path(torch.origin).parent / "lib" / "c10.dll"
    if library.exists():
        ctypes.CDLL(str(library))


def _show_crashes(app: App) -> None:
    """Shows unexpected errors of any thread, and goes on."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            app.window.close()
            return
        details = details_of(kind, error, trace)
        print(details, file=sys.stderr)
        app.bridge.post(lambda: CrashDialog(details, app.window).open())

    def show_from_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            show(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = show
    threading.excepthook = show_from_thread
