"""Where SAMDesk keeps what is the user's and not a project's. SAMDESK_HOME overrides it all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Folders:
    """Folders for settings, data (samples, projects of read-only folders), checkpoints and caches.

    They need not exist; whoever writes creates what it needs. `own_checkpoints` is a file: the
    user's own entries beside the published checkpoints.
    """

    config: Path
    data: Path
    checkpoints: Path
    cache: Path
    own_checkpoints: Path

    @classmethod
    def find(cls) -> Folders:
        """By SAMDESK_HOME where it is set, else by the platform's conventions."""
        home = os.environ.get("SAMDESK_HOME")
        if home:
            root = Path(home).expanduser().absolute()
            return cls(
                root / "config",
                root / "data",
                root / "checkpoints",
                root / "cache",
                root / "checkpoints.json",
            )
        data = Path(platformdirs.user_data_dir("samdesk", appauthor=False))
        config = Path(platformdirs.user_config_dir("samdesk", appauthor=False))
        return cls(
            config,
            data,
            data / "checkpoints",
            Path(platformdirs.user_cache_dir("samdesk", appauthor=False)),
            config / "checkpoints.json",
        )
