"""Proposals of the built-in engine for prompts on random scenes, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from lessons import (
    OBJECTS_PER_SCENE,
    Floats,
    drawn_box,
    first_click,
    large,
    node_iou,
    tight_box,
    to_learn_from,
)
from random_scenes import LEAST_AREA, Bitmap, RandomScene, random_scene

from samdesk.bench.clicks import next_click
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Point
from samdesk.engine.base import CancelToken
from samdesk.engine.builtin import segmenter as engine

LARGE_SIDE = 32  # pixels
CORRECTIONS = 2  # of every first click


@dataclass(frozen=True)
class Group:
    """A prompt's C proposals.

    Attributes:
        kind: "click", "box" or "correction".
        names: of the F features.
        features: (C, F).
        likeness: (C, C), the IoUs among them.
        ious: (C,), the true IoUs with the object.
        meant: (C,), the same with the object or the surface clicked, whichever is nearer.
        plain: whether the object is of at least `LARGE_SIDE` pixels and clicked in its middle.
    """

    kind: str
    names: tuple[str, ...]
    features: Floats
    likeness: Floats
    ious: Floats
    meant: Floats
    plain: bool


def click_groups(seed: int) -> list[Group]:
    """What the engine proposes for a click on every object of a scene, and how good that is.

    Drawing thousands of masks takes long: the IoUs are those of the superpixels.
    """
    scene = to_learn_from(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    groups = []
    for number, mask in enumerate(large(scene)[:OBJECTS_PER_SCENE]):
        click, _ = first_click(mask, np.random.default_rng((seed, number)))
        choice = engine.clicked(encoded, (click,))
        ious = np.array([node_iou(proposal, mask) for proposal in choice.proposals], np.float32)
        groups.append(_group(choice, ious, ious, False))
    return groups


def box_groups(seed: int) -> list[Group]:
    """The same for a box around every object, from the masks as they are drawn."""
    scene = to_learn_from(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    size = encoded.picture.width, encoded.picture.height
    groups = []
    for number, mask in enumerate(large(scene)[:OBJECTS_PER_SCENE]):
        truth = Mask.from_bitmap(mask)
        box = drawn_box(truth, np.random.default_rng((seed, number, 2)), size)
        groups.append(_drawn(encoded, engine.boxed(encoded, box), (), box, [truth], False))
    return groups


def correction_groups(seed: int) -> list[Group]:
    """The same for clicks on the largest errors of what a first click on every object gave."""
    scene = to_learn_from(seed)
    return _corrections(scene, seed)


def held_back_groups(seed: int) -> list[Group]:
    """Clicks on and boxes around every object of a scene as it is, from the masks drawn."""
    scene = random_scene(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    groups = []
    for number, mask in enumerate(large(scene)[:OBJECTS_PER_SCENE]):
        truth = Mask.from_bitmap(mask)
        click, is_middle = first_click(mask, np.random.default_rng((seed, number)))
        meanings = [truth, *_surface(scene, mask, click)]
        is_plain = is_middle and min(truth.bbox_xywh[2:]) >= LARGE_SIDE
        choice = engine.clicked(encoded, (click,))
        groups.append(_drawn(encoded, choice, (click,), None, meanings, is_plain))
        box = tight_box(truth)
        groups.append(_drawn(encoded, engine.boxed(encoded, box), (), box, [truth], False))
    return groups + _corrections(scene, seed)


def _corrections(scene: RandomScene, seed: int) -> list[Group]:
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    groups = []
    for number, mask in enumerate(large(scene)[:OBJECTS_PER_SCENE]):
        first, _ = first_click(mask, np.random.default_rng((seed, number)))
        clicks: tuple[Point, ...] = (first,)
        ranked = engine.clicked(encoded, clicks).judged()
        for _ in range(CORRECTIONS):
            present = engine.best(encoded, ranked, clicks, None)[0]
            following = next_click(mask, present.mask().bitmap())
            if following is None:
                break
            clicks = (*clicks, following)
            choice = engine.corrected(encoded, present.solution, clicks)
            truth = Mask.from_bitmap(mask)
            groups.append(_drawn(encoded, choice, clicks, None, [truth], False))
            # Their judge is not fitted yet; the usual one comes first.
            ranked = [engine.Judged(one, -i) for i, one in enumerate(choice.proposals)]
    return groups


def _surface(scene: RandomScene, mask: Bitmap, click: Point) -> list[Mask]:
    """The surface clicked, as far as it is connected, if it is worth an annotation."""
    row, column = int(click.y), int(click.x)
    surface = mask & (scene.surfaces == scene.surfaces[row, column])
    _, pieces = cv2.connectedComponents(surface.astype(np.uint8), connectivity=4)
    piece = pieces == pieces[row, column]
    return [Mask.from_bitmap(piece)] if np.count_nonzero(piece) >= LEAST_AREA else []


def _drawn(
    encoded: engine.Encoded,
    choice: engine.Choice,
    clicks: tuple[Point, ...],
    box: Box | None,
    meanings: list[Mask],
    is_plain: bool,
) -> Group:
    """The first meaning is the object, the others are what else may be meant."""
    found = [
        engine.finished(encoded, engine.Judged(proposal, 0.0), clicks, box)
        for proposal in choice.proposals
    ]
    ious = np.array([[c.mask().iou(mask) for c in found] for mask in meanings], np.float32)
    return _group(choice, ious[0], ious.max(axis=0), is_plain)


def _group(choice: engine.Choice, ious: Floats, meant: Floats, is_plain: bool) -> Group:
    features = np.stack(list(choice.features.values()), axis=1).astype(np.float32)
    names = tuple(choice.features)
    return Group(choice.kind, names, features, choice.likeness, ious, meant, is_plain)
