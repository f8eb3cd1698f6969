"""Annotations that are wholes, parts and subparts: their order as a tree, and changes to it.

Every function takes the annotations of one image and gives Changes that keep the tree whole: no
parent is missing, none is its own ancestor.
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


def deleted(chosen: Sequence[Annotation], annotations: Iterable[Annotation]) -> list[Change]:
    """Deletes annotations; parts of them stay, as parts of the next above that stays, if any."""
    known = {one.id: one for one in annotations}
    gone = {one.id for one in chosen}
    changes = []
    for one in known.values():
        if one.id not in gone and one.parent_id in gone:
            left = (above for above in _ancestors(one, known) if above not in gone)
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
        parent_id=_parent_beyond(largest, gone, known),
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
        whole.id: _parent_beyond(whole, parts, known),
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
    known = {one.id: one for one in annotations}
    those = {one.id for one in chosen}
    if whole is not None and not those.isdisjoint((whole.id, *_ancestors(whole, known))):
        raise ValueError("an annotation cannot be a part of itself")
    parent = whole.id if whole is not None else None
    return [
        Change(one, replace(one, parent_id=parent))
        for one in chosen
        if one.parent_id != parent and those.isdisjoint(_ancestors(one, known))
    ]


def _ancestors(annotation: Annotation, known: Mapping[int, Annotation]) -> Iterator[int]:
    """The ids above an annotation, its parent first."""
    parent = annotation.parent_id
    while parent is not None and parent in known:
        yield parent
        parent = known[parent].parent_id


def _parent_beyond(
    annotation: Annotation, those: Set[int], known: Mapping[int, Annotation]
) -> int | None:
    """The nearest ancestor that is none of those and below none of those."""
    parent = None
    for above in _ancestors(annotation, known):
        if above in those:
            parent = None
        elif parent is None:
            parent = above
    return parent
