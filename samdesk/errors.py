"""Expected failures: each says what happened (title) and what to do about it (hint)."""

from __future__ import annotations

from samdesk.text import Text


class SamdeskError(Exception):
    """A failure that a person can act on.

    Args:
        title: one sentence, what happened; a literal or a Text, so that it can be translated.
        hint: one sentence, what to do about it; may be empty.
    """

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> str:
        """Both sentences."""
        if not self.hint:
            return self.title
        return Text("{title} {hint}", title=Text.of(self.title), hint=Text.of(self.hint))


class ImageError(SamdeskError):
    """An image file that cannot be read."""


class CheckpointError(SamdeskError):
    """A checkpoint file that is missing, damaged, unsafe or of another kind."""


class EngineError(SamdeskError):
    """An engine that cannot be loaded or that failed on an image."""


class CacheError(SamdeskError):
    """Embeddings that cannot be kept on disk."""


class ProjectError(SamdeskError):
    """A project that cannot be opened or written."""


class MisfitError(ProjectError):
    """A change that would put something on an image that is of another size.

    Attributes:
        image_id: the image's.
    """

    def __init__(self, title: str, hint: str = "", image_id: int = 0) -> None:
        super().__init__(title, hint)
        self.image_id = image_id


class CocoError(SamdeskError):
    """A COCO file that cannot be read or written."""


class DestinationError(SamdeskError):
    """A path where a file may not be written, for it would destroy something."""


class RequestError(SamdeskError):
    """A request on the command line or in a request file that cannot be understood."""
