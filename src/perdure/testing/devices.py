"""What tests ask about devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from perdure.graph import defaults
from perdure.session.devices import list_local_devices


def is_built_with_cuda() -> bool:
    """False: perdure itself has no code for a GPU; JAX may, see `is_gpu_available`."""
    return False


def is_built_with_rocm() -> bool:
    """False: see `is_built_with_cuda`."""
    return False


def is_built_with_gpu_support() -> bool:
    """False: see `is_built_with_cuda`."""
    return False


def gpu_device_name() -> str:
    """The name of the first GPU that a session can use, or the empty text."""
    return next((device.name for device in list_local_devices() if device.device_type == "GPU"), "")


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None
) -> bool:
    """Whether a session can use a GPU.

    Args:
        cuda_only: whether only CUDA's count, which all are.
        min_cuda_compute_capability: what the GPU must be able to do, as (major, minor).
    """
    for device in list_local_devices():
        if device.device_type == "GPU":
            found = _compute_capability(device.physical_device_desc)
            if not min_cuda_compute_capability or found >= tuple(min_cuda_compute_capability):
                return True
    return False


def _compute_capability(description: str) -> tuple[int, int]:
    _, _, text = description.partition("compute capability: ")
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


@contextmanager
def device(use_gpu: bool) -> Iterator[None]:
    """Place what the block makes on the GPU, if there is one and it is asked for."""
    with defaults.device("/device:GPU:0" if use_gpu and is_gpu_available() else "/device:CPU:0"):
        yield


@contextmanager
def use_gpu() -> Iterator[None]:
    """Place what the block makes on the GPU, if there is one."""
    with device(use_gpu=True):
        yield


@contextmanager
def force_gpu() -> Iterator[None]:
    """Place what the block makes on the GPU."""
    with defaults.device("/device:GPU:0"):
        yield


@contextmanager
def force_cpu() -> Iterator[None]:
    """Place what the block makes on the CPU."""
    with defaults.device("/device:CPU:0"):
        yield
