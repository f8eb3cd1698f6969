"""The user's settings: frozen, typed, and sparse on disk (only what differs from the defaults)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import Field, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from samdesk.errors import SamdeskError
from samdesk.json_file import write_json
from samdesk.text import Text

_RECENT = 10  # folders


@dataclass(frozen=True)
class About:
    """What a setting means, for the dialog and for checking what was read.

    Attributes:
        label: its name in the dialog; empty for what is set elsewhere in the window.
        help: a sentence; may be empty.
        choices: the values it can have, each with its name; empty for any.
        limits: the least and the greatest number.
        unit: of a number.
        zero: what 0 is called, where it is no quantity.
        is_folder: whether it is the path of a folder.
        restart: whether it is read only when the program starts.
    """

    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    limits: tuple[int, int] = (0, 1_000_000)
    unit: str = ""
    zero: str = ""
    is_folder: bool = False
    restart: bool = False


def _setting(default: Any, label: str = "", help: str = "", **about: Any) -> Any:
    return field(default=default, metadata={"about": About(label, help, **about)})


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
        offers_checkpoint: whether one is offered at the start where there is none.
        theme: "system", "light" or "dark".
        mask_fill: how strongly masks are tinted, in percent of the usual; 0 for outlines alone.
        language: "system", "en" or "de".
        shortcuts: the user's own keys by action; see `ui/shortcuts.py`.
        recent_folders: newest first.
        last_images, last_categories: by folder, the image (relative to it) and the name of the
            category where work stood; newest last.
        window: sizes and places, as Qt writes them.
    """

    theme: str = _setting(
        "system",
        "Theme",
        choices=(("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
    )
    language: str = _setting(
        "system",
        "Language",
        choices=(("system", "As the system"), ("en", "English"), ("de", "Deutsch")),
        restart=True,
    )
    mask_fill: int = _setting(
        100,
        "Fill of masks",
        "100 is the usual strength.",
        limits=(0, 200),
        unit="%",
        zero="Outlines alone",
    )
    engine: str = "auto"
    policy: str = "guide"
    device: str = "auto"
    precision: str = "auto"
    background: bool = _setting(
        True,
        "Encode in the background",
        "Prepares images ahead, so that clicks are answered at once.",
    )
    prefetch: int = _setting(
        200,
        "Images prepared around the one on screen",
        "These come first; then the rest of the folder.",
        limits=(0, 100_000),
    )
    max_megapixels: int = _setting(
        200,
        "Largest image",
        "Larger ones are refused before they fill the memory.",
        limits=(1, 10_000),
        unit="megapixels",
    )
    embedding_memory_mb: int = _setting(
        1000, "Memory for embeddings", limits=(0, 1_000_000), unit="MB", restart=True
    )
    image_memory_mb: int = _setting(
        1000, "Memory for images", limits=(0, 1_000_000), unit="MB", restart=True
    )
    cache_gb: int = _setting(
        0,
        "Disk for embeddings",
        "Automatic is 20 GB, or a tenth of what is free, the smaller.",
        limits=(0, 100_000),
        unit="GB",
        zero="Automatic",
        restart=True,
    )
    cache_folder: str = _setting(
        "",
        "Folder for embeddings",
        "Empty is this computer's place for caches. Several computers may share a folder.",
        is_folder=True,
        restart=True,
    )
    hover_preview: bool = True
    offers_checkpoint: bool = True
    shortcuts: dict[str, str] = field(default_factory=dict)
    recent_folders: tuple[str, ...] = ()
    last_images: dict[str, str] = field(default_factory=dict)
    last_categories: dict[str, str] = field(default_factory=dict)
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

    def left_off(self, folder: Path) -> tuple[str, str]:
        """The image and the category where work in a folder stood; "" where that is not known."""
        path = str(folder)
        return self.last_images.get(path, ""), self.last_categories.get(path, "")

    def leaving(self, folder: Path, image: str, category: str, keep: int = _RECENT) -> Settings:
        """These settings with where work in a folder stands."""

        def with_last(known: dict[str, str], value: str) -> dict[str, str]:
            others = [pair for pair in known.items() if pair[0] != str(folder)]
            return dict([*others[-keep + 1 :], (str(folder), value)])

        return replace(
            self,
            last_images=with_last(self.last_images, image),
            last_categories=with_last(self.last_categories, category),
        )

    def with_recent(self, folder: Path, keep: int = _RECENT) -> Settings:
        """These settings with a folder at the head of the recent ones."""
        path = str(folder)
        others = [recent for recent in self.recent_folders if recent != path]
        return replace(self, recent_folders=(path, *others)[:keep])


def described() -> Iterator[tuple[Field[Any], About]]:
    """The settings that the dialog shows, in its order."""
    for one in fields(Settings):
        about = one.metadata.get("about", About())
        if about.label:
            yield one, about


def load(path: Path, tell: Callable[[SamdeskError], object] = lambda error: None) -> Settings:
    """The settings in a file; defaults where the file does not exist.

    Unknown keys are left out, so that settings of a newer version do not stop an older one; what
    has a value that is not allowed has its default.

    Args:
        tell: is told of each of those values.

    Raises:
        SamdeskError: the file is not readable, or not a JSON object.
    """
    raw = _raw(path)
    defaults = Settings()
    values: dict[str, Any] = {}
    for known in fields(Settings):
        if known.name not in raw:
            continue
        value, default = raw[known.name], getattr(defaults, known.name)
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(item) for item in value)
        about = known.metadata.get("about", About())
        if type(value) is type(default) and _is_allowed(value, about):
            values[known.name] = value
            continue
        tell(
            SamdeskError(
                Text(
                    "The setting {name!r} in {path} cannot be {value!r}.",
                    name=known.name,
                    path=path,
                    value=value,
                ),
                Text("Its default is {default!r}.", default=default),
            )
        )
    return Settings(**values)


def _raw(path: Path) -> dict[str, Any]:
    try:
        # Editors on Windows may begin a file with a mark.
        raw = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SamdeskError(
            Text("The settings in {path} cannot be read: {reason}.", path=path, reason=error),
            "Defaults are used; correct the file or delete it.",
        ) from error
    if not isinstance(raw, dict):
        raise SamdeskError(
            Text("The settings in {path} are not a JSON object.", path=path), "Delete the file."
        )
    return raw


def _is_allowed(value: Any, about: About) -> bool:
    if isinstance(value, dict):
        return all(isinstance(one, str) for one in value.values())
    if about.choices:
        return value in dict(about.choices)
    if isinstance(value, int):
        return about.limits[0] <= value <= about.limits[1]
    return True


def save(settings: Settings, path: Path, since: Settings | None = None) -> None:
    """Writes what differs from the defaults; the former file stays whole if that fails.

    Args:
        since: the settings when they were read or written last. Only what changed since is
            written: another window may have changed the rest.

    Raises:
        SamdeskError: the folder cannot be written, or what is in the file cannot be read.
    """
    defaults, before = asdict(Settings()), None if since is None else asdict(since)
    sparse = {} if before is None else _raw(path)
    for name, value in asdict(settings).items():
        if before is not None and value == before[name]:
            continue
        sparse.pop(name, None)
        if value != defaults[name]:
            sparse[name] = value
    try:
        write_json(sparse, path)
    except OSError as error:
        raise SamdeskError(
            Text("The settings cannot be written to {path}: {reason}.", path=path, reason=error),
            "Free space or set SAMDESK_HOME.",
        ) from error
