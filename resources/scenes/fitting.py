"""Fits the small networks: of boundaries, of superpixels, and the judges of proposals."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from groups import Group
from lessons import BoxLesson, Lesson
from numpy.typing import NDArray

from samdesk.engine.builtin import network

Model: TypeAlias = torch.nn.Module
Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """Of a network: its hidden layers, and how it is kept from learning by heart."""

    hidden: tuple[int, ...]
    epochs: int
    dropout: float
    decay: float


BOUNDARY = Recipe((64, 32), epochs=8, dropout=0.0, decay=1e-4)
INSIDE = Recipe((48, 24), epochs=8, dropout=0.05, decay=1e-3)
# Of the judges.
RECIPES = {
    "click": Recipe((32, 32), epochs=30, dropout=0.1, decay=1e-2),
    "box": Recipe((16, 16), epochs=20, dropout=0.15, decay=1e-2),
    "correction": Recipe((16, 16), epochs=20, dropout=0.15, decay=1e-2),
}
RATE = 3e-3
# How much choosing counts beside foretelling, and how surely the higher one is chosen.
REGRET, CHOICE = 3.0, 4.0


def fit_inside(lessons: list[BoxLesson]) -> dict[str, Any]:
    """The network that tells which superpixels of a box are the object's."""
    made = []
    for lesson in lessons:
        within = ~lesson.outside
        area = lesson.area[within]
        features = lesson.features[within].astype(np.float32)
        made.append(Lesson(lesson.names, features, lesson.share[within], area / area.sum()))
    return fit_lessons(made, INSIDE)


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
