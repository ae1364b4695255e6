"""multi_gpu_model, which perdure refuses: it runs a graph on one device."""

from __future__ import annotations

from typing import Any


def multi_gpu_model(model: Any, gpus: Any, cpu_merge: bool = True, cpu_relocation: bool = False) -> Any:
    """Refuse to copy a model to several GPUs, as TensorFlow does where they are not there.

    Args:
        model: the model.
        gpus: their number, or a list of their numbers.
        cpu_merge: whether results are merged on the CPU.
        cpu_relocation: whether variables are made on the CPU.

    Raises:
        ValueError: always.
    """
    is_list = isinstance(gpus, list | tuple)
    if (len(gpus) if is_list else gpus) <= 1:
        wanted = "len(gpus) >= 2" if is_list else "gpus >= 2"
        raise ValueError(
            f"For multi-gpu usage to be effective, call `multi_gpu_model` with `{wanted}`. Received: "
            f"`gpus={gpus}`"
        )
    devices = ["/cpu:0", *(f"/gpu:{i}" for i in (gpus if is_list else range(gpus)))]
    raise ValueError(
        f"To call `multi_gpu_model` with `gpus={gpus}`, we expect the following devices to be available: "
        f"{devices}. However this machine only has: ['/cpu:0']. Try reducing `gpus`."
    )
