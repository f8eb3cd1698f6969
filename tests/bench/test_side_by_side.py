"""The comparison, on a SAM of a few layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from segment_anything import SamPredictor

from samdesk.bench.side_by_side import Duel, Figures, compare, measure_in_a_row
from samdesk.engine.base import RGB, CancelToken, Embedding, Progress, Segmenter, no_progress
from tests.engine.tiny_sam import tiny_sam, tiny_segmenter


def images() -> dict[int, RGB]:
    rng = np.random.default_rng(0)
    return {
        size: rng.integers(0, 256, (height, width, 3), np.uint8)
        for size, (width, height) in {1: (96, 72), 5: (150, 200)}.items()
    }


def compared(engine: Segmenter, **options: Callable[[], float]) -> Figures:
    return compare(engine, SamPredictor(tiny_sam()), images(), rounds=2, **options)


def test_both_are_asked_the_same_and_answer_the_same() -> None:
    figures = compared(tiny_segmenter())
    for duels in (figures.encode, figures.first, figures.further):
        assert list(duels) == [1, 5]
        for duel in duels.values():
            assert len(duel.ours) == len(duel.reference)
            assert min(*duel.ours, *duel.reference) > 0
    assert len(figures.encode[1].ours) == len(figures.first[1].ours) == 2
    assert len(figures.further[5].ours) == 2 * 5
    agreement = figures.agreement
    assert agreement.embedding_error == pytest.approx(0, abs=1e-5)
    assert agreement.score_difference == pytest.approx(0, abs=1e-5)
    assert agreement.mask_iou > 0.999
    assert 0 < agreement.box_share <= 1


def test_other_weights_are_found_out() -> None:
    agreement = compared(tiny_segmenter(seed=1)).agreement
    assert agreement.embedding_error is not None
    assert agreement.embedding_error > 0.1
    assert agreement.score_difference > 1e-3
    assert agreement.mask_iou < 0.99


def test_an_embedding_that_is_the_engines_own_is_not_compared() -> None:
    class Packed:
        """Keeps its embeddings in a form of its own."""

        def __init__(self) -> None:
            self.engine = tiny_segmenter()
            self.info = self.engine.info
            self.predict = lambda embedding, prompt: self.engine.predict(
                replace(embedding, data=embedding.data["features"]), prompt
            )
            self.close = self.engine.close

        def embed(
            self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
        ) -> Embedding:
            embedding = self.engine.embed(image, token=token, progress=progress)
            return replace(embedding, data={"features": embedding.data})

    agreement = compared(Packed()).agreement
    assert agreement.embedding_error is None
    assert agreement.mask_iou > 0.999


def test_the_machine_is_measured_between_the_rounds_and_the_device_waited_for() -> None:
    waits: list[float] = []
    figures = compared(
        tiny_segmenter(),
        between_rounds=lambda: 2e9,
        synchronise=lambda: waits.append(0.0),  # type: ignore[arg-type, return-value]
    )
    assert figures.matrix_flops == [2e9, 2e9]
    # Once to warm up and once per round and size, for either side.
    assert len(waits) == 2 + 2 * 2 * 2


def test_the_two_sides_take_turns_at_being_first() -> None:
    calls: list[str] = []
    duel = Duel()
    for _ in range(3):
        answers = duel.fight(lambda: calls.append("a") or "A", lambda: calls.append("b") or "B")
        assert answers == ("A", "B")
    assert calls == ["a", "b", "b", "a", "a", "b"]


def test_images_in_a_row_are_timed_as_one() -> None:
    engine, predictor = tiny_segmenter(), SamPredictor(tiny_sam())
    waits: list[int] = []
    duel = measure_in_a_row(engine, predictor, images()[1], lambda: waits.append(1), rounds=2)
    assert len(duel.ours) == len(duel.reference) == 2
    assert len(waits) == 4
