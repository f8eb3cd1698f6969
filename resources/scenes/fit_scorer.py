"""Fit the networks by which the built-in engine finds boundaries, outlines, and judges its masks.

    OMP_NUM_THREADS=1 python resources/scenes/fit_scorer.py [--part PART] [--kept FOLDER]

Random scenes of known truth, most of them as another camera would show them, are looked at as the
engine looks at them (`lessons`). The first network foretells whether two superpixels belong to
different objects. With it every object is boxed and clicked: one network learns which superpixels
of a box are the object's, three more (`looks`) to draw the object of a box, the one that is
clicked, and what is wrong with a mask. Judges for clicks, boxes and corrections learn the IoUs of
all proposals from what is known of them, on scenes that no other network learnt from (`groups`).
The same code gives the same files. What was seen of a scene may be kept in a folder, so that a run
that was interrupted goes on, or several share the scenes; what other code or other weights saw
there is not used.

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
import json
import pickle
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import looks
import numpy as np
from fitting import BOUNDARY, RECIPES, fit_inside, fit_judge, fit_lessons
from groups import LARGE_SIDE, Group, box_groups, click_groups, correction_groups, held_back_groups
from lessons import ROOT, BoxLesson, LookLesson, SceneLessons, boundary_lessons, scene_lessons

from samdesk.engine.builtin import convolution, look, network, polar
from samdesk.engine.builtin.inside import likely_inside

SCORER = ROOT / "resources" / network.WEIGHTS
LOOKS = ROOT / "resources" / convolution.WEIGHTS
PARTS = ("boundary", "box", "click", "mask", "judges")
# The seeds of the scenes for each purpose.
BOUNDARY_SEEDS = range(1000, 1240)
HELD_BACK_SEEDS = range(1250, 1276)
NEAR = 0.4  # the IoU from which on a mask is mended
LOOK_SEEDS = range(3000, 3308)
JUDGE_SEEDS = {
    "click": range(5000, 5277),
    "box": range(5000, 5100),
    "correction": range(5000, 5030),
}
# How judges learn, and from which networks' work.
SEEN_BY = {
    "click": (click_groups, ("boundary",), ("click",)),
    "box": (box_groups, ("boundary", "inside"), ("box",)),
    "correction": (correction_groups, ("boundary", "click"), ("click", "mask")),
}
# The code that lessons are made by, and groups.
LESSONS_BY = (
    *("lessons", "random_scenes", "boundary", "graph", "hierarchy", "inside", "look", "network"),
    *("polar", "propose", "render", "solve", "window"),
)
GROUPS_BY = (*LESSONS_BY, "groups", "convolution", "judge", "segmenter")


def main() -> None:
    """Fits all parts, or one of them, and writes the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="for what scenes looked like")
    parser.add_argument(
        "--share", metavar="K/N", help="only keep what every Nth scene from the Kth on looks like"
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    share = None
    if arguments.share is not None:
        first, step = (int(number) for number in arguments.share.split("/"))
        share = slice(first, None, step)
    kept = Kept(arguments.kept, share)
    for part in (arguments.part,) if arguments.part else PARTS:
        if part == "boundary":
            fit_boundary(kept)
        elif part == "judges":
            fit_judges(kept)
        else:
            fit_look(part, kept)


def fit_boundary(kept: Kept) -> None:
    lessons = kept.of_all(boundary_lessons, BOUNDARY_SEEDS, _state(LESSONS_BY, ()))
    if kept.share is None:
        write({"boundary": fit_lessons(lessons, BOUNDARY)})


def fit_look(kind: str, kept: Kept) -> None:
    """The network that looks at boxes (with the one of their superpixels), clicks or masks."""
    state = _state(LESSONS_BY, ("boundary",))
    lessons = kept.of_all(scene_lessons, LOOK_SEEDS, state, lambda one: _of_kind(one, kind))
    if kept.share is not None:
        return
    if kind == "box":
        boxes = [lesson for lesson in lessons if isinstance(lesson, BoxLesson)]
        write({"inside": fit_inside(boxes)})
        lessons = [with_likely(lesson) for lesson in boxes]
    seen = [lesson for lesson in lessons if isinstance(lesson, LookLesson)]
    if kind == "mask":
        seen = [lesson for lesson in seen if is_near(lesson)]
    where = len(seen[0].view) - 1 if kind == "box" else convolution.THERE
    areas = polar_areas() if kind == "click" else None
    views, covered = [one.view for one in seen], [one.covered for one in seen]
    write_look(kind, len(views), looks.fit_look(views, covered, where, looks.RECIPES[kind], areas))


def fit_judges(kept: Kept) -> None:
    """Everything that builds on all the others."""
    for kind, (see, parts, sights) in SEEN_BY.items():
        if kept.share is None or kind != "correction":
            groups = kept.of_all(see, JUDGE_SEEDS[kind], _state(GROUPS_BY, parts, sights))
            if kept.share is None:
                write({kind: fit_judge(groups, RECIPES[kind])})
    state = _state(GROUPS_BY, ("boundary", "inside", "click"), looks.RECIPES)
    held_back = kept.of_all(held_back_groups, HELD_BACK_SEEDS, state)
    if kept.share is not None:
        return
    document = json.loads(SCORER.read_text(encoding="utf-8"))
    for kind in network.JUDGES:
        line = quality(document[kind], [group for group in held_back if group.kind == kind])
        print(f"{kind}: {line}", flush=True)
        write({kind: {"quality": line, **document[kind]}})


def with_likely(lesson: BoxLesson) -> LookLesson:
    """A box as it is seen with what the network of `fit_inside` says."""
    named = dict(zip(lesson.names, lesson.features.astype(np.float32).T, strict=True))
    likely = likely_inside(named, lesson.outside)[lesson.labels]
    told = look.square((likely * 255 + 0.5).astype(np.uint8)[:, :, None], lesson.frame)
    return LookLesson(np.concatenate([lesson.view[:-2], told, lesson.view[-1:]]), lesson.covered)


def is_near(lesson: LookLesson) -> bool:
    """Whether a mask is one of the object: from others nothing is learnt of mending."""
    mask, covered = lesson.view[4] > 127, lesson.covered > 127
    return bool(np.count_nonzero(mask & covered) >= NEAR * np.count_nonzero(mask | covered))


def polar_areas() -> looks.Floats:
    """(DISTANCES,): the areas of places around a click, 1 on average."""
    areas = polar.Rings(0.0, 0.0, 1.0).areas()
    return np.asarray(areas / areas.mean(), np.float32)


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


def write(parts: dict[str, Any]) -> None:
    """Makes these the file's parts, and what the engine uses from now on."""
    document = json.loads(SCORER.read_text(encoding="utf-8")) | parts
    judged = ", ".join(f"{_named(seeds)} ({kind})" for kind, seeds in JUDGE_SEEDS.items())
    document["made"] = (
        "By resources/scenes/fit_scorer.py, on random scenes (resources/scenes/random_scenes.py) "
        f"of the seeds {_named(BOUNDARY_SEEDS)} (boundary), {_named(LOOK_SEEDS)} (inside) and, for "
        f"the judges, {judged}; held back: {_named(HELD_BACK_SEEDS)}. No photographs. Every "
        "feature of a network has its mean and deviation, every layer's weights are one row per "
        "input."
    )
    order = ("made", "looks", "boundary", "inside", *network.JUDGES)
    text = json.dumps({name: document[name] for name in order if name in document}, indent=1)
    SCORER.write_text(_rows_on_lines(text) + "\n", encoding="utf-8")
    network.networks.cache_clear()


def write_look(kind: str, count: int, weights: dict[str, looks.Floats]) -> None:
    """The same for a network that looks, whose weights are kept apart."""
    found = {}
    if LOOKS.exists():
        with np.load(LOOKS) as file:
            found = {key: file[key] for key in file if not key.startswith(f"{kind}/")}
    found |= {f"{kind}/{name}": values.astype(np.float16) for name, values in weights.items()}
    np.savez(LOOKS, **{key: found[key] for key in sorted(found)})
    document = json.loads(SCORER.read_text(encoding="utf-8"))
    made = document.get("looks", {})
    made[kind] = f"On {count} views in random scenes of the seeds {_named(LOOK_SEEDS)}."
    write({"looks": {kind: made[kind] for kind in sorted(made)}})
    convolution.looks.cache_clear()


class Kept:
    """Where what was made of scenes is kept.

    Attributes:
        folder: None for nowhere.
        share: those of the scenes that are looked at, when nothing is fitted.
    """

    def __init__(self, folder: Path | None, share: slice | None) -> None:
        self.folder = folder
        self.share = share

    def of_all(
        self,
        make: Callable[[int], list[Any]],
        seeds: range,
        state: str,
        wanted: Callable[[Any], list[Any]] = lambda one: [one],
    ) -> list[Any]:
        """What is made of all scenes in a state; what is kept of it is not made again."""
        found: list[Any] = []
        name = make.__name__
        for seed in seeds if self.share is None else seeds[self.share]:
            file = None if self.folder is None else self.folder / state / f"{name}_{seed}.pkl"
            if file is not None and file.exists():
                made = pickle.loads(file.read_bytes())
            else:
                made = make(seed)
                if file is not None:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    part = file.with_suffix(".part")
                    part.write_bytes(pickle.dumps(made))
                    part.replace(file)
            if self.share is None:
                found += [part for one in made for part in wanted(one)]
        print(f"{name}: {len(found)} of {len(seeds)} scenes", flush=True)
        return found


def _of_kind(lessons: SceneLessons, kind: str) -> list[Any]:
    return {"box": lessons.boxes, "click": lessons.clicks, "mask": lessons.masks}[kind]


def _state(code: Iterable[str], parts: Iterable[str], sights: Iterable[str] = ()) -> str:
    """Of all that what is seen depends on: the code and the networks fitted so far."""
    total = hashlib.sha256()
    for file in _code():
        if file.stem in code:
            total.update(file.read_bytes())
    document = json.loads(SCORER.read_text(encoding="utf-8"))
    total.update(json.dumps([document.get(part) for part in parts]).encode())
    for kind in sights:
        for name, values in convolution.looks()[kind].weights.items():
            total.update(name.encode() + values.tobytes())
    return total.hexdigest()[:16]


def _code() -> list[Path]:
    engine = ROOT / "samdesk" / "engine" / "builtin"
    return sorted([*engine.glob("*.py"), *Path(__file__).parent.glob("*.py")])


def _named(seeds: range) -> str:
    return f"{seeds.start} to {seeds.stop - 1}"


def _rows_on_lines(text: str) -> str:
    """Indented JSON with every list of numbers on one line."""
    return re.sub(r"\[\s+([^][]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)


if __name__ == "__main__":
    main()
