"""Which checkpoint suits a machine: by the hardware guidelines first, then by what fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from samdesk.engine.base import Attempt
from samdesk.engine.checkpoint import Checkpoint, checkpoint, checkpoints, overhead_bytes
from samdesk.engine.hardware import Gpu, Hardware
from samdesk.text import Text

Policy: TypeAlias = Literal["guide", "arr-coc"]

GB = 1_000_000_000  # as on the box: an "8 GB" card has 8.59e9 bytes, of which it reports 7.996 GiB

# Below this the guide computes on the CPU.
_GUIDE_SMALLEST_GPU = 4 * GB
# ARR-COC's own rule, by free memory; ViT-B below.
_ARR_COC = (("vit_h", 12 * GB), ("vit_l", 6 * GB), ("vit_b", 0))
_PRECISION_WORDS = {
    "float32": Text("full"),
    "float16": Text("half"),
    "bfloat16": Text("half"),
}


@dataclass(frozen=True)
class Preference:
    """What the user prefers to what is recommended.

    Attributes:
        policy: by which the checkpoint is recommended.
        device: as torch names it; "auto" for the recommended one.
        precision: "auto", or "exact" for float32 everywhere.
    """

    policy: Policy = "guide"
    device: str = "auto"
    precision: str = "auto"

    def recommended(self, hardware: Hardware) -> Recommendation:
        """The checkpoint for a machine, or for the chosen one of its devices."""
        return recommend(hardware.only(self.device), self.policy, is_chosen=self.device != "auto")

    def device_for(self, recommendation: Recommendation) -> str:
        """The device to use."""
        return recommendation.device if self.device == "auto" else self.device

    def precision_on(self, device: str) -> str:
        """The precision to use on a device; see `load_sam`."""
        return "exact" if self.precision == "exact" else precision_for(device)


@dataclass(frozen=True)
class Recommendation:
    """What to use and why.

    Attributes:
        checkpoint: registry name.
        device: as torch names it.
        precision: "float32", "float16" or "bfloat16".
        tier: what the policy alone gives, before it is asked what fits.
        reason: for people.
        fits: whether the free memory holds it.
    """

    checkpoint: str
    device: str
    precision: str
    policy: Policy
    tier: str
    reason: str
    fits: bool


def recommend(
    hardware: Hardware, policy: Policy = "guide", *, is_chosen: bool = False
) -> Recommendation:
    """The checkpoint for a machine.

    Of several GPUs it is the one on which the largest checkpoint fits.

    Args:
        is_chosen: whether somebody chose the device that is all there is of the machine.
    """
    on_gpus = [_on_gpu(gpu, policy) for gpu in hardware.gpus if gpu.device is not None]
    fitting = [(one, gpu) for one, gpu in on_gpus if one is not None]
    if not fitting:
        return _on_cpu(hardware, policy, is_chosen)
    sizes = {known.kind: known.parameters for known in checkpoints()}
    best, _ = max(fitting, key=lambda pair: (sizes[pair[0].checkpoint], pair[1].free_bytes))
    return best


def best_installed(recommendation: Recommendation, installed: Collection[str]) -> str | None:
    """The installed checkpoint that comes closest: the largest that is no larger than recommended.

    When all are larger, the smallest of them; None when there is none.
    """
    by_size = [known.kind for known in checkpoints() if known.kind in installed]
    larger = [known.kind for known in checkpoints()]
    larger = larger[: larger.index(recommendation.checkpoint)]
    fitting = [kind for kind in by_size if kind not in larger]
    return fitting[0] if fitting else (by_size[-1] if by_size else None)


def step_down(attempt: Attempt, installed: Mapping[str, Path]) -> Attempt | None:
    """What to try when the memory did not hold an attempt.

    Half precision on the same GPU, then the next smaller checkpoint on disk, then the CPU.

    Args:
        installed: the files of the checkpoints on disk, by registry name.

    Returns:
        The next attempt; None when only the built-in engine is left.
    """
    if attempt.device.startswith("cuda") and attempt.precision in ("exact", "float32"):
        return replace(attempt, precision="float16")
    order = [known.kind for known in checkpoints()]
    smaller = [kind for kind in order[order.index(attempt.kind) + 1 :] if kind in installed]
    if smaller:
        precision = _as_wanted(attempt, attempt.device)
        return Attempt(installed[smaller[0]], smaller[0], attempt.device, precision)
    if attempt.device != "cpu":
        return replace(attempt, device="cpu", precision=_as_wanted(attempt, "cpu"))
    return None


def _as_wanted(attempt: Attempt, device: str) -> str:
    return "exact" if attempt.precision == "exact" else precision_for(device)


def needed_bytes(kind: str, device: str, precision: str, gpu: Gpu | None = None) -> int:
    """The memory that a checkpoint needs on a device, weights included.

    Args:
        gpu: what the device is; where that was measured, it goes before the published figures.
    """
    if device == "cpu":
        return checkpoint(kind).memory_bytes["cpu"]
    measured = gpu.measured_bytes.get(kind, {}).get(precision) if gpu is not None else None
    return (measured or checkpoint(kind).memory_bytes[precision]) + overhead_bytes()


def precision_for(device: str) -> str:
    """The precision in which a device encodes unless the user wants it exact.

    Which one a CPU is fastest in, only its runtime can tell: "auto".
    """
    if device == "cpu":
        return "auto"
    return "float16" if device.startswith("cuda") else "float32"


def shortfall(kind: str, hardware: Hardware, device: str) -> str | None:
    """Why a checkpoint that the user chose does not fit; None when it does."""
    precision, gpu = precision_for(device), hardware.gpu(device)
    needed = needed_bytes(kind, device, precision, gpu)
    free = hardware.ram_free_bytes if gpu is None else gpu.free_bytes
    if needed <= free:
        return None
    name = checkpoint(kind).name
    if precision == "auto":
        return Text(
            "{name} needs {needed} and {free} are free.",
            name=name,
            needed=_gb(needed),
            free=_gb(free),
        )
    return Text(
        "{name} needs {needed} in {words} precision and {free} are free.",
        name=name,
        needed=_gb(needed),
        words=_PRECISION_WORDS[precision],
        free=_gb(free),
    )


def _on_gpu(gpu: Gpu, policy: Policy) -> tuple[Recommendation | None, Gpu]:
    assert gpu.device is not None
    tier, rule = _tier(gpu, policy)
    if tier is None:
        return None, gpu
    precision = precision_for(gpu.device)
    for known in _from(tier):
        needed = needed_bytes(known.kind, gpu.device, precision, gpu)
        if needed > gpu.free_bytes:
            continue
        words = _PRECISION_WORDS[precision]
        fit = Text(
            "it needs {needed} in {words} precision and {free} are free.",
            needed=_gb(needed),
            words=words,
            free=_gb(gpu.free_bytes),
        )
        if known.kind != tier.kind:
            more = _gb(needed_bytes(tier.kind, gpu.device, precision, gpu))
            fit = Text(
                "{name} would need {more} and {free} are free; {smaller} needs {needed}.",
                name=tier.name,
                more=more,
                free=_gb(gpu.free_bytes),
                smaller=known.name,
                needed=_gb(needed),
            )
        reason = Text("{name}: {rule}; {fit}", name=known.name, rule=rule, fit=fit)
        return (
            Recommendation(known.kind, gpu.device, precision, policy, tier.kind, reason, fits=True),
            gpu,
        )
    return None, gpu


def _tier(gpu: Gpu, policy: Policy) -> tuple[Checkpoint | None, str]:
    """What a policy alone gives a GPU, and the sentence that says so."""
    if policy == "arr-coc":
        kind, least = next(row for row in _ARR_COC if gpu.free_bytes >= row[1])
        limit = (
            Text("from {least} free", least=_gb(least))
            if least
            else Text("below {least} free", least=_gb(_ARR_COC[-2][1]))
        )
        name = checkpoint(kind).name
        rule = Text(
            "{free} of this GPU are free and ARR-COC takes {name} {limit}",
            free=_gb(gpu.free_bytes),
            name=name,
            limit=limit,
        )
        return checkpoint(kind), rule
    if gpu.total_bytes < _GUIDE_SMALLEST_GPU:
        return None, ""
    above: Checkpoint | None = None
    for known in checkpoints():
        least = max(known.guide_min_vram_bytes, _GUIDE_SMALLEST_GPU)
        if gpu.total_bytes >= least:
            span = (
                Text("for {least} and more", least=_gb(least))
                if above is None
                else Text(
                    "for {least} to {most}",
                    least=_gb(least),
                    most=_gb(above.guide_min_vram_bytes),
                )
            )
            total = _gb(gpu.total_bytes)
            return known, Text(
                "this GPU has {total}; the guide gives {name} {span}",
                total=total,
                name=known.name,
                span=span,
            )
        above = known
    return None, ""


def _on_cpu(hardware: Hardware, policy: Policy, is_chosen: bool) -> Recommendation:
    smallest = checkpoints()[-1]
    precision = "bfloat16" if hardware.has_bfloat16 else "float32"
    needed = needed_bytes(smallest.kind, "cpu", precision)
    fits = needed <= hardware.ram_free_bytes
    computing = [gpu for gpu in hardware.gpus if gpu.device is not None]
    if computing:
        largest = max(computing, key=lambda gpu: gpu.total_bytes)
        why = Text(
            "the GPU's memory ({total}, {free} free) does not hold a checkpoint",
            total=_gb(largest.total_bytes),
            free=_gb(largest.free_bytes),
        )
    elif hardware.gpus:
        why = Text("PyTorch cannot use this machine's GPU")
    elif is_chosen:
        why = Text("this device was chosen")
    else:
        why = Text("this machine has no GPU for it")
    memory = Text(
        "it needs {needed} of memory and {free} are free",
        needed=_gb(needed),
        free=_gb(hardware.ram_free_bytes),
    )
    return Recommendation(
        smallest.kind,
        "cpu",
        precision,
        policy,
        smallest.kind,
        Text(
            "{name} on the CPU: {why}; expect seconds per image; {memory}.",
            name=smallest.name,
            why=why,
            memory=memory,
        ),
        fits=fits,
    )


def _from(tier: Checkpoint) -> tuple[Checkpoint, ...]:
    """A checkpoint and the smaller ones, largest first."""
    every = checkpoints()
    return every[every.index(tier) :]


def _gb(count: int) -> str:
    return Text("{size:g} GB", size=round(count / GB, 1))
