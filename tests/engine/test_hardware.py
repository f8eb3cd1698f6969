"""Hardware as torch and the driver tell of it, both played by the test."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from samdesk.engine import hardware
from samdesk.engine.hardware import _Driver, _DriverGpu, detect, supports

GB = 1_000_000_000
CARDS = (
    _DriverGpu("GPU-aaaa", "RTX 4090", 25 * GB, 20 * GB),
    _DriverGpu("GPU-bbbb", "RTX 3060", 12 * GB, 11 * GB),
)

DRIVER = _Driver("580.90", CARDS)


def torch_with(
    *,
    cuda: str | None = "13.0",
    available: bool = False,
    capability: tuple[int, int] = (8, 9),
    architectures: tuple[str, ...] = ("sm_80", "sm_90", "compute_90"),
) -> Any:
    def properties(index: int) -> Any:
        return SimpleNamespace(
            name=CARDS[index].name,
            uuid=CARDS[index].uuid.removeprefix("GPU-"),
            total_memory=CARDS[index].total_bytes,
            major=capability[0],
            minor=capability[1],
        )

    return SimpleNamespace(
        version=SimpleNamespace(cuda=cuda, hip=None),
        cuda=SimpleNamespace(
            is_available=lambda: available,
            device_count=lambda: len(CARDS),
            get_device_properties=properties,
            get_arch_list=lambda: list(architectures),
        ),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: False)),
    )


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def set_up(torch: Any, driver: _Driver | None = DRIVER) -> None:
        monkeypatch.setitem(sys.modules, "torch", torch)
        monkeypatch.setattr(hardware, "_nvidia_driver", lambda: driver)

    return set_up


def test_gpus_that_torch_computes_on(machine: Any) -> None:
    machine(torch_with(available=True))
    found = detect()
    assert [(gpu.name, gpu.device, gpu.backend) for gpu in found.gpus] == [
        ("RTX 4090", "cuda:0", "cuda"),
        ("RTX 3060", "cuda:1", "cuda"),
    ]
    assert found.gpus[0].free_bytes == 20 * GB
    assert found.problems == ()


def test_a_cpu_build_of_torch_beside_a_gpu(machine: Any) -> None:
    machine(torch_with(cuda=None))
    found = detect()
    (problem,) = found.problems
    assert "RTX 4090 is not used" in problem.text
    assert "pip install" in problem.remedy
    assert [gpu.device for gpu in found.gpus] == [None, None]


def test_a_driver_that_is_too_old(machine: Any) -> None:
    machine(torch_with(), _Driver("535.104.05", CARDS))
    (problem,) = detect().problems
    assert "535.104.05 is too old" in problem.text
    assert "580 or newer" in problem.remedy


def test_a_driver_that_does_not_work(machine: Any) -> None:
    machine(torch_with())
    (problem,) = detect().problems
    assert "cannot start it" in problem.text


def test_an_architecture_that_this_torch_lacks(machine: Any) -> None:
    machine(torch_with(available=True, capability=(6, 1)))
    found = detect()
    assert [gpu.device for gpu in found.gpus] == [None, None]
    assert "compute capability 6.1" in found.problems[0].text


@pytest.mark.parametrize("driver", [None, _Driver("580.90", ())])
def test_no_gpu_is_no_problem(machine: Any, driver: _Driver | None) -> None:
    machine(torch_with(), driver)
    found = detect()
    assert found.gpus == ()
    assert found.problems == ()
    assert found.cores >= 1
    assert found.ram_total_bytes > found.ram_free_bytes > 0


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("1", ["RTX 3060"]),
        ("1,0", ["RTX 3060", "RTX 4090"]),
        ("", []),
        ("-1", []),
        ("0,9,1", ["RTX 4090"]),
        ("GPU-bb", ["RTX 3060"]),
        ("GPU-", []),
    ],
)
def test_cuda_visible_devices(
    machine: Any, monkeypatch: pytest.MonkeyPatch, wanted: str, names: list[str]
) -> None:
    machine(torch_with(cuda=None))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    assert [gpu.name for gpu in detect().gpus] == names


def test_a_hung_driver_is_not_waited_for(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(torch_with())
    hung = []

    def hang() -> None:
        hung.append(True)
        time.sleep(20)

    monkeypatch.setattr(hardware, "_nvidia_driver", hang)
    monkeypatch.setattr(hardware, "_DRIVER_ANSWERS_WITHIN", 0.05)
    started = time.monotonic()
    assert detect().gpus == ()
    assert hung
    assert time.monotonic() - started < 10


def test_torch_is_not_imported_where_there_is_no_gpu(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(None, None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(hardware, "_AMD_DRIVER", Path("/nowhere"))
    assert detect().problems == ()


def test_without_torch_there_is_a_problem_and_no_error(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(None)
    (problem,) = detect().problems
    assert "PyTorch cannot be imported" in problem.text


@pytest.mark.parametrize(
    ("architectures", "capability", "expected"),
    [
        (["sm_80"], (8, 0), True),
        (["sm_80"], (8, 9), True),
        (["sm_86"], (8, 0), False),
        (["sm_80"], (9, 0), False),
        (["compute_80"], (9, 0), True),
        (["sm_90a"], (9, 0), True),
        (["sm_90a"], (9, 1), False),
        (["sm_100", "sm_120"], (12, 0), True),
        (["sm_75", "sm_80"], (6, 1), False),
    ],
)
def test_which_gpus_a_build_runs_on(
    architectures: list[str], capability: tuple[int, int], expected: bool
) -> None:
    assert supports(architectures, capability) is expected


def test_a_driver_that_must_wake_up_leaves_the_gpus_to_torch(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = torch_with(available=True)
    torch.cuda.mem_get_info = lambda index: (3 * GB, CARDS[index].total_bytes)
    machine(torch)

    def late() -> None:
        time.sleep(5)

    monkeypatch.setattr(hardware, "_DRIVER_ANSWERS_WITHIN", 0.01)
    monkeypatch.setattr(hardware, "_nvidia_driver", late)
    found = detect()
    assert [(gpu.device, gpu.free_bytes) for gpu in found.gpus] == [
        ("cuda:0", 3 * GB),
        ("cuda:1", 3 * GB),
    ]
    assert found.problems == ()
    torch.cuda.is_available = lambda: False
    (problem,) = detect().problems
    assert "does not answer" in problem.text


def test_a_part_of_a_gpu_is_left_to_torch(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(torch_with(available=True))
    torch = sys.modules["torch"]
    torch.cuda.mem_get_info = lambda index: (3 * GB, 5 * GB)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-4b1c0e2d")
    assert [gpu.device for gpu in detect().gpus] == ["cuda:0", "cuda:1"]


class _Nvml(SimpleNamespace):
    """NVML with a sound GPU, one that has no memory of its own, and one that is lost."""

    class NVMLError(Exception):
        pass

    class NVMLError_NotSupported(NVMLError):
        pass

    def memory(self, index: int) -> Any:
        if index:
            raise self.NVMLError_NotSupported() if index == 1 else self.NVMLError("GPU is lost")
        return SimpleNamespace(total=CARDS[0].total_bytes, free=CARDS[0].free_bytes)


def test_a_lost_gpu_is_told_and_the_others_are_used(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = torch_with(available=True)
    torch.cuda.mem_get_info = lambda index: (3 * GB, CARDS[index].total_bytes)
    real = hardware._nvidia_driver
    machine(torch)
    nvml = _Nvml(
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 3,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetUUID=lambda index: ("GPU-aaaa", "GPU-bbbb", "GPU-cccc")[index],
        nvmlDeviceGetName=lambda index: "a GPU",
        nvmlSystemGetDriverVersion=lambda: "580.90",
    )
    nvml.nvmlDeviceGetMemoryInfo = nvml.memory
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.setattr(hardware, "_nvidia_driver", real)
    found = detect()
    assert [gpu.free_bytes for gpu in found.gpus] == [20 * GB, 3 * GB]
    (problem,) = found.problems
    assert problem.text == "GPU 2 does not answer (GPU is lost)."
