from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk.app import App
from samdesk.folders import Folders

Started = Callable[[Path | None], App]


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication) -> Iterator[Started]:
    """Starts the program on a folder and waits until its first image is on screen and encoded.

    None for the folder that was open last, or the samples.
    """
    apps: list[App] = []

    def started(folder: Path | None) -> App:
        app = App(Folders.find())
        apps.append(app)
        app.window.resize(1280, 800)
        with qtbot.waitExposed(app.window):
            app.start(folder)
        qtbot.waitUntil(lambda: app.workspace.folder is not None, timeout=20000)
        if app.workspace.records:
            key = app.workspace.key
            qtbot.waitUntil(
                lambda: app.inference.has_embedding(key) or app.workspace.error is not None,
                timeout=20000,
            )
            qtbot.waitUntil(
                lambda: app.workspace.picture is not None or app.workspace.error is not None,
                timeout=20000,
            )
        app.window.activateWindow()
        return app

    yield started
    for app in apps:
        app.window.close()
        app.close()
        app.window.deleteLater()
        qapp.processEvents()
