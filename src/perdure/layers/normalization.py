"""tf.layers.batch_normalization and its class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.functional.array.array import identity, ones_like, reshape, stop_gradient, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_mean
from perdure.functional.nn.normalization import batch_normalization as normalize
from perdure.functional.nn.normalization import fused_batch_norm, moments
from perdure.functional.random.initializers import Ones, Zeros
from perdure.functional.state import state
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies, name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.arguments import function_of, initializer_of
from perdure.layers.base import Layer
from perdure.layers.choice import choose, static_choice
from perdure.layers.input_spec import InputSpec
from perdure.variables.base import VariableAggregation, VariableSynchronization

_ZEROS = Zeros()
_ONES = Ones()


class BatchNormalization(Layer):
    """gamma * (inputs - mean) / sqrt(variance + epsilon) + beta.

    While training, mean and variance are those of the batch, and operations that move `moving_mean` and
    `moving_variance` towards them are added to `GraphKeys.UPDATE_OPS`: run these with each training step.
    Otherwise the moving ones are used.

    Args:
        axis: the axis (or axes) that keep statistics of their own, usually the channels.
        momentum: how much of the moving statistics an update keeps.
        epsilon: added to the variance.
        center: whether `beta` is added.
        scale: whether the result is multiplied by `gamma`.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: see
            `tf.get_variable`.
        beta_regularizer, gamma_regularizer: functions to a loss.
        beta_constraint, gamma_constraint: see `tf.Variable`.
        renorm: whether batch renormalization corrects the statistics of the batch towards the moving ones.
        renorm_clipping: bounds of the corrections: "rmax", "rmin", "dmax".
        renorm_momentum: the momentum of the statistics of renormalization.
        fused: whether one op does the work, which it can for four axes; True if None.
        trainable, name, **kwargs: see `Layer`.
        virtual_batch_size: normalize groups of so many examples apart.
        adjustment: a function from the shape of the inputs to a (scale, bias) for training.

    Raises:
        TypeError, ValueError: wrong arguments.
    """

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = _ZEROS,
        gamma_initializer: Any = _ONES,
        moving_mean_initializer: Any = _ZEROS,
        moving_variance_initializer: Any = _ONES,
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, Any] | None = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        if not isinstance(axis, (int, list)):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        unknown = set(renorm_clipping or ()) - {"rmax", "rmin", "dmax"}
        if renorm and unknown:
            raise ValueError(
                f"renorm_clipping {renorm_clipping} contains keys not in ['rmax', 'rmin', 'dmax']"
            )
        self.axis: Any = list(axis) if isinstance(axis, list) else axis  # a list once it is built
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializer_of(beta_initializer)
        self.gamma_initializer = initializer_of(gamma_initializer)
        self.moving_mean_initializer = initializer_of(moving_mean_initializer)
        self.moving_variance_initializer = initializer_of(moving_variance_initializer)
        self.beta_regularizer = function_of(beta_regularizer, "regularizer")
        self.gamma_regularizer = function_of(gamma_regularizer, "regularizer")
        self.beta_constraint = function_of(beta_constraint, "constraint")
        self.gamma_constraint = function_of(gamma_constraint, "constraint")
        self.renorm = renorm
        self.renorm_clipping = renorm_clipping or {}
        self.renorm_momentum = renorm_momentum
        self.virtual_batch_size = virtual_batch_size
        self.adjustment = adjustment
        self.fused = True if fused is None else fused

    @property
    def _parameter_dtype(self) -> DType:
        # Half precision is too coarse for statistics.
        dtype = self._variable_dtype
        return dtypes.float32 if dtype in (dtypes.float16, dtypes.bfloat16) else dtype

    # -- variables -------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        if not shape.ndims:
            raise ValueError("Input has undefined rank:", shape)
        self.axis = self._checked_axes(shape.ndims)
        self._check_virtual_batches()
        self.fused = bool(self.fused) and shape.ndims == 4 and self._can_be_fused()
        if self.fused:
            self._data_format = "NCHW" if self.axis == [1] else "NHWC"
        sizes: dict[int, Any] = {axis: shape.as_list()[axis] for axis in self.axis}
        if None in sizes.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", shape)
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        self._build_parameters(self._parameter_shape(sizes, shape.ndims))
        self.built = True

    def _checked_axes(self, rank: int) -> list[int]:
        given = [self.axis] if isinstance(self.axis, int) else self.axis
        axes = [axis + rank if axis < 0 else axis for axis in given]
        for axis in axes:
            if not 0 <= axis < rank:
                raise ValueError(f"Invalid axis: {axis}")
        if len(axes) != len(set(axes)):
            raise ValueError(f"Duplicate axis: {axes}")
        return axes

    def _check_virtual_batches(self) -> None:
        if self.virtual_batch_size is None:
            return
        if self.virtual_batch_size <= 0:
            raise ValueError(
                "virtual_batch_size must be a positive integer that divides the true batch size of the "
                "input Tensor"
            )
        if 0 in self.axis:
            raise ValueError(
                "When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot include 0"
            )
        if self.adjustment is not None:
            raise ValueError("When using virtual_batch_size, adjustment cannot be specified")

    def _can_be_fused(self) -> bool:
        return (
            not self.renorm
            and self.axis in ([1], [3])
            and self.virtual_batch_size is None
            and self.adjustment is None
        )

    def _parameter_shape(self, sizes: dict[int, int], rank: int) -> list[int]:
        if len(sizes) == 1 and self.virtual_batch_size is None:
            return list(sizes.values())
        shape = [sizes.get(axis, 1) for axis in range(rank)]
        if self.virtual_batch_size is not None:
            # Inputs get an axis of groups in front of the others.
            shape.insert(1, 1)
            self.axis = [axis + 1 for axis in self.axis]
        return shape

    def _build_parameters(self, shape: list[int]) -> None:
        dtype = self._parameter_dtype
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                shape,
                dtype,
                self.gamma_initializer,
                self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        elif self.fused:
            self._constant_gamma = constant(1.0, dtype=dtype, shape=shape)
        if self.center:
            self.beta = self.add_weight(
                "beta",
                shape,
                dtype,
                self.beta_initializer,
                self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        elif self.fused:
            self._constant_beta = constant(0.0, dtype=dtype, shape=shape)
        with self._undivided():
            self._build_statistics(shape)

    @contextmanager
    def _undivided(self) -> Iterator[None]:
        """A block whose variables are kept whole, whatever partitioner the variable scope has."""
        scope = self._scope
        partitioner = None if scope is None else scope.partitioner
        if scope is None or partitioner is None:
            yield
            return
        scope.set_partitioner(None)
        try:
            yield
        finally:
            scope.set_partitioner(partitioner)

    def _build_statistics(self, shape: list[int]) -> None:
        self.moving_mean = self._statistic("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._statistic("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:

            def deviation(*args: Any, **kwargs: Any) -> Tensor:
                return unary.sqrt(self.moving_variance_initializer(*args, **kwargs))

            with colocate_with(self.moving_variance):
                self.moving_stddev = self._statistic("moving_stddev", shape, deviation)
            with colocate_with(self.moving_mean):
                self.renorm_mean = self._statistic("renorm_mean", shape, self.moving_mean_initializer)
            with colocate_with(self.moving_stddev):
                self.renorm_stddev = self._statistic("renorm_stddev", shape, deviation)

    def _statistic(self, name: str, shape: list[int], initializer: Any) -> Any:
        return self.add_weight(
            name,
            shape,
            self._parameter_dtype,
            initializer,
            synchronization=VariableSynchronization.ON_READ,
            trainable=False,
            aggregation=VariableAggregation.MEAN,
        )

    # -- computing -------------------------------------------------------------------

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        if self.fused:
            return self._call_fused(inputs, training)
        if self.virtual_batch_size is None:
            return self._call_unfused(inputs, training)
        sizes = inputs.shape.as_list()[1:]
        groups = reshape(inputs, [self.virtual_batch_size, -1, *sizes])
        return reshape(self._call_unfused(groups, training), [-1, *sizes])

    def _call_fused(self, inputs: Any, training: Any) -> Tensor:
        beta = self.beta if self.center else self._constant_beta
        gamma = self.gamma if self.scale else self._constant_gamma

        def of_batch() -> tuple[Tensor, ...]:
            return fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=self._data_format)

        def of_moving() -> tuple[Tensor, ...]:
            return fused_batch_norm(
                inputs,
                gamma,
                beta,
                mean=self.moving_mean,
                variance=self.moving_variance,
                epsilon=self.epsilon,
                is_training=False,
                data_format=self._data_format,
            )

        outputs, mean, variance = choose(training, of_batch, of_moving)
        known = static_choice(training)
        if known is None:
            momentum = choose(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = convert_to_tensor(self.momentum)
        if known is not False:
            self.add_update(lambda: _moved(self.moving_mean, mean, momentum))
            self.add_update(lambda: _moved(self.moving_variance, variance, momentum))
        return outputs

    def _call_unfused(self, inputs: Any, training: Any) -> Tensor:
        input_shape = inputs.shape
        rank = input_shape.ndims
        axes = [axis for axis in range(rank) if axis not in self.axis]
        if self.virtual_batch_size is not None:
            del axes[1]  # each group has statistics of its own
        broadcast_shape = [1] * rank
        broadcast_shape[self.axis[0]] = input_shape.as_list()[self.axis[0]]

        def broadcast(value: Any) -> Any:
            if value is None or value.shape.ndims == rank or axes == list(range(rank - 1)):
                return value
            return reshape(value, broadcast_shape)

        scale, offset = broadcast(self.gamma), broadcast(self.beta)
        if static_choice(training) is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            if self.adjustment is not None:
                adjustment = self._adjustment(inputs, training)
                scale, offset = _composed(*adjustment, scale, offset)
            mean, variance = self._batch_statistics(inputs, axes, training)
            new_mean, new_variance = mean, variance
            if self.virtual_batch_size is not None:
                new_mean = reduce_mean(mean, axis=1, keepdims=True)
                new_variance = reduce_mean(variance, axis=1, keepdims=True)
            if self.renorm:
                r, d, new_mean, new_variance = self._renorm(new_mean, new_variance, training)
                r = broadcast(stop_gradient(r, name="renorm_r"))
                d = broadcast(stop_gradient(d, name="renorm_d"))
                scale, offset = _composed(r, d, scale, offset)
            self._update_statistics(new_mean, new_variance, training)
        mean, variance, offset, scale = [
            None if value is None else cast(value, inputs.dtype) for value in (mean, variance, offset, scale)
        ]
        outputs = normalize(inputs, broadcast(mean), broadcast(variance), offset, scale, self.epsilon)
        outputs.set_shape(input_shape)
        return outputs

    def _adjustment(self, inputs: Any, training: Any) -> tuple[Tensor, Tensor]:
        scale, bias = self.adjustment(shape_op(inputs))
        return (
            choose(training, lambda: scale, lambda: ones_like(scale)),
            choose(training, lambda: bias, lambda: zeros_like(bias)),
        )

    def _batch_statistics(self, inputs: Any, axes: list[int], training: Any) -> tuple[Tensor, Tensor]:
        """Mean and variance of the batch while training, else the moving ones."""
        keep_dims = self.virtual_batch_size is not None or len(self.axis) > 1
        mean, variance = moments(cast(inputs, self._parameter_dtype), axes, keep_dims=keep_dims)
        return (
            choose(training, lambda: mean, lambda: convert_to_tensor(self.moving_mean)),
            choose(training, lambda: variance, lambda: convert_to_tensor(self.moving_variance)),
        )

    def _renorm(self, mean: Tensor, variance: Tensor, training: Any) -> tuple[Tensor, ...]:
        """The correction (r, d) of batch renormalization, and the statistics for the moving averages."""
        stddev = unary.sqrt(variance + self.epsilon)
        renorm_stddev = binary.maximum(self.renorm_stddev, unary.sqrt(self.epsilon))
        r = stddev / renorm_stddev
        d = (mean - self.renorm_mean) / renorm_stddev
        # The correction is computed before the averages move.
        with control_dependencies([r, d]):
            mean = identity(mean)
            stddev = identity(stddev)
        clipping = self.renorm_clipping
        if clipping.get("rmin") is not None:
            r = binary.maximum(r, clipping["rmin"])
        if clipping.get("rmax") is not None:
            r = binary.minimum(r, clipping["rmax"])
        if clipping.get("dmax") is not None:
            d = binary.maximum(d, -clipping["dmax"])
            d = binary.minimum(d, clipping["dmax"])
        corrected = r, d
        r = choose(training, lambda: corrected[0], lambda: ones_like(corrected[0]))
        d = choose(training, lambda: corrected[1], lambda: zeros_like(corrected[1]))

        def moved_if_training(variable: Any, value: Tensor) -> Tensor:
            value = identity(value)
            return choose(
                training,
                lambda: _moved(variable, value, self.renorm_momentum),
                lambda: identity(variable),
            )

        moved = [moved_if_training(self.renorm_mean, mean), moved_if_training(self.renorm_stddev, stddev)]
        with control_dependencies(moved):
            return r, d, identity(mean), identity(variance)

    # -- updates ---------------------------------------------------------------------

    def _update_statistics(self, mean: Tensor, variance: Tensor, training: Any) -> None:
        def update_mean() -> Any:
            return _moved(self.moving_mean, mean, self.momentum)

        def update_variance() -> Any:
            if self.renorm:
                return self._moved_variance(variance)
            return _moved(self.moving_variance, variance, self.momentum)

        self.add_update(lambda: choose(training, update_mean, lambda: self.moving_mean))
        self.add_update(lambda: choose(training, update_variance, lambda: self.moving_variance))

    def _moved_variance(self, variance: Tensor) -> Any:
        """Move the variance along with the standard deviation, as renormalization does."""
        stddev = _moved(self.moving_stddev, unary.sqrt(variance + self.epsilon), self.momentum)
        squared = g.relu(stddev * stddev - self.epsilon)
        with name_scope("AssignNewValue") as scope, colocate_with(self.moving_variance):
            return state.assign(self.moving_variance, squared, name=scope)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def _moved(variable: Any, value: Tensor, momentum: Any) -> Any:
    """Move `variable` towards `value`."""
    with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
        decay = convert_to_tensor(1.0 - momentum, name="decay")
        if decay.dtype != variable.dtype.base_dtype:
            decay = cast(decay, variable.dtype.base_dtype)
        delta = (variable - cast(value, variable.dtype.base_dtype)) * decay
        return state.assign_sub(variable, delta, name=scope)


def _composed(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> tuple[Any, Any]:
    """Two affine maps, one after the other."""
    if then_scale is not None:
        scale *= then_scale
        offset *= then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset


def batch_normalization(
    inputs: Any,
    axis: Any = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = _ZEROS,
    gamma_initializer: Any = _ONES,
    moving_mean_initializer: Any = _ZEROS,
    moving_variance_initializer: Any = _ONES,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    renorm: bool = False,
    renorm_clipping: dict[str, Any] | None = None,
    renorm_momentum: float = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Any = None,
) -> Tensor:
    """Normalize `inputs` by the statistics of the batch, or by moving averages of them.

    Args:
        inputs: a tensor.
        training: whether the statistics of the batch are used, and the moving averages updated by
            operations in `GraphKeys.UPDATE_OPS`: a boolean, or a tensor that says so in a session.
        name: the name of the layer and of its variable scope.
        reuse: whether to share the variables of the layer of that name.
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer,
            moving_mean_initializer, moving_variance_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, trainable, renorm, renorm_clipping, renorm_momentum, fused,
            virtual_batch_size, adjustment: see `BatchNormalization`.
    """
    layer = BatchNormalization(
        axis=axis,
        momentum=momentum,
        epsilon=epsilon,
        center=center,
        scale=scale,
        beta_initializer=beta_initializer,
        gamma_initializer=gamma_initializer,
        moving_mean_initializer=moving_mean_initializer,
        moving_variance_initializer=moving_variance_initializer,
        beta_regularizer=beta_regularizer,
        gamma_regularizer=gamma_regularizer,
        beta_constraint=beta_constraint,
        gamma_constraint=gamma_constraint,
        renorm=renorm,
        renorm_clipping=renorm_clipping,
        renorm_momentum=renorm_momentum,
        fused=fused,
        trainable=trainable,
        virtual_batch_size=virtual_batch_size,
        adjustment=adjustment,
        name=name,
        _reuse=reuse,
        _scope=name,
    )
    return layer(inputs, training=training)
