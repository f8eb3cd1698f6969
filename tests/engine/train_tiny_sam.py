"""Makes `tiny_sam.npz`: `python -m tests.engine.train_tiny_sam`, some minutes on a CPU.

A SAM with random weights gives the same mask wherever it is clicked. This one has learnt to tell
a few plain shapes from their background, so that grids of points find different masks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from tests.engine.tiny_sam import SIDE, TRAINED, tiny_sam
from tests.scenes import shapes

_STEPS, _POINTS = 1500, 12


def main() -> None:
    rng, model = np.random.default_rng(0), tiny_sam().train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, _STEPS)
    for step in range(_STEPS):
        loss = _loss(model, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % 50 == 49:
            print(step + 1, float(loss), flush=True)
    weights = {name: tensor.half().numpy() for name, tensor in model.state_dict().items()}
    np.savez_compressed(TRAINED, **weights)


def _loss(model: Any, rng: np.random.Generator) -> torch.Tensor:
    """Of the best of three masks for points on shapes, and of the predicted IoUs."""
    image, owners = shapes(rng, SIDE, SIDE)
    rows, columns = np.nonzero(owners)
    chosen = rng.integers(0, len(rows), _POINTS)
    rows, columns = rows[chosen], columns[chosen]
    coords = torch.as_tensor(np.stack([columns, rows], -1)[:, None]).float()
    sparse, dense = model.prompt_encoder((coords, torch.ones(_POINTS, 1)), None, None)
    pixels = torch.as_tensor(image).permute(2, 0, 1)[None].float()
    logits, scores = model.mask_decoder(
        image_embeddings=model.image_encoder(model.preprocess(pixels)),
        image_pe=model.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=True,
    )
    inside = owners[None] == owners[rows, columns][:, None, None]
    target = F.interpolate(torch.as_tensor(inside)[:, None].float(), logits.shape[2:], mode="area")
    target = (target > 0.5).float().expand_as(logits)
    likely = logits.sigmoid()
    dice = 1 - (2 * (likely * target).sum((2, 3)) + 1) / ((likely + target).sum((2, 3)) + 1)
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((2, 3))
    losses = 3 * entropy + dice
    common = ((logits > 0) & (target > 0)).sum((2, 3))
    iou = common / ((logits > 0) | (target > 0)).sum((2, 3)).clamp(min=1)
    return losses.min(1).values.mean() + 0.2 * losses.mean() + F.mse_loss(scores, iou)


if __name__ == "__main__":
    main()
