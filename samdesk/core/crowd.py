"""Crowds: groups of objects that are annotated as one mask, which COCO calls `iscrowd`."""

from __future__ import annotations

import json
from dataclasses import replace

from samdesk.core.dataset import Annotation

_KEY = "iscrowd"  # among the extras, where files that were imported have it, too


def is_crowd(annotation: Annotation) -> bool:
    """Whether its mask is of several objects that nobody tells apart."""
    return _KEY in annotation.extras and json.loads(annotation.extras).get(_KEY) == 1


def as_crowd(annotation: Annotation, crowd: bool) -> Annotation:
    """The annotation as one of a crowd, or of one object."""
    extras = json.loads(annotation.extras) if annotation.extras else {}
    extras.pop(_KEY, None)
    if crowd:
        extras[_KEY] = 1
    text = json.dumps(extras, ensure_ascii=False) if extras else ""
    return replace(annotation, extras=text)
