"""Parameters as cuDNN has them, and as the cells of TensorFlow do.

A layer of TensorFlow has one kernel for all gates, whose rows are for inputs and states; cuDNN has a matrix
for each, with a row for each unit, and two biases for each gate, which halve TensorFlow's.
"""

from __future__ import annotations

from typing import Any

from perdure.contrib.cudnn_rnn.functions import (
    CUDNN_GRU,
    CUDNN_INPUT_LINEAR_MODE,
    CUDNN_LSTM,
    CUDNN_RNN_RELU,
    CUDNN_RNN_TANH,
    CUDNN_RNN_UNIDIRECTION,
    PARAMS_PER_LAYER,
    params_count,
)
from perdure.functional.array.array import reshape
from perdure.functional.array.joining import concat, split
from perdure.functional.array.rearranging import transpose
from perdure.graph.builder import g
from perdure.graph.defaults import device
from perdure.graph.tensor import Tensor

Tensors = list[Tensor]


class CudnnParamsFormatConverter:
    """What converters share; a subclass knows a kind of network.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        num_proj: the size to which what is put out is projected, if not None.
        input_mode, direction: as of `cudnn_rnn`.
    """

    _rnn_mode: str

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        num_proj: int | None = None,
        input_mode: str = CUDNN_INPUT_LINEAR_MODE,
        direction: str = CUDNN_RNN_UNIDIRECTION,
    ) -> None:
        self._num_layers = num_layers
        self._input_size = input_size
        self._num_units = num_units
        self._num_proj = num_proj
        self._num_dirs = 1 if direction == CUDNN_RNN_UNIDIRECTION else 2
        self._num_params = params_count(self._rnn_mode, num_layers, direction)
        self._attrs = {"rnn_mode": self._rnn_mode, "input_mode": input_mode, "direction": direction}

    def tf_canonical_to_opaque(self, tf_canonicals: Any, weights_proj: Any = None) -> Tensor:
        """The vector of parameters.

        Args:
            tf_canonicals: the kernels of all layers, then their biases.
            weights_proj: the projections of all layers, if there are any.
        """
        half = len(tf_canonicals) // 2
        weights: Tensors = []
        biases: Tensors = []
        for part, (kernels, more_biases) in enumerate(
            zip(self._by_part(tf_canonicals[:half]), self._by_part(tf_canonicals[half:]), strict=True)
        ):
            weights.extend(self._to_matrices(part // self._num_dirs, *kernels))
            if weights_proj is not None:
                weights.append(transpose(weights_proj[part]))
            biases.extend(self._to_biases(*more_biases))
        weights = [reshape(weight, [-1]) for weight in weights]
        with device("/gpu:0"):
            values = (self._num_layers, self._num_units, self._input_size, weights, biases)
            if self._num_proj:
                return g.cudnn_rnn_canonical_to_params_v2(*values, num_proj=self._num_proj, **self._attrs)
            return g.cudnn_rnn_canonical_to_params(*values, **self._attrs)

    def opaque_to_tf_canonical(self, opaque_param: Any) -> tuple[Tensors, ...]:
        """The kernels of all layers, and their biases; then their projections, if there are any.

        Args:
            opaque_param: the vector of parameters.
        """
        weights, biases = self._opaque_to_cu_canonical(opaque_param)
        kernels: Tensors = []
        more_biases: Tensors = []
        projections: Tensors = []
        for matrices, of_part in zip(self._by_part(weights), self._by_part(biases), strict=True):
            if self._num_proj:
                *matrices, projection = matrices
            kernels.extend(self._from_matrices(*matrices))
            if self._num_proj:
                projections.append(transpose(projection))
            more_biases.extend(self._from_biases(*of_part))
        return (kernels, more_biases, projections) if self._num_proj else (kernels, more_biases)

    def _opaque_to_cu_canonical(self, opaque_param: Any) -> tuple[Tensors, Tensors]:
        """The matrices and biases of cuDNN."""
        with device("/gpu:0"):
            values = (self._num_layers, self._num_units, self._input_size, opaque_param)
            if self._num_proj:
                found = g.cudnn_rnn_params_to_canonical_v2(
                    *values,
                    num_params_weights=self._num_params + self._num_layers * self._num_dirs,
                    num_params_biases=self._num_params,
                    num_proj=self._num_proj,
                    **self._attrs,
                )
            else:
                found = g.cudnn_rnn_params_to_canonical(*values, num_params=self._num_params, **self._attrs)
            return found[0], found[1]

    def _by_part(self, tensors: Any) -> list[Any]:
        """As many tensors for each layer and direction."""
        count = len(tensors) // (self._num_layers * self._num_dirs)
        return [tensors[i : i + count] for i in range(0, len(tensors), count)]

    def _widths(self, layer: int) -> list[int]:
        """The sizes of what comes from inputs and from states."""
        shown = self._num_proj or self._num_units
        return [self._input_size if layer == 0 else shown * self._num_dirs, shown]

    def _to_matrices(self, layer: int, *kernels: Any) -> Tensors:
        raise NotImplementedError("Abstract method")

    def _from_matrices(self, *matrices: Any) -> Tensors:
        raise NotImplementedError("Abstract method")

    def _to_biases(self, *biases: Any) -> Tensors:
        raise NotImplementedError("Abstract method")

    def _from_biases(self, *biases: Any) -> Tensors:
        raise NotImplementedError("Abstract method")


class CudnnParamsFormatConverterLSTM(CudnnParamsFormatConverter):
    """Of long short-term memories.

    Args:
        num_layers, num_units, input_size, num_proj, input_mode, direction: as of
            `CudnnParamsFormatConverter`.
    """

    _rnn_mode = CUDNN_LSTM
    _num_params_per_layer = PARAMS_PER_LAYER[CUDNN_LSTM]

    # TensorFlow's gates are input, new value, forgetting, output; in cuDNN forgetting is the second.

    def _from_matrices(self, *matrices: Any) -> Tensors:
        i, f, c, o = (concat([matrices[gate], matrices[gate + 4]], axis=1) for gate in range(4))
        return [transpose(concat([i, c, f, o], axis=0))]

    def _to_matrices(self, layer: int, *kernels: Any) -> Tensors:
        (kernel,) = kernels
        i, c, f, o = split(transpose(kernel), 4, axis=0)
        # In TensorFlow's order, which is not that of the gates.
        parts = {
            name: split(gate, self._widths(layer), axis=1)
            for name, gate in zip("icfo", (i, c, f, o), strict=True)
        }
        return [parts[name][which] for which in range(2) for name in "ifco"]

    def _from_biases(self, *biases: Any) -> Tensors:
        i, f, c, o = (biases[gate] + biases[gate + 4] for gate in range(4))
        return [concat([i, c, f, o], axis=0)]

    def _to_biases(self, *biases: Any) -> Tensors:
        (bias,) = biases
        i, c, f, o = split(bias, 4, axis=0)
        return [gate * 0.5 for gate in (i, f, c, o)] * 2


class CudnnParamsFormatConverterGRU(CudnnParamsFormatConverter):
    """Of gated recurrent units.

    Args:
        num_layers, num_units, input_size, num_proj, input_mode, direction: as of
            `CudnnParamsFormatConverter`.
    """

    _rnn_mode = CUDNN_GRU
    _num_params_per_layer = PARAMS_PER_LAYER[CUDNN_GRU]

    def _from_matrices(self, *matrices: Any) -> Tensors:
        gates = [concat([matrices[gate], matrices[gate + 3]], axis=1) for gate in range(2)]
        return [transpose(concat(gates, axis=0)), transpose(matrices[2]), transpose(matrices[5])]

    def _to_matrices(self, layer: int, *kernels: Any) -> Tensors:
        both, of_inputs, of_states = (transpose(kernel) for kernel in kernels)
        gates = split(both, 2, axis=0)
        (x_first, h_first), (x_second, h_second) = (
            split(gate, self._widths(layer), axis=1) for gate in gates
        )
        return [x_first, x_second, of_inputs, h_first, h_second, of_states]

    def _from_biases(self, *biases: Any) -> Tensors:
        both = concat([biases[0], biases[1]], axis=0) + concat([biases[3], biases[4]], axis=0)
        return [both, biases[2], biases[5]]

    def _to_biases(self, *biases: Any) -> Tensors:
        both, of_inputs, of_states = biases
        halves = both * 0.5, both * 0.5
        (x_first, x_second), (h_first, h_second) = (split(half, 2, axis=0) for half in halves)
        return [x_first, x_second, of_inputs, h_first, h_second, of_states]


class CudnnParamsFormatConverterBasic(CudnnParamsFormatConverterLSTM):
    """What those of networks without gates share.

    Args:
        num_layers, num_units, input_size, num_proj, input_mode, direction: as of
            `CudnnParamsFormatConverter`.
    """

    def _from_matrices(self, *matrices: Any) -> Tensors:
        return [transpose(concat(list(matrices), axis=1))]

    def _to_matrices(self, layer: int, *kernels: Any) -> Tensors:
        (kernel,) = kernels
        return split(transpose(kernel), self._widths(layer), axis=1)

    def _from_biases(self, *biases: Any) -> Tensors:
        return [biases[0] + biases[1]]

    def _to_biases(self, *biases: Any) -> Tensors:
        (bias,) = biases
        return [bias * 0.5, bias * 0.5]


class CudnnParamsFormatConverterTanh(CudnnParamsFormatConverterBasic):
    """Of tanh units.

    Args:
        num_layers, num_units, input_size, num_proj, input_mode, direction: as of
            `CudnnParamsFormatConverter`.
    """

    _rnn_mode = CUDNN_RNN_TANH
    _num_params_per_layer = PARAMS_PER_LAYER[CUDNN_RNN_TANH]


class CudnnParamsFormatConverterRelu(CudnnParamsFormatConverterBasic):
    """Of rectified units.

    Args:
        num_layers, num_units, input_size, num_proj, input_mode, direction: as of
            `CudnnParamsFormatConverter`.
    """

    _rnn_mode = CUDNN_RNN_RELU
    _num_params_per_layer = PARAMS_PER_LAYER[CUDNN_RNN_RELU]
