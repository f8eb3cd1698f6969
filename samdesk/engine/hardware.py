"""What this machine can compute with, and what keeps it from computing with more."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import psutil

from samdesk.engine.measure import remembered
from samdesk.text import Text

T = TypeVar("T")

_DRIVER_ANSWERS_WITHIN = 1.5  # seconds; a broken driver may never answer
_TORCH_ANSWERS_WITHIN = 20.0  # seconds, where the driver did not; to wake up eight GPUs takes some
_TORCH_HANGS = threading.Event()
_HIDES_ALL = ("", "-1", "NoDevFiles")  # of CUDA_VISIBLE_DEVICES
_AMD_DRIVER = Path("/dev/kfd")
# The oldest Linux driver of each CUDA release (NVIDIA's CUDA compatibility table).
_OLDEST_DRIVERS = {11: "450.80.02", 12: "525.60.13", 13: "580.65.06"}


@dataclass(frozen=True)
class Gpu:
    """A GPU.

    Attributes:
        name: as the driver gives it.
        total_bytes, free_bytes: of its memory.
        backend: what drives it for computing: "cuda", "rocm", "mps"; None when nothing does.
        device: as torch names it, such as "cuda:0"; None when torch cannot compute there.
        measured_bytes: what encoding and clicks took of such a card at their peak, where that was
            measured: by the checkpoint's registry name and its precision.
    """

    name: str
    total_bytes: int
    free_bytes: int
    backend: str | None = None
    device: str | None = None
    measured_bytes: Mapping[str, Mapping[str, int]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Problem:
    """Something that keeps the machine from its best, and the exact remedy."""

    text: str
    remedy: str


@dataclass(frozen=True)
class Hardware:
    """A machine.

    Attributes:
        cores: logical ones that this process may use.
        has_bfloat16: whether the processor has instructions for bfloat16; None if unknown.
        problems: why a GPU that is present is not used.
    """

    gpus: tuple[Gpu, ...]
    cpu: str
    cores: int
    ram_total_bytes: int
    ram_free_bytes: int
    has_bfloat16: bool | None
    problems: tuple[Problem, ...] = ()

    def gpu(self, device: str) -> Gpu | None:
        """The GPU that torch names so."""
        return next((gpu for gpu in self.gpus if gpu.device == device), None)

    def only(self, device: str) -> Hardware:
        """The machine with no GPU but this one, as torch names it; "auto" for all of it."""
        if device == "auto":
            return self
        wanted = "cuda:0" if device == "cuda" else device
        return replace(self, gpus=tuple(gpu for gpu in self.gpus if gpu.device == wanted))

    def with_measured(self, measured: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Hardware:
        """The machine, with what was measured of its GPUs: `Gpu.measured_bytes` by their names."""
        gpus = (replace(gpu, measured_bytes=measured.get(gpu.name, {})) for gpu in self.gpus)
        return replace(self, gpus=tuple(gpus))

    def lasting(self) -> dict[str, Any]:
        """What stays the same from minute to minute, as JSON values."""
        return {
            "gpus": [{"name": gpu.name, "memory_bytes": gpu.total_bytes} for gpu in self.gpus],
            "cpu": self.cpu,
            "cores": self.cores,
            "ram_bytes": self.ram_total_bytes,
        }


@dataclass(frozen=True)
class _DriverGpu:
    """A GPU as the NVIDIA driver tells of it; 0 bytes where it does not tell."""

    uuid: str
    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class _Driver:
    """An NVIDIA driver and what it tells of.

    Attributes:
        problems: why it does not tell of every GPU.
    """

    version: str
    gpus: tuple[_DriverGpu, ...]
    problems: tuple[Problem, ...] = ()


def detect(cache: Path | None = None) -> Hardware:
    """Looks at this machine; never fails.

    Imports torch only where there may be a GPU, since that takes seconds.
    `CUDA_VISIBLE_DEVICES` is respected.

    Args:
        cache: the folder in which measurements are remembered; without one they do not count.
    """
    gpus, problems = _gpus()
    memory = psutil.virtual_memory()
    found = Hardware(
        gpus=gpus,
        cpu=_cpu_name(),
        cores=_usable_cores(),
        ram_total_bytes=int(memory.total),
        ram_free_bytes=int(memory.available),
        has_bfloat16=_has_bfloat16(),
        problems=problems,
    )
    return found if cache is None else found.with_measured(remembered(cache))


def free_bytes(device: str) -> int | None:
    """The memory that is free on a device now, in bytes; None where only its engine could tell.

    Args:
        device: as `EngineInfo` names it; the CPU's memory is the main memory.
    """
    if device == "CPU":
        return int(psutil.virtual_memory().available)
    with suppress(TimeoutError):
        driver = _within(_DRIVER_ANSWERS_WITHIN, _nvidia_driver)
        gpus = _visible(driver.gpus, os.environ.get("CUDA_VISIBLE_DEVICES")) if driver else ()
        known = (gpu for gpu in gpus if gpu.name == device and gpu.total_bytes)
        return next((gpu.free_bytes for gpu in known), None)
    return None


def _gpus() -> tuple[tuple[Gpu, ...], tuple[Problem, ...]]:
    """The GPUs, and why some are not used."""
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted in _HIDES_ALL:
        return _torch_gpus((), None)
    try:
        driver = _within(_DRIVER_ANSWERS_WITHIN, _nvidia_driver)
    except TimeoutError:
        # One that is asleep answers torch, which waits longer; a broken one may keep torch, too.
        silent = _Driver("", (), (_no_answer(),))
        if _TORCH_HANGS.is_set():
            return (), silent.problems
        try:
            found = _within(_TORCH_ANSWERS_WITHIN, lambda: _torch_gpus((), silent))
        except TimeoutError:
            _TORCH_HANGS.set()
            found = None
        return found if found is not None and found[0] else ((), silent.problems)
    visible = _visible(driver.gpus, wanted) if driver else ()
    gpus, problems = _torch_gpus(visible, driver)
    return gpus, (*problems, *driver.problems) if driver else problems


def _torch_gpus(
    visible: tuple[_DriverGpu, ...], driver: _Driver | None
) -> tuple[tuple[Gpu, ...], tuple[Problem, ...]]:
    """The GPUs, from torch where it can compute on them, else from the driver."""
    unused = tuple(Gpu(one.name, one.total_bytes, one.free_bytes) for one in visible)
    if driver is None and sys.platform != "darwin" and not _AMD_DRIVER.exists():
        return (), ()
    try:
        import torch
    except ImportError as error:
        problem = Problem(
            Text("PyTorch cannot be imported ({reason}).", reason=error),
            "Install SAMDesk again: pip install --force-reinstall samdesk",
        )
        return unused, (problem,)
    if torch.cuda.is_available():
        return _computing(torch, visible)
    if torch.backends.mps.is_available():
        total = int(torch.mps.recommended_max_memory())
        free = min(total, int(psutil.virtual_memory().available))
        return (Gpu("Apple GPU", total, free, "mps", "mps"),), ()
    if driver is None or not visible:
        return (), ()
    return unused, (_why_unused(torch.version.cuda, driver, visible[0].name),)


def _computing(
    torch: Any, visible: tuple[_DriverGpu, ...]
) -> tuple[tuple[Gpu, ...], tuple[Problem, ...]]:
    by_uuid = {one.uuid.lower().removeprefix("gpu-"): one for one in visible}
    backend = "rocm" if torch.version.hip else "cuda"
    gpus, problems = [], []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        uuid = str(getattr(properties, "uuid", "")).lower().removeprefix("gpu-")
        known = by_uuid.get(uuid)
        total, free = int(properties.total_memory), 0
        if known is not None and known.total_bytes:
            # The driver tells the free memory without taking any; torch sets up a context to ask.
            total, free = known.total_bytes, known.free_bytes
        else:
            free = int(torch.cuda.mem_get_info(index)[0])
        capability = (int(properties.major), int(properties.minor))
        if backend == "cuda" and not supports(torch.cuda.get_arch_list(), capability):
            problems.append(_unsupported(properties.name, capability))
            gpus.append(Gpu(properties.name, total, free))
        else:
            gpus.append(Gpu(properties.name, total, free, backend, f"cuda:{index}"))
    return tuple(gpus), tuple(problems)


def supports(architectures: list[str], capability: tuple[int, int]) -> bool:
    """Whether a build of torch runs on a GPU of this compute capability.

    Binaries ("sm_80") run on the same major version from their minor version on; intermediate
    code ("compute_90") on everything newer (CUDA C++ Programming Guide, "Compute Capabilities").
    """
    for architecture in architectures:
        kind, _, number = architecture.partition("_")
        digits = "".join(char for char in number if char.isdigit())
        if not digits:
            continue
        built = (int(digits[:-1]), int(digits[-1]))
        is_specific = not number.isdigit()  # sm_90a runs on exactly that
        if kind == "sm" and is_specific and built == capability:
            return True
        if kind == "sm" and not is_specific and built[0] == capability[0] and built <= capability:
            return True
        if kind == "compute" and not is_specific and built <= capability:
            return True
    return not architectures


def _no_answer() -> Problem:
    return Problem(
        "The NVIDIA driver does not answer.",
        "Run nvidia-smi to see what is wrong with it, and restart the computer if it hangs.",
    )


def _lost(number: int, reason: str) -> Problem:
    return Problem(
        Text("GPU {number} does not answer ({reason}).", number=number, reason=reason),
        "Restart the computer; if that does not help, look at: nvidia-smi",
    )


def _why_unused(cuda: str | None, driver: _Driver, name: str) -> Problem:
    if cuda is None:
        command = "pip install --force-reinstall torch torchvision"
        if sys.platform == "win32":
            command += " --index-url https://download.pytorch.org/whl/cu128"
        return Problem(
            Text(
                "The GPU {name} is not used, because the installed PyTorch can only use the CPU.",
                name=name,
            ),
            Text("Install the build for CUDA: {command}", command=command),
        )
    oldest = _OLDEST_DRIVERS.get(int(cuda.split(".")[0]))
    if oldest is not None and _numbers(driver.version) < _numbers(oldest):
        return Problem(
            Text(
                "The GPU {name} is not used: its driver {version} is too old for this "
                "PyTorch, which is built for CUDA {cuda}.",
                name=name,
                version=driver.version,
                cuda=cuda,
            ),
            Text("Update the NVIDIA driver to {needed} or newer.", needed=oldest.split(".")[0]),
        )
    return Problem(
        Text(
            "The GPU {name} is not used: PyTorch (CUDA {cuda}) cannot start it.",
            name=name,
            cuda=cuda,
        ),
        "Restart the computer; if that does not help, install the NVIDIA driver again.",
    )


def _unsupported(name: str, capability: tuple[int, int]) -> Problem:
    shown = f"{capability[0]}.{capability[1]}"
    return Problem(
        Text(
            "The GPU {name} is not used: this PyTorch has no code for its compute "
            "capability {shown}.",
            name=name,
            shown=shown,
        ),
        "Install a PyTorch that has: an older release for an older GPU, the newest for a new one.",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _nvidia_driver() -> _Driver | None:
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        found, problems = [], []
        for index in range(pynvml.nvmlDeviceGetCount()):
            try:
                found.append(_driver_gpu(pynvml, index))
            except pynvml.NVMLError as error:
                # Of several GPUs one may have fallen off the bus.
                problems.append(_lost(index, str(error)))
        version = str(pynvml.nvmlSystemGetDriverVersion())
        return _Driver(version, tuple(found), tuple(problems))
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()


def _driver_gpu(pynvml: Any, index: int) -> _DriverGpu:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    uuid = str(pynvml.nvmlDeviceGetUUID(handle))
    name = str(pynvml.nvmlDeviceGetName(handle))
    try:
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    except pynvml.NVMLError_NotSupported:
        # One that shares the main memory has none of its own.
        return _DriverGpu(uuid, name, 0, 0)
    return _DriverGpu(uuid, name, int(memory.total), int(memory.free))


def _visible(gpus: tuple[_DriverGpu, ...], wanted: str | None) -> tuple[_DriverGpu, ...]:
    """The GPUs that `CUDA_VISIBLE_DEVICES` leaves; as CUDA does, up to the first wrong entry."""
    if wanted is None:
        return gpus
    chosen = []
    for entry in (part.strip() for part in wanted.split(",")):
        if entry.isdigit() and int(entry) < len(gpus):
            chosen.append(gpus[int(entry)])
            continue
        matching = [one for one in gpus if entry and one.uuid.startswith(entry)]
        if len(matching) != 1:
            break
        chosen.append(matching[0])
    return tuple(chosen)


def _within(seconds: float, work: Callable[[], T]) -> T | None:
    """The result of `work`, or None when it fails.

    Raises:
        TimeoutError: it takes too long; it may go on in vain.
    """
    result: list[T] = []

    def run() -> None:
        result.append(work())

    thread = threading.Thread(target=run, name="samdesk driver", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    return result[0] if result else None


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_name() -> str:
    if sys.platform == "win32":
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
        return told.stdout.strip() or platform.machine()
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _has_bfloat16() -> bool | None:
    if sys.platform != "linux":
        return None
    flags = (_cpuinfo("flags") or _cpuinfo("Features")).split()
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(flags))


def _cpuinfo(key: str) -> str:
    """A line's value of /proc/cpuinfo; empty where there is none."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
