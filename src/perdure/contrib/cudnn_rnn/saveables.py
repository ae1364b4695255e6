"""What savers save of a vector of parameters: the kernels and biases of cells, under the cells' names."""

from __future__ import annotations

from typing import Any

from perdure.contrib.checkpoint.split_dependency import split_dependency
from perdure.contrib.cudnn_rnn.converters import (
    CudnnParamsFormatConverter,
    CudnnParamsFormatConverterGRU,
    CudnnParamsFormatConverterLSTM,
    CudnnParamsFormatConverterRelu,
    CudnnParamsFormatConverterTanh,
)
from perdure.contrib.cudnn_rnn.functions import CUDNN_INPUT_LINEAR_MODE, CUDNN_RNN_UNIDIRECTION
from perdure.functional.array.array import identity
from perdure.functional.state.state import assign
from perdure.tracking.auto import AutoTrackable
from perdure.training.saving.saveables import SaveableObject, SaveSpec
from perdure.variables.scope import VariableScope


class CudnnOpaqueParamsSaveable(SaveableObject):
    """A vector of parameters, saved as the kernels and biases of cells.

    Args:
        opaque_params: the variable.
        num_layers, num_units, input_size: the sizes of the network.
        input_mode, direction: as of `cudnn_rnn`.
        scope: the variable scope of the cells, or its name.
        name: the name of the saveable.
    """

    _format_converter_cls: type[CudnnParamsFormatConverter]
    _rnn_cell_name: str
    # What a cell's kernels are called, and its biases.
    _kernels: tuple[str, ...] = ("kernel",)
    _biases: tuple[str, ...] = ("bias",)

    def __init__(
        self,
        opaque_params: Any,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = CUDNN_INPUT_LINEAR_MODE,
        direction: str = CUDNN_RNN_UNIDIRECTION,
        scope: Any = None,
        name: str = "cudnn_rnn_saveable",
    ) -> None:
        self._variables = opaque_params
        self._format_converter = self._format_converter_cls(
            num_layers, num_units, input_size, input_mode=input_mode, direction=direction
        )
        weights, biases = self._format_converter.opaque_to_tf_canonical(opaque_params)
        places = []
        for layer in range(num_layers):
            if direction == CUDNN_RNN_UNIDIRECTION:
                places.append(f"rnn/multi_rnn_cell/cell_{layer}")
            else:
                stack = f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn"
                places.extend([f"{stack}/fw", f"{stack}/bw"])
        prefixes = [f"{place}/{self._rnn_cell_name}" for place in places]
        self._weight_names = [f"{prefix}/{name}" for prefix in prefixes for name in self._kernels]
        self._bias_names = [f"{prefix}/{name}" for prefix in prefixes for name in self._biases]
        self._param_names = self._weight_names + self._bias_names
        scope_name = scope.name if isinstance(scope, VariableScope) else scope
        names = [f"{scope_name}/{name}" if scope_name else name for name in self._param_names]
        specs = [SaveSpec(param, "", name) for param, name in zip(weights + biases, names, strict=True)]
        super().__init__(identity(opaque_params), specs, name)

    @property
    def format_converter(self) -> CudnnParamsFormatConverter:
        """What makes cells' weights of the vector."""
        return self._format_converter

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        """Assign the vector that is made of cells' weights.

        Args:
            restored_tensors: kernels and biases.
            restored_shapes: not used.
        """
        params = self._format_converter.tf_canonical_to_opaque(restored_tensors)
        return assign(self._variables, params, validate_shape=False)

    def add_dependencies(self, layer: Any, dtype: Any) -> None:
        """Let object-based checkpoints have the weights of a layer as those of cells.

        Args:
            layer: the layer.
            dtype: the type of the weights.
        """
        parts = split_dependency(
            component_names=self._param_names,
            component_dtypes=(dtype,) * len(self._param_names),
            fill_save_buffer_fn=self._save_to,
            consume_restore_buffer_fn=self._restore_from,
            device=self._variables[0].device,
        )
        self._track(layer, parts)

    def _save_to(self, save_buffer: dict[str, Any]) -> None:
        weights, biases = self._format_converter.opaque_to_tf_canonical(self._variables)
        for name, tensor in zip(self._param_names, weights + biases, strict=True):
            save_buffer[name] = identity(tensor)

    def _restore_from(self, restore_buffer: dict[str, Any]) -> Any:
        return self.restore([identity(restore_buffer[name]) for name in self._param_names], None)

    def _track(self, layer: Any, parts: Any) -> None:
        """Nothing: TensorFlow names only the weights of some networks."""


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
    """Of long short-term memories, as cells `CudnnCompatibleLSTMCell`.

    Args:
        opaque_params, num_layers, num_units, input_size, input_mode, direction, scope, name: as of
            `CudnnOpaqueParamsSaveable`.
    """

    _format_converter_cls: type[CudnnParamsFormatConverter] = CudnnParamsFormatConverterLSTM
    _rnn_cell_name = "cudnn_compatible_lstm_cell"

    def _track(self, layer: Any, parts: Any) -> None:
        pairs = list(zip(self._weight_names, self._bias_names, strict=True))
        if len(pairs) == 1:
            layer._track_trackable(parts[pairs[0][0]], name="kernel")
            layer._track_trackable(parts[pairs[0][1]], name="bias")
        for number, (kernel, bias) in enumerate(pairs):
            cell: Any = AutoTrackable()
            layer._track_trackable(cell, name=f"cell-{number}")
            cell.bias = parts[bias]
            cell.kernel = parts[kernel]


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
    """Of gated recurrent units, as cells `CudnnCompatibleGRUCell`.

    Args:
        opaque_params, num_layers, num_units, input_size, input_mode, direction, scope, name: as of
            `CudnnOpaqueParamsSaveable`.
    """

    _format_converter_cls = CudnnParamsFormatConverterGRU
    _rnn_cell_name = "cudnn_compatible_gru_cell"
    _kernels = (
        "gates/kernel",
        "candidate/input_projection/kernel",
        "candidate/hidden_projection/kernel",
    )
    _biases = ("gates/bias", "candidate/input_projection/bias", "candidate/hidden_projection/bias")


class CudnnRNNTanhSaveable(CudnnLSTMSaveable):
    """Of tanh units, as cells `BasicRNNCell`.

    Args:
        opaque_params, num_layers, num_units, input_size, input_mode, direction, scope, name: as of
            `CudnnOpaqueParamsSaveable`.
    """

    _format_converter_cls = CudnnParamsFormatConverterTanh
    _rnn_cell_name = "basic_rnn_cell"


class CudnnRNNReluSaveable(CudnnLSTMSaveable):
    """Of rectified units, as cells `BasicRNNCell`.

    Args:
        opaque_params, num_layers, num_units, input_size, input_mode, direction, scope, name: as of
            `CudnnOpaqueParamsSaveable`.
    """

    _format_converter_cls = CudnnParamsFormatConverterRelu
    _rnn_cell_name = "basic_rnn_cell"
