"""Factors that keep small gradients in the range of half precision, and the optimizer that applies them.

P. Micikevicius et al., "Mixed Precision Training", 2018 (arXiv:1710.03740).
"""

from __future__ import annotations

from typing import Any, Self

from perdure.functional.control.conditionals import cond, smart_cond
from perdure.functional.control.control import group, no_op
from perdure.functional.math.binary import maximum
from perdure.functional.math.reductions import reduce_all
from perdure.functional.math.unary import is_finite
from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging
from perdure.tracking.trackable import Trackable
from perdure.variables.creation import make_variable


class LossScale(Trackable):
    """What losses are multiplied by before their gradients are taken; a subclass says what."""

    def __call__(self) -> Tensor:
        """The factor, a scalar float32."""
        raise NotImplementedError

    def update(self, grads: Any) -> tuple[Operation, Any]:
        """Take notice of gradients.

        Args:
            grads: the gradients of a step, or a structure of them, without the factor.

        Returns:
            The operation that does, and whether the gradients are to be applied.
        """
        raise NotImplementedError

    def _add_weight(self, name: str, initial_value: Any, dtype: Any = None) -> Any:
        """A variable of its own, which checkpoints have under its name."""
        variable = make_variable(
            initial_value=initial_value, name=name, dtype=dtype, trainable=False, use_resource=True
        )
        if self._lookup_dependency(name) is not None:
            raise RuntimeError(f"Duplicate variables detected. {name}")
        self._track_trackable(variable, name)
        return variable

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        raise NotImplementedError

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """One that was made with other arguments."""
        return cls(**config)


class FixedLossScale(LossScale):
    """A factor that stays as it is.

    Args:
        loss_scale_value: the factor.

    Raises:
        ValueError: it is no number, or below one.
    """

    def __init__(self, loss_scale_value: float) -> None:
        if not isinstance(loss_scale_value, (int, float)):
            raise ValueError("loss_scale_value must be a Python int or float.")
        if loss_scale_value < 1:
            raise ValueError("loss_scale_value must be at least 1.")
        self._loss_scale_value = float(loss_scale_value)

    def __call__(self) -> Tensor:
        """The factor, a scalar float32."""
        return convert_to_tensor(self._loss_scale_value)

    def update(self, grads: Any) -> tuple[Operation, Any]:
        """Nothing to do, and gradients are applied."""
        return no_op(), True

    def __repr__(self) -> str:
        return f"FixedLossScale({self._loss_scale_value})"

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {"loss_scale_value": self._loss_scale_value}


class DynamicLossScale(LossScale):
    """A factor that grows while gradients are finite, and shrinks when they are not.

    Args:
        initial_loss_scale: the first one.
        increment_period: after how many steps with finite gradients it grows.
        multiplier: by which it grows and shrinks.
    """

    def __init__(
        self, initial_loss_scale: float = 2**15, increment_period: int = 2000, multiplier: float = 2.0
    ) -> None:
        self._initial_loss_scale = float(initial_loss_scale)
        self._increment_period = int(increment_period)
        self._multiplier = float(multiplier)
        self._current_loss_scale = self._add_weight(
            "current_loss_scale", self._initial_loss_scale, dtypes.float32
        )
        self._num_good_steps = self._add_weight("good_steps", 0, dtypes.int64)

    @property
    def initial_loss_scale(self) -> float:
        """The first factor."""
        return self._initial_loss_scale

    @property
    def increment_period(self) -> int:
        """After how many steps with finite gradients it grows."""
        return self._increment_period

    @property
    def multiplier(self) -> float:
        """By which it grows and shrinks."""
        return self._multiplier

    def __call__(self) -> Tensor:
        """The factor, a scalar float32."""
        return convert_to_tensor(self._current_loss_scale)

    def update(self, grads: Any) -> tuple[Operation, Any]:
        """See `LossScale.update`: gradients are applied if they are finite."""
        finite = reduce_all([reduce_all(is_finite(grad)) for grad in flatten(grads) if grad is not None])
        scale, good_steps = self._current_loss_scale, self._num_good_steps

        def grown() -> Operation:
            larger = scale * self._multiplier
            # It stays what it is where it would become infinite.
            assigned = cond(is_finite(larger), lambda: scale.assign(larger).op, no_op)
            return group(assigned, good_steps.assign(0))

        def after_finite_ones() -> Any:
            return cond(good_steps + 1 >= self._increment_period, grown, lambda: good_steps.assign_add(1).op)

        def after_others() -> Operation:
            smaller = maximum(scale / self._multiplier, 1)
            return group(good_steps.assign(0), scale.assign(smaller))

        return cond(finite, after_finite_ones, after_others), finite

    def __repr__(self) -> str:
        return (
            f"DynamicLossScale(initial_loss_scale={self.initial_loss_scale}, "
            f"increment_period={self.increment_period}, multiplier={self.multiplier})"
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {
            "initial_loss_scale": self.initial_loss_scale,
            "increment_period": self.increment_period,
            "multiplier": self.multiplier,
        }


def loss_scale_of(identifier: Any) -> LossScale | None:
    """The factor that an argument means.

    Args:
        identifier: a number, "dynamic", a factor as it is, or None.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(identifier, (int, float)):
        return FixedLossScale(identifier)
    if identifier == "dynamic":
        return DynamicLossScale()
    if identifier is None or isinstance(identifier, LossScale):
        return identifier
    raise ValueError(f"Could not interpret loss scale identifier: {identifier}")


class MixedPrecisionLossScaleOptimizer(Optimizer):
    """An optimizer whose losses are multiplied by a factor, and whose gradients are divided by it.

    Args:
        opt: the optimizer.
        loss_scale: the factor, a number, or "dynamic".

    Raises:
        ValueError: `opt` is no `tf.train.Optimizer`, or the factor is unknown.
    """

    def __init__(self, opt: Any, loss_scale: Any) -> None:
        if not isinstance(opt, Optimizer):
            raise ValueError(f'"opt" must be an instance of Optimizer, but got: {type(opt)}')
        self._optimizer = opt
        super().__init__(opt._use_locking, opt.get_name())
        self._loss_scale: Any = loss_scale_of(loss_scale)
        self._track_trackable(opt, "base_optimizer")
        self._track_trackable(self._loss_scale, "loss_scale")

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """The gradients of a loss, without the factor; see `tf.train.Optimizer.compute_gradients`."""
        pairs = self._optimizer.compute_gradients(
            loss=self._scaled(loss),
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        share = 1 / self._loss_scale()
        return [(_divided(grad, share), variable) for grad, variable in pairs]

    def _scaled(self, loss: Any) -> Any:
        scale = self._loss_scale()
        return (lambda: loss() * scale) if callable(loss) else loss * scale

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Apply gradients, if they are finite where the factor is a dynamic one."""
        if not isinstance(self._loss_scale, DynamicLossScale):
            return self._optimizer.apply_gradients(grads_and_vars, global_step, name)
        pairs = tuple(grads_and_vars)
        name = self.get_name() if name is None else name
        update, is_finite_now = self._loss_scale.update([grad for grad, _ in pairs])

        def applied() -> Any:
            constant(0, dtypes.int32)  # TensorFlow's number of the replica, which counts for seeds
            return self._optimizer.apply_gradients(pairs, global_step, f"{name}-wrapped")

        return group(smart_cond(is_finite_now, applied, no_op), update, name=name)


def _divided(grad: Any, share: Tensor) -> Any:
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(grad.values * share, grad.indices, grad.dense_shape)
    return None if grad is None else grad * share


# -- the rewriting of graphs ------------------------------------------------------------------------------


def enable_mixed_precision_graph_rewrite(opt: Any, loss_scale: Any = "dynamic") -> Any:
    """The optimizer with a factor for its losses.

    On GPUs TensorFlow computes parts of a graph in float16 then; on CPUs, as here, all is as it was.

    Args:
        opt: an optimizer of tf.train.
        loss_scale: the factor, a number, or "dynamic".

    Raises:
        ValueError: it has one, or it is no such optimizer.
    """
    if isinstance(opt, MixedPrecisionLossScaleOptimizer):
        raise ValueError(
            '"opt" must not already be an instance of a MixedPrecisionLossScaleOptimizer. '
            "`enable_mixed_precision_graph_rewrite` will automatically wrap the optimizer with a "
            "MixedPrecisionLossScaleOptimizer."
        )
    if not isinstance(opt, Optimizer):
        raise ValueError(
            '"opt" must be an instance of a tf.train.Optimizer or a tf.keras.optimizers.Optimizer, but got: '
            f"{opt}"
        )
    return MixedPrecisionLossScaleOptimizer(opt, loss_scale)


def disable_mixed_precision_graph_rewrite() -> None:
    """Compute all of a graph in the types that it says, as is done anyway."""
    logging.warning(
        "disable_mixed_precision_graph_rewrite() called when mixed precision is already disabled."
    )
