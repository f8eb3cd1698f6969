"""What random scenes teach the networks of the built-in engine, before any of them proposes.

Every scene is looked at as the engine looks at it, twice: as it is or as another camera would show
it, and as yet another one would.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from random_scenes import Bitmap, RandomScene, as_taken_elsewhere, random_scene

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from samdesk.bench.clicks import next_click  # noqa: E402
from samdesk.core.mask import Mask  # noqa: E402
from samdesk.core.prompt import Box, Point  # noqa: E402
from samdesk.engine.builtin import look, polar, propose  # noqa: E402
from samdesk.engine.builtin.graph import looked_at  # noqa: E402
from samdesk.engine.builtin.propose import near_box, padded_box  # noqa: E402
from samdesk.engine.builtin.render import cleaned  # noqa: E402
from samdesk.engine.builtin.window import Picture, Window  # noqa: E402

ELSEWHERE = 0.6  # the share of the scenes to learn from that are as another camera shows them
STRUCTURED = 0.3  # the share of things with sides, labels, bands or panels of their own
VERSIONS = 2  # of every scene
LOOSE, LOOSENESS = 0.3, 0.03  # the share of boxes not drawn exactly, and by how much of a side
OBJECTS_PER_SCENE = 8
# Of a click so many proposals are mended whose IoU is at least this share of the best one's, so
# many others, and so many of all with another click on their error.
MENDED, NEAR, OTHERS, CORRECTED = 2, 0.5, 1, 0.6
LEAST_SIDE = 16  # pixels
LONGEST = 30  # pixels up to which a boundary counts by its length
PURE = 0.75  # the share of a superpixel that must be one object's, to learn from it

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Lesson:
    """What one window teaches of its boundaries or superpixels.

    Attributes:
        names: of the F features.
        features: (E, F).
        wanted: (E,), whether a boundary's sides belong to different objects, or how much of a
            superpixel is the object's.
        weights: (E,), the boundaries' lengths, or the superpixels' shares of the box.
    """

    names: tuple[str, ...]
    features: Floats
    wanted: Floats
    weights: Floats


@dataclass(frozen=True)
class BoxLesson:
    """What one box teaches.

    Attributes:
        names: of the F features.
        features: (N, F) float16, `inside.box_evidence` of the superpixels.
        outside: (N,) which superpixels cannot be the object's.
        share: (N,), how much of a superpixel is the object's.
        area: (N,), in working pixels.
        labels: (rows, columns) int16, the superpixels.
        frame: the square that is seen.
        view: `look.view`, without what the network says of superpixels, which comes last but one.
        covered: (SIDE, SIDE), how much of every pixel of the view is the object's, 0 to 255.
    """

    names: tuple[str, ...]
    features: NDArray[np.float16]
    outside: NDArray[np.bool_]
    share: Floats
    area: Floats
    labels: NDArray[np.int16]
    frame: look.Frame
    view: Bytes
    covered: Bytes


@dataclass(frozen=True)
class LookLesson:
    """What a view teaches: of a mask to be mended (`look.view`), or of a click (`polar.Rings`).

    Attributes:
        view: (channels, rows, columns).
        covered: (rows, columns), how much of every pixel of the view is the object's, 0 to 255.
    """

    view: Bytes
    covered: Bytes


@dataclass(frozen=True)
class SceneLessons:
    """What one scene teaches."""

    boxes: list[BoxLesson]
    clicks: list[LookLesson]
    masks: list[LookLesson]


def boundary_lessons(seed: int) -> list[Lesson]:
    """Of a scene's whole image, and of windows as a click and a box make them."""
    scene = to_learn_from(seed)
    picture = Picture.of(scene.rgb)
    rng = np.random.default_rng(seed)
    boxes = [Box(0, 0, picture.width, picture.height)]
    masks = large(scene)
    for i in rng.permutation(len(masks))[:2]:
        box = tight_box(Mask.from_bitmap(masks[int(i)]))
        middle = Point((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        is_click = rng.random() < 0.5
        boxes.append(near_box(picture, middle) if is_click else padded_box(box))
    return [_lesson(scene, picture, box) for box in boxes]


def scene_lessons(seed: int) -> list[SceneLessons]:
    """Of boxes, clicks and masks of every object of a scene."""
    found = SceneLessons([], [], [])
    for version in range(VERSIONS):
        scene = to_learn_from(seed, version)
        picture = Picture.of(scene.rgb)
        whole = propose.Scene.of_whole(picture).firm
        for number, mask in enumerate(large(scene)[:OBJECTS_PER_SCENE]):
            rng = np.random.default_rng((seed, number, version, 2))
            found.boxes.append(box_lesson(picture, mask, rng))
            click, _ = first_click(mask, rng)
            near = propose.Scene.of(picture, near_box(picture, click)).firm
            found.clicks.append(click_lesson((near, whole), click, mask))
            if version == 0:
                found.masks.extend(mask_lessons((near, whole), click, mask, rng))
            other, _ = first_click(mask, rng)
            near = propose.Scene.of(picture, near_box(picture, other)).firm
            found.clicks.append(click_lesson((near, whole), other, mask))
    return [found]


def box_lesson(picture: Picture, mask: Bitmap, rng: np.random.Generator) -> BoxLesson:
    """Of the box of an object."""
    size = picture.width, picture.height
    box = drawn_box(Mask.from_bitmap(mask), rng, size)
    window = propose.Scene.of(picture, padded_box(box))
    graph = window.graph
    evidence, named, outside = propose.evidence_of_box(window, box, size)
    told = propose.walks_and_cut(evidence)
    inside = propose.covered(window, box)
    frame = look.framed(window.window.working_box(box))
    truth = seen(window.window, mask).astype(np.uint8) * np.uint8(255)
    return BoxLesson(
        tuple(named),
        np.stack(list(named.values()), axis=1).astype(np.float16),
        outside,
        graph.node_means(truth / 255),
        graph.area,
        graph.labels.astype(np.int16),
        frame,
        look.view(window.rgb, graph, frame, (*told, np.zeros_like(inside), inside)),
        look.square(truth[:, :, None], frame)[0],
    )


def click_lesson(
    scenes: tuple[propose.Scene, propose.Scene], click: Point, mask: Bitmap
) -> LookLesson:
    """Of a click in windows of the image, the near one first."""
    height, width = mask.shape
    rings = polar.Rings.around(click, width, height)
    truth = polar.Source(
        mask[:, :, None].astype(np.uint8) * np.uint8(255),
        Window(0, 0, width, height, height, width),
    )
    return LookLesson(propose.around_of(scenes, click, rings), rings.seen([truth])[0])


def mask_lessons(
    scenes: tuple[propose.Scene, propose.Scene],
    click: Point,
    mask: Bitmap,
    rng: np.random.Generator,
) -> Iterator[LookLesson]:
    """Of proposals for a click, near the object and others, most with a click on their error."""
    proposals = []
    for scene in scenes:
        for proposal in propose.from_click(scene, click):
            place = scene.window.row_column(click)
            inside = scene.graph.node_means(cleaned(proposal.soft, [place], []))
            proposals.append(replace(proposal, inside=inside))
        proposals += propose.regions(scene, click)
    ious = np.array([node_iou(proposal, mask) for proposal in proposals])
    near = rng.permutation(np.flatnonzero(ious >= NEAR * ious.max()))[:MENDED]
    others = rng.permutation(np.setdiff1d(np.arange(len(ious)), near))[:OTHERS]
    for at in (*near, *others):
        scene = proposals[at].scene
        graph, window = scene.graph, scene.window
        soft = graph.painted((proposals[at].inside > 0.5).astype(np.float32))
        truth = seen(window, mask)
        clicks = [(window.row_column(click), True)]
        following = next_click(truth, soft > 0.5) if rng.random() < CORRECTED else None
        if following is not None:
            clicks.append(((int(following.y), int(following.x)), following.positive))
        frame = look.framed(look.around(soft, clicks), look.AROUND_MASK)
        shown = look.view(scene.rgb, graph, frame, look.known_of(graph, frame, soft, clicks))
        yield LookLesson(
            shown, look.square(truth[:, :, None].astype(np.uint8) * np.uint8(255), frame)[0]
        )


def to_learn_from(seed: int, version: int = 0) -> RandomScene:
    """The scene of a seed, mostly as another camera would show it; other versions always."""
    scene, rng = random_scene(seed, STRUCTURED), np.random.default_rng((seed, 1, version))
    if version == 0 and rng.random() >= ELSEWHERE:
        return scene
    return replace(scene, rgb=as_taken_elsewhere(scene.rgb, rng))


def large(scene: RandomScene) -> list[Bitmap]:
    """The objects that are learnt from and counted."""
    return [m for m in scene.masks if min(Mask.from_bitmap(m).bbox_xywh[2:]) >= LEAST_SIDE]


def tight_box(truth: Mask) -> Box:
    x, y, w, h = truth.bbox_xywh
    return Box(x, y, x + w, y + h)


def drawn_box(truth: Mask, rng: np.random.Generator, size: tuple[int, int]) -> Box:
    """The object's box, not always exact: by hand it is not either."""
    box = tight_box(truth)
    if rng.random() >= LOOSE:
        return box
    width, height = box.x1 - box.x0, box.y1 - box.y0
    x0, y0, x1, y1 = rng.normal(0, LOOSENESS, 4) * (width, height, width, height)
    return Box(box.x0 + x0, box.y0 + y0, box.x1 + x1, box.y1 + y1).clipped(*size)


def first_click(mask: Bitmap, rng: np.random.Generator) -> tuple[Point, bool]:
    """The object's middle, or as often somewhere well inside: nobody clicks exactly.

    Returns:
        The click and whether it is the middle.
    """
    if rng.random() < 0.5:
        middle = next_click(mask, np.zeros_like(mask))
        assert middle is not None
        return middle, True
    padded = np.pad(mask, 1).astype(np.uint8)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    rows, columns = np.nonzero(depth >= 0.3 * depth.max())
    at = int(rng.integers(len(rows)))
    return Point(float(columns[at]), float(rows[at])), False


def seen(window: Window, values: NDArray[Any]) -> NDArray[Any]:
    """A map of the image (H, W) at the window's raster."""
    rows = (np.arange(window.rows) + 0.5) / window.rows * window.size[1] + window.y0
    columns = (np.arange(window.columns) + 0.5) / window.columns * window.size[0] + window.x0
    return values[np.ix_(rows.astype(int), columns.astype(int))]


def node_iou(proposal: propose.Proposal, mask: Bitmap) -> float:
    """Of a proposal's superpixels with an object (H, W)."""
    window, graph = proposal.scene.window, proposal.scene.graph
    pixel = window.size[0] * window.size[1] / graph.labels.size
    chosen = proposal.inside > 0.5
    truth = graph.node_means(seen(window, mask).astype(np.float32)) * graph.area
    common = float(truth[chosen].sum()) * pixel
    area = float(graph.area[chosen].sum()) * pixel
    return common / max(area + np.count_nonzero(mask) - common, 1)


def _lesson(scene: RandomScene, picture: Picture, box: Box) -> Lesson:
    window = Window.around(box, picture.width, picture.height)
    labels, borders, named = looked_at(picture.pixels(window))
    things, pure = _most(labels, seen(window, scene.things))
    surfaces, _ = _most(labels, seen(window, scene.surfaces))
    first, second = borders.ends.T
    # Wall and table are no objects, but it cannot be held against anybody to tell them apart.
    unclear = (things[first] < 0) & (things[second] < 0) & (surfaces[first] != surfaces[second])
    used = (pure[first] > PURE) & (pure[second] > PURE) & ~unclear
    features = np.stack(list(named.values()), axis=1).astype(np.float32)
    return Lesson(
        tuple(named),
        features[used],
        (things[first] != things[second])[used].astype(np.float32),
        np.minimum(borders.length[used], LONGEST).astype(np.float32),
    )


def _most(
    labels: NDArray[np.int32], values: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The most frequent value of every superpixel, and its share; (N,) each."""
    nodes, flat = int(labels.max()) + 1, labels.ravel().astype(np.int64)
    shifted = values.ravel().astype(np.int64) + 1
    kinds = int(shifted.max()) + 1
    keys, counts = np.unique(flat * kinds + shifted, return_counts=True)
    order = np.argsort(counts, kind="stable")
    most, share = np.zeros(nodes, np.int64), np.zeros(nodes)
    most[keys[order] // kinds] = keys[order] % kinds - 1
    share[keys[order] // kinds] = counts[order]
    return most, share / np.bincount(flat, minlength=nodes)
