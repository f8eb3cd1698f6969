"""The networks that look, as they are fitted; `convolution.Look` applies them.

Every batch is seen turned, mirrored, and with other light, tints and noise, so that what is learnt
does not hang on how the scenes are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from samdesk.engine.builtin import convolution

Floats: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Recipe:
    """Of a network: its channels at a half, a quarter, an eighth and a sixteenth of the side."""

    widths: tuple[int, int, int, int]
    joined: int  # channels on the way back
    epochs: int
    ways: int = 1  # in which an object is drawn
    is_round: bool = False  # whether a view's last row goes on in the first one


RECIPES = {
    "box": Recipe((24, 48, 96, 128), joined=48, epochs=20),
    "click": Recipe((24, 48, 96, 128), joined=48, epochs=16, ways=3, is_round=True),
    "mask": Recipe((16, 32, 64, 96), joined=32, epochs=16),
}
AT_ONCE = 24
RATE, DECAY = 2e-3, 1e-2
# How much all ways count beside the one of least loss, and the IoU that is expected of them.
ALL_WAYS, EXPECTED = 0.15, 0.2
SUMMED = 32  # what all of a view is summed up in to expect an IoU
# Deviations of the logarithm of contrast and of the turn of hues (half of them), the range of
# chroma, the most light added, the most noise.
CONTRAST, HUE, CHROMA, LIGHT, NOISE = 0.25, 0.8, (0.3, 1.3), 0.12, 0.05


class Seen(nn.Conv2d):
    """A convolution whose batch's results have mean 0 and deviation 1 before what is kept of them.

    Ioffe and Szegedy, "Batch Normalization" (2015); `weights` has both in one.
    """

    def __init__(self, inputs: int, outputs: int, step: int = 1) -> None:
        super().__init__(inputs, outputs, 3, step, 1, bias=False)
        self.normal = nn.BatchNorm2d(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.normal(super().forward(x)))


class LookModel(nn.Module):
    """`convolution.Look` as it is fitted."""

    def __init__(self, channels: int, recipe: Recipe) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = recipe.widths
        joined = recipe.joined
        self.ways = recipe.ways
        self.at_half = Seen(channels, half, 2)
        self.at_quarter = Seen(half, quarter, 2)
        self.at_eighth = Seen(quarter, eighth, 2)
        self.at_sixteenth = Seen(eighth, sixteenth, 2)
        self.eighth_own = nn.Conv2d(eighth, joined, 1)
        self.whole = nn.Conv2d(sixteenth, joined, 1)
        self.eighth_joined = Seen(joined, joined)
        self.quarter_own = nn.Conv2d(quarter, joined, 1)
        self.eighth_above = nn.Conv2d(joined, joined, 1)
        self.quarter_joined = Seen(joined, joined)
        self.half_own = nn.Conv2d(half, half, 1)
        self.quarter_above = nn.Conv2d(joined, half, 1)
        self.half_joined = Seen(half, half)
        self.inside = nn.Conv2d(half, 4 * recipe.ways, 1)
        self.summed = nn.Linear(sixteenth + joined, SUMMED)
        self.expected = nn.Linear(SUMMED, recipe.ways)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """For (C, channels, rows, columns) the odds of every pixel, (C, ways, rows, columns), and
        those that stand for the IoUs expected, (C, ways)."""
        half = self.at_half(x)
        quarter = self.at_quarter(half)
        eighth = self.at_eighth(quarter)
        sixteenth = self.at_sixteenth(eighth)
        known = self.eighth_joined(
            torch.relu(self.eighth_own(eighth) + doubled(self.whole(sixteenth)))
        )
        around = doubled(self.eighth_above(known))
        known = self.quarter_joined(torch.relu(self.quarter_own(quarter) + around))
        summed = self.summed(torch.cat([sixteenth.mean((2, 3)), known.mean((2, 3))], 1))
        around = doubled(self.quarter_above(known))
        known = self.half_joined(torch.relu(self.half_own(half) + around))
        odds = functional.pixel_shuffle(self.inside(known), 2)
        return odds, self.expected(torch.relu(summed))


def doubled(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def fit_look(
    views: list[Bytes],
    covered: list[Bytes],
    where: int,
    recipe: Recipe,
    areas: Floats | None = None,
    watched: Callable[[nn.Module, int], None] | None = None,
) -> dict[str, Floats]:
    """The weights of a network that outlines objects, as `convolution.Look` has them.

    It learns every pixel, and the IoU that its probabilities amount to; of several ways that which
    fits an object best learns it. What it expects learns the IoU that it comes to.

    Args:
        views: (channels, rows, columns) each.
        covered: (rows, columns) each, how much of every pixel is the object's, 0 to 255.
        where: the channel that says where it matters.
        areas: (columns,), what a pixel counts for the IoU.
        watched: called after every epoch.
    """
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    model = LookModel(len(views[0]), recipe).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = recipe.epochs * math.ceil(len(views) / AT_ONCE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    size = torch.from_numpy(np.ones(views[0].shape[2], np.float32) if areas is None else areas)
    for epoch in range(recipe.epochs):
        total = 0.0
        for chosen in np.split(rng.permutation(len(views)), range(AT_ONCE, len(views), AT_ONCE)):
            x, wanted = varied(
                np.stack([views[k] for k in chosen]),
                np.stack([covered[k] for k in chosen]),
                rng,
                recipe.is_round,
            )
            optimiser.zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                odds, expected = model(x)
            loss = _loss(odds.float(), expected.float(), wanted, x[:, where], size)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen) / len(views)
        print(f"look: epoch {epoch + 1} of {recipe.epochs}, loss {total:.4f}", flush=True)
        if watched is not None:
            watched(model, epoch)
    return weights(model.eval())


def _loss(
    odds: torch.Tensor,
    expected: torch.Tensor,
    wanted: torch.Tensor,
    where: torch.Tensor,
    areas: torch.Tensor,
) -> torch.Tensor:
    wanted = wanted[:, None]
    each = functional.softplus(odds) - odds * wanted
    told = (each * where[:, None]).sum((2, 3)) / where.sum((1, 2))[:, None]
    lost = told + 1 - ious(torch.sigmoid(odds), wanted, where, areas)
    with torch.no_grad():
        reached = ious((odds > 0).float(), wanted, where, areas)
    foretold = functional.binary_cross_entropy_with_logits(expected, reached)
    return lost.min(1).values.mean() + ALL_WAYS * lost.mean() + EXPECTED * foretold


def ious(
    likely: torch.Tensor, wanted: torch.Tensor, where: torch.Tensor, areas: torch.Tensor
) -> torch.Tensor:
    """(C, ways), of probabilities (C, ways, rows, columns) with what is wanted."""
    counted = where[:, None] * areas
    common = (likely * wanted * counted).sum((2, 3))
    return common / (((likely + wanted) * counted).sum((2, 3)) - common + 1e-3)


def varied(
    views: Bytes, covered: Bytes, rng: np.random.Generator, is_round: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """`convolution.seen` of views, and what is wanted, each seen otherwise than it was.

    Returns:
        (C, channels, rows, columns) and (C, rows, columns), 0 to 1.
    """
    count, seen, wanted = len(views), torch.from_numpy(views), torch.from_numpy(covered)
    if is_round:
        turns = int(rng.integers(views.shape[2]))
        around = (
            np.arange(-convolution.WRAPPED, views.shape[2] + convolution.WRAPPED) + turns
        ) % views.shape[2]
        seen, wanted = seen[:, :, around], wanted[:, around]
    else:
        turns = int(rng.integers(4))
        seen, wanted = torch.rot90(seen, turns, (2, 3)), torch.rot90(wanted, turns, (1, 2))
    if rng.random() < 0.5:
        seen, wanted = seen.flip(2), wanted.flip(1)
    hue = np.where(rng.random(count) < 0.5, 0, rng.normal(0, HUE, count))
    chroma = rng.uniform(*CHROMA, count)
    mix = np.zeros((count, 3, 3), np.float32)
    mix[:, 0, 0] = np.exp(rng.normal(0, CONTRAST, count))
    mix[:, 1, 1] = mix[:, 2, 2] = chroma * np.cos(hue)
    mix[:, 2, 1] = chroma * np.sin(hue)
    mix[:, 1, 2] = -mix[:, 2, 1]
    shift = mix @ (-0.5 * convolution.GAINS)[:, None]
    shift[:, 0, 0] += rng.uniform(-LIGHT, LIGHT, count)
    noise = np.where(rng.random(count) < 0.5, 0, rng.uniform(0, NOISE, count))
    image = torch.baddbmm(
        torch.from_numpy(shift.astype(np.float32)),
        torch.from_numpy(mix * convolution.GAINS / np.float32(255)),
        seen[:, :3].reshape(count, 3, -1).float(),
    ).view(count, 3, *seen.shape[2:])
    for place in np.flatnonzero(noise):
        grains = torch.from_numpy(rng.standard_normal(image.shape[1:], np.float32))
        image[place] += grains * float(noise[place])
    x = seen.contiguous(memory_format=torch.channels_last).float() / 255
    x[:, :3] = image * x[:, convolution.THERE, None]
    return x, wanted.float() / 255


def weights(model: nn.Module) -> dict[str, Floats]:
    """As `convolution` has them: inputs before outputs, the kernel's sides first."""
    state = {}
    for name, part in model.named_modules():
        if isinstance(part, Seen):
            gain = part.normal.weight / torch.sqrt(part.normal.running_var + part.normal.eps)
            state[f"{name}.weight"] = part.weight * gain[:, None, None, None]
            state[f"{name}.bias"] = part.normal.bias - part.normal.running_mean * gain
        elif isinstance(part, nn.Conv2d | nn.Linear):
            state |= {f"{name}.weight": part.weight, f"{name}.bias": part.bias}
    found = {}
    for name, value in state.items():
        if value.dim() == 4:
            value = value.permute(2, 3, 1, 0)
            value = value[0, 0] if value.shape[:2] == (1, 1) else value
        elif value.dim() == 2:
            value = value.T
        found[name] = value.detach().contiguous().numpy()
    return found
