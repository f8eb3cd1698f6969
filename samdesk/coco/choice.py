"""What is to be exported: which images, into which files, in which form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Literal, TypeAlias

from samdesk.core.dataset import ImageRecord
from samdesk.errors import CocoError
from samdesk.text import Text

Profile: TypeAlias = Literal["coco", "arr-coc"]
Segmentation: TypeAlias = Literal["rle", "polygon"]
Which: TypeAlias = Literal["all", "annotated", "done"]
Placing: TypeAlias = Literal["no", "copy", "link"]


@dataclass(frozen=True)
class Split:
    """Images divided among several files.

    Attributes:
        fractions: (name, fraction of the images) of each file; together 1.
        seed: another seed, another division.
    """

    fractions: tuple[tuple[str, float], ...]
    seed: int = 0

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> Split:
        """From "train=0.8,val=0.2".

        Raises:
            CocoError: it is not of that form, or does not add up to 1.
        """
        fractions = []
        for part in text.split(","):
            name, _, number = part.strip().partition("=")
            if not re.fullmatch(r"[\w-]+", name) or not re.fullmatch(r"\d*\.?\d+", number):
                raise CocoError(
                    Text("{part!r} is not a name and a fraction.", part=part), _SPLIT_HINT
                )
            fractions.append((name, float(number)))
        total = sum(fraction for _, fraction in fractions)
        # Windows and macOS take names that differ in case for one file.
        if len({name.casefold() for name, _ in fractions}) < len(fractions):
            raise CocoError(Text("A name occurs twice in {text!r}.", text=text), _SPLIT_HINT)
        if abs(total - 1) > 1e-6 or any(fraction == 0 for _, fraction in fractions):
            raise CocoError(
                Text(
                    "The fractions of {text!r} add up to {total:g}, not 1.", text=text, total=total
                ),
                _SPLIT_HINT,
            )
        return cls(tuple(fractions), seed)

    def sizes(self, count: int) -> dict[str, int]:
        """How many of so many images each file has."""
        ends = [round(count * end) for end in accumulate(part for _, part in self.fractions)]
        pairs = zip(self.fractions, [0, *ends], ends, strict=False)
        return {name: end - begin for (name, _), begin, end in pairs}

    def divide(self, images: Sequence[ImageRecord]) -> dict[str, list[ImageRecord]]:
        """The images of each file, in the order given.

        Depends on nothing but the images' paths and the seed, so that the same folder is divided
        alike everywhere.
        """

        def shuffled(image: ImageRecord) -> bytes:
            return hashlib.sha256(f"{self.seed}:{image.path}".encode()).digest()

        order = iter(sorted(images, key=shuffled))
        divided = {}
        for name, size in self.sizes(len(images)).items():
            chosen = {image.id for image in islice(order, size)}
            divided[name] = [image for image in images if image.id in chosen]
        return divided


_SPLIT_HINT = Text("A split looks like train=0.8,val=0.2.")


@dataclass(frozen=True)
class Choice:
    """How a project is exported.

    Attributes:
        simplify: how far polygons may stray from the mask, in pixels; 0 keeps every pixel.
        images: which images are part of the file.
        placing: whether the image files are copied or linked beside the JSON file.
    """

    profile: Profile = "coco"
    segmentation: Segmentation = "rle"
    simplify: float = 0.0
    images: Which = "all"
    split: Split | None = None
    placing: Placing = "no"

    def selected(
        self, images: Sequence[ImageRecord], counts: Mapping[int, int]
    ) -> list[ImageRecord]:
        """The images that are exported.

        Args:
            counts: how many annotations each image has.
        """
        if self.images == "annotated":
            return [image for image in images if counts.get(image.id)]
        if self.images == "done":
            return [image for image in images if image.status == "done"]
        return list(images)

    def files(self, target: Path, images: Sequence[ImageRecord]) -> dict[Path, list[ImageRecord]]:
        """The files to write, and the images of each."""
        if self.split is None:
            return {target: list(images)}
        return {
            target.with_name(f"{target.stem}_{name}{target.suffix}"): part
            for name, part in self.split.divide(images).items()
        }
