"""The recommendation, as a table of real cards."""

from __future__ import annotations

import pytest

from samdesk.engine.hardware import Gpu, Hardware
from samdesk.engine.recommend import GB, Preference, best_installed, recommend, shortfall

MIB = 1 << 20


def machine(*gpus: Gpu, ram_free: int = 24 * GB) -> Hardware:
    return Hardware(gpus, "a CPU", 8, 32 * GB, ram_free, has_bfloat16=None)


def card(total_mib: int, free: float = 0.95, device: str | None = "cuda:0") -> Gpu:
    total = total_mib * MIB
    backend = None if device is None else device.split(":")[0]
    return Gpu("card", total, int(total * free), backend, device)


CARDS = [
    # name, MiB reported, guide, arr-coc (with 95 % free)
    ("RTX 4060", 8188, "vit_l", "vit_l"),
    ("RTX 3060", 12288, "vit_l", "vit_h"),
    ("RTX 4070", 12282, "vit_l", "vit_h"),
    ("T4", 15360, "vit_l", "vit_h"),
    ("RTX 4080", 16376, "vit_l", "vit_h"),
    ("A10G", 23028, "vit_h", "vit_h"),
    ("L4", 23034, "vit_h", "vit_h"),
    ("RTX 4090", 24564, "vit_h", "vit_h"),
    ("A100 40 GB", 40960, "vit_h", "vit_h"),
    ("A100 80 GB", 81920, "vit_h", "vit_h"),
    ("6 GB", 6144, "vit_b", "vit_l"),
    ("4 GB", 4096, "vit_b", "vit_b"),
]


@pytest.mark.parametrize(("name", "mib", "guide", "arr_coc"), CARDS)
def test_real_cards(name: str, mib: int, guide: str, arr_coc: str) -> None:
    for policy, kind in (("guide", guide), ("arr-coc", arr_coc)):
        found = recommend(machine(card(mib)), policy)  # type: ignore[arg-type]
        assert (found.checkpoint, found.device, found.precision, found.fits) == (
            kind,
            "cuda:0",
            "float16",
            True,
        )
        assert found.tier == kind
        assert found.policy == policy


@pytest.mark.parametrize("policy", ["guide", "arr-coc"])
@pytest.mark.parametrize(
    "hardware",
    [machine(), machine(card(2048)), machine(card(24564, device=None))],
    ids=["no GPU", "2 GB", "unusable"],
)
def test_the_cpu_where_no_gpu_will_do(hardware: Hardware, policy: str) -> None:
    found = recommend(hardware, policy)  # type: ignore[arg-type]
    assert (found.checkpoint, found.device, found.precision) == ("vit_b", "cpu", "float32")
    assert found.fits
    assert "CPU" in found.reason


def test_an_apple_with_16_gb() -> None:
    found = recommend(machine(Gpu("Apple GPU", 11_453_251_584, 9 * GB, "mps", "mps")))
    assert (found.checkpoint, found.device, found.precision) == ("vit_l", "mps", "float32")


def test_little_free_memory_takes_the_next_smaller_and_says_so() -> None:
    found = recommend(machine(card(24564, free=0.125)))
    assert found.tier == "vit_h"
    assert found.checkpoint == "vit_l"
    assert "ViT-H would need 3.6 GB and 3.2 GB are free" in found.reason
    assert recommend(machine(card(24564, free=0.1))).checkpoint == "vit_b"
    assert recommend(machine(card(24564, free=0.01))).device == "cpu"


def test_what_was_measured_on_this_card_goes_before_the_published_figures() -> None:
    full = card(24564, free=0.125)  # 3.2 GB are free, and ViT-H is said to need 3.6 GB
    known = {"card": {"vit_h": {"float16": 2_400_000_000}}}
    found = recommend(machine(full).with_measured(known))
    assert found.checkpoint == "vit_h"
    assert "it needs 3 GB in half precision and 3.2 GB are free" in found.reason
    greedy = {"card": {"vit_h": {"float16": 9 * GB}, "vit_l": {"float16": 3 * GB}}}
    hardware = machine(full).with_measured(greedy)
    assert recommend(hardware).checkpoint == "vit_b"
    told = shortfall("vit_h", hardware, "cuda:0")
    assert told == "ViT-H needs 9.6 GB in half precision and 3.2 GB are free."
    # Of another card, or in another precision, nothing is known by that.
    for other in ({"card 2": known["card"]}, {"card": {"vit_h": {"float32": GB}}}):
        assert recommend(machine(full).with_measured(other)).checkpoint == "vit_l"


def test_of_several_gpus_the_one_where_the_best_checkpoint_fits() -> None:
    busy, small = card(24564, free=0.05), card(12288, device="cuda:1")
    found = recommend(machine(busy, small))
    assert (found.checkpoint, found.device) == ("vit_l", "cuda:1")
    twins = machine(card(24564, free=0.5), card(24564, free=0.9, device="cuda:1"))
    assert recommend(twins).device == "cuda:1"


def test_the_reason_is_a_sentence_for_people() -> None:
    gpu = Gpu("card", int(12.9 * GB), int(9.1 * GB), "cuda", "cuda:0")
    assert recommend(machine(gpu)).reason == (
        "ViT-L: this GPU has 12.9 GB; the guide gives ViT-L for 8 GB to 24 GB; it needs 2.9 GB in "
        "half precision and 9.1 GB are free."
    )


@pytest.mark.parametrize(
    ("free_gb", "kind"),
    [(12, "vit_h"), (11.9, "vit_l"), (6, "vit_l"), (5.9, "vit_b")],
)
def test_arr_coc_goes_by_free_memory(free_gb: float, kind: str) -> None:
    gpu = Gpu("card", 24 * GB, int(free_gb * GB), "cuda", "cuda:0")
    assert recommend(machine(gpu), "arr-coc").checkpoint == kind


@pytest.mark.parametrize(
    ("total_gb", "kind"),
    [(8.586, "vit_l"), (24.15, "vit_h"), (6.4, "vit_b"), (16.4, "vit_l"), (7.99, "vit_b")],
)
def test_the_guide_goes_by_total_memory_in_decimal_gigabytes(total_gb: float, kind: str) -> None:
    gpu = Gpu("card", int(total_gb * GB), int(total_gb * GB), "cuda", "cuda:0")
    assert recommend(machine(gpu)).checkpoint == kind


def test_too_little_of_everything_does_not_fit() -> None:
    found = recommend(machine(ram_free=GB))
    assert not found.fits
    assert found.checkpoint == "vit_b"


def test_what_is_on_disk_comes_close_to_what_is_recommended() -> None:
    found = recommend(machine(card(12288)))
    assert found.checkpoint == "vit_l"
    assert best_installed(found, {"vit_h", "vit_l", "vit_b"}) == "vit_l"
    assert best_installed(found, {"vit_h", "vit_b"}) == "vit_b"
    assert best_installed(found, {"vit_h"}) == "vit_h"
    assert best_installed(found, set()) is None


def test_an_override_that_does_not_fit_is_told() -> None:
    hardware = machine(card(4096, free=0.7))
    assert shortfall("vit_b", hardware, "cuda:0") is None
    told = shortfall("vit_h", hardware, "cuda:0")
    assert told == "ViT-H needs 3.6 GB in half precision and 3 GB are free."


def test_preferences_go_before_the_recommendation() -> None:
    found = recommend(machine(card(24564)))
    assert Preference().device_for(found) == "cuda:0"
    assert Preference().precision_on("cuda:0") == "float16"
    assert Preference(device="cpu").device_for(found) == "cpu"
    assert Preference(precision="exact").precision_on("cuda:0") == "exact"
