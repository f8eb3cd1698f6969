"""Candidates for a first click and for a box, and the correction of a mask by a click."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from samdesk.core.prompt import Box, Point
from samdesk.engine.base import RGB
from samdesk.engine.builtin.convolution import Bytes, looks
from samdesk.engine.builtin.graph import Floats, Graph, build_graph
from samdesk.engine.builtin.inside import box_evidence, likely_inside
from samdesk.engine.builtin.look import of_click, outlined
from samdesk.engine.builtin.polar import Rings, Source
from samdesk.engine.builtin.render import cleaned
from samdesk.engine.builtin.solve import SURE, colour_priors, euclidean, geodesic, walk
from samdesk.engine.builtin.window import Picture, Window, resampled

# Radii that the object around a click may have, as shares of the square root of the window's area.
_RADII = (0.10, 0.16, 0.25, 0.38)
# The side of the small window around a first click, as a share of the image's longer side.
_NEAR = 0.38
_BOX_PADDING, _BOX_MARGIN = 0.35, 4
_CORRECTION_PADDING = 0.5
# How much of a first click's distance is geodesic.
_GEODESIC = 0.3
# The longer side in pixels that GrabCut works on.
_GRAB_CUT_SIDE = 200
# How far a correction reaches, in medians of the distance to the click; the usual one first.
_REACHES = (0.8, 0.35, 1.8)
# Of the regions around a click: the smallest in working pixels, how much each is larger than the
# last one, and the strength of what is around the last one.
_LEAST_REGION, _GROWTH, _STRONGEST = 60, 1.06, 10.0
# From which probabilities on a box's pixels are inside, beside a half.
_OTHER_LINES = (0.35, 0.65)
# How much the present mask is trusted far from the click.
_TRUST = 0.05
# The share of what is seen from which on it does not fit into the window near its click.
_SPILT = 0.01
# How much more those ways count for the mean that are expected to be better.
_SURER = 4


@dataclass(frozen=True, eq=False)
class Scene:
    """A window with its graph.

    Attributes:
        rgb: (rows, columns, 3) uint8, the window's working pixels.
        whole: whether the window is the whole image.
    """

    window: Window
    rgb: RGB
    graph: Graph
    whole: bool = False

    @classmethod
    def of(cls, picture: Picture, box: Box, clicks: tuple[Point, ...] = ()) -> Scene:
        window = Window.around(box, picture.width, picture.height)
        rgb = picture.pixels(window)
        apart = tuple(
            (window.row_column(click), click.positive) for click in clicks if window.holds(click)
        )
        return cls(window, rgb, build_graph(rgb, apart))

    @classmethod
    def of_whole(cls, picture: Picture) -> Scene:
        return replace(cls.of(picture, Box(0, 0, picture.width, picture.height)), whole=True)

    @cached_property
    def firm(self) -> Scene:
        """The same with the fitted boundaries for contrasts."""
        return replace(self, graph=self.graph.firm)

    def node(self, click: Point) -> int:
        return int(self.graph.labels[self.window.row_column(click)])


@dataclass(frozen=True, eq=False)
class Proposal:
    """A soft mask of a window.

    Attributes:
        inside: (N,) float32, 0 to 1, of the graph's nodes.
        drawn: (rows, columns) float32, 0 to 1, of the window's working pixels, where these say
            more than the nodes.
        kind: "walk", "cut" (GrabCut's) or "mean" of these; "likely" and "seen", what fitted
            networks make of superpixels and pixels; "region", of which the hierarchy
            knows how strong the boundaries `within` and `around` it are (c^2; 0 for others);
            "filled" is a region with its holes.
        foretold: the IoU that a network which looks at a click expects of what it draws, 0 to 1.
    """

    scene: Scene
    inside: Floats
    drawn: Floats | None = None
    kind: str = "walk"
    within: float = 0.0
    around: float = 0.0
    foretold: float = 0.0

    @property
    def soft(self) -> Floats:
        """(rows, columns) float32, 0 to 1, of the window's working pixels."""
        return self.scene.graph.painted(self.inside) if self.drawn is None else self.drawn


def near_box(picture: Picture, click: Point) -> Box:
    """The square around a first click in which a small object is looked for."""
    half = _NEAR * max(picture.width, picture.height) / 2
    return Box(click.x - half, click.y - half, click.x + half, click.y + half)


def from_click(scene: Scene, click: Point, negative: tuple[Point, ...] = ()) -> Iterator[Proposal]:
    """One proposal per radius R: the walker towards a soft disc around the click.

    The disc is f = exp(-(d / 1.15 R)^2), where the distance d is mostly Euclidean and partly
    geodesic, matched in the median, so that it ends early at contrasts. The pull towards it is
    0.3 (|2f - 1| + 0.05), most where it is surely inside or outside. Then the colours decide,
    where the outside's are learnt mostly from within 3.5 R.

    Args:
        click: a positive one in the scene's window.
        negative: clicks before it.
    """
    graph = scene.graph
    node = scene.node(click)
    flat = euclidean(graph, *scene.window.row_column(click))
    along = geodesic(graph, [node])
    along *= (np.median(flat) + 1e-6) / (np.median(along) + 1e-6)
    away = (1 - _GEODESIC) * flat + _GEODESIC * along
    radii = np.array(_RADII, np.float32)[:, None] * np.sqrt(graph.area.sum())
    prior = np.exp(-((away / (1.15 * radii)) ** 2))
    pull = 0.3 * (np.abs(2 * prior - 1) + 0.05)
    context = 0.8 * np.exp(-((flat / (3.5 * radii)) ** 2)) + 0.2
    sure = _sure(scene, (click, *negative))
    for inside in _rounds(graph, prior, pull, 1.2, 1, sure, context):
        yield Proposal(scene, inside)


def regions(scene: Scene, click: Point, negative: tuple[Point, ...] = ()) -> Iterator[Proposal]:
    """What the hierarchy has around a click, and the same without holes.

    Of regions that hardly differ in size the last one stands for all. None holds a negative click.
    """
    graph = scene.graph
    _, outwards = _sure(scene, negative)
    found = graph.hierarchy.around(scene.node(click))
    areas = [float(graph.area[region].sum()) for region, _, _ in found]
    for i, (region, within, around) in enumerate(found):
        if outwards[region].any():
            return
        is_last = i + 1 == len(found)
        if areas[i] < _LEAST_REGION or (not is_last and areas[i + 1] < _GROWTH * areas[i]):
            continue
        around = min(around, _STRONGEST)
        yield Proposal(scene, region.astype(np.float32), None, "region", within, around)
        filled = graph.filled(region)
        if float(graph.area[filled].sum()) > _GROWTH * areas[i]:
            yield Proposal(scene, filled.astype(np.float32), None, "filled", within, around)


def seen_from_click(scenes: tuple[Scene, Scene], click: Point) -> list[Proposal]:
    """What a network that looks makes of a first click: several ways, then their mean.

    Args:
        scenes: the window near the click, and the whole image; contrasts are the fitted
            boundaries'.

    Returns:
        Of every way one in the window that holds it; the mean in both, by which the judge tells
        what is expected of others.
    """
    near, whole = scenes
    rings = Rings.around(click, *whole.window.size)
    ways, expected = looks()["click"](around_of(scenes, click, rings))
    beyond = rings.radii() > _reach(near, scenes)
    sizes = ways.sum(axis=1) * rings.areas()
    found = []
    for inside, size, foretold in zip(ways, sizes, expected, strict=True):
        scene = whole if size[beyond].sum() > _SPILT * size.sum() else near
        soft = rings.put_back(inside, scene.window)
        found.append(
            Proposal(scene, scene.graph.node_means(soft), soft, "seen", foretold=float(foretold))
        )
    weights = expected**_SURER / (expected**_SURER).sum()
    mean = np.tensordot(weights, ways, 1).astype(np.float32)
    told = float(weights @ expected)
    for scene in scenes:
        soft = rings.put_back(mean, scene.window)
        found.append(Proposal(scene, scene.graph.node_means(soft), soft, "mean", foretold=told))
    return found


def around_of(scenes: tuple[Scene, Scene], click: Point, rings: Rings) -> Bytes:
    """What is around a click: `look.of_click` on rings, `polar.Rings.seen`.

    Args:
        scenes: the window near the click, and the whole image; contrasts are the fitted
            boundaries'.
    """
    sources = []
    for scene in scenes:
        values = of_click(scene.rgb, scene.graph, scene.node(click))
        sources.append(Source(values, scene.window, _reach(scene, scenes)))
    return rings.seen(sources)


def _reach(scene: Scene, scenes: tuple[Scene, Scene]) -> float:
    """How far from the click a scene shows what is around it, in the image's pixels."""
    return math.inf if scene.whole else _NEAR * max(scenes[1].window.size) / 2


def carried_on(scene: Scene, proposal: Proposal, clicks: tuple[Point, ...]) -> Proposal:
    """A proposal that its window cut off, walked on in a larger one.

    It is trusted inside its own window, less towards that window's edges; beyond them contrasts
    decide, a little the colours of both sides, and a slight pull to the outside.
    """
    graph, old = scene.graph, proposal.scene.window
    present = graph.node_means(resampled(proposal.soft, old, scene.window, 0.0))
    rows, columns = np.indices(old.shape, np.float32)
    to_edge = np.minimum(
        np.minimum(rows, old.rows - 1 - rows), np.minimum(columns, old.columns - 1 - columns)
    )
    trust = np.clip(to_edge / (0.15 * max(old.shape)), 0, 1).astype(np.float32)
    pull = _TRUST * graph.node_means(resampled(trust, old, scene.window, 0.0)) + 0.02
    (inside,) = _rounds(graph, present[None], pull[None], 0.05, 1, _sure(scene, clicks))
    return Proposal(scene, inside)


def padded_box(box: Box) -> Box:
    """The part of the image that a box's object is told apart from."""
    pad = _BOX_PADDING * max(box.x1 - box.x0, box.y1 - box.y0) + _BOX_MARGIN
    return Box(box.x0 - pad, box.y0 - pad, box.x1 + pad, box.y1 + pad)


def from_box(scene: Scene, box: Box, image_size: tuple[int, int]) -> list[Proposal]:
    """What fitted networks make of all evidence, and that of it which is masks itself.

    Args:
        box: in pixels of the image, not empty, inside the image.
        image_size: width and height in pixels.

    Returns:
        The first one has the probabilities of the network that looks as they are; the next ones
        draw the line elsewhere.
    """
    graph = scene.graph
    evidence, named, outside = evidence_of_box(scene, box, image_size)
    likely = likely_inside(named, outside)
    told = (*walks_and_cut(evidence), graph.painted(likely))
    corners = scene.window.working_box(box)
    seen = outlined(scene.rgb, graph, corners, covered(scene, box), told)
    found = [np.clip(seen + np.float32(0.5 - line), 0, 1) for line in (0.5, *_OTHER_LINES)]
    looks = [Proposal(scene, graph.node_means(soft), soft, "seen") for soft in found]
    return [*looks, Proposal(scene, likely, None, "likely"), *evidence, _mean(evidence)]


def walks_and_cut(evidence: list[Proposal]) -> tuple[Floats, Floats]:
    """(rows, columns) each: the mean of the walks of a box, and what GrabCut says."""
    *walks, cut = (proposal.soft for proposal in evidence)
    return np.asarray(np.mean(walks, axis=0), np.float32), cut


def evidence_of_box(
    scene: Scene, box: Box, image_size: tuple[int, int]
) -> tuple[list[Proposal], dict[str, Floats], npt.NDArray[np.bool_]]:
    """What speaks for superpixels to be the object's of a box.

    Walkers are pulled towards a soft ellipse in the box, 1.12 - 0.45 rho^2, where rho is 1 in the
    middle of every side of the box; GrabCut goes by colours. Nothing outside of the box can be
    inside.

    Returns:
        These as proposals; `box_evidence` (N,) by name; (N,) which superpixels are outside.
    """
    graph = scene.graph
    top, left, bottom, right = corners = scene.window.working_box(box)
    share = graph.node_means(covered(scene, box))
    outside = share < min(0.5, float(share.max()))
    down = (graph.centre[:, 0] + 0.5 - (top + bottom) / 2) / max((bottom - top) / 2, 0.5)
    across = (graph.centre[:, 1] + 0.5 - (left + right) / 2) / max((right - left) / 2, 0.5)
    prior = np.clip(1.12 - 0.45 * (down**2 + across**2), 0.1, 0.97).astype(np.float32)
    prior[outside] = 0
    sure = np.where(outside, SURE, 0).astype(np.float32)
    found = []
    for strength, colour, rounds in ((0.03, 0.3, 3), (0.3, 1.2, 3), (0.6, 1.2, 3)):
        pull = np.float32(strength) * (np.abs(2 * prior - 1) + np.float32(0.1))
        nothing = np.zeros_like(sure)
        (inside,) = _rounds(graph, prior[None], pull[None], colour, rounds, (nothing, sure))
        found.append(_cleaned(scene, graph.painted(inside), "walk"))
    found.append(_cleaned(scene, _grab_cut(scene, box), "cut"))
    short_side = min(box.x1 - box.x0, box.y1 - box.y0)
    width, height = image_size
    touched = (box.x0 <= 1) + (box.y0 <= 1) + (box.x1 >= width - 1) + (box.y1 >= height - 1)
    softs = [proposal.inside for proposal in found]
    return found, box_evidence(graph, corners, share, outside, softs, short_side, touched), outside


def correction_box(present: Box | None, clicks: tuple[Point, ...]) -> Box:
    """The part of the image in which clicks correct a mask: around both, padded by half."""
    xs = [click.x for click in clicks] + ([present.x0, present.x1] if present else [])
    ys = [click.y for click in clicks] + ([present.y0, present.y1] if present else [])
    pad = _CORRECTION_PADDING * max(max(xs) - min(xs), max(ys) - min(ys), 16.0)
    return Box(min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad)


def from_correction(
    scene: Scene, soft: Floats, window: Window, clicks: tuple[Point, ...]
) -> Iterator[Proposal]:
    """The walker towards the present mask, which is trusted less the nearer the newest click.

    The trust is 1 - exp(-(d / reach)^2), where d is the geodesic distance from that click.

    Args:
        soft: the present mask, shape `window.shape`, 0 to 1.
        clicks: all of them, the newest last.
    """
    graph = scene.graph
    present = graph.node_means(resampled(soft, window, scene.window, 0.0) > 0.5)
    away = geodesic(graph, [scene.node(clicks[-1])])
    away /= np.median(away) + 1e-6
    sure = _sure(scene, clicks)
    trust = 1 - np.exp(-((away / np.array(_REACHES, np.float32)[:, None]) ** 2))
    pull = _TRUST * (trust + 0.02)
    # Colours learnt from a mask that is wrong at the click undo what is right elsewhere.
    for inside in _rounds(graph, present, pull, 0.0, 0, sure):
        yield Proposal(scene, inside)


def _rounds(
    graph: Graph,
    prior: Floats,
    pull: Floats,
    colour_pull: float,
    rounds: int,
    sure: tuple[Floats, Floats],
    context: Floats | None = None,
) -> Floats:
    """Walks, learns the colours of both sides from where that led, and walks again.

    Args:
        prior, pull: (C, N), of C walks.
        sure: (N,) pulls inside and outside that nothing else may weaken.
        context: (C, N), see `colour_priors`.

    Returns:
        (C, N).
    """
    inwards, outwards = sure
    base = pull + inwards + outwards
    towards = pull * prior + inwards
    inside = np.stack([walk(graph, *pair) for pair in zip(towards / base, base, strict=True)])
    for _ in range(rounds):
        wanted = towards + colour_pull * colour_priors(graph, inside, context)
        total = base + colour_pull
        inside = np.stack([walk(graph, *pair) for pair in zip(wanted / total, total, strict=True)])
    return inside


def _sure(scene: Scene, clicks: tuple[Point, ...]) -> tuple[Floats, Floats]:
    inwards = np.zeros(scene.graph.nodes, np.float32)
    outwards = np.zeros(scene.graph.nodes, np.float32)
    for click in clicks:
        if scene.window.holds(click):
            (inwards if click.positive else outwards)[scene.node(click)] = SURE
    return inwards, outwards


def covered(scene: Scene, box: Box) -> Floats:
    """(rows, columns): 1 for working pixels whose centre is in the box."""
    top, left, bottom, right = scene.window.working_box(box)
    rows = np.arange(scene.window.rows) + 0.5
    columns = np.arange(scene.window.columns) + 0.5
    inside = ((rows >= top) & (rows < bottom))[:, None] & (columns >= left) & (columns < right)
    if not inside.any():
        inside[
            min(int((top + bottom) / 2), scene.window.rows - 1),
            min(int((left + right) / 2), scene.window.columns - 1),
        ] = True
    return inside.astype(np.float32)


def _grab_cut(scene: Scene, box: Box) -> Floats:
    """Rother, Kolmogorov and Blake, "GrabCut" (2004), two iterations.

    Returns:
        (rows, columns) float32, 0 and 1 with soft edges: its time grows with the pixels, so it
        works on fewer.
    """
    import cv2

    inside_box = covered(scene, box)
    rows, columns = scene.window.shape
    scale = min(1.0, _GRAB_CUT_SIDE / max(rows, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    inside = cv2.resize(inside_box, size, interpolation=cv2.INTER_NEAREST) > 0
    if inside.all() or not inside.any() or min(size) < 3:
        return inside_box
    labels = np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    # GrabCut draws its colour models from OpenCV's random numbers: the same prompt must give the
    # same mask.
    cv2.setRNGSeed(1)
    pixels = cv2.resize(scene.rgb, size, interpolation=cv2.INTER_AREA)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    unused = (0, 0, 0, 0)
    cv2.grabCut(pixels, labels, unused, *models, 2, cv2.GC_INIT_WITH_MASK)
    cut = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def _cleaned(scene: Scene, soft: Floats, kind: str) -> Proposal:
    soft = cleaned(soft, [], [])
    return Proposal(scene, scene.graph.node_means(soft), soft, kind)


def _mean(proposals: list[Proposal]) -> Proposal:
    scene = proposals[0].scene
    inside = np.mean([proposal.inside for proposal in proposals], axis=0)
    soft = np.mean([proposal.soft for proposal in proposals], axis=0)
    return Proposal(scene, inside.astype(np.float32), soft.astype(np.float32), "mean")
