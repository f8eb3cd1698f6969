"""Reading images: one decoder for the screen, the engines and the export."""

from samdesk.core.image.decode import (
    DEFAULT_MAX_PIXELS,
    RGB,
    ImageSize,
    LoadedImage,
    load_content,
    load_image,
    load_thumbnail,
    read_size,
)
from samdesk.core.image.folder import list_images, listed
from samdesk.core.image.scale import halves, scaled

__all__ = [
    "DEFAULT_MAX_PIXELS",
    "RGB",
    "ImageSize",
    "LoadedImage",
    "halves",
    "list_images",
    "listed",
    "load_content",
    "load_image",
    "load_thumbnail",
    "read_size",
    "scaled",
]
