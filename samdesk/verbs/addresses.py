"""Where images are: in a folder of this machine, or at any address that fsspec knows.

fsspec is imported for addresses alone. What a store needs to be opened (credentials, a proxy) it
reads from where its kind of store always does, and from fsspec's own settings.
"""

from __future__ import annotations

import posixpath
import re
import time
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from samdesk.core.image import LoadedImage, list_images, listed, load_image
from samdesk.errors import ImageError

_PAUSES = (1.0, 3.0)  # seconds, before fetching is tried again
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')  # of files on some system


class NotFetched(ImageError):
    """An image that did not come, although it may be there and sound."""


class Images(Protocol):
    """The images of one place."""

    def paths(self) -> list[str]:
        """Relative to the place with forward slashes, as `list_images` lists and orders them.

        Raises:
            ImageError: the place cannot be read.
        """
        ...

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """As `load_image`.

        Raises:
            NotFetched: the image did not come, though it was tried several times.
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


class _Local:
    """See `Images`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def paths(self) -> list[str]:
        """See `Images.paths`."""
        return list_images(self._root)

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """See `Images.read`."""
        file = self._root / path
        if not file.exists():
            raise NotFetched(
                f"{path} is not there any more.", "Check whether it was moved or renamed."
            )
        return load_image(file, max_pixels=max_pixels)


class _Remote:
    """See `Images`; each image is a file of this machine only while it is decoded."""

    def __init__(self, address: str) -> None:
        self._address = address

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system, and what it calls the folder."""
        try:
            import fsspec
        except ImportError as error:
            raise ImageError(
                f"{self._address} is read by fsspec, which is not installed.",
                'Install it by: pip install "samdesk[ray]"',
            ) from error
        try:
            system, root = fsspec.core.url_to_fs(self._address)
        except ImportError as error:
            raise ImageError(
                f"{self._address} cannot be opened: {_reason(error)}.",
                "fsspec reads each kind of address by a package of its own, such as s3fs.",
            ) from error
        except Exception as error:
            # Each kind of store raises errors of its own.
            raise self._unreadable(error) from error
        return system, root

    def paths(self) -> list[str]:
        """See `Images.paths`."""
        system, root = self._opened
        try:
            names = system.find(root)
        except Exception as error:
            raise self._unreadable(error) from error
        paths = listed(name[len(root) :].lstrip("/") for name in names if name.startswith(root))
        if not paths:
            # Most stores tell an empty folder from none as little as fsspec does.
            raise ImageError(f"There are no images at {self._address}.", "Check the address.")
        return paths

    def read(self, path: str, max_pixels: int) -> LoadedImage:
        """See `Images.read`."""
        with TemporaryDirectory(prefix="samdesk-", ignore_cleanup_errors=True) as folder:
            # Its own name, because errors tell it.
            file = Path(folder, _NOT_IN_NAMES.sub("_", posixpath.basename(path)))
            self._fetch(path, file)
            return load_image(file, max_pixels=max_pixels)

    def _fetch(self, path: str, file: Path) -> None:
        system, root = self._opened
        for pause in (*_PAUSES, None):
            try:
                system.get_file(posixpath.join(root, path), str(file))
                return
            except (FileNotFoundError, PermissionError) as error:
                raise NotFetched(
                    f"{path} is not there any more, or may not be read.",
                    "Check whether it was moved, and who may read it.",
                ) from error
            except Exception as error:
                if pause is None:
                    raise NotFetched(
                        f"{path} could not be fetched: {_reason(error)}.",
                        "Check the connection, and the space for temporary files.",
                    ) from error
                time.sleep(pause)

    def _unreadable(self, error: Exception) -> ImageError:
        return ImageError(
            f"{self._address} cannot be read: {_reason(error)}.",
            "Check the address, the connection and the credentials.",
        )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
