"""The engine that is compared with Segment Anything's own code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samdesk.engine.base import CancelToken, Segmenter, no_progress
from samdesk.engine.choose import choose_engine
from samdesk.engine.hardware import Hardware
from samdesk.engine.recommend import Preference, recommend
from samdesk.folders import Folders


def load(spec: dict[str, Any], hardware: Hardware) -> tuple[Segmenter, str]:
    """Loads what a part of the bench asks for by "engine", "checkpoint", "device", "precision".

    Returns:
        The engine, and the torch device on which the other code is to run.

    Raises:
        SamdeskError: the engine cannot be loaded.
    """
    preference = Preference(device=spec["device"], precision=spec["precision"])
    folders = Folders.find()
    choice = choose_engine(
        spec["engine"],
        folders.checkpoints,
        cache=folders.cache,
        file=Path(spec["checkpoint"]),
        preference=preference,
    )
    return choice.load(CancelToken(), no_progress), preference.device_for(recommend(hardware))
