"""Annotations that are wholes, parts and subparts: their tree, and changes to it.

Functions that take the annotations of one image and give Changes keep the tree whole: no parent is
missing, none is its own ancestor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from samdesk.core.dataset import Annotation, Change, Provenance
from samdesk.core.morphology import components, union


def corrected(provenance: Provenance) -> Provenance:
    """The provenance of a mask that was changed after the engine gave it.

    What it was made from stays on record; the engine's scores are those of another mask.
    """
    return replace(provenance, source="manual", predicted_iou=None, stability_score=None)


def as_tree(annotations: Iterable[Annotation]) -> list[tuple[int, Annotation]]:
    """Every annotation after its parent, with its depth: 0 whole, 1 part, 2 subpart, and so on."""
    known = {one.id: one for one in annotations}
    below: dict[int | None, list[Annotation]] = {}
    for one in known.values():
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    order = []
    waiting = [(0, one) for one in reversed(below.get(None, []))]
    while waiting:
        depth, one = waiting.pop()
        order.append((depth, one))
        waiting += [(depth + 1, part) for part in reversed(below.get(one.id, []))]
    return order


def ancestors(identity: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """The ids above one, its parent first; the last may be of something that is not known.

    Args:
        parents: of each of which it is known, by id; None where there is none.
    """
    above = parents.get(identity)
    while above is not None:
        yield above
        above = parents.get(above)


def enclosing(annotation: Annotation, others: Sequence[Annotation]) -> Annotation | None:
    """The smallest of the other annotations that holds nearly all of this one's pixels, and is no
    part of it; None where there is none."""
    mask, parents = annotation.mask, _parents(others)
    around = [
        one
        for one in others
        if one.mask.area > mask.area
        and annotation.id not in ancestors(one.id, parents)
        and mask.common(one.mask) >= _NEARLY_ALL * mask.area
    ]
    return min(around, key=lambda one: one.mask.area, default=None)


_NEARLY_ALL = 0.9  # masks of a whole and its part seldom share every pixel of their outline


def deleted(chosen: Sequence[Annotation], annotations: Iterable[Annotation]) -> list[Change]:
    """Deletes annotations; parts of them stay, as parts of the next above that stays, if any."""
    known = {one.id: one for one in annotations}
    gone, parents = {one.id for one in chosen}, _parents(known.values())
    changes = []
    for one in known.values():
        if one.id not in gone and one.parent_id in gone:
            left = (above for above in ancestors(one.id, parents) if above not in gone)
            changes.append(Change(one, replace(one, parent_id=next(left, None))))
    return [*changes, *(Change(one, None) for one in chosen)]


def merged(chosen: Sequence[Annotation], annotations: Iterable[Annotation]) -> list[Change]:
    """Makes several annotations one: the largest, which gets the pixels and parts of all."""
    known = {one.id: one for one in annotations}
    largest = max(chosen, key=lambda one: one.mask.area)
    gone = {one.id for one in chosen} - {largest.id}
    after = replace(
        largest,
        mask=union([one.mask for one in chosen]),
        provenance=corrected(largest.provenance),
        parent_id=_parent_beyond(largest.id, gone, _parents(known.values())),
    )
    parts = [
        Change(one, replace(one, parent_id=largest.id))
        for one in known.values()
        if one.parent_id in gone and one.id not in gone and one.id != largest.id
    ]
    return [Change(largest, after), *parts, *(Change(known[one], None) for one in sorted(gone))]


def split(annotation: Annotation, next_id: Callable[[], int]) -> list[Change]:
    """Makes each connected piece an annotation; the largest piece keeps the id and the parts.

    Returns:
        No change when there is one piece only.
    """
    pieces = components(annotation.mask)
    if len(pieces) < 2:
        return []
    provenance = corrected(annotation.provenance)
    largest = replace(annotation, mask=pieces[0], provenance=provenance)
    others = [replace(largest, id=next_id(), mask=piece) for piece in pieces[1:]]
    return [Change(annotation, largest), *(Change(None, one) for one in others)]


def made_parts(chosen: Sequence[Annotation], annotations: Iterable[Annotation]) -> list[Change]:
    """Makes annotations parts of the largest among them."""
    known = {one.id: one for one in annotations}
    whole = max(chosen, key=lambda one: one.mask.area)
    parts = {one.id for one in chosen} - {whole.id}
    wanted = {
        whole.id: _parent_beyond(whole.id, parts, _parents(known.values())),
        **dict.fromkeys(sorted(parts), whole.id),
    }
    return [
        Change(known[key], replace(known[key], parent_id=value))
        for key, value in wanted.items()
        if known[key].parent_id != value
    ]


def made_wholes(chosen: Sequence[Annotation]) -> list[Change]:
    """Makes annotations parts of nothing."""
    return [
        Change(one, replace(one, parent_id=None)) for one in chosen if one.parent_id is not None
    ]


def moved(
    chosen: Sequence[Annotation], whole: Annotation | None, annotations: Iterable[Annotation]
) -> list[Change]:
    """Makes annotations parts of another one, or of nothing.

    Parts that are chosen together with what they are parts of stay with it.

    Raises:
        ValueError: the whole is among the chosen ones, or is a part of one.
    """
    parents = _parents(annotations)
    those = {one.id for one in chosen}
    if whole is not None and not those.isdisjoint((whole.id, *ancestors(whole.id, parents))):
        raise ValueError("an annotation cannot be a part of itself")
    parent = whole.id if whole is not None else None
    return [
        Change(one, replace(one, parent_id=parent))
        for one in chosen
        if one.parent_id != parent and those.isdisjoint(ancestors(one.id, parents))
    ]


def _parents(annotations: Iterable[Annotation]) -> dict[int, int | None]:
    """The parent of each annotation, where it is among them."""
    known = {one.id: one.parent_id for one in annotations}
    return {key: parent if parent in known else None for key, parent in known.items()}


def _parent_beyond(identity: int, those: Set[int], parents: Mapping[int, int | None]) -> int | None:
    """The nearest ancestor that is none of those and below none of those."""
    parent = None
    for above in ancestors(identity, parents):
        if above in those:
            parent = None
        elif parent is None:
            parent = above
    return parent
