"""Moving averages of variables and tensors: `tf.train.ExponentialMovingAverage`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.functional.control.control import group
from perdure.functional.math.binary import div, minimum, truediv
from perdure.functional.math.binary import pow as power
from perdure.functional.math.cast import cast
from perdure.functional.random.initializers import Zeros
from perdure.functional.state.state import assign, assign_sub
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import (
    add_to_collection,
    colocate_with,
    get_default_graph,
    init_scope,
    name_scope,
)
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.slot_creator import create_slot, create_zeros_slot
from perdure.variables.base import Variable
from perdure.variables.collections import (
    global_variables,
    moving_average_variables,
    trainable_variables,
)
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope

_FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)
_VARIABLE_OPS = ("Variable", "VariableV2", "VarHandleOp")


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Any:
    """An assignment `variable -= (1 - decay) * (variable - value)`.

    Args:
        variable: the moving average.
        value: what comes in, in the same shape.
        decay: how much of the average it keeps, between 0 and 1.
        zero_debias: whether the average starts at 0 and is divided by `1 - decay**steps`, so that it is
            an average of the values alone; needs two more variables.
        name: the name of the assignment.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        decay = convert_to_tensor(1.0 - decay, name="decay")
        if decay.dtype != variable.dtype.base_dtype:
            decay = cast(decay, variable.dtype.base_dtype)
        if zero_debias:
            return _assign_debiased(variable, value, decay)
        return assign_sub(variable, (variable - value) * decay, name=scope)


def _assign_debiased(unbiased: Any, value: Any, decay: Tensor) -> Any:
    """Kingma and Ba's correction for an average that starts at 0 ("Adam", 2014, section 3).

    The biased average and the number of steps are variables in the scope of the unbiased one.
    """
    with (
        variable_scope(unbiased.name[: -len(":0")], values=[unbiased, value, decay]),
        colocate_with(unbiased),
    ):
        biased = get_variable(
            _unused_name("biased"),
            initializer=Zeros(),
            shape=unbiased.get_shape(),
            dtype=unbiased.dtype,
            trainable=False,
        )
        local_step = get_variable(
            _unused_name("local_step"),
            shape=[],
            dtype=unbiased.dtype,
            initializer=Zeros(),
            trainable=False,
        )
    new_biased = assign_sub(biased, (biased - value) * decay)
    steps = local_step.assign_add(1)
    correction = 1 - power(1.0 - decay, steps)
    scope = get_default_graph().get_name_scope()
    return assign(unbiased, new_biased / correction, name=scope + "/")


def _unused_name(name: str) -> str:
    """`name`, numbered if the variable scope has a variable called so already and does not reuse it."""
    scope = get_variable_scope()
    if scope.reuse:
        return name
    taken = {variable.op.name for variable in scope.global_variables()}
    prefix = f"{scope.name}/{name}"
    if prefix not in taken:
        return name
    number = 1
    while f"{prefix}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def weighted_moving_average(
    value: Tensor,
    decay: Any,
    weight: Tensor,
    truediv: bool = True,
    collections: Any = None,
    name: str | None = None,
) -> Tensor:
    """The moving average of `value * weight`, divided by that of `weight`.

    Args:
        value: a tensor.
        decay: how much of the averages they keep, between 0 and 1.
        weight: a tensor that can be multiplied with `value`.
        truediv: whether integers are divided as floats.
        collections: the collections of the two variables; GLOBAL_VARIABLES if None.
        name: the variable scope.
    """
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    with variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:

        def average_variable(name: str, like: Tensor) -> Variable:
            return get_variable(
                name,
                shape=like.get_shape(),
                dtype=like.dtype,
                initializer=Zeros(),
                trainable=False,
                collections=collections,
            )

        products = average_variable("value_x_weight", value)
        weights = average_variable("weight", weight)
        numerator = assign_moving_average(products, value * weight, decay, zero_debias=False)
        denominator = assign_moving_average(weights, weight, decay, zero_debias=False)
        divide = _truediv if truediv else div
        return divide(numerator, denominator, name=scope.name)


_truediv = truediv  # where an argument has TensorFlow's name `truediv`


class ExponentialMovingAverage:
    """Keeps a shadow of variables: averages in which old values fade exponentially.

    `apply` makes the shadows and the operation that moves them on; `average` and `average_name` find them,
    and `variables_to_restore` lets a Saver load the averages into the variables themselves.

    Args:
        decay: how much of the averages each step keeps, near 1.
        num_updates: a count of steps; early steps then keep only `(1 + count) / (10 + count)`.
        zero_debias: whether averages of tensors are corrected for starting at 0.
        name: the last part of the names of the shadows.
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[int, tuple[Any, Variable]] = {}  # id -> (what is averaged, shadow)

    @property
    def name(self) -> str:
        """The last part of the names of the shadows."""
        return self._name

    def apply(self, var_list: Iterable[Any] | None = None) -> Operation:
        """An operation that moves the averages on.

        A shadow of a variable starts at its initial value, that of a tensor at 0.

        Args:
            var_list: variables and tensors; the trainable variables if None.

        Raises:
            TypeError: one of them is no float.
        """
        var_list = trainable_variables() if var_list is None else list(var_list)
        debiased = set()
        for item in var_list:
            if item.dtype.base_dtype not in _FLOATS:
                raise TypeError(f"The variables must be half, float, or double: {item.name}")
            if id(item) not in self._averages:
                self._averages[id(item)] = item, self._shadow_of(item)
                if self._zero_debias and not isinstance(item, Variable):
                    debiased.add(id(item))
        with name_scope(self.name) as scope:
            decay = convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                count = cast(self._num_updates, dtypes.float32, name="num_updates")
                decay = minimum(decay, (1.0 + count) / (10.0 + count))
            updates = [
                assign_moving_average(self.average(item), item, decay, id(item) in debiased)
                for item in var_list
            ]
            return group(*updates, name=scope)

    def _shadow_of(self, item: Any) -> Variable:
        with init_scope():
            if isinstance(item, Variable):
                shadow = create_slot(item, item.initialized_value(), self.name)
                add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, item)
                return shadow
            return create_zeros_slot(item, self.name, colocate_with_primary=item.op.type in _VARIABLE_OPS)

    def average(self, var: Any) -> Variable | None:
        """The shadow of a variable or tensor, or None."""
        found = self._averages.get(id(var))
        return None if found is None else found[1]

    def average_name(self, var: Any) -> str:
        """The name of the shadow of a variable or tensor, whether it has been made or not."""
        shadow = self.average(var)
        if shadow is not None:
            return shadow.op.name
        return get_default_graph().unique_name(f"{var.op.name}/{self.name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Iterable[Any] | None = None) -> dict[str, Any]:
        """What a Saver needs to load averages where there are any, and the values of other variables.

        Args:
            moving_avg_variables: the variables that take their averages; the trainable ones and those
                given to `apply` if None.

        Returns:
            Variables by the name they have in a checkpoint.
        """
        if moving_avg_variables is None:
            moving_avg_variables = trainable_variables() + moving_average_variables()
        averaged = list(dict.fromkeys(moving_avg_variables))
        names = {self.average_name(variable): variable for variable in averaged}
        averaged_names = {variable.name for variable in averaged}
        for variable in dict.fromkeys(global_variables()):
            if variable.name not in averaged_names and variable.op.name not in names:
                names[variable.op.name] = variable
        return names
