"""What an image file is known by, whatever its name."""

from __future__ import annotations

import os

from samdesk.core.image.file import open_image_file
from samdesk.digest import digest_of


def content_sha256(path: str | os.PathLike[str]) -> str:
    """The `LoadedImage.sha256` of an image file, without decoding it.

    Raises:
        ImageError: the file cannot be read.
    """
    with open_image_file(path) as file:
        return digest_of(file).hexdigest()
