"""BatchNormalization and LayerNormalization."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import identity, ones_like, reshape, stop_gradient, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.math.binary import maximum, minimum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_mean
from perdure.functional.math.unary import sqrt
from perdure.functional.nn.normalization import batch_normalization, fused_batch_norm, moments
from perdure.functional.state.state import assign, assign_sub
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies, name_scope
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.nn import relu
from perdure.keras.backend.shapes import constant
from perdure.keras.backend.state import learning_phase
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.structures import constant_value, smart_cond
from perdure.layers.input_spec import InputSpec
from perdure.platform import logging
from perdure.variables.base import VariableAggregation, VariableSynchronization

_DESCRIBED = (
    "axis",
    "epsilon",
    "center",
    "scale",
    "beta_initializer",
    "gamma_initializer",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)


def _positive_axes(axis: Any, rank: int) -> list[int]:
    """Axes as a list of distinct indices from 0.

    Raises:
        ValueError: one is out of range, or named twice.
    """
    axes = [rank + x if x < 0 else x for x in ([axis] if isinstance(axis, int) else axis)]
    for x in axes:
        if x < 0 or x >= rank:
            raise ValueError(f"Invalid axis: {x}")
    if len(axes) != len(set(axes)):
        raise ValueError(f"Duplicate axis: {axes}")
    return axes


class BatchNormalization(Layer):
    """Normalizes by the moments of a batch while training, and by moving means of them otherwise.

    Args:
        axis: the axis of the channels, or several.
        momentum: how much of the moving means stays.
        epsilon: what is added to the variance.
        center, scale: whether an offset is added, and a scale multiplied.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint: of the variables.
        renorm: whether the moving means are used while training, too (Ioffe, 2017).
        renorm_clipping: "rmin", "rmax" and "dmax" of that.
        renorm_momentum: how much of its moving means stays.
        fused: whether one op does it, if it can; True if None.
        trainable: see `Layer`.
        virtual_batch_size: how many items have moments of their own ("ghost batches").
        adjustment: a function from the shape to a random scale and offset while training.
        name, **kwargs: see `Layer`.
    """

    center: bool
    scale: bool
    momentum: Any
    epsilon: float
    beta_initializer: Any
    gamma_initializer: Any
    moving_mean_initializer: Any
    moving_variance_initializer: Any
    beta_regularizer: Any
    gamma_regularizer: Any
    beta_constraint: Any
    gamma_constraint: Any
    _described: ClassVar[tuple[str, ...]] = (
        "axis",
        "momentum",
        *_DESCRIBED[1:6],
        "moving_mean_initializer",
        "moving_variance_initializer",
        *_DESCRIBED[6:],
    )

    def __init__(
        self,
        axis: Any = -1,
        momentum: Any = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: Any = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(axis, (list, int)):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        self.axis: Any = axis[:] if isinstance(axis, list) else axis
        keep(
            self,
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
        )
        self.renorm = renorm
        self.virtual_batch_size = virtual_batch_size
        self.adjustment = adjustment
        self.supports_masking = True
        self.fused = True if fused is None else fused
        self.trainable = trainable
        if renorm:
            clipping = renorm_clipping or {}
            known = ("rmax", "rmin", "dmax")
            if set(clipping) - set(known):
                raise ValueError(f"renorm_clipping {clipping} contains keys not in {list(known)}")
            self.renorm_clipping = clipping
            self.renorm_momentum = renorm_momentum

    @property
    def _can_be_fused(self) -> bool:
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        plain = not self.renorm and self.virtual_batch_size is None and self.adjustment is None
        return plain and len(axes) == 1 and axes[0] in (-3, -1, 1, 3)

    @property
    def _param_dtype(self) -> Any:
        is_half = self.dtype in ("float16", "bfloat16")
        return dtypes.float32 if is_half else self.dtype or dtypes.float32

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        if not shape.ndims:
            raise ValueError("Input has undefined rank:", shape)
        rank = shape.ndims
        self.axis = _positive_axes(self.axis, rank)
        if self.virtual_batch_size is not None:
            if self.virtual_batch_size <= 0:
                raise ValueError(
                    "virtual_batch_size must be a positive integer that divides the true batch size of the "
                    "input Tensor"
                )
            if 0 in self.axis:
                raise ValueError(
                    "When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot "
                    "include 0"
                )
            if self.adjustment is not None:
                raise ValueError("When using virtual_batch_size, adjustment cannot be specified")
        if self.fused:
            self.fused = rank == 4 and self._can_be_fused
        if self.fused:
            if self.axis not in ([1], [3]):
                raise ValueError(
                    "Unsupported axis, fused batch norm only supports axis == [1] or axis == [3]"
                )
            self._data_format = "NCHW" if self.axis == [1] else "NHWC"
        sizes = {x: shape.as_list()[x] for x in self.axis}
        if None in sizes.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", shape)
        self.input_spec = InputSpec(ndim=rank, axes=sizes)
        if len(sizes) == 1 and self.virtual_batch_size is None:
            param_shape: Any = (sizes[self.axis[0]],)
        else:
            param_shape = [sizes.get(i, 1) for i in range(rank)]
            if self.virtual_batch_size is not None:
                param_shape.insert(1, 1)
                self.axis = [x + 1 for x in self.axis]
        self._make_variables(param_shape)
        self.built = True

    def _make_variables(self, shape: Any) -> None:
        for name, is_wanted, default in (("gamma", self.scale, 1.0), ("beta", self.center, 0.0)):
            variable = None
            if is_wanted:
                variable = self.add_weight(
                    name=name,
                    shape=shape,
                    dtype=self._param_dtype,
                    initializer=getattr(self, f"{name}_initializer"),
                    regularizer=getattr(self, f"{name}_regularizer"),
                    constraint=getattr(self, f"{name}_constraint"),
                    trainable=True,
                    experimental_autocast=False,
                )
            elif self.fused:
                setattr(self, f"_{name}_const", constant(default, dtype=self._param_dtype, shape=shape))
            setattr(self, name, variable)
        self.moving_mean = self._moving("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._moving("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:

            def deviation(*args: Any, **kwargs: Any) -> Any:
                return sqrt(self.moving_variance_initializer(*args, **kwargs))

            with colocate_with(self.moving_variance):
                self.moving_stddev = self._moving("moving_stddev", shape, deviation)
            with colocate_with(self.moving_mean):
                self.renorm_mean = self._moving("renorm_mean", shape, self.moving_mean_initializer)
            with colocate_with(self.moving_stddev):
                self.renorm_stddev = self._moving("renorm_stddev", shape, deviation)

    gamma: Any
    beta: Any
    _gamma_const: Any
    _beta_const: Any

    def _moving(self, name: str, shape: Any, initializer: Any) -> Any:
        return self.add_weight(
            name=name,
            shape=shape,
            dtype=self._param_dtype,
            initializer=initializer,
            synchronization=VariableSynchronization.ON_READ,
            trainable=False,
            aggregation=VariableAggregation.MEAN,
            experimental_autocast=False,
        )

    # -- moving means ------------------------------------------------------------------------

    def _moved(self, variable: Any, value: Any, momentum: Any) -> Any:
        with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
            decay = convert_to_tensor(1.0 - momentum, name="decay")
            if decay.dtype != variable.dtype.base_dtype:
                decay = cast(decay, variable.dtype.base_dtype)
            change = (variable - cast(value, variable.dtype)) * decay
            return assign_sub(variable, change, name=scope)

    def _moved_variance(self, variance: Any, momentum: Any) -> Any:
        if not self.renorm:
            return self._moved(self.moving_variance, variance, momentum)
        deviation = self._moved(self.moving_stddev, sqrt(variance + self.epsilon), momentum)
        value = relu(deviation * deviation - self.epsilon)
        with name_scope("AssignNewValue") as scope, colocate_with(self.moving_variance):
            return assign(self.moving_variance, value, name=scope)

    # -- calling it --------------------------------------------------------------------------

    def call(self, inputs: Any, training: Any = None) -> Any:
        if training is None:
            training = learning_phase()
        if self.fused:
            return self._fused(inputs, training)
        shape = inputs.shape
        if self.virtual_batch_size is None:
            return self._normalized(inputs, training, shape)
        sizes = [-1, *shape.as_list()[1:]]
        inputs = reshape(inputs, [self.virtual_batch_size, -1, *sizes[1:]])
        return reshape(self._normalized(inputs, training, inputs.shape), sizes)

    def _fused(self, inputs: Any, training: Any) -> Any:
        beta = self.beta if self.center else self._beta_const
        gamma = self.gamma if self.scale else self._gamma_const

        def of_batch() -> Any:
            return fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=self._data_format)

        def of_moving() -> Any:
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

        output, mean, variance = smart_cond(training, of_batch, of_moving)
        known = constant_value(training)
        if known is None:
            momentum = smart_cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = convert_to_tensor(self.momentum)
        if known or known is None:
            self.add_update(lambda: self._moved(self.moving_mean, mean, momentum))
            self.add_update(lambda: self._moved_variance(variance, momentum))
        return output

    def _normalized(self, inputs: Any, training: Any, input_shape: Any) -> Any:
        rank = len(input_shape)
        reduced = [i for i in range(rank) if i not in self.axis]
        if self.virtual_batch_size is not None:
            del reduced[1]
        sizes = [1] * rank
        sizes[self.axis[0]] = input_shape.as_list()[self.axis[0]]

        def shaped(v: Any) -> Any:
            if v is not None and len(v.shape) != rank and reduced != list(range(rank - 1)):
                return reshape(v, sizes)
            return v

        scale, offset = shaped(self.gamma), shaped(self.beta)
        if constant_value(training) is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            if self.adjustment:
                adjusted_scale, adjusted_offset = self.adjustment(shape_op(inputs))
                one, zero = adjusted_scale, adjusted_offset
                adjusted_scale = smart_cond(training, lambda: one, lambda: ones_like(one))
                adjusted_offset = smart_cond(training, lambda: zero, lambda: zeros_like(zero))
                scale, offset = _composed(adjusted_scale, adjusted_offset, scale, offset)
            mean, variance, scale, offset = self._moments(inputs, training, reduced, shaped, scale, offset)
        mean, variance = cast(mean, inputs.dtype), cast(variance, inputs.dtype)
        offset = None if offset is None else cast(offset, inputs.dtype)
        scale = None if scale is None else cast(scale, inputs.dtype)
        outputs = batch_normalization(inputs, shaped(mean), shaped(variance), offset, scale, self.epsilon)
        outputs.set_shape(input_shape)
        return outputs

    def _moments(
        self, inputs: Any, training: Any, reduced: list[int], shaped: Any, scale: Any, offset: Any
    ) -> tuple[Any, Any, Any, Any]:
        """The moments that are used, and the scale and offset that go with them; adds the updates."""
        keeps = self.virtual_batch_size is not None or len(self.axis) > 1
        of_batch, spread = moments(cast(inputs, self._param_dtype), reduced, keep_dims=keeps)
        mean = smart_cond(training, lambda: of_batch, lambda: convert_to_tensor(self.moving_mean))
        variance = smart_cond(training, lambda: spread, lambda: convert_to_tensor(self.moving_variance))
        new_mean, new_variance = mean, variance
        if self.virtual_batch_size is not None:
            new_mean = reduce_mean(mean, axis=1, keepdims=True)
            new_variance = reduce_mean(variance, axis=1, keepdims=True)
        if self.renorm:
            r, d, new_mean, new_variance = self._renormed(new_mean, new_variance, training)
            r = shaped(stop_gradient(r, name="renorm_r"))
            d = shaped(stop_gradient(d, name="renorm_d"))
            scale, offset = _composed(r, d, scale, offset)

        def update_mean() -> Any:
            return smart_cond(
                training,
                lambda: self._moved(self.moving_mean, new_mean, self.momentum),
                lambda: self.moving_mean,
            )

        def update_variance() -> Any:
            return smart_cond(
                training,
                lambda: self._moved_variance(new_variance, self.momentum),
                lambda: self.moving_variance,
            )

        self.add_update(update_mean)
        self.add_update(update_variance)
        return mean, variance, scale, offset

    def _renormed(self, mean: Any, variance: Any, training: Any) -> tuple[Any, Any, Any, Any]:
        """The correction of batch renormalization (Ioffe, 2017), and the moments behind its updates."""
        stddev = sqrt(variance + self.epsilon)
        renorm_stddev = maximum(self.renorm_stddev, sqrt(self.epsilon))
        r = stddev / renorm_stddev
        d = (mean - self.renorm_mean) / renorm_stddev
        with control_dependencies([r, d]):
            mean = identity(mean)
            stddev = identity(stddev)
        rmin, rmax, dmax = (self.renorm_clipping.get(key) for key in ("rmin", "rmax", "dmax"))
        if rmin is not None:
            r = maximum(r, rmin)
        if rmax is not None:
            r = minimum(r, rmax)
        if dmax is not None:
            d = minimum(maximum(d, -dmax), dmax)
        free_r, free_d = r, d
        r = smart_cond(training, lambda: free_r, lambda: ones_like(free_r))
        d = smart_cond(training, lambda: free_d, lambda: zeros_like(free_d))

        def update(variable: Any, value: Any) -> Any:
            value = identity(value)
            return smart_cond(
                training,
                lambda: self._moved(variable, value, self.renorm_momentum),
                lambda: identity(variable),
            )

        updates = [update(self.renorm_mean, mean), update(self.renorm_stddev, stddev)]
        with control_dependencies(updates):
            return r, d, identity(mean), identity(variance)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), **described(self, *self._described)}
        if self.renorm:
            config["renorm"] = True
            config["renorm_clipping"] = self.renorm_clipping
            config["renorm_momentum"] = self.renorm_momentum
        if self.virtual_batch_size is not None:
            config["virtual_batch_size"] = self.virtual_batch_size
        if self.adjustment is not None:
            logging.warning(
                "The `adjustment` function of this `BatchNormalization` layer cannot be serialized and has "
                "been omitted from the layer config. It will not be included when re-creating the layer from "
                "the saved config."
            )
        return config


def _composed(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> tuple[Any, Any]:
    """A scale and offset with others behind them, as one."""
    if then_scale is not None:
        scale *= then_scale
        offset *= then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset


class LayerNormalization(Layer):
    """Normalizes each item by its own moments (Ba et al., 2016).

    Args:
        axis: the axis or axes over which the moments are computed.
        epsilon: what is added to the variance.
        center, scale: whether an offset is added, and a scale multiplied.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint,
            gamma_constraint: of the variables.
        trainable, name, **kwargs: see `Layer`.
    """

    center: bool
    scale: bool
    epsilon: float

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        if not isinstance(axis, (list, tuple, int)):
            raise ValueError(
                "Expected an int or a list/tuple of ints for the argument 'axis', but received instead: "
                f"{axis}"
            )
        self.axis: Any = axis if isinstance(axis, int) else axis[:]
        keep(
            self,
            epsilon=epsilon,
            center=center,
            scale=scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.supports_masking = True

    gamma: Any
    beta: Any

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        if shape.ndims is None:
            raise ValueError(f"Input shape {input_shape} has undefined rank.")
        self.axis = _positive_axes(self.axis, shape.ndims)
        sizes = [shape.as_list()[axis] for axis in self.axis]
        for name, is_wanted in (("gamma", self.scale), ("beta", self.center)):
            variable = None
            if is_wanted:
                variable = self.add_weight(
                    name=name,
                    shape=sizes,
                    initializer=getattr(self, f"{name}_initializer"),
                    regularizer=getattr(self, f"{name}_regularizer"),
                    constraint=getattr(self, f"{name}_constraint"),
                    trainable=True,
                    experimental_autocast=False,
                )
            setattr(self, name, variable)
        self.built = True

    def call(self, inputs: Any) -> Any:
        shape = inputs.shape
        rank = len(shape)
        mean, variance = moments(inputs, self.axis, keep_dims=True)
        sizes = [1] * rank
        for axis in self.axis:
            sizes[axis] = shape.as_list()[axis]

        def shaped(v: Any) -> Any:
            if v is not None and len(v.shape) != rank and self.axis != [rank - 1]:
                return reshape(v, sizes)
            return v

        scale, offset = shaped(self.gamma), shaped(self.beta)
        outputs = batch_normalization(
            inputs, mean, variance, offset=offset, scale=scale, variance_epsilon=self.epsilon
        )
        outputs.set_shape(shape)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, *_DESCRIBED)}
