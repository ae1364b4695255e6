"""An optimizer that keeps averages of the variables it trains, and savers that store them in their place."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.control import group
from perdure.graph.defaults import control_dependencies
from perdure.graph.operation import Operation
from perdure.optimizers.moving_averages import ExponentialMovingAverage
from perdure.optimizers.optimizer import Optimizer
from perdure.training.saving.saveables import op_list_to_dict
from perdure.training.saving.saver import Saver
from perdure.variables.collections import global_variables
from perdure.variables.partitioned_variable import PartitionedVariable


class MovingAverageOptimizer(Optimizer):
    """Trains with another optimizer, and keeps moving averages of what it trains.

    Args:
        opt: that optimizer.
        average_decay: how much of the averages each step keeps.
        num_updates: a count of steps; early steps then keep less.
        sequential_update: whether averages are moved after the variables, not beside them.
    """

    def __init__(
        self,
        opt: Optimizer,
        average_decay: Any = 0.9999,
        num_updates: Any = None,
        sequential_update: bool = True,
    ) -> None:
        super().__init__(opt._use_locking, opt.get_name())
        self._optimizer = opt
        self._ema = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        # A variable's name -> its average's, and the other way round.
        self._swapped_variable_name_map: dict[str, str] | None = None
        self._sequential_update = sequential_update

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The gradients as the other optimizer computes them."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the other optimizer."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the slots of the other optimizer."""
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        """The variables that the other optimizer has made."""
        return self._optimizer.variables()

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Change the variables as the other optimizer does, and then their averages."""
        pairs = list(grads_and_vars)
        train_op = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
        var_list = [variable for gradient, variable in pairs if gradient is not None]
        if self._sequential_update:
            with control_dependencies([train_op]):
                averaged = self._ema.apply(var_list)
        else:
            averaged = self._ema.apply(var_list)
        self._swapped_variable_name_map = {}
        for variable in var_list:
            average = self._ema.average(variable)
            assert average is not None
            self._swapped_variable_name_map[variable.op.name] = average.op.name
            self._swapped_variable_name_map[average.op.name] = variable.op.name
        return group(train_op, averaged, name="train_with_avg")

    def swapping_saver(self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any) -> Saver:
        """A saver that stores averages under the names of their variables, and these under theirs.

        Args:
            var_list: what is saved, as `tf.train.Saver` takes it; all variables if None.
            name: the name scope of the saver.
            **kwargs: for the saver.

        Raises:
            RuntimeError: nothing was minimized before.
            ValueError: a variable is saved without its average, or the other way round.
        """
        if self._swapped_variable_name_map is None:
            raise RuntimeError("Must call apply_gradients or minimize before creating the swapping_saver")
        if var_list is None:
            var_list = global_variables()
        if not isinstance(var_list, dict):
            var_list = op_list_to_dict(var_list)
        known: dict[str, Any] = {}
        for key, saved in var_list.items():
            if isinstance(saved, (list, PartitionedVariable)):
                known.update((part.op.name, part) for part in saved)
            else:
                known[key] = saved
        swapped: dict[str, Any] = {}
        for key, saved in var_list.items():
            if isinstance(saved, list):
                swapped[key] = [self._find_swapped_variable(known, part.op.name, part) for part in saved]
            else:
                swapped[key] = self._find_swapped_variable(known, key, saved)
        return Saver(swapped, name=name, **kwargs)

    def _find_swapped_variable(self, v_name_to_tensor: dict[str, Any], v_name: str, tensor: Any) -> Any:
        """What is stored under the name of a variable."""
        assert self._swapped_variable_name_map is not None
        other = self._swapped_variable_name_map.get(v_name)
        if other is None:
            return tensor
        if other not in v_name_to_tensor:
            raise ValueError(
                f"Variable to swap {other} is not part of variables to save. "
                "This breaks MovingAverageOptimizer."
            )
        return v_name_to_tensor[other]
