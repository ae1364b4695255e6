"""The optimizer that adds up the gradients of the shards of a TPU."""

from __future__ import annotations

from typing import Any

from perdure.contrib.tpu.refused import NO_TPU
from perdure.losses.reduction import Reduction
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging


class CrossShardOptimizer(Optimizer):
    """An optimizer whose gradients are added up over shards, which only TPUs have.

    Args:
        opt: the optimizer that applies them.
        reduction: whether the loss is divided by the number of shards: `tf.losses.Reduction.MEAN` or `SUM`.
        name: its name.
        group_assignment: the shards of each group that adds up its own; all are one group when None.

    Raises:
        ValueError: another reduction.
    """

    def __init__(
        self,
        opt: Any,
        reduction: str = Reduction.MEAN,
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ) -> None:
        if reduction not in (Reduction.SUM, Reduction.MEAN):
            raise ValueError(f"Unsupported reduction: {reduction}.")
        super().__init__(False, name)
        self._opt = opt

    def compute_gradients(self, loss: Any, var_list: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """The gradients for one shard, with a warning; see `tf.train.Optimizer.compute_gradients`."""
        logging.warning(
            "CrossShardOptimizer should be used within a tpu_shard_context, but got unset number_of_shards. "
            "Assuming 1."
        )
        return self._opt.compute_gradients(loss, var_list=var_list, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Not without TPUs.

        Raises:
            NotImplementedError: always; TensorFlow fails when the step runs.
        """
        raise NotImplementedError(f"CrossShardOptimizer: {NO_TPU}, and use its optimizer without it")

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A variable that the optimizer keeps; see `tf.train.Optimizer.get_slot`."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """The names of what the optimizer keeps for variables."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> Any:
        """The variables that the optimizer keeps."""
        return self._opt.variables()
