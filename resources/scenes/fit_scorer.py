"""Fit the networks by which the built-in engine finds boundaries and judges its own masks.

    OMP_NUM_THREADS=1 python resources/scenes/fit_scorer.py [--part PART] [--kept FOLDER]

Random scenes of known truth, more than half of them as another camera would show them, are looked
at as the engine looks at them. The first network foretells whether two superpixels belong to
different objects; with it every object is clicked and boxed. Of boxes one network learns which
superpixels are the object's, another one (`looks`) to draw the object from that and what is to be
seen; a third one learns to mend the masks that clicks make. Judges for clicks and for boxes learn
the IoUs of all proposals from what is known of them. The same code gives the same file. What was
seen of a scene may be kept in a folder, so that a run that was interrupted goes on; what other code
or other weights saw there is not used.

A click means the whole object to the networks, as most annotators mean it. The figures count it
both ways: what is answered against the object, and against the object or the surface that was
clicked, whichever is nearer, for the click on a lid or a label does not tell which is meant
("a reasonable mask for at least one of those", as Kirillov et al., "Segment Anything" (2023), say
what an ambiguous prompt asks for). They also count the clicks in the middle of objects of at least
32 pixels alone, which is how `samdesk bench --clicks` clicks.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import cv2
import looks
import numpy as np
import torch
from numpy.typing import NDArray
from random_scenes import LEAST_AREA, Bitmap, RandomScene, as_taken_elsewhere, random_scene

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from samdesk.bench.clicks import next_click  # noqa: E402
from samdesk.core.mask import Mask  # noqa: E402
from samdesk.core.prompt import Box, Point  # noqa: E402
from samdesk.engine.base import CancelToken  # noqa: E402
from samdesk.engine.builtin import convolution, look, network, propose  # noqa: E402
from samdesk.engine.builtin import segmenter as engine  # noqa: E402
from samdesk.engine.builtin.graph import looked_at  # noqa: E402
from samdesk.engine.builtin.inside import likely_inside  # noqa: E402
from samdesk.engine.builtin.propose import near_box, padded_box  # noqa: E402
from samdesk.engine.builtin.window import Picture, Window  # noqa: E402

OUT = ROOT / "resources" / network.WEIGHTS
LOOKS = ROOT / "resources" / convolution.WEIGHTS
# The seeds of the scenes for each purpose. Judges learn from boxes that no network learnt from.
PARTS = ("boundary", "masks", "prompts")
BOUNDARY_SEEDS = range(1000, 1130)
CLICK_SEEDS = range(3000, 3600)
BOX_SEEDS = range(3000, 3400)
BOX_JUDGE_SEEDS = range(3400, 3460)
HELD_BACK_SEEDS = range(1250, 1276)
ELSEWHERE = 0.6  # the share of the scenes to learn from that are as another camera shows them
LOOSE, LOOSENESS = 0.3, 0.03  # the share of boxes not drawn exactly, and by how much of a side
OBJECTS_PER_SCENE = 8
# Of every click so many proposals are mended, whose IoU is at least this share of the best one's,
# and so many of these with another click on their error.
MENDED, NEAR, CORRECTED = 2, 0.5, 0.6
LEAST_SIDE, LARGE_SIDE = 16, 32  # pixels
LONGEST = 30  # pixels up to which a boundary counts by its length
PURE = 0.75  # the share of a superpixel that must be one object's, to learn from it

Model: TypeAlias = torch.nn.Module
T = TypeVar("T")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """Of a network: its hidden layers, and how it is kept from learning by heart."""

    hidden: tuple[int, ...]
    epochs: int
    dropout: float
    decay: float


BOUNDARY = Recipe((64, 32), epochs=8, dropout=0.0, decay=1e-4)
INSIDE = Recipe((48, 24), epochs=8, dropout=0.05, decay=1e-3)
CLICK = Recipe((32, 32), epochs=30, dropout=0.1, decay=1e-2)
BOX = Recipe((16, 16), epochs=20, dropout=0.15, decay=1e-2)
RATE = 3e-3
# How much choosing counts beside foretelling, and how surely the higher one is chosen.
REGRET, CHOICE = 3.0, 4.0


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
    view: NDArray[np.uint8]
    covered: NDArray[np.uint8]


@dataclass(frozen=True)
class MaskLesson:
    """What a mask to be mended teaches.

    Attributes:
        view: `look.view`.
        covered: (SIDE, SIDE), how much of every pixel of the view is the object's, 0 to 255.
    """

    view: NDArray[np.uint8]
    covered: NDArray[np.uint8]


@dataclass(frozen=True)
class Group:
    """A prompt's C proposals.

    Attributes:
        kind: "click" or "box".
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


def boundary_lessons(seed: int) -> list[Lesson]:
    """Of a scene's whole image, and of windows as a click and a box make them."""
    scene = _to_learn_from(seed)
    picture = Picture.of(scene.rgb)
    rng = np.random.default_rng(seed)
    boxes = [Box(0, 0, picture.width, picture.height)]
    masks = _large(scene)
    for i in rng.permutation(len(masks))[:2]:
        box = _box(Mask.from_bitmap(masks[int(i)]))
        middle = Point((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        is_click = rng.random() < 0.5
        boxes.append(near_box(picture, middle) if is_click else padded_box(box))
    return [_lesson(scene, picture, box) for box in boxes]


def box_lessons(seed: int) -> list[BoxLesson]:
    """Of every box of a scene."""
    scene = _to_learn_from(seed)
    picture = Picture.of(scene.rgb)
    size = picture.width, picture.height
    found = []
    for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
        rng = np.random.default_rng((seed, number, 2))
        box = _drawn_box(Mask.from_bitmap(mask), rng, size)
        window = propose.Scene.of(picture, padded_box(box))
        graph = window.graph
        evidence, named, outside = propose.evidence_of_box(window, box, size)
        told = propose.walks_and_cut(evidence)
        inside = propose.covered(window, box)
        frame = look.framed(window.window.working_box(box))
        truth = _seen(window.window, mask).astype(np.uint8) * np.uint8(255)
        found.append(
            BoxLesson(
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
        )
    return found


def mask_lessons(seed: int) -> list[MaskLesson]:
    """Of two proposals for a click on every object of a scene."""
    scene = _to_learn_from(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    found = []
    for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
        click, _ = _first_click(mask, np.random.default_rng((seed, number)))
        proposals = engine.clicked(encoded, (click,)).proposals
        ious = np.array([_iou(proposal, mask) for proposal in proposals], np.float32)
        rng = np.random.default_rng((seed, number, 3))
        found += mask_lessons_of(proposals, ious, mask, click, rng)
    return found


def mask_lessons_of(
    proposals: list[propose.Proposal],
    ious: Floats,
    mask: Bitmap,
    click: Point,
    rng: np.random.Generator,
) -> list[MaskLesson]:
    """Of two that are not far from the object, most of them with another click on their error."""
    found = []
    near = np.flatnonzero(ious >= NEAR * ious.max())
    for at in rng.permutation(near)[:MENDED]:
        scene = proposals[at].scene
        graph, window = scene.graph, scene.window
        soft = graph.painted((proposals[at].inside > 0.5).astype(np.float32))
        truth = _seen(window, mask)
        clicks = [(window.row_column(click), True)]
        following = next_click(truth, soft > 0.5) if rng.random() < CORRECTED else None
        if following is not None:
            clicks.append(((int(following.y), int(following.x)), following.positive))
        frame = look.framed(look.around(soft, clicks))
        shown = look.view(scene.rgb, graph, frame, look.known_of(graph, frame, soft, clicks))
        covered = look.square(truth[:, :, None].astype(np.uint8) * np.uint8(255), frame)[0]
        found.append(MaskLesson(shown, covered))
    return found


def fit_inside(lessons: list[BoxLesson]) -> dict[str, Any]:
    """The network that tells which superpixels of a box are the object's."""
    made = []
    for lesson in lessons:
        within = ~lesson.outside
        area = lesson.area[within]
        features = lesson.features[within].astype(np.float32)
        made.append(Lesson(lesson.names, features, lesson.share[within], area / area.sum()))
    return fit_lessons(made, INSIDE)


def fit_look(lessons: list[BoxLesson]) -> dict[str, Any]:
    """The network that draws the object of a box, with what the network of `fit_inside` says."""
    views = []
    for lesson in lessons:
        features = lesson.features.astype(np.float32)
        named = dict(zip(lesson.names, features.T, strict=True))
        likely = likely_inside(named, lesson.outside)[lesson.labels]
        told = look.square((likely * 255 + 0.5).astype(np.uint8)[:, :, None], lesson.frame)[0]
        views.append(np.concatenate([lesson.view[:-2], told[None], lesson.view[-1:]]))
    covered = [lesson.covered for lesson in lessons]
    return looks.fit_look(views, covered, len(views[0]) - 1, looks.BOX)


def fit_lessons(lessons: list[Lesson], recipe: Recipe) -> dict[str, Any]:
    """The network that foretells what is wanted; 0 is an even chance."""
    features = np.concatenate([lesson.features for lesson in lessons])
    wanted = torch.from_numpy(np.concatenate([lesson.wanted for lesson in lessons])).float()
    weights = np.concatenate([lesson.weights for lesson in lessons])
    importance = torch.from_numpy(weights / weights.mean())

    def loss(model: Model, chosen: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        odds = model(x[chosen])[:, 0]
        return (_entropy(odds, wanted[chosen]) * importance[chosen]).mean()

    sizes = (len(lessons[0].names), *recipe.hidden, 1)
    layers = [torch.nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
    parts: list[torch.nn.Module] = [torch.nn.Dropout(recipe.dropout / 2)]
    for layer in layers:
        parts += [layer, torch.nn.ReLU(), torch.nn.Dropout(recipe.dropout)]
    model = torch.nn.Sequential(*parts[:-2])
    return _fitted(lessons[0].names, features, model, layers, loss, (len(features), 4096), recipe)


def click_groups(seed: int) -> list[Group]:
    """What the engine proposes for a click on every object of a scene, and how good that is.

    Drawing thousands of masks takes long: the IoUs are those of the superpixels.
    """
    scene = _to_learn_from(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    groups = []
    for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
        click, _ = _first_click(mask, np.random.default_rng((seed, number)))
        choice = engine.clicked(encoded, (click,))
        ious = np.array([_iou(proposal, mask) for proposal in choice.proposals], np.float32)
        groups.append(_group(choice, ious, ious, False))
    return groups


def box_groups(seed: int) -> list[Group]:
    """The same for a box around every object, from the masks as they are drawn."""
    scene = _to_learn_from(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    size = encoded.picture.width, encoded.picture.height
    groups = []
    for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
        truth = Mask.from_bitmap(mask)
        box = _drawn_box(truth, np.random.default_rng((seed, number, 2)), size)
        groups.append(_drawn(encoded, engine.boxed(encoded, box), (), box, [truth], False))
    return groups


def held_back_groups(seed: int) -> list[Group]:
    """Clicks on and boxes around every object of a scene as it is, from the masks drawn."""
    scene = random_scene(seed)
    encoded = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken()).data
    assert isinstance(encoded, engine.Encoded)
    groups = []
    for number, mask in enumerate(_large(scene)[:OBJECTS_PER_SCENE]):
        truth = Mask.from_bitmap(mask)
        click, is_middle = _first_click(mask, np.random.default_rng((seed, number)))
        meanings = [truth, *_surface(scene, mask, click)]
        is_plain = is_middle and min(truth.bbox_xywh[2:]) >= LARGE_SIDE
        choice = engine.clicked(encoded, (click,))
        groups.append(_drawn(encoded, choice, (click,), None, meanings, is_plain))
        box = _box(truth)
        groups.append(_drawn(encoded, engine.boxed(encoded, box), (), box, [truth], False))
    return groups


class CouncilModel(torch.nn.Module):
    """`network.Council` as it is fitted."""

    def __init__(self, features: int, recipe: Recipe) -> None:
        super().__init__()
        first, second = recipe.hidden
        self.seen = torch.nn.Linear(features, first)
        self.joined = torch.nn.Linear(3 * first, second)
        self.told = torch.nn.Linear(second, 1)
        self.some, self.most = (
            torch.nn.Dropout(recipe.dropout / 2),
            torch.nn.Dropout(recipe.dropout),
        )

    def forward(self, x: torch.Tensor, likeness: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """(G, C) odds for features (G, C, F), IoUs (G, C, C) and what of that is real (G, C)."""
        own = self.most(torch.relu(self.seen(self.some(x))))
        alike = likeness**2 * there[:, None, :]
        near = alike @ own / (alike.sum(2, keepdim=True) + 1e-6)
        mean = (own * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        joined = torch.cat([own, near, mean[:, None].expand_as(own)], -1)
        return self.told(self.most(torch.relu(self.joined(joined))))[..., 0]


def fit_judge(groups: list[Group], recipe: Recipe) -> dict[str, Any]:
    """The network that foretells the IoUs of a prompt's proposals.

    Beside the cross entropy with the IoUs it counts what is lost by choosing: by how much the best
    proposal is better than one drawn with probabilities softmax(CHOICE x odds).
    """
    most = max(len(group.ious) for group in groups)
    places, ious, real = (np.zeros((len(groups), most), kind) for kind in (int, "f4", "f4"))
    likeness = np.zeros((len(groups), most, most), np.float32)
    first = 0
    for row, group in enumerate(groups):
        count = len(group.ious)
        places[row, :count] = np.arange(first, first + count)
        ious[row, :count], real[row, :count] = group.ious, 1
        likeness[row, :count, :count] = group.likeness
        first += count
    rows, true, exists, alike = (torch.from_numpy(v) for v in (places, ious, real, likeness))

    def loss(model: Model, chosen: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        iou, there = true[chosen], exists[chosen]
        odds = model(x[rows[chosen]], alike[chosen], there)
        told = (_entropy(odds, iou) * there).sum(1) / there.sum(1)
        drawn = torch.softmax(CHOICE * odds + (there - 1) * 1e9, 1)
        lost = iou.max(1).values - (drawn * iou).sum(1)
        return (told + REGRET * lost).mean()

    features = np.concatenate([group.features for group in groups])
    model = CouncilModel(features.shape[1], recipe)
    layers = [model.seen, model.joined, model.told]
    return _fitted(groups[0].names, features, model, layers, loss, (len(groups), 16), recipe)


def quality(raw: dict[str, Any], groups: list[Group]) -> str:
    """How well a judge chooses, on prompts that it was not fitted on."""
    judge = network.Council.parse(raw)
    chosen = [int(np.argmax(judge.among(group.features, group.likeness))) for group in groups]
    pairs = list(zip(groups, chosen, strict=True))
    mean = np.mean([group.ious[at] for group, at in pairs])
    best = np.mean([group.ious.max() for group in groups])
    line = f"mean IoU of the chosen {mean:.3f}, of the best {best:.3f}"
    if groups[0].kind == "click":
        meant = np.mean([group.meant[at] for group, at in pairs])
        plain = np.mean([group.ious[at] for group, at in pairs if group.plain])
        line += f", of the chosen with the object or the surface clicked {meant:.3f}"
        line += f", in the middle of objects of at least {LARGE_SIDE} pixels {plain:.3f}"
    return f"{line}, on {len(groups)} prompts held back"


def main() -> None:
    """Fits all parts, or one of them, and writes the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="for what scenes looked like")
    arguments = parser.parse_args()
    kept = arguments.kept
    cv2.setNumThreads(1)
    if arguments.part in (None, "boundary"):
        write(
            "boundary", fit_lessons(_of_all(boundary_lessons, BOUNDARY_SEEDS, kept, ()), BOUNDARY)
        )
    if arguments.part in (None, "masks"):
        lessons = _of_all(mask_lessons, CLICK_SEEDS, kept)
        views, covered = [one.view for one in lessons], [one.covered for one in lessons]
        raw = looks.fit_look(views, covered, convolution.THERE, looks.MASK)
        write_look("mask", f"{_named(CLICK_SEEDS)}: {len(lessons)} masks", raw)
    if arguments.part in (None, "prompts"):
        fit_prompts(kept)


def fit_prompts(kept: Path | None) -> None:
    """Everything that builds on the boundaries."""
    clicks = _of_all(click_groups, CLICK_SEEDS, kept)
    judges = {"click": fit_judge(clicks, CLICK)}
    write("click", judges["click"])
    boxes = _of_all(box_lessons, BOX_SEEDS, kept)
    write("inside", fit_inside(boxes))
    write_look("box", f"{_named(BOX_SEEDS)}: {len(boxes)} boxes", fit_look(boxes))
    parts = ("boundary", "inside")
    judges["box"] = fit_judge(_of_all(box_groups, BOX_JUDGE_SEEDS, kept, parts), BOX)
    held_back = _of_all(held_back_groups, HELD_BACK_SEEDS, kept, parts)
    for kind, raw in judges.items():
        line = quality(raw, [group for group in held_back if group.kind == kind])
        print(f"{kind}: {line}", flush=True)
        write(kind, {"quality": line, **raw})


def write(part: str, raw: dict[str, Any]) -> None:
    """Makes this the file's part, and what the engine uses from now on."""
    document = json.loads(OUT.read_text(encoding="utf-8"))
    document[part] = raw
    document["made"] = _made(
        f"{_named(BOUNDARY_SEEDS)} (boundary), {_named(CLICK_SEEDS)} (click), "
        f"{_named(BOX_SEEDS)} (inside) and {_named(BOX_JUDGE_SEEDS)} (box)"
    ) + (
        " Every feature of a network has its mean and deviation, every layer's weights are one "
        "row per input. The linear weights of corrections are of an earlier version of the script, "
        "on 2000 objects of the seeds from 1000 on, some of which are now held back."
    )
    order = ("made", "boundary", "inside", *network.JUDGES, "correction")
    text = json.dumps({name: document[name] for name in order if name in document}, indent=1)
    OUT.write_text(_rows_on_lines(text) + "\n", encoding="utf-8")
    network.networks.cache_clear()


def write_look(kind: str, seeds: str, raw: dict[str, Any]) -> None:
    """The same for a network that looks."""
    document = json.loads(LOOKS.read_text(encoding="utf-8")) if LOOKS.exists() else {}
    document[kind] = {"made": _made(seeds), **raw}
    LOOKS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    convolution.looks.cache_clear()


def _made(seeds: str) -> str:
    return (
        "By resources/scenes/fit_scorer.py, on random scenes (resources/scenes/random_scenes.py) "
        f"of the seeds {seeds}; held back: {_named(HELD_BACK_SEEDS)}. No photographs."
    )


def _of_all(
    make: Callable[[int], list[T]],
    seeds: range,
    kept: Path | None,
    parts: tuple[str, ...] = ("boundary",),
) -> list[T]:
    """What is made of all scenes with parts of the file; what is kept of it is not made again."""
    found: list[T] = []
    name = make.__name__
    state = _state(parts)
    for seed in seeds:
        file = None if kept is None else kept / state / f"{name}_{seed}.pkl"
        if file is not None and file.exists():
            found += pickle.loads(file.read_bytes())
            continue
        made = make(seed)
        found += made
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(pickle.dumps(made))
            part.replace(file)
    print(f"{name}: {len(found)} of {len(seeds)} scenes", flush=True)
    return found


def _state(parts: tuple[str, ...]) -> str:
    """Of all that what is seen depends on: the code and the networks fitted so far."""
    code = [*(ROOT / "samdesk/engine/builtin").glob("*.py"), *Path(__file__).parent.glob("*.py")]
    total = hashlib.sha256()
    for file in sorted(code):
        total.update(file.read_bytes())
    document = json.loads(OUT.read_text(encoding="utf-8"))
    total.update(json.dumps([document.get(part) for part in parts]).encode())
    if "inside" in parts:
        total.update(LOOKS.read_bytes())
    return total.hexdigest()[:16]


def _named(seeds: range) -> str:
    return f"{seeds.start} to {seeds.stop - 1}"


def _fitted(
    names: tuple[str, ...],
    features: Floats,
    model: Model,
    layers: Sequence[torch.nn.Linear],
    loss: Callable[[Model, torch.Tensor, torch.Tensor], torch.Tensor],
    numbers: tuple[int, int],
    recipe: Recipe,
) -> dict[str, Any]:
    """A network as `network.Network.parse` reads it.

    Args:
        features: (N, F).
        layers: the model's, in their order.
        loss: of a model, for some of 0 to count - 1, and the features (N, F) of deviation 1.
        numbers: the count, and how many are taken at once.
    """
    count, batch = numbers
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for layer in layers:
        layer.reset_parameters()
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale < 1e-3] = 1.0  # what is always the same says nothing
    far = network.Network.FARTHEST
    x = torch.from_numpy(np.clip((features - mean) / scale, -far, far).astype(np.float32))
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
        (things[first] != things[second])[used].astype(np.float32),
        np.minimum(borders.length[used], LONGEST).astype(np.float32),
    )


def _seen(window: Window, values: NDArray[Any]) -> NDArray[Any]:
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


def _to_learn_from(seed: int) -> RandomScene:
    """The scene of a seed, mostly as another camera would show it."""
    scene, rng = random_scene(seed), np.random.default_rng((seed, 1))
    if rng.random() >= ELSEWHERE:
        return scene
    return replace(scene, rgb=as_taken_elsewhere(scene.rgb, rng))


def _box(truth: Mask) -> Box:
    x, y, w, h = truth.bbox_xywh
    return Box(x, y, x + w, y + h)


def _drawn_box(truth: Mask, rng: np.random.Generator, size: tuple[int, int]) -> Box:
    """The object's box, not always exact: by hand it is not either."""
    box = _box(truth)
    if rng.random() >= LOOSE:
        return box
    width, height = box.x1 - box.x0, box.y1 - box.y0
    x0, y0, x1, y1 = rng.normal(0, LOOSENESS, 4) * (width, height, width, height)
    return Box(box.x0 + x0, box.y0 + y0, box.x1 + x1, box.y1 + y1).clipped(*size)


def _first_click(mask: Bitmap, rng: np.random.Generator) -> tuple[Point, bool]:
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


def _iou(proposal: propose.Proposal, mask: Bitmap) -> float:
    """Of a proposal's superpixels with an object (H, W)."""
    window, graph = proposal.scene.window, proposal.scene.graph
    pixel = window.size[0] * window.size[1] / graph.labels.size
    chosen = proposal.inside > 0.5
    truth = graph.node_means(_seen(window, mask).astype(np.float32)) * graph.area
    common = float(truth[chosen].sum()) * pixel
    area = float(graph.area[chosen].sum()) * pixel
    return common / max(area + np.count_nonzero(mask) - common, 1)


if __name__ == "__main__":
    main()
