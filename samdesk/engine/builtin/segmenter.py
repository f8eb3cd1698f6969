"""The engine without weights: superpixels, a random walker, and a fitted judge.

A prompt makes proposals in windows of the image (`propose`), which a fitted network judges
(`judge`); the best that differ, mended by one that looks (`look`), become candidates, drawn at the
image's resolution (`render`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TypeAlias

import numpy as np

from samdesk.core.grid import Grid
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Logits, Point, Prompt
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    Embedding,
    EngineInfo,
    Found,
    Packed,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.engine.best import best_found
from samdesk.engine.builtin import look
from samdesk.engine.builtin.graph import Floats
from samdesk.engine.builtin.judge import (
    Features,
    around_box,
    around_click,
    around_correction,
    is_cut_off,
    overlaps,
    scored,
    with_agreement,
)
from samdesk.engine.builtin.propose import (
    Proposal,
    Scene,
    carried_on,
    correction_box,
    from_box,
    from_click,
    from_correction,
    near_box,
    padded_box,
    regions,
    seen_from_click,
)
from samdesk.engine.builtin.render import Guided, cleaned, render
from samdesk.engine.builtin.window import Picture, Window, resampled
from samdesk.errors import EngineError

NAME = "Built-in (no checkpoint)"

_CANDIDATES = 3
_STILL = 0.7  # IoU from which a mended mask is still the same one
_SAME = 0.9  # IoU from which two candidates look the same to an annotator


@dataclass(frozen=True, eq=False)
class Encoded:
    """What the built-in engine keeps of an image."""

    picture: Picture
    whole: Scene

    @property
    def nbytes(self) -> int:
        return self.picture.nbytes + self.whole.rgb.nbytes + self.whole.graph.nbytes


@dataclass(frozen=True, eq=False)
class Solution:
    """A soft mask with the window that it belongs to; what corrections start from.

    As logits: float32, (rows + 1, columns or 6 if that is more). The first row holds the window
    (x0, y0, x1, y1, rows, columns), the others the soft mask minus 0.5, so that positive is
    inside; surplus columns are empty.
    """

    window: Window
    soft: Floats

    _HEAD = 6

    def logits(self) -> Logits:
        packed = np.zeros((self.window.rows + 1, max(self.window.columns, self._HEAD)), np.float32)
        w = self.window
        packed[0, : self._HEAD] = (w.x0, w.y0, w.x1, w.y1, w.rows, w.columns)
        packed[1:, : w.columns] = self.soft - np.float32(0.5)
        return packed

    @classmethod
    def of_logits(cls, logits: Logits) -> Solution:
        """Raises:
        EngineError: another engine made them.
        """
        if logits.ndim == 2 and logits.shape[1] >= cls._HEAD:
            head = logits[0, : cls._HEAD]
            if np.isfinite(head).all():
                window = Window(*(int(number) for number in head))
                wanted = (window.rows + 1, max(window.columns, cls._HEAD))
                if logits.shape == wanted and min(window.shape) > 0 and min(window.size) > 0:
                    return cls(window, logits[1:, : window.columns] + np.float32(0.5))
        raise EngineError("The mask to correct is another engine's.", "Start a new mask.")

    def bounds(self) -> Box | None:
        """The box of what is inside, in the image's pixels; None when nothing is."""
        return self.window.bounds(self.soft > 0.5)


@dataclass(frozen=True, eq=False)
class BuiltinCandidate:
    """A soft mask at working resolution; the image's pixels are drawn when first asked for."""

    score: float
    solution: Solution
    guided: Guided
    picture: Picture
    clicks: tuple[Point, ...]
    box: Box | None
    stability_score: None = None

    @cached_property
    def logits(self) -> Logits:
        return self.solution.logits()

    @cached_property
    def _mask(self) -> Mask:
        window, soft = self.solution.window, self.solution.soft
        return render(self.picture, window, self.guided, soft, self.clicks, self.box)

    def mask(self) -> Mask:
        return self._mask


@dataclass(frozen=True, eq=False)
class Judged:
    """A proposal and the IoU foretold."""

    proposal: Proposal
    score: float


Ranked: TypeAlias = list[Judged]


@dataclass(frozen=True, eq=False)
class Choice:
    """The C proposals for a prompt and what they are judged by.

    Attributes:
        kind: "click", "box" or "correction".
        features: (C,) each, by name.
        likeness: (C, C) IoUs among the proposals.
    """

    kind: str
    proposals: list[Proposal]
    features: Features
    likeness: Floats

    @classmethod
    def of(cls, kind: str, proposals: list[Proposal], features: Features) -> Choice:
        likeness = overlaps(proposals)
        return cls(kind, proposals, with_agreement(features, likeness), likeness)

    def judged(self) -> Ranked:
        """The proposals in their order, with scores."""
        scores = scored(self.kind, self.features, self.likeness)
        return [Judged(p, float(score)) for p, score in zip(self.proposals, scores, strict=True)]


class BuiltinSegmenter:
    """Classical segmentation: up to three candidates per prompt, no download, no GPU."""

    info = EngineInfo(name=NAME, key="builtin-5", device="CPU")
    # A click takes it longer than it takes Segment Anything, and it doubts its masks more.
    grid = Grid(points_per_side=8, pred_iou=0.65, stability=0.0)
    batch = 1
    attempt: Attempt | None = None
    peak_bytes: int | None = None

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        """See `Segmenter.embed`: a smaller copy and the whole image's graph."""
        token.check()
        _calculate_on_one_thread()
        picture = Picture.of(image)
        progress(0.3)
        token.check()
        encoded = Encoded(picture, Scene.of_whole(picture))
        token.check()
        progress(1.0)
        return Embedding(self.info.key, image.shape[1], image.shape[0], encoded, encoded.nbytes)

    def embed_all(self, images: Sequence[RGB], *, token: CancelToken) -> list[Embedding]:
        """See `Segmenter.embed_all`."""
        return [self.embed(image, token=token) for image in images]

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        """See `Segmenter.predict`.

        With a prior the newest click corrects that mask. Without, the clicks are successive: the
        box or the first positive click proposes, every later click corrects the best so far.
        """
        if embedding.engine != self.info.key or not isinstance(embedding.data, Encoded):
            raise EngineError("The embedding is another engine's.", "Encode the image again.")
        if not prompt.has_foreground:
            raise EngineError("The prompt says nothing about the inside.", "Click on the object.")
        encoded = embedding.data
        box = None if prompt.box is None else _inside(prompt.box, encoded.picture)
        clicks = tuple(_on(click, encoded.picture) for click in prompt.points)
        if prompt.prior is not None and clicks:
            present = Solution.of_logits(prompt.prior)
            found = best(encoded, corrected(encoded, present, clicks).judged(), clicks, box)
            return Prediction(prompt, tuple(found))
        if box is not None:
            done = 0
            found = best(encoded, boxed(encoded, box).judged(), (), box)
        else:
            done = 1 + next(i for i, click in enumerate(clicks) if click.positive)
            ranked = clicked(encoded, clicks[:done]).judged()
            ranked = completed(encoded, ranked, clicks[:done])
            found = best(encoded, ranked, clicks[:done], None)
        for count in range(done + 1, len(clicks) + 1):
            # Through the logits, so that a replay rounds as the steps did.
            present = Solution.of_logits(found[0].logits)
            ranked = corrected(encoded, present, clicks[:count]).judged()
            found = best(encoded, ranked, clicks[:count], box)
        return Prediction(prompt, tuple(found))

    def everything(
        self,
        embedding: Embedding,
        grid: Grid,
        *,
        token: CancelToken,
        progress: Progress = no_progress,
    ) -> list[Found]:
        """See `Segmenter.everything`: the candidates of a click at each point of the grid.

        There is no stability score to go by.
        """
        found = []
        points = grid.points(embedding.width, embedding.height)
        for number, (x, y) in enumerate(points):
            token.check()
            progress(number / len(points))
            prompt = Prompt((Point(float(x), float(y)),))
            for candidate in self.predict(embedding, prompt).candidates:
                if candidate.score > grid.pred_iou and not candidate.mask().is_empty:
                    found.append(Found(prompt, candidate.mask(), candidate.score, None))
        return best_found(found, grid)

    def pack(self, embedding: Embedding) -> None:
        """See `Segmenter.pack`. Never: embedding takes about as long as reading would."""

    def unpack(self, packed: Packed, width: int, height: int) -> Embedding:
        """See `Segmenter.unpack`."""
        raise EngineError("The built-in engine keeps nothing on disk.", "Encode the image again.")

    def close(self) -> None:
        """Nothing to free."""


def clicked(encoded: Encoded, clicks: tuple[Point, ...]) -> Choice:
    """Proposals for the last click, which is the first positive one.

    The first is what the network that looks expects most of.
    """
    picture, click = encoded.picture, clicks[-1]
    near = Scene.of(picture, near_box(picture, click), clicks)
    scenes = near.firm, encoded.whole.firm
    seen = seen_from_click(scenes, click)
    seen.sort(key=lambda proposal: (proposal.kind, proposal.foretold), reverse=True)
    walks = [p for scene in scenes for p in from_click(scene, click, clicks[:-1])]
    proposals = _tidy([*seen, *walks], clicks)
    for scene in scenes:
        proposals += regions(scene, click, clicks[:-1])
    size = picture.width, picture.height
    return Choice.of("click", proposals, around_click(proposals, click, size))


def completed(encoded: Encoded, ranked: Ranked, clicks: tuple[Point, ...]) -> Ranked:
    """The proposals for a first click, the best one carried on if its window cut it off.

    Straight ends in mid-object are what annotators notice first.
    """
    first = max(ranked, key=lambda judged: judged.score)
    picture, window = encoded.picture, first.proposal.scene.window
    bounds = window.bounds(first.proposal.soft > 0.5)
    if bounds is None or not is_cut_off(first.proposal, (picture.width, picture.height)):
        return ranked
    scene = Scene.of(picture, correction_box(bounds, clicks), clicks)
    (whole,) = _tidy([carried_on(scene, first.proposal, clicks)], clicks)
    return [replace(first, proposal=whole), *(other for other in ranked if other is not first)]


def mended(judged: Judged, clicks: tuple[Point, ...]) -> Judged:
    """A proposal with the errors that can be seen mended.

    What would be another mask altogether, or would not obey a click, is left as it is.
    """
    proposal = judged.proposal
    scene, window = proposal.scene, proposal.scene.window
    held = [(window.row_column(click), click.positive) for click in clicks if window.holds(click)]
    before = proposal.soft > 0.5
    if not before.any():
        return judged
    soft = cleaned(
        look.mended(scene.rgb, scene.graph, proposal.soft, held),
        [place for place, positive in held if positive],
        [place for place, positive in held if not positive],
    )
    after = soft > 0.5
    common = np.count_nonzero(before & after)
    if common < _STILL * np.count_nonzero(before | after):
        return judged
    if any(bool(after[place]) != positive for place, positive in held):
        return judged
    inside = scene.graph.node_means(soft)
    return replace(judged, proposal=replace(proposal, inside=inside, drawn=soft))


def boxed(encoded: Encoded, box: Box) -> Choice:
    """Proposals for a box inside the image."""
    picture = encoded.picture
    size = picture.width, picture.height
    proposals = _tidy(from_box(Scene.of(picture, padded_box(box)), box, size), ())
    return Choice.of("box", proposals, around_box(proposals, box, size))


def corrected(encoded: Encoded, present: Solution, clicks: tuple[Point, ...]) -> Choice:
    """Proposals for the present mask with the last of the clicks obeyed as well."""
    picture = encoded.picture
    size = picture.width, picture.height
    scene = Scene.of(picture, correction_box(present.bounds(), clicks), clicks)
    proposals = _tidy(from_correction(scene, present.soft, present.window, clicks), clicks)
    return Choice.of("correction", proposals, around_correction(proposals, size))


def best(
    encoded: Encoded, ranked: Ranked, clicks: tuple[Point, ...], box: Box | None
) -> list[BuiltinCandidate]:
    """The best proposals that differ, best first, those for clicks mended."""
    kept: list[BuiltinCandidate] = []
    tried: list[Proposal] = []
    for judged in sorted(ranked, key=lambda judged: -judged.score):
        if any(_same(judged.proposal, other) for other in tried):
            continue
        tried.append(judged.proposal)
        candidate = finished(encoded, mended(judged, clicks) if clicks else judged, clicks, box)
        if all(_alike(candidate.solution, better.solution) < _SAME for better in kept):
            kept.append(candidate)
        if len(kept) == _CANDIDATES:
            break
    return kept


def _same(one: Proposal, other: Proposal) -> bool:
    """Whether two proposals in one window hardly differ."""
    if one.scene is not other.scene:
        return False
    first, second, area = one.inside > 0.5, other.inside > 0.5, one.scene.graph.area
    return float(area[first & second].sum()) >= _SAME * float(area[first | second].sum())


def finished(
    encoded: Encoded, judged: Judged, clicks: tuple[Point, ...], box: Box | None
) -> BuiltinCandidate:
    """A proposal as a candidate: its edge drawn along the image's."""
    scene, soft = judged.proposal.scene, judged.proposal.soft
    guided = Guided.of(scene.rgb, soft)
    solution = Solution(scene.window, guided.at(scene.rgb))
    return BuiltinCandidate(judged.score, solution, guided, encoded.picture, clicks, box)


@cache
def _calculate_on_one_thread() -> None:
    """Leaves NumPy's and SciPy's linear algebra one thread, for the rest of the program.

    Products as small as these gain nothing from more, and threads that wait for each other take
    the processor from whatever else the machine is at: a click then costs it twice as much, and
    takes several times as long.
    """
    import scipy.linalg  # noqa: F401  (it brings a library of its own)
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def _tidy(proposals: Iterable[Proposal], clicks: tuple[Point, ...]) -> list[Proposal]:
    """The proposals without what no click asks for."""
    tidied = []
    for proposal in proposals:
        scene = proposal.scene
        held = [click for click in clicks if scene.window.holds(click)]
        soft = cleaned(
            proposal.soft,
            [scene.window.row_column(click) for click in held if click.positive],
            [scene.window.row_column(click) for click in held if not click.positive],
        )
        inside = scene.graph.node_means(soft)
        tidied.append(replace(proposal, inside=inside, drawn=soft))
    return tidied


def _inside(box: Box, picture: Picture) -> Box:
    """The box's part of the image; at least one pixel, the nearest one."""
    x0 = min(max(box.x0, 0.0), picture.width - 1.0)
    y0 = min(max(box.y0, 0.0), picture.height - 1.0)
    x1 = min(max(box.x1, x0 + 1), picture.width)
    y1 = min(max(box.y1, y0 + 1), picture.height)
    return Box(x0, y0, x1, y1)


def _on(click: Point, picture: Picture) -> Point:
    """The click, or the image's nearest pixel for one beside the image."""
    x = min(max(click.x, 0.0), picture.width - 1.0)
    y = min(max(click.y, 0.0), picture.height - 1.0)
    return Point(x, y, click.positive)


def _alike(one: Solution, other: Solution) -> float:
    """IoU of two soft masks' insides, in the raster of the box around both."""
    boxes = [bounds for bounds in (one.bounds(), other.bounds()) if bounds is not None]
    if len(boxes) < 2:
        return 1.0 if not boxes else 0.0
    first, second = boxes
    around = Box(
        min(first.x0, second.x0),
        min(first.y0, second.y0),
        max(first.x1, second.x1),
        max(first.y1, second.y1),
    )
    raster = Window.around(around, 1 << 30, 1 << 30)
    masks = [resampled(s.soft, s.window, raster, 0.0) > 0.5 for s in (one, other)]
    union = np.count_nonzero(masks[0] | masks[1])
    return np.count_nonzero(masks[0] & masks[1]) / union if union else 1.0
