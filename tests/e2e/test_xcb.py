"""The program itself on a real X server, as a desktop runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

START = """
import sys
import cv2  # sets Qt's plugin path to its own; the program must not care
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from samdesk import app

started = app.App.start

def start(self, folder):
    started(self, folder)
    def look():
        if self.workspace.picture is None or not self.inference.has_embedding(self.workspace.key):
            return
        image = self.window.grab().toImage()
        centre = image.pixelColor(self.window.canvas.mapTo(
            self.window, self.window.canvas.rect().center()))
        print(QGuiApplication.platformName(), self.window.isVisible(), centre.name(), flush=True)
        self.window.close()
    self.timer = QTimer(interval=100)
    self.timer.timeout.connect(look)
    self.timer.start()

app.App.start = start
from pathlib import Path
sys.exit(app.run(Path(sys.argv[1])))
"""


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of the test's own; the one of the desktop where Xvfb is not installed."""
    if shutil.which("Xvfb") is None:
        if not sys.platform.startswith("linux") and "SAMDESK_REQUIRE_XCB" not in os.environ:
            pytest.skip("xcb is a platform of Linux")
        if "DISPLAY" not in os.environ and "SAMDESK_REQUIRE_XCB" not in os.environ:
            pytest.skip("no X server: install the package xvfb to run this test")
        yield os.environ["DISPLAY"]
        return
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def test_the_window_shows_an_image_on_xcb(display: str, photos: Path) -> None:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        [sys.executable, "-c", START, str(photos)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    platform, visible, centre = done.stdout.split()
    assert (platform, visible) == ("xcb", "True")
    assert centre == "#1e283c", "the image's colour is in the middle of the canvas"
    assert "Traceback" not in done.stderr


def test_main_py_is_visible_and_ends_when_asked(display: str, photos: Path) -> None:
    main = Path(__file__).parent.parent.parent / "main.py"
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    child = subprocess.Popen(
        [sys.executable, str(main), str(photos)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    # The project is opened by the running window, so that it can be asked to end from then on.
    deadline = time.monotonic() + 60
    while not (photos / ".samdesk" / "project.db").exists():
        assert child.poll() is None, child.stderr and child.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child.send_signal(2)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 0
    assert "Traceback" not in told
