"""Fit the networks by which the built-in engine finds boundaries and judges its own masks.

    python resources/scenes/fit_scorer.py [--part boundary|prompts] [--out FILE]

Random scenes of known truth are looked at as the engine looks at them. The first network foretells
whether two superpixels belong to different objects; with it every object is clicked, boxed, and
sometimes corrected, as an annotator would; a network for clicks and linear functions for the
others foretell the IoU of all proposals from their features. The same code gives the same file.

A click means the whole object to the networks, as most annotators mean it. The figures count it
both ways: what is answered against the object, and against the object or the surface that was
clicked, whichever is nearer, for the click on a lid or a label does not tell which is meant
("a reasonable mask for at least one of those", as Kirillov et al., "Segment Anything" (2023), say
what an ambiguous prompt asks for).
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from random_scenes import LEAST_AREA, Bitmap, RandomScene, random_scene

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from samdesk.bench.clicks import next_click  # noqa: E402
from samdesk.core.mask import Mask  # noqa: E402
from samdesk.core.prompt import Box, Point  # noqa: E402
from samdesk.engine.base import CancelToken  # noqa: E402
from samdesk.engine.builtin import judge, network  # noqa: E402
from samdesk.engine.builtin import segmenter as engine  # noqa: E402
from samdesk.engine.builtin.graph import looked_at  # noqa: E402
from samdesk.engine.builtin.propose import near_box, padded_box  # noqa: E402
from samdesk.engine.builtin.window import Picture, Window  # noqa: E402

OUT = ROOT / "resources" / network.WEIGHTS
# The seeds of the scenes for each purpose: no scene serves two.
BOUNDARY_SEEDS = range(1000, 1130)
PROMPT_SEEDS = range(1130, 1230)
HELD_BACK_SEEDS = range(1250, 1276)
OBJECTS_PER_SCENE = 8
LEAST_SIDE = 16  # pixels
PURE = 0.75  # the share of a superpixel that must be one object's, to learn from it
# Corrections take longest, and there are several per object.
CORRECTED_OBJECTS, CORRECTIONS = 2, 3
PROMPTS = ("click", "box", "correction")

Model: TypeAlias = torch.nn.Sequential

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """Of a network: its hidden layers, and how it is kept from learning by heart."""

    hidden: tuple[int, ...]
    epochs: int
    dropout: float
    decay: float


BOUNDARY = Recipe((64, 32), epochs=8, dropout=0.0, decay=1e-4)
JUDGE = Recipe((48, 24), epochs=30, dropout=0.2, decay=1e-2)
RATE = 3e-3
# How much choosing counts beside foretelling, and how surely the higher one is chosen.
REGRET, CHOICE = 3.0, 4.0
RIDGE = 30.0


@dataclass(frozen=True)
class Lesson:
    """What one window teaches of boundaries.

    Attributes:
        names: of the F features.
        features: (E, F).
        apart: (E,) bool, whether the two superpixels belong to different objects.
        weights: (E,), the boundaries' lengths.
    """

    names: tuple[str, ...]
    features: Floats
    apart: NDArray[np.bool_]
    weights: Floats


@dataclass(frozen=True)
class Group:
    """A prompt's C proposals.

    Attributes:
        kind: "click", "box" or "correction".
        names: of the F features.
        features: (C, F).
        ious: (C,), the true IoUs with the object.
        meant: (C,), the same with the object or the surface clicked, whichever is nearer.
    """

    kind: str
    names: tuple[str, ...]
    features: Floats
    ious: Floats
    meant: Floats


def boundary_lessons(seeds: range) -> Iterator[Lesson]:
    """Of every scene the whole image, and windows as a click and a box make them."""
    for seed in seeds:
        scene = random_scene(seed)
        picture = Picture.of(scene.rgb)
        rng = np.random.default_rng(seed)
        boxes = [Box(0, 0, picture.width, picture.height)]
        masks = _large(scene)
        for i in rng.permutation(len(masks))[:2]:
            x, y, w, h = Mask.from_bitmap(masks[int(i)]).bbox_xywh
            middle = Point(x + w / 2, y + h / 2)
            is_click = rng.random() < 0.5
            boxes.append(
                near_box(picture, middle) if is_click else padded_box(Box(x, y, x + w, y + h))
            )
        for box in boxes:
            yield _lesson(scene, picture, box)


def fit_boundary(lessons: list[Lesson]) -> dict[str, Any]:
    """The network of where objects end; 0 is an even chance."""
    features = np.concatenate([lesson.features for lesson in lessons])
    apart = torch.from_numpy(np.concatenate([lesson.apart for lesson in lessons])).float()
    lengths = np.minimum(np.concatenate([lesson.weights for lesson in lessons]), 30)
    importance = torch.from_numpy(lengths / lengths.mean())

    def loss(model: Model, chosen: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        odds = model(x[chosen])[:, 0]
        return (_entropy(odds, apart[chosen]) * importance[chosen]).mean()

    return _fitted(lessons[0].names, features, loss, len(features), 4096, BOUNDARY)


def prompt_groups(seeds: range) -> Iterator[Group]:
    """What the engine proposes for every object, and how good that truly is."""
    for seed in seeds:
        scene = random_scene(seed)
        embedding = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken())
        encoded = embedding.data
        assert isinstance(encoded, engine.Encoded)
        for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
            rng = np.random.default_rng((seed, number))
            truth = Mask.from_bitmap(mask)
            click = _first_click(mask, rng)
            proposals, named = engine.proposed(encoded, (click,))
            named = judge.with_agreement(named, judge.overlaps(proposals))
            found = [
                engine.finished(encoded, engine.Judged(proposal, {}, 0.0), (click,), None)
                for proposal in proposals
            ]
            features = np.stack(list(named.values()), axis=1).astype(np.float32)
            surface = _surface(scene, mask, click)
            group = _group("click", tuple(named), features, found, [truth, *surface])
            yield group
            x, y, w, h = truth.bbox_xywh
            box = Box(x, y, x + w, y + h)
            yield _judged("box", encoded, engine.boxed(encoded, box), (), box, truth)[0]
            if number < CORRECTED_OBJECTS:
                # Not always from the best: the annotator corrects what is there.
                better = np.argsort(-group.ious, kind="stable")[:6]
                start = found[int(rng.choice(better))]
                yield from _corrections(encoded, mask, truth, click, start)


def fit_click(groups: list[Group]) -> dict[str, Any]:
    """The network that foretells the IoUs of a first click's proposals.

    Beside the cross entropy with the IoUs it counts what is lost by choosing: by how much the best
    proposal is better than one drawn with probabilities softmax(CHOICE x odds).
    """
    most = max(len(group.ious) for group in groups)
    places, ious, real = (np.zeros((len(groups), most), kind) for kind in (int, "f4", "f4"))
    first = 0
    for row, group in enumerate(groups):
        count = len(group.ious)
        places[row, :count] = np.arange(first, first + count)
        ious[row, :count], real[row, :count] = group.ious, 1
        first += count
    rows, true, exists = (torch.from_numpy(values) for values in (places, ious, real))

    def loss(model: Model, chosen: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        odds, iou, there = model(x[rows[chosen]])[..., 0], true[chosen], exists[chosen]
        told = (_entropy(odds, iou) * there).sum(1) / there.sum(1)
        drawn = torch.softmax(CHOICE * odds + (there - 1) * 1e9, 1)
        lost = iou.max(1).values - (drawn * iou).sum(1)
        return (told + REGRET * lost).mean()

    features = np.concatenate([group.features for group in groups])
    return _fitted(groups[0].names, features, loss, len(groups), 16, JUDGE)


def fit_linear(groups: list[Group]) -> dict[str, Any]:
    """Ridge regression of the IoUs of a box's or a correction's proposals, as `score` reads it."""
    features = np.concatenate([group.features for group in groups]).astype(np.float64)
    ious = np.concatenate([group.ious for group in groups])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    normal = (features - mean) / scale
    gram = normal.T @ normal + RIDGE * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, normal.T @ (ious - ious.mean())) / scale
    named = zip(groups[0].names, weights, strict=True)
    return {
        "intercept": round(float(ious.mean() - weights @ mean), 5),
        "weights": {name: round(float(weight), 5) for name, weight in named},
    }


def quality(raw: dict[str, Any], groups: list[Group]) -> str:
    """How well a judge chooses, on prompts that it was not fitted on."""
    chosen, best, meant = [], [], []
    for group in groups:
        if "layers" in raw:
            told = network.Network.parse(raw)(group.features)
        else:
            told = group.features @ np.array([raw["weights"][name] for name in group.names])
        at = int(np.argmax(told))
        chosen.append(group.ious[at])
        meant.append(group.meant[at])
        best.append(group.ious.max())
    line = f"mean IoU of the chosen {np.mean(chosen):.3f}, of the best {np.mean(best):.3f}"
    if groups[0].kind == "click":
        line += f", of the chosen with the object or the surface clicked {np.mean(meant):.3f}"
    return f"{line}, on {len(groups)} prompts held back"


def main() -> None:
    """Fit both parts, or one of them, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("boundary", "prompts"))
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    if arguments.part != "prompts":
        write({"boundary": fit_boundary(list(boundary_lessons(BOUNDARY_SEEDS)))}, arguments.out)
    if arguments.part != "boundary":
        groups = list(prompt_groups(PROMPT_SEEDS))
        held_back = list(prompt_groups(HELD_BACK_SEEDS))
        write(fit_judges(groups, held_back), arguments.out)


def fit_judges(groups: list[Group], held_back: list[Group]) -> dict[str, Any]:
    """The judges of all kinds of prompts, with what they are worth."""
    found = {}
    for kind in PROMPTS:
        fit = fit_click if kind == "click" else fit_linear
        raw = fit([group for group in groups if group.kind == kind])
        line = quality(raw, [group for group in held_back if group.kind == kind])
        print(f"{kind}: {line}", flush=True)
        found[kind] = {"quality": line, **raw}
    return found


def write(networks: dict[str, Any], out: Path) -> None:
    """Puts networks into the file; those that it has of others stay."""
    document = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    document["made"] = (
        "By resources/scenes/fit_scorer.py, on random scenes (resources/scenes/random_scenes.py) "
        f"of the seeds {BOUNDARY_SEEDS.start} to {BOUNDARY_SEEDS.stop - 1} (boundary) and "
        f"{PROMPT_SEEDS.start} to {PROMPT_SEEDS.stop - 1}; held back: {HELD_BACK_SEEDS.start} to "
        f"{HELD_BACK_SEEDS.stop - 1}. No photographs. Every feature has its mean and deviation, "
        "every layer's weights are one row per input."
    )
    document |= networks
    order = ("made", "boundary", *PROMPTS)
    text = json.dumps({name: document[name] for name in order if name in document}, indent=1)
    out.write_text(_rows_on_lines(text) + "\n", encoding="utf-8")


def _fitted(
    names: tuple[str, ...],
    features: Floats,
    loss: Callable[[Model, torch.Tensor, torch.Tensor], torch.Tensor],
    count: int,
    batch: int,
    recipe: Recipe,
) -> dict[str, Any]:
    """A network as `network.Network.parse` reads it.

    Args:
        features: (N, F).
        loss: of a model, for some of 0 to count - 1, and the features (N, F) of deviation 1.
    """
    torch.manual_seed(0)
    torch.set_num_threads(1)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale < 1e-3] = 1.0  # what is always the same says nothing
    far = network.Network.FARTHEST
    x = torch.from_numpy(np.clip((features - mean) / scale, -far, far).astype(np.float32))
    sizes = (len(names), *recipe.hidden, 1)
    layers = [torch.nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
    parts: list[torch.nn.Module] = [torch.nn.Dropout(recipe.dropout / 2)]
    for layer in layers:
        parts += [layer, torch.nn.ReLU(), torch.nn.Dropout(recipe.dropout)]
    model = torch.nn.Sequential(*parts[:-2])
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=recipe.decay)
    steps = recipe.epochs * ((count + batch - 1) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(count).split(batch):
            optimiser.zero_grad()
            loss(model, chosen, x).backward()
            optimiser.step()
            schedule.step()
    return {
        "features": {
            name: [round(float(m), 5), round(float(s), 5)]
            for name, m, s in zip(names, mean, scale, strict=True)
        },
        "layers": [
            {
                "weights": _rounded(layer.weight.T.tolist()),
                "bias": _rounded(layer.bias.tolist()),
            }
            for layer in layers
        ],
    }


def _entropy(odds: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")


def _rounded(values: Any) -> Any:
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return round(float(values), 4)


def _rows_on_lines(text: str) -> str:
    """Indented JSON with every list of numbers on one line."""
    return re.sub(r"\[\s+([^][]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)


def _large(scene: RandomScene) -> list[Bitmap]:
    return [m for m in scene.masks if min(Mask.from_bitmap(m).bbox_xywh[2:]) >= LEAST_SIDE]


def _lesson(scene: RandomScene, picture: Picture, box: Box) -> Lesson:
    window = Window.around(box, picture.width, picture.height)
    labels, borders, named = looked_at(picture.pixels(window))
    things, pure = _most(labels, _seen(window, scene.things))
    surfaces, _ = _most(labels, _seen(window, scene.surfaces))
    first, second = borders.ends.T
    # Wall and table are no objects, but it cannot be held against anybody to tell them apart.
    unclear = (things[first] < 0) & (things[second] < 0) & (surfaces[first] != surfaces[second])
    used = (pure[first] > PURE) & (pure[second] > PURE) & ~unclear
    features = np.stack(list(named.values()), axis=1).astype(np.float32)
    return Lesson(
        tuple(named),
        features[used],
        (things[first] != things[second])[used],
        borders.length[used].astype(np.float32),
    )


def _seen(window: Window, values: NDArray[np.int32]) -> NDArray[np.int32]:
    """A map of the image (H, W) at the window's raster."""
    rows = (np.arange(window.rows) + 0.5) / window.rows * window.size[1] + window.y0
    columns = (np.arange(window.columns) + 0.5) / window.columns * window.size[0] + window.x0
    return values[np.ix_(rows.astype(int), columns.astype(int))]


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


def _first_click(mask: Bitmap, rng: np.random.Generator) -> Point:
    """The object's middle, or as often somewhere well inside: nobody clicks exactly."""
    if rng.random() < 0.5:
        middle = next_click(mask, np.zeros_like(mask))
        assert middle is not None
        return middle
    padded = np.pad(mask, 1).astype(np.uint8)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    rows, columns = np.nonzero(depth >= 0.3 * depth.max())
    at = int(rng.integers(len(rows)))
    return Point(float(columns[at]), float(rows[at]))


def _surface(scene: RandomScene, mask: Bitmap, click: Point) -> list[Mask]:
    """The surface clicked, as far as it is connected, if it is worth an annotation."""
    row, column = int(click.y), int(click.x)
    surface = mask & (scene.surfaces == scene.surfaces[row, column])
    _, pieces = cv2.connectedComponents(surface.astype(np.uint8), connectivity=4)
    piece = pieces == pieces[row, column]
    return [Mask.from_bitmap(piece)] if np.count_nonzero(piece) >= LEAST_AREA else []


def _judged(
    kind: str,
    encoded: engine.Encoded,
    ranked: engine.Ranked,
    clicks: tuple[Point, ...],
    box: Box | None,
    truth: Mask,
) -> tuple[Group, list[engine.BuiltinCandidate]]:
    found = [engine.finished(encoded, judged, clicks, box) for judged in ranked]
    features = np.array([list(judged.features.values()) for judged in ranked], np.float32)
    return _group(kind, tuple(ranked[0].features), features, found, [truth]), found


def _group(
    kind: str,
    names: tuple[str, ...],
    features: Floats,
    found: list[engine.BuiltinCandidate],
    meanings: list[Mask],
) -> Group:
    """Of candidates; the first meaning is the object, the others are what else may be meant."""
    ious = np.array([[c.mask().iou(mask) for c in found] for mask in meanings], np.float32)
    return Group(kind, names, features, ious[0], ious.max(axis=0))


def _corrections(
    encoded: engine.Encoded,
    mask: Bitmap,
    truth: Mask,
    click: Point,
    present: engine.BuiltinCandidate,
) -> Iterator[Group]:
    clicks: tuple[Point, ...] = (click,)
    for _ in range(CORRECTIONS):
        following = next_click(mask, present.mask().bitmap())
        if following is None:
            return
        clicks = (*clicks, following)
        corrected = engine.corrected(encoded, present.solution, clicks)
        group, found = _judged("correction", encoded, corrected, clicks, None, truth)
        yield group
        present = found[int(np.argmax(group.ious))]


if __name__ == "__main__":
    main()
