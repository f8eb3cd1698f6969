"""Whether the machine runs on its battery."""

from __future__ import annotations

import psutil


def is_on_battery() -> bool:
    """False also where there is no battery, or the system does not tell. May block for a moment."""
    # psutil has this function only for systems that it can ask.
    ask = getattr(psutil, "sensors_battery", None)
    try:
        battery = ask() if ask is not None else None
    except (OSError, RuntimeError):
        return False
    return battery is not None and battery.power_plugged is False
