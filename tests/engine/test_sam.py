"""SamSegmenter against SamPredictor: the same weights and prompts give the same masks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from segment_anything import SamPredictor

from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import Cancelled, CancelToken
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from samdesk.errors import EngineError
from tests.engine.tiny_sam import INFO, tiny_openvino, tiny_sam, tiny_segmenter

PROMPTS = {
    "point": Prompt((Point(31, 22),)),
    "negative": Prompt((Point(31, 22), Point(5, 40, positive=False))),
    "box": Prompt(box=Box(4, 8, 50, 44)),
    "box with points": Prompt((Point(20, 20), Point(8, 30, positive=False)), Box(4, 8, 50, 44)),
}
SIZES = {"landscape": (90, 160), "portrait": (210, 70), "tiny": (48, 53), "large": (700, 900)}


def picture(size: tuple[int, int], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (size[0] // 8 + 1, size[1] // 8 + 1, 3), np.uint8)
    return np.kron(coarse, np.ones((8, 8, 1), np.uint8))[: size[0], : size[1]]


def oracle(predictor: SamPredictor, prompt: Prompt) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    masks, scores, logits = predictor.predict(
        point_coords=np.array([[p.x, p.y] for p in prompt.points]) if prompt.points else None,
        point_labels=np.array([int(p.positive) for p in prompt.points]) if prompt.points else None,
        box=np.array(prompt.box.xyxy) if prompt.box else None,
        mask_input=prompt.prior[None] if prompt.prior is not None else None,
    )
    order = np.argsort(-scores, kind="stable")
    return masks[order], scores[order], logits[order]


def assert_equal_to_oracle(
    segmenter: SamSegmenter, model: Any, image: np.ndarray, prompt: Prompt
) -> None:
    predictor = SamPredictor(model)
    predictor.set_image(image)
    embedding = segmenter.embed(image, token=CancelToken())
    prediction = segmenter.predict(embedding, prompt)
    masks, scores, logits = oracle(predictor, prompt)
    assert len(prediction.candidates) == 3
    for candidate, mask, score, low in zip(
        prediction.candidates, masks, scores, logits, strict=True
    ):
        assert candidate.score == pytest.approx(float(score), abs=1e-5)
        assert candidate.logits is not None
        np.testing.assert_allclose(candidate.logits, low, atol=1e-4)
        bitmap = candidate.mask().bitmap()
        # Rounding may tip single pixels whose logit is zero to six digits.
        assert np.count_nonzero(bitmap != mask) <= 1e-5 * mask.size + 1


@pytest.fixture(scope="module", params=["torch", "fused", "openvino"])
def segmenter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same weights on each runtime; "fused" is the attention that GPUs use."""
    if request.param == "openvino":
        return tiny_openvino(tmp_path_factory.mktemp("converted"))
    runtime = TorchRuntime(tiny_sam(), "cpu")
    if request.param == "fused":
        for attention in runtime._encoder.attentions:
            attention.kind = "fused"
    return SamSegmenter(runtime, INFO)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
def test_equals_sam_predictor(
    segmenter: SamSegmenter, size: tuple[int, int], prompt: Prompt
) -> None:
    assert_equal_to_oracle(segmenter, tiny_sam(), picture(size), prompt)


@pytest.mark.parametrize("name", ["point", "box with points"])
def test_equals_sam_predictor_with_a_prior_mask(segmenter: SamSegmenter, name: str) -> None:
    image = picture((90, 160))
    first = segmenter.predict(segmenter.embed(image, token=CancelToken()), PROMPTS["point"])
    prompt = replace(PROMPTS[name], prior=first.candidates[0].logits)
    assert_equal_to_oracle(segmenter, tiny_sam(), image, prompt)


def test_the_masks_of_this_test_are_not_trivial() -> None:
    segmenter = tiny_segmenter()
    areas = set()
    for prompt in PROMPTS.values():
        image = picture((90, 160))
        prediction = segmenter.predict(segmenter.embed(image, token=CancelToken()), prompt)
        areas |= {candidate.mask().area for candidate in prediction.candidates}
    assert len(areas) > 4
    assert any(0 < area < 90 * 160 for area in areas)


def test_stability_score_is_segment_anythings() -> None:
    from segment_anything.utils.amg import calculate_stability_score

    segmenter = tiny_segmenter()
    image = picture((256, 256))
    prediction = segmenter.predict(segmenter.embed(image, token=CancelToken()), PROMPTS["point"])
    for candidate in prediction.candidates:
        expected = calculate_stability_score(torch.as_tensor(candidate.logits)[None], 0.0, 1.0)
        assert candidate.stability_score == pytest.approx(float(expected[0]))


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_slivers_work(shape: tuple[int, int]) -> None:
    segmenter = tiny_segmenter()
    embedding = segmenter.embed(np.zeros((*shape, 3), np.uint8), token=CancelToken())
    mask = segmenter.predict(embedding, Prompt((Point(0, 0),))).candidates[0].mask()
    assert (mask.height, mask.width) == shape


def test_many_points_and_images_in_turn(segmenter: SamSegmenter) -> None:
    rng = np.random.default_rng(4)
    points = tuple(Point(*xy, positive=bool(xy[0] % 2)) for xy in rng.integers(0, 90, (30, 2)))
    pictures = [picture((90, 160), seed) for seed in (1, 2)]
    embeddings = [segmenter.embed(image, token=CancelToken()) for image in pictures]
    alone = [segmenter.predict(one, Prompt(points)).candidates[0].logits for one in embeddings]
    again = segmenter.predict(embeddings[0], Prompt(points)).candidates[0].logits
    assert alone[0] is not None and alone[1] is not None and again is not None
    np.testing.assert_array_equal(alone[0], again)
    assert np.abs(alone[0] - alone[1]).max() > 1e-3
    assert_equal_to_oracle(segmenter, tiny_sam(), pictures[1], Prompt(points))


def test_a_running_encode_is_cancelled_and_the_next_one_is_right(segmenter: SamSegmenter) -> None:
    expected = segmenter.embed(picture((90, 160)), token=CancelToken()).data
    token = CancelToken()
    with pytest.raises(Cancelled):
        segmenter.embed(picture((90, 160), 7), token=token, progress=lambda _: token.cancel())
    np.testing.assert_array_equal(
        np.asarray(expected),
        np.asarray(segmenter.embed(picture((90, 160)), token=CancelToken()).data),
    )


def test_the_decoder_answers_batches_as_it_answers_one() -> None:
    from samdesk.engine.sam.decoder import ClickPart, ImagePart

    sam = tiny_sam()
    click = ClickPart(sam)
    rng = torch.Generator().manual_seed(5)
    with torch.inference_mode():
        image = ImagePart(sam)(torch.randn(1, 32, 16, 16, generator=rng))
        coords = torch.rand(4, 3, 2, generator=rng) * 256
        labels = torch.tensor(
            [[1.0, 0.0, -1.0], [1.0, 1.0, -1.0], [0.0, 2.0, 3.0], [1.0, 2.0, 3.0]]
        )
        together = click(*image, coords, labels)
        for index in range(4):
            alone = click(*image, coords[index : index + 1], labels[index : index + 1])
            for one, of_all in zip(alone, together, strict=True):
                torch.testing.assert_close(one[0], of_all[index], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("is_exact", [True, False])
def test_an_embedding_from_the_disk_answers_as_it_did_before(
    is_exact: bool, tmp_path: Path
) -> None:
    converted = tiny_openvino(tmp_path, exact=is_exact)
    on_torch = SamSegmenter(TorchRuntime(tiny_sam(), "cpu", is_exact=is_exact), INFO)
    for segmenter in (converted, on_torch):
        embedding = segmenter.embed(picture((90, 160)), token=CancelToken())
        packed = segmenter.pack(embedding)
        assert packed is not None
        assert packed.dtype == (np.float32 if is_exact else np.float16)
        assert embedding.nbytes == packed.nbytes
        again = segmenter.unpack(packed.copy(), 160, 90)
        for one, other in zip(
            segmenter.predict(embedding, PROMPTS["box"]).candidates,
            segmenter.predict(again, PROMPTS["box"]).candidates,
            strict=True,
        ):
            assert one.score == other.score
            assert one.mask() == other.mask()


def test_values_beyond_float16_are_kept_in_float32() -> None:
    model = tiny_sam()
    with torch.no_grad():
        model.image_encoder.neck[3].weight.mul_(1e6)
    segmenter = SamSegmenter(TorchRuntime(model, "cpu", is_exact=False), INFO)
    packed = segmenter.pack(segmenter.embed(picture((90, 160)), token=CancelToken()))
    assert packed is not None and packed.dtype == np.float32 and np.isfinite(packed).all()


def test_weights_beyond_float16_stay_what_they_are_when_converted(tmp_path: Path) -> None:
    model = tiny_sam()
    with torch.no_grad():
        model.image_encoder.neck[3].weight.mul_(1e6)
    image = picture((90, 160))
    converted = tiny_openvino(tmp_path, model, exact=False)
    on_torch = SamSegmenter(TorchRuntime(model, "cpu", is_exact=False), INFO)
    found, expected = (
        segmenter.pack(segmenter.embed(image, token=CancelToken()))
        for segmenter in (converted, on_torch)
    )
    assert found is not None and expected is not None
    assert np.linalg.norm(found - expected) <= 2e-2 * np.linalg.norm(expected)


def test_encoding_stops_between_blocks() -> None:
    segmenter, token, seen = tiny_segmenter(), CancelToken(), []

    def progress(fraction: float) -> None:
        seen.append(fraction)
        token.cancel()

    with pytest.raises(Cancelled):
        segmenter.embed(picture((90, 160)), token=token, progress=progress)
    assert seen == [0.0]
    again = segmenter.embed(picture((90, 160)), token=CancelToken())
    assert again.nbytes == 16 * 16 * 32 * 4


def test_an_embedding_of_another_engine_is_refused() -> None:
    segmenter = tiny_segmenter()
    embedding = segmenter.embed(picture((90, 160)), token=CancelToken())
    with pytest.raises(EngineError):
        segmenter.predict(replace(embedding, engine="other"), PROMPTS["point"])
    assert segmenter.info == INFO


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_half_precision_stays_close(precision: str) -> None:
    image = picture((90, 160))
    exact, half = tiny_segmenter(), SamSegmenter(TorchRuntime(tiny_sam(), "cpu", precision), INFO)
    one = exact.embed(image, token=CancelToken()).data
    other = half.embed(image, token=CancelToken()).data
    assert isinstance(one, torch.Tensor)
    assert isinstance(other, torch.Tensor)
    assert other.dtype == torch.float32
    assert 0 < (one - other).norm() / one.norm() < 2e-2
