"""What an image file is known by, whatever its name."""

from __future__ import annotations

import hashlib
import os

from samdesk.core.image.file import open_image_file


def content_sha256(path: str | os.PathLike[str]) -> str:
    """The `LoadedImage.sha256` of an image file, without decoding it.

    Raises:
        ImageError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with open_image_file(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
