"""Weights of a file as a layer's: those of other layouts, backends and kinds of recurrent layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.keras.backend.shapes import int_shape
from perdure.keras.utils.convolution import convert_kernel

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def preprocess_weights_for_loading(
    layer: Any, weights: list[Any], original_keras_version: Any = None, original_backend: Any = None
) -> list[Any]:
    """Weights of a file in the layout of a layer.

    Args:
        layer: the layer.
        weights: the arrays of the file.
        original_keras_version: the version of Keras that wrote it.
        original_backend: the backend that it was written with.
    """

    def converted(inner: Any, arrays: list[Any]) -> list[Any]:
        return preprocess_weights_for_loading(inner, arrays, original_keras_version, original_backend)

    kind = type(layer).__name__
    if kind == "Bidirectional":
        half = len(weights) // 2
        weights = converted(layer.forward_layer, weights[:half]) + converted(
            layer.backward_layer, weights[half:]
        )
    if kind == "TimeDistributed":
        weights = converted(layer.layer, weights)
    elif kind in ("Model", "Sequential"):
        weights = _of_nested_model(layer, weights, converted)
    if original_keras_version == "1":
        weights = _of_first_version(layer, weights)
    if kind in _CONVOLUTIONS:
        kernels = 2 if kind == "ConvLSTM2D" else 1
        if original_backend == "theano":
            weights[:kernels] = [convert_kernel(kernel) for kernel in weights[:kernels]]
        if int_shape(layer.weights[0]) != weights[0].shape:
            weights[:kernels] = [np.transpose(kernel, (3, 2, 0, 1)) for kernel in weights[:kernels]]
    return _of_recurrent(layer, weights)


def _of_nested_model(model: Any, weights: list[Any], converted: Any) -> list[Any]:
    """The weights of a model inside a model: those that are trained, then the others."""
    count = len(model.trainable_weights)
    trained, fixed = weights[:count], weights[count:]
    found: tuple[list[Any], list[Any]] = ([], [])
    for layer in model.layers:
        if layer.weights:
            of_trained, of_fixed = len(layer.trainable_weights), len(layer.non_trainable_weights)
            arrays = converted(layer, trained[:of_trained] + fixed[:of_fixed])
            found[0].extend(arrays[:of_trained])
            found[1].extend(arrays[of_trained:])
            trained, fixed = trained[of_trained:], fixed[of_fixed:]
    return found[0] + found[1]


def _of_first_version(layer: Any, weights: list[Any]) -> list[Any]:
    """The weights of a file of Keras 1."""
    kind = type(layer).__name__
    if kind == "TimeDistributed":
        weights = preprocess_weights_for_loading(layer.layer, weights, "1", None)
    kernel: Any = weights[0] if weights else None
    is_first = getattr(layer, "data_format", None) == "channels_first"
    if kind == "Conv1D":
        if kernel.shape[:2] != (layer.kernel_size[0], 1) or kernel.shape[3] != layer.filters:
            kernel = np.transpose(kernel, (2, 3, 1, 0))
        weights[0] = kernel[:, 0, :, :]
    if kind == "Conv2D" and is_first:
        weights[0] = np.transpose(kernel, (2, 3, 1, 0))
    if kind == "Conv2DTranspose":
        weights[0] = np.transpose(kernel, (2, 3, 0, 1) if is_first else (0, 1, 3, 2))
    if kind == "Conv3D" and is_first:
        weights[0] = np.transpose(kernel, (2, 3, 4, 1, 0))
    # Each gate had arrays of its own: a kernel, a recurrent kernel and a bias.
    order = {("GRU", 9): (0, 3, 6), ("LSTM", 12): (0, 6, 3, 9), ("ConvLSTM2D", 12): (0, 6, 3, 9)}
    gates = order.get((kind, len(weights)))
    if gates is not None:
        weights = [np.concatenate([weights[gate + i] for gate in gates], axis=-1) for i in range(3)]
        if kind == "ConvLSTM2D" and is_first:
            weights[:2] = [np.transpose(kernel, (2, 3, 1, 0)) for kernel in weights[:2]]
    return weights


def _each_gate(kernels: Any, change: Callable[[Any], Any], gates: int) -> Any:
    return np.hstack([change(kernel) for kernel in np.hsplit(kernels, gates)])


def _exchanged(weights: list[Any], from_cudnn: bool, gates: int, bias: Any) -> list[Any]:
    """Weights of a CuDNN layer as those of the other kind, or the other way round."""
    order = "F" if from_cudnn else "C"
    kernels = _each_gate(weights[0], lambda k: k.T.reshape(k.shape, order=order), gates)
    return [kernels, _each_gate(weights[1], lambda k: k.T, gates), bias]


def _of_recurrent(layer: Any, weights: list[Any]) -> list[Any]:
    """The weights of LSTM and GRU, which CuDNN's layers have in another order."""
    kind = type(layer).__name__
    if len(weights) != 3 or kind not in ("LSTM", "CuDNNLSTM", "GRU", "CuDNNGRU"):
        return weights
    units, bias = weights[1].shape[0], weights[2]
    if kind in ("LSTM", "CuDNNLSTM"):
        sources: dict[Any, str] = {(units * 8,): "CuDNNLSTM", (units * 4,): "LSTM"}
        if bias.shape not in sources:
            raise ValueError(f"Invalid bias shape: {bias.shape}")
        source = sources[bias.shape]
        if source == kind:
            return weights
        from_cudnn = source == "CuDNNLSTM"
        new_bias = np.sum(np.split(bias, 2), axis=0) if from_cudnn else np.tile(0.5 * bias, 2)
        return _exchanged(weights, from_cudnn, 4, new_bias)
    kinds: dict[Any, str] = {
        (units * 6,): "CuDNNGRU",
        (2, units * 3): "GRU(reset_after=True)",
        (units * 3,): "GRU(reset_after=False)",
    }
    if bias.shape not in kinds:
        raise ValueError(f"Invalid bias shape: {bias.shape}")
    source = kinds[bias.shape]
    target = "CuDNNGRU" if kind == "CuDNNGRU" else f"GRU(reset_after={bool(layer.reset_after)})"
    if source == target:
        return weights
    if "GRU(reset_after=False)" in (source, target):
        raise ValueError(f"{source} is not compatible with {target}")
    from_cudnn = source == "CuDNNGRU"
    return _exchanged(weights, from_cudnn, 3, np.array(bias).reshape((2, -1) if from_cudnn else -1))
