"""Normalization: `batch_norm` in its three forms, `instance_norm`, `layer_norm`, `unit_norm`."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.layers.finish import finished
from perdure.contrib.layers.formats import check_image_format
from perdure.contrib.layers.moving_statistics import Statistics, parameter
from perdure.contrib.layers.scopes import collect, layer_scope
from perdure.contrib.layers.utils import smart_cond
from perdure.functional.array.array import identity, ones, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import tile
from perdure.functional.array.slicing import strided_slice
from perdure.functional.math import binary, unary
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn.normalization import (
    batch_normalization,
    fused_batch_norm,
    moments,
    weighted_moments,
)
from perdure.functional.random.initializers import Ones, Zeros
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.layers.normalization import BatchNormalization
from perdure.variables.variable_scope import variable_scope


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: Any = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Any = None,
    param_initializers: Any = None,
    param_regularizers: Any = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: Any = 0.99,
    adjustment: Any = None,
) -> Tensor:
    """gamma * (inputs - mean) / sqrt(variance + epsilon) + beta: Ioffe and Szegedy (2015).

    While training, mean and variance are those of the batch, and `moving_mean` and `moving_variance` are
    moved towards them.  Otherwise the moving ones are used.

    Args:
        inputs: a tensor with a known number of channels.
        decay: how much of the moving statistics an update keeps.
        center: whether `beta` is added.
        scale: whether the result is multiplied by `gamma`.
        epsilon: added to the variance.
        activation_fn: a function of the output; None for none.
        param_initializers: initializers by "beta", "gamma", "moving_mean" and "moving_variance".
        param_regularizers: regularizers by "beta" and "gamma".
        updates_collections: the collections of the updates, to run with each training step; with None the
            output waits for them.
        is_training: a boolean, or a tensor or a variable that says so in a session.
        reuse: whether the variables of the layer of that scope are shared.
        variables_collections: collections of all variables, or a dict of them by name.
        outputs_collections: collections of the output.
        trainable: whether optimizers change the variables by default.
        batch_weights: the weights of the examples in the statistics, [batch size].
        fused: whether one op does the work where it can; True if None.
        data_format: "NHWC", or "NCHW" for channels that come first.
        zero_debias_moving_mean: see `assign_moving_average`.
        scope: the variable scope.
        renorm, renorm_clipping, renorm_decay, adjustment: see `tf.layers.BatchNormalization`.

    Raises:
        ValueError: another layout, an unknown shape, or arguments that exclude each other.
    """
    inputs = convert_to_tensor(inputs)
    of_layer = updates_collections == GraphKeys.UPDATE_OPS and not zero_debias_moving_mean
    can_be_fused = batch_weights is None and not renorm and adjustment is None
    rank = inputs.shape.ndims
    initializers, regularizers = param_initializers or {}, param_regularizers or {}
    may_fuse = fused is None or fused
    if may_fuse and can_be_fused and (rank == 2 or (rank == 4 and not of_layer)):
        check_image_format(data_format)
        with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
            statistics = Statistics(
                decay, is_training, updates_collections, zero_debias_moving_mean, variables_collections
            )
            outputs = _fused(
                inputs, center, scale, epsilon, initializers, regularizers, trainable, data_format, statistics
            )
            return finished(outputs, activation_fn, outputs_collections, opened.name)
    check_image_format(data_format)
    with layer_scope(scope, "BatchNorm", inputs, reuse) as opened:
        if of_layer and batch_weights is None:
            layer = BatchNormalization(
                axis=1 if data_format == "NCHW" else -1,
                momentum=decay,
                epsilon=epsilon,
                center=center,
                scale=scale,
                beta_initializer=initializers.get("beta", Zeros()),
                gamma_initializer=initializers.get("gamma", Ones()),
                moving_mean_initializer=initializers.get("moving_mean", Zeros()),
                moving_variance_initializer=initializers.get("moving_variance", Ones()),
                beta_regularizer=regularizers.get("beta"),
                gamma_regularizer=regularizers.get("gamma"),
                trainable=trainable,
                renorm=renorm,
                renorm_clipping=renorm_clipping,
                renorm_momentum=renorm_decay,
                adjustment=adjustment,
                name=opened.name,
                _scope=opened,
                _reuse=reuse,
                fused=may_fuse,
            )
            outputs = layer.apply(inputs, training=is_training)
            for name in ("moving_mean", "moving_variance", "beta", "gamma"):
                collect(getattr(layer, name), variables_collections, name)
        elif renorm:
            raise ValueError(
                "renorm is not supported with batch_weights, updates_collections or zero_debias_moving_mean"
            )
        else:
            statistics = Statistics(
                decay, is_training, updates_collections, zero_debias_moving_mean, variables_collections
            )
            outputs = _of_moments(
                inputs,
                center,
                scale,
                epsilon,
                initializers,
                trainable,
                batch_weights,
                data_format,
                statistics,
            )
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def _fused(
    inputs: Tensor,
    center: bool,
    scale: bool,
    epsilon: float,
    initializers: Any,
    regularizers: Any,
    trainable: bool,
    data_format: str,
    statistics: Statistics,
) -> Tensor:
    """The form that one op computes, of images or of rows."""
    given = inputs
    if given.shape.ndims == 2:
        size = given.shape.as_list()[-1]
        if size is None:
            raise ValueError("`C` dimension must be known but is None")
        inputs = reshape(given, [-1, size, 1, 1] if data_format == "NCHW" else [-1, 1, 1, size])
    shape = inputs.shape[1:2] if data_format == "NCHW" else inputs.shape[-1:]
    if not shape.is_fully_defined():
        raise ValueError(f"Inputs {inputs.name} has undefined `C` dimension {shape}.")

    def value(name: str, wanted: bool, number: float, initializer: Any) -> Any:
        if not wanted:
            return constant(number, dtype=dtypes.float32, shape=shape)
        return parameter(
            name,
            shape,
            dtypes.float32,  # half precision is too coarse for statistics
            initializers.get(name, initializer),
            trainable,
            statistics.variables_collections,
            regularizers.get(name),
        )

    beta = value("beta", center, 0.0, Zeros())
    gamma = value("gamma", scale, 1.0, Ones())
    statistics.make(shape, dtypes.float32, initializers)

    def of_batch() -> Any:
        return fused_batch_norm(inputs, gamma, beta, epsilon=epsilon, data_format=data_format)

    def of_moving() -> Any:
        return fused_batch_norm(
            inputs,
            gamma,
            beta,
            mean=statistics.mean,
            variance=statistics.variance,
            epsilon=epsilon,
            is_training=False,
            data_format=data_format,
        )

    outputs, mean, variance = smart_cond(statistics.is_training, of_batch, of_moving)
    if statistics.may_train:
        if statistics.updates_collections is None:
            normalized = outputs
            outputs = statistics.forced(mean, variance, lambda: identity(normalized), lambda: normalized)
        else:
            statistics.delayed(mean, variance)
    outputs.set_shape(inputs.shape)
    return reshape(outputs, shape_op(given)) if given.shape.ndims == 2 else outputs


def _of_moments(
    inputs: Tensor,
    center: bool,
    scale: bool,
    epsilon: float,
    initializers: Any,
    trainable: bool,
    batch_weights: Any,
    data_format: str,
    statistics: Statistics,
) -> Tensor:
    """The form that is made of single ops."""
    rank = inputs.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    dtype = inputs.dtype.base_dtype
    if batch_weights is not None:
        batch_weights = convert_to_tensor(batch_weights)
        inputs.shape[0:1].assert_is_compatible_with(batch_weights.shape)
        batch_weights = reshape(batch_weights, [-1] + [1] * (rank - 1))
    first = data_format == "NCHW"
    shape = inputs.shape[1:2] if first else inputs.shape[-1:]
    axes = [0, *range(2, rank)] if first else list(range(rank - 1))
    if not shape.is_fully_defined():
        raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {shape}.")

    def along_channels(value: Any) -> Any:
        """What is multiplied with or added to the inputs."""
        if value is None or not first:
            return value
        return reshape(value, [1, inputs.shape.as_list()[1]] + [1] * (rank - 2))

    def made(name: str, wanted: bool, initializer: Any) -> Any:
        if not wanted:
            return None
        chosen = initializers.get(name, initializer)
        return parameter(name, shape, dtype, chosen, trainable, statistics.variables_collections)

    beta, gamma = made("beta", center, Zeros()), made("gamma", scale, Ones())
    statistics.make(shape, dtype, initializers)
    mean, variance = statistics.mean, statistics.variance
    if statistics.may_train:
        if batch_weights is None:
            batch_mean, batch_variance = moments(inputs, axes, keep_dims=first)
        else:
            batch_mean, batch_variance = weighted_moments(inputs, axes, batch_weights, keepdims=first)
        if first:
            batch_mean, batch_variance = reshape(batch_mean, [-1]), reshape(batch_variance, [-1])
        if statistics.updates_collections is None:
            mean, variance = statistics.forced(
                batch_mean,
                batch_variance,
                lambda: (identity(batch_mean), identity(batch_variance)),
                statistics.moving,
            )
        else:
            statistics.delayed(batch_mean, batch_variance)
            mean, variance = smart_cond(
                statistics.is_training, lambda: (batch_mean, batch_variance), statistics.moving
            )
    mean, variance = along_channels(mean), along_channels(variance)
    offset, factor = along_channels(beta), along_channels(gamma)
    outputs = batch_normalization(inputs, mean, variance, offset, factor, epsilon)
    outputs.set_shape(inputs.shape)
    return outputs


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Tensor:
    """Normalization of each example by its own mean and variance: Ba et al. (2016).

    Args:
        inputs: a tensor.
        center: whether `beta` is added.
        scale: whether the result is multiplied by `gamma`.
        begin_norm_axis: the first of the axes that are normalized together.
        begin_params_axis: the first of the axes that `beta` and `gamma` have.
        activation_fn, reuse, variables_collections, outputs_collections, trainable, scope: see
            `batch_norm`.

    Raises:
        ValueError: an unknown shape, or an axis that is not there.
    """
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        dtype = inputs.dtype.base_dtype
        if begin_norm_axis < 0:
            begin_norm_axis += rank
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) must be < "
                f"rank(inputs) ({rank})"
            )
        shape = inputs.shape[begin_params_axis:]
        if not shape.is_fully_defined():
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: "
                f"{inputs.shape}"
            )

        def made(name: str, wanted: bool, initializer: Any) -> Any:
            if not wanted:
                return None
            return parameter(name, shape, dtype, initializer, trainable, variables_collections)

        beta, gamma = made("beta", center, Zeros()), made("gamma", scale, Ones())
        mean, variance = moments(inputs, list(range(begin_norm_axis, rank)), keep_dims=True)
        # Half precision cannot represent the usual epsilon.
        epsilon = 1e-3 if dtype == dtypes.float16 else 1e-12
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(inputs.shape)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Tensor:
    """The inputs, scaled to unit length along an axis.

    Args:
        inputs: a tensor of known rank.
        dim: the axis.
        epsilon: added to the squared length.
        scope: the variable scope.

    Raises:
        ValueError: an unknown rank, or an axis that is not there.
    """
    with variable_scope(scope, "UnitNorm", [inputs]):
        if not inputs.shape:
            raise ValueError("The input rank must be known.")
        rank = inputs.shape.ndims
        if not 0 <= dim < rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        lengths = unary.sqrt(epsilon + reduce_sum(unary.square(inputs), dim, True))
        before = [ones([dim], dtypes.int32)] if dim > 0 else []
        size = strided_slice(shape_op(inputs), [dim], [dim + 1])
        after = [ones([rank - 1 - dim], dtypes.int32)] if dim < rank - 1 else []
        return binary.div(inputs, tile(lengths, concat([*before, size, *after], 0)))


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Any = None,
    param_initializers: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Tensor:
    """Normalization of each channel of each example by its own mean and variance: Ulyanov et al. (2016).

    Args:
        inputs: a tensor with a known number of channels.
        center, scale, epsilon, activation_fn, param_initializers, reuse, variables_collections,
            outputs_collections, trainable, data_format, scope: see `batch_norm`.

    Raises:
        ValueError: another layout, or an unknown shape.
    """
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    check_image_format(data_format)
    initializers = param_initializers or {}
    with variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as opened:
        channels = 1 if data_format == "NCHW" else rank - 1
        shape = inputs.shape[channels : channels + 1]
        if not shape.is_fully_defined():
            raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {shape}.")

        def made(name: str, wanted: bool, initializer: Any) -> Any:
            if not wanted:
                return None
            chosen = initializers.get(name, initializer)
            value = parameter(name, shape, inputs.dtype.base_dtype, chosen, trainable, variables_collections)
            if data_format == "NHWC":
                return value
            return reshape(value, [1, shape.as_list()[0]] + [1] * (rank - 2))

        beta, gamma = made("beta", center, Zeros()), made("gamma", scale, Ones())
        axes = [axis for axis in range(1, rank) if axis != channels]
        mean, variance = moments(inputs, axes, keep_dims=True)
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon, name="instancenorm")
        return finished(outputs, activation_fn, outputs_collections, opened.name)
