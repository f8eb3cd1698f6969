"""The user's settings: frozen, typed, and sparse on disk (only what differs from the defaults)."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from samdesk.errors import SamdeskError


@dataclass(frozen=True)
class Settings:
    """One value for everything a user can set.

    Attributes:
        engine: "auto", "builtin", "vit_b", "vit_l", "vit_h", or the path of a checkpoint file.
        policy: "guide" or "arr-coc", by which a checkpoint is recommended.
        device: "auto", or as torch names it.
        precision: "auto", or "exact" for float32 everywhere.
        max_megapixels: larger images are refused before they are decoded.
        embedding_memory_mb: bound for embeddings kept in memory, in 10^6 bytes.
        image_memory_mb: bound for decoded images kept in memory, in 10^6 bytes.
        prefetch: how many images around the one on screen are encoded ahead.
        background: whether images are encoded while nobody waits for them.
        cache_gb: bound for embeddings on disk, in 10^9 bytes; 0 for 20, or a tenth of what is free
            on that disk, the smaller.
        cache_folder: where embeddings are kept on disk, for instance a folder that machines share;
            "" for the platform's place.
        hover_preview: whether the mask under the mouse is shown before anything is clicked.
        theme: "system", "light" or "dark".
        recent_folders: newest first.
    """

    engine: str = "auto"
    policy: str = "guide"
    device: str = "auto"
    precision: str = "auto"
    max_megapixels: int = 200
    embedding_memory_mb: int = 1000
    image_memory_mb: int = 1000
    prefetch: int = 200
    background: bool = True
    cache_gb: int = 0
    cache_folder: str = ""
    hover_preview: bool = True
    theme: str = "system"
    recent_folders: tuple[str, ...] = ()
    window: dict[str, str] = field(default_factory=dict)

    @property
    def max_pixels(self) -> int:
        return self.max_megapixels * 1_000_000

    @property
    def cache_bytes(self) -> int | None:
        return self.cache_gb * 1_000_000_000 or None

    def cache_path(self, platform: Path) -> Path:
        """The folder of embeddings on disk, given the platform's folder for caches."""
        return (
            Path(self.cache_folder).expanduser() if self.cache_folder else platform / "embeddings"
        )

    def with_recent(self, folder: Path, keep: int = 10) -> Settings:
        """These settings with a folder at the head of the recent ones."""
        path = str(folder)
        others = [recent for recent in self.recent_folders if recent != path]
        return replace(self, recent_folders=(path, *others)[:keep])


def load(path: Path) -> Settings:
    """The settings in a file; defaults where the file does not exist.

    Unknown keys are left out, so that settings of a newer version do not stop an older one.

    Raises:
        SamdeskError: the file is not readable, not JSON, or a value has the wrong type.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise SamdeskError(
            f"The settings in {path} cannot be read: {error}.",
            "Defaults are used; correct the file or delete it.",
        ) from error
    if not isinstance(raw, dict):
        raise SamdeskError(f"The settings in {path} are not a JSON object.", "Delete the file.")
    defaults = Settings()
    values: dict[str, Any] = {}
    for known in fields(Settings):
        if known.name not in raw:
            continue
        value, default = raw[known.name], getattr(defaults, known.name)
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(item) for item in value)
        if type(value) is not type(default) or (isinstance(value, int) and value < 0):
            raise SamdeskError(
                f"The setting {known.name!r} in {path} cannot be {value!r}.",
                f"Its default is {default!r}.",
            )
        values[known.name] = value
    return Settings(**values)


def save(settings: Settings, path: Path) -> None:
    """Writes what differs from the defaults; the former file stays whole if that fails.

    Raises:
        SamdeskError: the folder cannot be written.
    """
    defaults = asdict(Settings())
    sparse = {key: value for key, value in asdict(settings).items() if value != defaults[key]}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(sparse, stream, indent=2, ensure_ascii=False)
        os.replace(temporary, path)
    except OSError as error:
        raise SamdeskError(
            f"The settings cannot be written to {path}: {error}.", "Free space or set SAMDESK_HOME."
        ) from error
