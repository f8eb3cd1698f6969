from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from samdesk.ui.bridge import Bridge


def test_callables_arrive_in_order_on_the_bridges_thread(qtbot: QtBot) -> None:
    bridge, seen = Bridge(), []

    def post_all() -> None:
        for number in range(100):
            bridge.post(lambda n=number: seen.append((n, threading.current_thread())))

    thread = threading.Thread(target=post_all)
    thread.start()
    thread.join()
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 100)
    assert seen == [(number, threading.current_thread()) for number in range(100)]
