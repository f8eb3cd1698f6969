from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samdesk.core.dataset import Annotation, Change, Provenance
from samdesk.core.hierarchy import (
    as_tree,
    deleted,
    made_parts,
    made_wholes,
    merged,
    moved,
    split,
)
from samdesk.core.mask import Mask


def square(side: int, left: int = 0) -> Mask:
    return Mask.from_crop(np.ones((side, side), bool), left, 0, 100, 100)


def annotation(identity: int, parent: int | None = None, side: int = 3) -> Annotation:
    provenance = Provenance(engine="ViT-B", predicted_iou=0.9, stability_score=0.8)
    return Annotation(identity, 1, 1, square(side), provenance, parent)


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[Annotation], list[Annotation]]:
    """Annotations with parents in any order of ids, and two or more of them chosen."""
    number = draw(st.integers(2, 9))
    ids = draw(st.permutations(range(1, number + 1)))
    all_of_them = []
    for place, identity in enumerate(ids):
        parent = draw(st.sampled_from([None, *ids[:place]]))
        all_of_them.append(annotation(identity, parent, draw(st.integers(1, 30))))
    chosen = draw(st.lists(st.sampled_from(all_of_them), min_size=2, unique=True))
    return sorted(all_of_them, key=lambda one: one.id), chosen


def applied(changes: Iterable[Change], annotations: list[Annotation]) -> dict[int, Annotation]:
    known = {one.id: one for one in annotations}
    for change in changes:
        if change.before is not None:
            assert known.pop(change.before.id) == change.before
        if isinstance(change.after, Annotation):
            known[change.after.id] = change.after
    return known


def require_whole_tree(known: dict[int, Annotation]) -> None:
    for one in known.values():
        assert one.parent_id is None or one.parent_id in known
    assert len(as_tree(known.values())) == len(known), "a cycle hides from the tree"


@given(forests())
def test_the_tree_lists_each_one_once_below_its_parent(
    forest: tuple[list[Annotation], list[Annotation]],
) -> None:
    path: list[int] = []
    for depth, one in as_tree(forest[0]):
        del path[depth:]
        assert (path[-1] if path else None) == one.parent_id
        path.append(one.id)
    require_whole_tree({one.id: one for one in forest[0]})


@given(forests())
def test_deleting_keeps_the_rest_of_the_tree(
    forest: tuple[list[Annotation], list[Annotation]],
) -> None:
    everything, chosen = forest
    left = applied(deleted(chosen, everything), everything)
    assert left.keys() == {one.id for one in everything} - {one.id for one in chosen}
    require_whole_tree(left)


@given(forests())
def test_merging_leaves_the_largest_with_all_pixels_and_parts(
    forest: tuple[list[Annotation], list[Annotation]],
) -> None:
    everything, chosen = forest
    left = applied(merged(chosen, everything), everything)
    require_whole_tree(left)
    (kept,) = left.keys() & {one.id for one in chosen}
    assert left[kept].mask.area == max(one.mask.area for one in chosen)
    assert left[kept].provenance.source == "manual"
    assert left[kept].provenance.engine == "ViT-B"
    assert left[kept].provenance.predicted_iou is None
    assert len(left) == len(everything) - len(chosen) + 1


@given(forests())
def test_parts_lie_below_the_largest(
    forest: tuple[list[Annotation], list[Annotation]],
) -> None:
    everything, chosen = forest
    left = applied(made_parts(chosen, everything), everything)
    require_whole_tree(left)
    whole = max(chosen, key=lambda one: one.mask.area)
    for one in chosen:
        if one.id != whole.id:
            assert left[one.id].parent_id == whole.id
    assert not [*made_parts([left[one.id] for one in chosen], left.values())], "once is enough"
    alone = applied(made_wholes(list(left.values())), list(left.values()))
    assert all(one.parent_id is None for one in alone.values())


def test_splitting_gives_each_piece_its_own_annotation() -> None:
    pieces = np.zeros((100, 100), bool)
    pieces[:5, :5] = pieces[50:60, 50:60] = pieces[90:, 90] = True
    one = Annotation(4, 1, 2, Mask.from_bitmap(pieces), parent_id=3)
    ids = iter((10, 11))
    changes = split(one, lambda: next(ids))
    after = [change.after for change in changes]
    assert [one.id for one in after if isinstance(one, Annotation)] == [4, 10, 11]
    assert [one.mask.area for one in after if isinstance(one, Annotation)] == [100, 25, 10]
    assert all(isinstance(one, Annotation) and one.parent_id == 3 for one in after)
    assert split(annotation(1), lambda: 9) == []


@given(forests(), st.data())
def test_moved_ones_are_parts_of_their_new_whole_and_keep_their_own(
    forest: tuple[list[Annotation], list[Annotation]], data: st.DataObject
) -> None:
    annotations, chosen = forest
    whole = data.draw(st.sampled_from([None, *annotations]))
    parents = {one.id: one.parent_id for one in annotations}

    def above(identity: int | None) -> list[int]:
        found = []
        while (identity := parents[identity] if identity is not None else None) is not None:
            found.append(identity)
        return found

    ids = {one.id for one in chosen}
    if whole is not None and ids & {whole.id, *above(whole.id)}:
        with pytest.raises(ValueError, match="itself"):
            moved(chosen, whole, annotations)
        return
    known = applied(moved(chosen, whole, annotations), annotations)
    require_whole_tree(known)
    for one in annotations:
        is_moved = one.id in ids and not ids & set(above(one.id))
        wanted = (whole.id if whole else None) if is_moved else one.parent_id
        assert known[one.id].parent_id == wanted
