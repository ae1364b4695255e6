"""What programs ask of the TPUs that they might run on: there are none."""

from __future__ import annotations

from typing import Any

from perdure.contrib.tpu.refused import refusing


class TpuContext:
    """How a program is spread over the cores of TPUs: not at all."""

    number_of_shards: int | None = None


_context = TpuContext()


def get_tpu_context() -> TpuContext:
    """The context of the program."""
    return _context


def on_device_training_loop(func: Any) -> Any:
    """A loop of training, as it is."""
    return func


class TensorTracer(refusing("TensorTracer")):  # type: ignore[misc]
    """What writes down the values of tensors on TPUs."""

    @staticmethod
    def is_enabled() -> bool:
        """Whether it does."""
        return False
