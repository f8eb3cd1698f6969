"""The machine on which was measured: what it is, how busy it was, and how fast it multiplies."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from samdesk.engine.hardware import Hardware

_LIBRARIES = ("torch", "openvino", "segment-anything", "numpy", "pyside6")


def description(hardware: Hardware) -> dict[str, Any]:
    """What someone else needs to know to compare figures.

    `load_average` is that of the last minute before; anything much above 0 makes figures noisy.
    """
    return {
        "cpu": hardware.cpu,
        "cores": hardware.cores,
        "has_bfloat16": hardware.has_bfloat16,
        "ram_bytes": hardware.ram_total_bytes,
        "gpus": [gpu.name for gpu in hardware.gpus],
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version for name in _LIBRARIES if (version := _version(name))},
        "load_average": round(psutil.getloadavg()[0], 2),
    }


def sentence(machine: dict[str, Any]) -> str:
    """The description for people."""
    bfloat16 = {True: "bf16 instructions", False: "no bf16 instructions", None: "bf16 unknown"}
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {bfloat16[machine['has_bfloat16']]}, "
        f"{machine['ram_bytes'] / 1e9:.0f} GB; GPU: {', '.join(machine['gpus']) or 'none'}; "
        f"{machine['system']}; Python {machine['python']}, {libraries}; "
        f"load average before {machine['load_average']}"
    )


def synchroniser(device: str) -> Callable[[], None]:
    """What waits until a torch device has done all it was given; nothing to wait for on a CPU."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return lambda: torch.cuda.synchronize(device)
    if kind == "mps":
        return torch.mps.synchronize
    return lambda: None


def matrix_product(device: str, precision: str) -> float:
    """Floating-point operations per second of a square matrix product with torch.

    Args:
        precision: "float32", "bfloat16" or "float16".
    """
    import torch

    side = 2048 if device == "cpu" else 8192
    synchronise = synchroniser(device)
    dtype = getattr(torch, precision)
    with torch.inference_mode():
        matrix = torch.full((side, side), 0.5, device=device, dtype=dtype)
        matrix @ matrix
        synchronise()
        started = time.perf_counter()
        matrix @ matrix
        synchronise()
        return 2 * side**3 / (time.perf_counter() - started)


def peak_bytes() -> int:
    """The most main memory that this process has held so far.

    On Linux a process inherits the figure of the one that started it, which must be small.
    """
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, KiB elsewhere (getrusage(2)).
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def peak_gpu_bytes() -> int:
    """The most GPU memory that torch has held for this process so far; 0 without a GPU."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return 0
    return sum(torch.cuda.max_memory_reserved(index) for index in range(torch.cuda.device_count()))


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
