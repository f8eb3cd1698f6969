"""The rows of the table: what the parts measured, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from samdesk.bench.table import Row, Spread, Target, percentile

# Multiply-accumulates of the image encoder per image of 1024 x 1024 pixels.
_MACS = {"vit_h": 2.981e12, "vit_l": 1.493e12, "vit_b": 0.486e12}
_EXACT, _AUTOMATIC = "float32", "automatic"
# How many times faster than SamPredictor the encoder must be on CPUs.
_ENCODE = {
    ("vit_b", _EXACT): Target(2.8, 4.0, of_factor=True),
    ("vit_b", _AUTOMATIC): Target(6.5, 8.0, of_factor=True),
    ("vit_h", _AUTOMATIC): Target(6.5, of_factor=True),
}
# And for a click that refines, by megapixels.
_FURTHER = {1: Target(2.5, 4.0, of_factor=True), 12: Target(3.0, 8.0, of_factor=True)}
_START = Target(5.0, 3.0)
# For the whole process; ViT-H's is for automatic precision where that is not float32.
_PEAK = {"vit_b": Target(1.6e9), "vit_h": Target(4.5e9)}
_STOP = Target(0.100, 0.020)
_CLICK_WHILE_BUSY = Target(0.200, 0.100)
_STALL_P99, _STALL_LONGEST = Target(0.016, 0.008), Target(0.060, 0.030)


def rows(parts: Mapping[str, Any], failed: Mapping[str, str], precision: str = "auto") -> list[Row]:
    """The table of one run.

    Args:
        parts: the parts' answers by name; "side_by_side" must be there.
        failed: why a part has none.
        precision: that was asked for, "auto" or "exact".
    """
    return [
        *_compared(parts["side_by_side"], precision),
        *_memory_and_start(parts, failed),
        *_busy(parts.get("busy"), failed.get("busy", "")),
        *_folder(parts.get("folder"), failed.get("folder", "")),
        *_coco(parts.get("coco"), failed.get("coco", "")),
    ]


def _compared(figures: Mapping[str, Any], precision: str) -> Iterator[Row]:
    engine, on_cpu = figures["engine"], figures["device"] == "cpu"
    rounds = "both by turns, after one each that is not counted"
    for size, duel in figures["encode"].items():
        yield _duel(f"encode, {size} MP", duel, f"an image in memory to its embedding; {rounds}")
    if on_cpu:
        yield from _encode_targets(figures, precision)
    for size, duel in figures["first"].items():
        how = "one point to the mask that is shown, right after the encode"
        yield _duel(f"first click, {size} MP", duel, f"{how}; SamPredictor: its three masks")
    for size, duel in figures["further"].items():
        target = _FURTHER.get(int(size)) if on_cpu else None
        how = "2 to 6 points and the logits before, to the mask that is shown"
        yield _duel(
            f"further click, {size} MP", duel, f"{how}; SamPredictor: its three masks", target
        )
    if figures["in_a_row"]["ours"]:
        how = "seconds per image of eight in a row, 1 MP, waited for once at their end"
        yield _duel("encode in a row", figures["in_a_row"], how)
    if figures["matrix_flops"]:
        flops = Spread.of(figures["matrix_flops"])
        how = f"torch, square, {engine['precision']}, {figures['device']}, between the rounds"
        yield Row("matrix product of this machine", how, "FLOP/s", flops)
        if engine["checkpoint"] in _MACS:
            macs = _MACS[engine["checkpoint"]]
            encodes = next(iter(figures["encode"].values()))["ours"]
            # Each by the product measured just before it: other programs slow both.
            shares = [
                2 * macs / seconds / product
                for seconds, product in zip(encodes, figures["matrix_flops"], strict=True)
            ]
            how = f"{macs / 1e9:,.0f} GMAC an image, two operations each, over the matrix product"
            yield Row("share of it that the encoder reaches", how, "share", Spread.of(shares))
    yield from _agreement(figures["agreement"])


def _encode_targets(figures: Mapping[str, Any], precision: str) -> Iterator[Row]:
    """The targets of the encoder, those for other checkpoints and precisions included."""
    engine = figures["engine"]
    ours = (engine["checkpoint"], engine["precision"])
    duel = next(iter(figures["encode"].values()))
    for (kind, wanted), target in _ENCODE.items():
        name = f"encode, {kind}, {'exact' if wanted == _EXACT else wanted} precision"
        how = "1 MP, as above; precision of the encoder " + str(engine["precision"])
        if kind != ours[0]:
            missing = f"needs --engine {kind}"
        elif wanted == _EXACT and ours[1] != "float32":
            missing = "needs --precision exact"
        elif wanted == _AUTOMATIC and precision == "exact":
            missing = "needs --precision auto"
        elif wanted == _AUTOMATIC and ours[1] == "float32":
            missing = _why_float32(figures["machine"])
        else:
            yield _duel(name, duel, how, target)
            continue
        yield Row(
            name,
            "for CPUs with bf16 instructions" if wanted != _EXACT else "",
            "s",
            target=target,
            missing=missing,
        )


def _why_float32(machine: Mapping[str, Any]) -> str:
    if machine["has_bfloat16"] is False:
        return "this processor has no bf16 instructions, automatic is float32"
    return "automatic is float32 here"


def _agreement(agreement: Mapping[str, Any]) -> Iterator[Row]:
    error = agreement["embedding_error"]
    yield Row(
        "embedding, relative error",
        "|a - b| / |b| against SamPredictor's, the worst round",
        "",
        None if error is None else Spread.of([error]),
        missing="the engine's embedding is not comparable" if error is None else "",
    )
    for name, key, unit, how in (
        ("scores, largest difference", "score_difference", "", "of the predicted IoUs"),
        ("masks, least IoU", "mask_iou", "", "with SamPredictor's mask that is most like it"),
        (
            "masks, share of the image",
            "box_share",
            "share",
            "the largest bounding box; what a click costs grows with it",
        ),
    ):
        yield Row(name, how, unit, Spread.of([agreement[key]]))


def _memory_and_start(parts: Mapping[str, Any], failed: Mapping[str, str]) -> Iterator[Row]:
    engine = parts["side_by_side"]["engine"]
    on_cpu = parts["side_by_side"]["device"] == "cpu"
    starts = parts.get("start") or []
    reference = parts.get("reference")
    later = starts[1:]
    missing = "" if later else failed.get("start", "was not run")
    is_meant = engine["checkpoint"] != "vit_h" or engine["precision"] != "float32"
    how = "the program with Qt, one 1 MP image encoded and clicked; SamPredictor alone, the same"
    for name, key in (("main memory", "peak_bytes"), ("GPU memory", "peak_gpu_bytes")):
        if on_cpu and key == "peak_gpu_bytes":
            continue
        is_judged = on_cpu and is_meant and key == "peak_bytes"
        yield Row(
            f"whole process, peak of {name}",
            how,
            "bytes",
            Spread.of([one[key] for one in later]) if later else None,
            Spread.of([reference[key]]) if reference else None,
            target=_PEAK.get(engine["checkpoint"]) if is_judged else None,
            missing=missing,
        )
    seconds = [one["seconds"] for one in later]
    yield Row(
        "start of the program to the first mask",
        "a fresh process, a new 1 MP image clicked once it is on screen, until the mask is drawn",
        "s",
        Spread.of(seconds) if seconds else None,
        target=_START if on_cpu and engine["checkpoint"] == "vit_b" else None,
        missing=missing,
    )
    if starts:
        peak = f"peak {starts[0]['peak_bytes'] / 1e9:.2f} GB"
        how = f"the same with a checkpoint that was never used before; {peak}"
        yield Row("the very first start", how, "s", Spread.of([starts[0]["seconds"]]))


def _busy(busy: Mapping[str, Any] | None, missing: str) -> Iterator[Row]:
    busy = busy or {}
    stops, clicks = busy.get("stops") or [], busy.get("clicks") or []
    idle, encoding = busy.get("idle"), busy.get("encoding")
    too_fast = missing or "images were encoded too fast for it"
    yield Row(
        "stop of an encode for a more urgent image",
        f"from showing the other image, at random moments; {len(stops)} stops",
        "s",
        Spread.of(stops) if stops else None,
        target=_STOP,
        missing="" if stops else too_fast,
    )
    yield Row(
        "click to mask while encoding, 95th percentile",
        f"from the click to the mask drawn, another image being encoded; {len(clicks)} clicks",
        "s",
        Spread.of(clicks) if clicks else None,
        value=percentile(clicks, 0.95) if clicks else None,
        target=_CLICK_WHILE_BUSY,
        missing="" if clicks else too_fast,
    )
    for name, key, target in (
        ("99th percentile", "p99", _STALL_P99),
        ("longest", "longest", _STALL_LONGEST),
    ):
        how = "how late a 2 ms timer of the GUI thread is while images are encoded"
        if encoding and idle:
            how += f"; {encoding['ticks']} ticks; {1000 * idle[key]:.1f} ms with an idle program"
        yield Row(
            f"stall of the event loop, {name}",
            how,
            "s",
            Spread.of([encoding[key]]) if encoding else None,
            target=target,
            missing="" if encoding else too_fast,
        )


def _folder(folder: Mapping[str, Any] | None, missing: str) -> Iterator[Row]:
    for name, key, how in (
        ("opening a large folder", "first", "until the first image is on screen; a new project"),
        ("opening it again", "again", "the same with the project that is there"),
    ):
        seconds = Spread.of([folder[key]]) if folder else None
        if folder and folder["stalls"]:
            how += f"; longest stall {1000 * folder['stalls']['longest']:.0f} ms"
        yield Row(name, how, "s", seconds, missing=missing)


def _coco(rates: Mapping[str, Any] | None, missing: str) -> Iterator[Row]:
    for name, key, how in (
        ("export, rle", "rle", "annotations of 100 x 100 pixels a second, its check included"),
        ("export, polygon", "polygon", "the same"),
        ("check of a COCO file", "check", "annotations a second"),
        ("import", "import", "annotations a second of RLE, read, planned and stored"),
    ):
        yield Row(name, how, "/s", Spread.of(rates[key]) if rates else None, missing=missing)


def _duel(name: str, duel: Mapping[str, Any], how: str, target: Target | None = None) -> Row:
    ours, reference = Spread.of(duel["ours"]), Spread.of(duel["reference"])
    return Row(name, how, "s", ours, reference, target=target)
