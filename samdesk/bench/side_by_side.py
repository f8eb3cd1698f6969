"""SAMDesk and `segment_anything.SamPredictor` by turns, on the same weights and images."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from samdesk.bench.engine import load
from samdesk.bench.machine import (
    description,
    matrix_product,
    peak_bytes,
    peak_gpu_bytes,
    synchroniser,
)
from samdesk.bench.photos import photo
from samdesk.core.mask import Mask
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import RGB, CancelToken, Embedding, Segmenter
from samdesk.engine.hardware import detect
from samdesk.engine.recommend import Preference, recommend
from samdesk.errors import EngineError

# Where clicks go, as shares of the width and height: one object, clicked ever more precisely.
_PLACES = ((0.5, 0.5), (0.55, 0.45), (0.42, 0.52), (0.6, 0.6), (0.48, 0.35), (0.35, 0.6))


@dataclass
class Duel:
    """Times in seconds of both, pair by pair.

    Attributes:
        ours, reference: the same number of each.
    """

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    def fight(self, ours: Callable[[], Any], reference: Callable[[], Any]) -> tuple[Any, Any]:
        """Runs both, by turns the one and the other first, and gives what they returned."""
        if len(self.ours) % 2 == 0:
            of_ours, of_reference = _timed(ours, self.ours), _timed(reference, self.reference)
        else:
            of_reference, of_ours = _timed(reference, self.reference), _timed(ours, self.ours)
        return of_ours, of_reference


@dataclass
class Agreement:
    """How far the answers of both differ: the worst of all rounds.

    Attributes:
        embedding_error: of the embedding, |a - b| / |b| by the Euclidean norm; None where the
            engine's embedding is no tensor of the reference's shape.
        score_difference: of the predicted IoUs.
        mask_iou: of the best mask with that of the reference's which it is most like; the least.
        box_share: the share of the image that the mask's bounding box takes, the largest: what
            a click costs grows with it.
    """

    embedding_error: float | None = None
    score_difference: float = 0.0
    mask_iou: float = 1.0
    box_share: float = 0.0


@dataclass
class Figures:
    """What `compare` measured, by megapixels.

    Attributes:
        encode, first, further: of an image, of the click after it, and of clicks that refine.
        matrix_flops: of the machine, measured between the rounds, 1/s.
        in_a_row: of eight images one after the other, waited for at their end only.
    """

    encode: dict[int, Duel]
    first: dict[int, Duel]
    further: dict[int, Duel]
    agreement: Agreement = field(default_factory=Agreement)
    matrix_flops: list[float] = field(default_factory=list)
    in_a_row: Duel = field(default_factory=Duel)


def compare(
    engine: Segmenter,
    predictor: Any,
    images: Mapping[int, RGB],
    *,
    rounds: int,
    synchronise: Callable[[], None] = lambda: None,
    between_rounds: Callable[[], float] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Figures:
    """Measures both by turns; the first image and click of either are not counted.

    Args:
        predictor: a `SamPredictor` with the engine's weights.
        images: by megapixels.
        synchronise: waits until the device has done all it was given.
        between_rounds: measures the machine itself.

    Raises:
        EngineError: the engine failed.
    """
    figures = Figures(_duels(images), _duels(images), _duels(images))
    sides = _Sides(engine, predictor, synchronise)
    smallest = images[min(images)]
    tell("warming up")
    warm = sides.embed(smallest)
    sides.set_image(smallest)
    sides.click(warm, _prompt(smallest, 1))
    sides.predict(_prompt(smallest, 1))
    for number in range(1, rounds + 1):
        if between_rounds is not None:
            figures.matrix_flops.append(between_rounds())
        for size, image in images.items():
            tell(f"round {number} of {rounds}, {size} megapixels")
            _round(sides, image, size, figures)
    return figures


def measure_in_a_row(
    engine: Segmenter, predictor: Any, image: RGB, synchronise: Callable[[], None], rounds: int
) -> Duel:
    """Seconds per image of eight encoded one after the other; for GPUs."""
    duel, count = Duel(), 8

    def run(encode: Callable[[], Any]) -> Callable[[], None]:
        def eight() -> None:
            for _ in range(count):
                encode()
            synchronise()

        return eight

    for _ in range(rounds):
        duel.fight(
            run(lambda: engine.embed(image, token=CancelToken())),
            run(lambda: predictor.set_image(image)),
        )
    return Duel([one / count for one in duel.ours], [one / count for one in duel.reference])


@dataclass(frozen=True)
class _Sides:
    """The same steps of either side, each done when it returns."""

    engine: Segmenter
    predictor: Any
    synchronise: Callable[[], None]

    def embed(self, image: RGB) -> Embedding:
        embedding = self.engine.embed(image, token=CancelToken())
        self.synchronise()
        return embedding

    def set_image(self, image: RGB) -> None:
        self.predictor.set_image(image)
        self.synchronise()

    def click(self, embedding: Embedding, prompt: Prompt) -> Any:
        """The prediction, with the mask that is shown."""
        prediction = self.engine.predict(embedding, prompt)
        prediction.candidates[0].mask()
        return prediction

    def predict(self, prompt: Prompt) -> Any:
        return _predict(self.predictor, prompt)


def _predict(predictor: Any, prompt: Prompt) -> Any:
    """SamPredictor's masks (3, height, width), scores (3,) and logits (3, 256, 256)."""
    return predictor.predict(
        np.array([(point.x, point.y) for point in prompt.points]),
        np.array([int(point.positive) for point in prompt.points]),
        mask_input=None if prompt.prior is None else prompt.prior[None],
        multimask_output=True,
    )


def _round(sides: _Sides, image: RGB, size: int, figures: Figures) -> None:
    embedding, _ = figures.encode[size].fight(
        lambda: sides.embed(image), lambda: sides.set_image(image)
    )
    agreement = figures.agreement
    error = _relative_error(embedding.data, sides.predictor.features)
    if error is not None:
        agreement.embedding_error = max(agreement.embedding_error or 0.0, error)
    ours, reference = figures.first[size].fight(
        lambda: sides.click(embedding, _prompt(image, 1)),
        lambda: sides.predict(_prompt(image, 1)),
    )
    _compare_answers(ours, reference, agreement)
    for clicks in range(2, len(_PLACES) + 1):
        # Either side refines the same mask, the reference's own, so that both are asked the same.
        prompt = _prompt(image, clicks, reference[2][np.argmax(reference[1])])
        ours, reference = figures.further[size].fight(
            partial(sides.click, embedding, prompt), partial(sides.predict, prompt)
        )
        _compare_answers(ours, reference, agreement)


def _compare_answers(ours: Any, reference: Any, agreement: Agreement) -> None:
    masks, scores, _ = reference
    for candidate, score in zip(ours.candidates, sorted(scores, reverse=True), strict=True):
        difference = abs(candidate.score - float(score))
        agreement.score_difference = max(agreement.score_difference, difference)
    mask = ours.candidates[0].mask()
    # Where two scores are all but equal, rounding decides which of the masks comes first.
    iou = max(mask.iou(Mask.from_bitmap(other)) for other in masks)
    agreement.mask_iou = min(agreement.mask_iou, iou)
    share = mask.w * mask.h / (mask.width * mask.height)
    agreement.box_share = max(agreement.box_share, share)


def _relative_error(ours: object, reference: Any) -> float | None:
    tensor: Any = ours
    ours = tensor.float().cpu().numpy() if hasattr(tensor, "cpu") else tensor
    expected = reference.float().cpu().numpy()
    if not isinstance(ours, np.ndarray) or ours.size != expected.size:
        return None
    difference = ours.astype(np.float32).reshape(expected.shape) - expected
    return float(np.linalg.norm(difference) / np.linalg.norm(expected))


def _prompt(image: RGB, clicks: int, prior: Any = None) -> Prompt:
    """The first clicks on an image; every third says what does not belong to the object."""
    height, width = image.shape[:2]
    points = (
        Point(x * (width - 1), y * (height - 1), number % 3 != 2)
        for number, (x, y) in enumerate(_PLACES[:clicks])
    )
    return Prompt(tuple(points), prior=prior)


def _duels(images: Mapping[int, RGB]) -> dict[int, Duel]:
    return {size: Duel() for size in images}


def _timed(work: Callable[[], Any], times: list[float]) -> Any:
    started = time.perf_counter()
    result = work()
    times.append(time.perf_counter() - started)
    return result


def run(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench` that compares, in a process of its own.

    Args:
        spec: "engine" ("auto" or a registry name that the file must be of), "checkpoint",
            "device", "precision", "sizes" and "rounds".
    """
    from samdesk.verbs.talk import say

    hardware = detect()
    machine = description(hardware)
    engine, device = load(spec, hardware)
    checkpoint = Path(spec["checkpoint"])
    info = engine.info
    say(f"{info.name} on {info.device}, {info.precision}, against SamPredictor in float32")
    predictor = reference(checkpoint, str(info.checkpoint), device)
    synchronise = synchroniser(device)
    images = {size: photo(size) for size in spec["sizes"]}
    figures = compare(
        engine,
        predictor,
        images,
        rounds=spec["rounds"],
        synchronise=synchronise,
        between_rounds=lambda: matrix_product(device, str(info.precision)),
        tell=say,
    )
    if device != "cpu":
        smallest = images[min(images)]
        figures.in_a_row = measure_in_a_row(
            engine, predictor, smallest, synchronise, spec["rounds"]
        )
    engine.close()
    yield {"machine": machine, "device": device, "engine": asdict(info), **asdict(figures)}


def run_alone(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """SamPredictor in a process of its own: one image, one click, and the memory that took."""
    device = Preference(device=spec["device"]).device_for(recommend(detect()))
    image = photo(1)
    predictor = reference(Path(spec["checkpoint"]), spec["kind"], device)
    predictor.set_image(image)
    _predict(predictor, _prompt(image, 1))
    yield {"peak_bytes": peak_bytes(), "peak_gpu_bytes": peak_gpu_bytes()}


def reference(checkpoint: Path, kind: str, device: str) -> Any:
    """A SamPredictor in float32.

    Raises:
        EngineError: the device is not there.
    """
    from segment_anything import SamPredictor, sam_model_registry

    from samdesk.engine.weights import read_weights

    model = sam_model_registry[kind]()
    model.load_state_dict(read_weights(checkpoint)[1])
    try:
        return SamPredictor(model.to(device).eval())
    except (RuntimeError, AssertionError) as error:
        raise EngineError(
            f"The device {device} cannot be used: {error}.", "Choose another one with --device."
        ) from error
