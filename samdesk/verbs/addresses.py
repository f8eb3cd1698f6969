"""Where images are: in a folder of this machine, or at any address that fsspec knows.

fsspec is imported for addresses alone. What a store needs to be opened (credentials, a proxy) it
reads from where its kind of store always does, and from fsspec's own settings.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

from samdesk.core.image import LoadedImage, list_images, listed, load_content, load_image
from samdesk.core.image.content import content_sha256
from samdesk.errors import ImageError

T = TypeVar("T")

_PAUSES = (1.0, 4.0, 15.0)  # seconds, before fetching is tried again
_SILENCE = 10  # images that do not come, one after the other, until it is not for the images
_MAY_PASS = (408, 425, 429)  # HTTP's answers that say: later


class NoAnswer(ImageError):
    """An image that did not come, although it may be there and sound."""


class Images(Protocol):
    """The images of one place."""

    def paths(self) -> list[str]:
        """Relative to the place with forward slashes, as `list_images` lists and orders them.

        Raises:
            ImageError: the place cannot be read, or there are none at an address.
        """
        ...

    def sha256(self, path: str) -> str | None:
        """Of the file's bytes; None where that is no less work than reading the image.

        Raises:
            ImageError: it cannot be read.
        """
        ...

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """As `load_image`.

        Raises:
            NoAnswer: the image did not come, though it was tried several times.
            ImageError: it cannot be read.
        """
        ...


def is_address(text: str) -> bool:
    """Whether fsspec is needed for it."""
    return "://" in text


def images_at(root: Path | str) -> Images:
    """The images of a folder, or of an address as fsspec writes them."""
    text = str(root)
    return _Remote(text) if is_address(text) else _Local(Path(text))


def shown(root: Path | str) -> str:
    """A place as it may be printed and kept in files: without a password or a signature, and
    without the bytes of folders' names that are no Unicode.
    """
    text = str(root).encode("utf-8", "replace").decode()
    if is_address(text):
        text = re.sub(r"(?<=://)[^/]*@", "", text).partition("?")[0]
    return text.rstrip("/") or "/"


def when_they_come(results: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """What came of images, in the order in which it does; those that did not come wait for others.

    Raises:
        ImageError: no image comes any more. Of those that did not come last nothing is given.
    """
    silent: list[tuple[str, T]] = []
    for path, result in results:
        if not isinstance(result, NoAnswer):
            yield from silent
            silent.clear()
            yield path, result
            continue
        silent.append((path, result))
        if len(silent) == _SILENCE:
            raise ImageError(
                f"{_SILENCE} images one after the other did not come. {result.title}",
                "When they come again, the same command goes on.",
            )
    yield from silent


class _Local:
    """See `Images`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def paths(self) -> list[str]:
        """See `Images.paths`."""
        return list_images(self._root)

    def sha256(self, path: str) -> str:
        """See `Images.sha256`."""
        with self._silence(path):
            return content_sha256(self._root / path)

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """See `Images.read`."""
        with self._silence(path):
            return load_image(self._root / path, max_pixels=max_pixels)

    @contextmanager
    def _silence(self, path: str) -> Iterator[None]:
        """Tells an image that cannot be read from a drive that is gone with all of them."""
        try:
            yield
        except ImageError as error:
            # A listing of all images would take long, for each bad one.
            with suppress(OSError), os.scandir(self._root) as entries:
                if any(entries):
                    raise
            raise NoAnswer(
                f"{path} cannot be read: the folder {self._root} is not there any more.",
                "Check the drive.",
            ) from error


class _Remote:
    """See `Images`."""

    def __init__(self, address: str) -> None:
        self._address = address
        # There paths are parts of URLs, which are written in another way than files' names.
        self._is_http = address.startswith(("http://", "https://"))

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system, and what the names of the place's files begin with there."""
        try:
            import fsspec
        except ImportError as error:
            raise ImageError(
                f"{shown(self._address)} is read by fsspec, which is not installed.",
                "Install it by: pip install fsspec",
            ) from error
        try:
            system, root = fsspec.core.url_to_fs(self._address)
        except ImportError as error:
            raise self._uninstalled(error) from error
        except Exception as error:
            # Each kind of store raises errors of its own.
            raise self._unreadable(error) from error
        root = root.rstrip("/")
        # Within an archive names begin with nothing.
        return system, root + "/" if root or system.root_marker else ""

    def paths(self) -> list[str]:
        """See `Images.paths`."""
        system, start = self._opened
        root = start.rstrip("/")
        try:
            names = system.find(root)
            if not names:
                # Some kinds of store leave out what they cannot list, be it everything.
                with suppress(FileNotFoundError):
                    system.ls(root)
        except Exception as error:
            raise self._unreadable(error) from error
        paths = [name[len(start) :] for name in names if name.startswith(start)]
        images = listed(map(unquote, paths) if self._is_http else paths)
        if not images:
            # Most stores tell an empty folder from none as little as fsspec does.
            raise ImageError(
                f"There are no images at {shown(self._address)}.", "Check the address."
            )
        return images

    def sha256(self, path: str) -> None:
        """See `Images.sha256`."""

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """See `Images.read`."""
        return load_content(path, self._fetched(path), max_pixels=max_pixels)

    def _fetched(self, path: str) -> bytes:
        system, start = self._opened
        name = start + (quote(path) if self._is_http else path)
        for pause in (*_PAUSES, None):
            try:
                content: bytes = system.cat_file(name)
                return content
            except Exception as error:
                if _is_answer(error):
                    raise ImageError(
                        f"{path} is not there any more, or may not be read.",
                        "Check whether it was moved, and who may read it.",
                    ) from error
                if pause is None:
                    raise NoAnswer(
                        f"{path} could not be fetched: {_reason(error)}.",
                        "Check the connection.",
                    ) from error
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _uninstalled(self, error: ImportError) -> ImageError:
        protocols = re.findall(r"(?:^|::)([\w+.-]+)://", self._address)
        extras = [{"https": "http", "s3a": "s3", "az": "abfs"}.get(one, one) for one in protocols]
        known = metadata("fsspec").get_all("Provides-Extra", [])
        wanted = ",".join(one for one in extras if one in known)
        return ImageError(
            f"{shown(self._address)} is read by a package that is not installed: {_reason(error)}.",
            f'For a cluster on every machine: pip install "fsspec[{wanted}]"' if wanted else "",
        )

    def _unreadable(self, error: Exception) -> ImageError:
        return ImageError(
            f"{shown(self._address)} cannot be read: {_reason(error)}.",
            "Check the address, the connection and the credentials.",
        )


def _is_answer(error: Exception) -> bool:
    """Whether the store has said that it does not give the file, so that asking again is vain."""
    status = getattr(error, "status", None)
    if isinstance(status, int):
        return 400 <= status < 500 and status not in _MAY_PASS
    return isinstance(error, (FileNotFoundError, PermissionError))


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
