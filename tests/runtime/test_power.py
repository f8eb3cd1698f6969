from __future__ import annotations

from collections import namedtuple

import psutil
import pytest

from samdesk.runtime.power import is_on_battery

Battery = namedtuple("Battery", "percent secsleft power_plugged")


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (Battery(80, 3600, False), True),
        (Battery(80, 3600, True), False),
        (Battery(80, 3600, None), False),
        (None, False),
    ],
)
def test_only_a_battery_that_is_used_counts(
    monkeypatch: pytest.MonkeyPatch, battery: Battery | None, expected: bool
) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert is_on_battery() is expected


def test_a_system_that_does_not_tell_is_not_on_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise PermissionError

    monkeypatch.setattr(psutil, "sensors_battery", broken, raising=False)
    assert not is_on_battery()
    monkeypatch.delattr(psutil, "sensors_battery")
    assert not is_on_battery()
