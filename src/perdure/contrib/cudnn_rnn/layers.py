"""cuDNN's networks as layers: they make the vector of parameters, and say how it is saved."""

from __future__ import annotations

from typing import Any

from perdure.contrib.cudnn_rnn import functions
from perdure.contrib.cudnn_rnn.functions import (
    CUDNN_INPUT_LINEAR_MODE,
    CUDNN_RNN_UNIDIRECTION,
    PARAMS_PER_LAYER,
)
from perdure.contrib.cudnn_rnn.saveables import (
    CudnnGRUSaveable,
    CudnnLSTMSaveable,
    CudnnOpaqueParamsSaveable,
    CudnnRNNReluSaveable,
    CudnnRNNTanhSaveable,
)
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import zeros
from perdure.functional.random.initializers import Constant, GlorotUniform
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import device, get_default_graph
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec
from perdure.platform import logging
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


class _CudnnRNN(Layer):
    """A network over whole sequences.

    Args:
        num_layers: how many layers it has.
        num_units: how many units a layer has in each direction.
        input_mode: "linear_input"; "skip_input": the inputs go into all gates as they are; "auto_select":
            that, if the sizes are equal.
        direction: "unidirectional" or "bidirectional".
        dropout: the probability that a number between two layers becomes 0 in training.
        seed: the seed of the weights and of the dropout.
        dtype: float16, float32 or float64.
        kernel_initializer: of each matrix; uniform after Glorot and Bengio by default.
        bias_initializer: of each bias; zeros by default.
        name: the name of the layer.

    Raises:
        ValueError: an unknown mode, direction or type.
    """

    _rnn_mode: str
    _saveable_cls: type[CudnnOpaqueParamsSaveable]

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_mode: str = CUDNN_INPUT_LINEAR_MODE,
        direction: str = CUDNN_RNN_UNIDIRECTION,
        dropout: float = 0.0,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name)
        functions.check_direction(direction)
        functions.check_input_mode(input_mode)
        if dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._plain_dtype = dtype
        self._num_layers = num_layers
        self._num_units = num_units
        self._input_mode = input_mode
        self._direction = direction
        self._dropout = dropout
        self._seed = seed
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer
        self._input_size: int | None = None
        self._saveable: CudnnOpaqueParamsSaveable | None = None

    @property
    def num_layers(self) -> int:
        """How many layers it has."""
        return self._num_layers

    @property
    def num_units(self) -> int:
        """How many units a layer has in each direction."""
        return self._num_units

    @property
    def input_mode(self) -> str:
        """How inputs come into the first layer."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The size of the inputs.

        Raises:
            ValueError: it is not known yet.
        """
        if not self._input_size:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._input_size

    @property
    def rnn_mode(self) -> str:
        """The kind of its units."""
        return self._rnn_mode

    @property
    def direction(self) -> str:
        """Whether it reads both ways."""
        return self._direction

    @property
    def num_dirs(self) -> int:
        """In how many ways it reads."""
        return 1 if self._direction == CUDNN_RNN_UNIDIRECTION else 2

    @property
    def saveable(self) -> Any:
        """What savers save of it."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of all matrices.

        Raises:
            RuntimeError: the size of the inputs is not known yet.
        """
        if not self._input_size:
            raise RuntimeError(
                f"{type(self).__name__}.canonical_weight_shapes invoked before input shape is known"
            )
        gates, units = PARAMS_PER_LAYER[self._rnn_mode] // 2, self._num_units
        shapes = []
        for layer in range(self._num_layers):
            width = self._input_size if layer == 0 else units * self.num_dirs
            shapes += ([(units, width)] * gates + [(units, units)] * gates) * self.num_dirs
        return shapes

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shapes of all biases."""
        count = functions.params_count(self._rnn_mode, self._num_layers, self._direction)
        return [[self._num_units]] * count

    def build(self, input_shape: Any) -> None:
        """Make the vector of parameters.

        Args:
            input_shape: of rank 3; its last size is known.

        Raises:
            ValueError: it is another one.
        """
        if self.built:
            return
        input_shape = TensorShape(input_shape)
        if input_shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {input_shape.ndims}")
        if input_shape[-1].value is None:
            raise ValueError(
                "The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`."
            )
        self._input_size = input_shape[-1].value
        self.input_spec = InputSpec(ndim=3, axes={-1: self._input_size})
        self._set_scope(None)
        with variable_scope(self._scope, reuse=self.built, custom_getter=self._get_and_note):
            dtype = self._plain_dtype
            kernel_initializer = self._kernel_initializer or GlorotUniform(seed=self._seed, dtype=dtype)
            bias_initializer = self._bias_initializer or Constant(0.0, dtype=dtype)
            weights = [kernel_initializer(shape, dtype=dtype) for shape in self.canonical_weight_shapes]
            biases = [bias_initializer(shape, dtype=dtype) for shape in self.canonical_bias_shapes]
            params = self._canonical_to_opaque(weights, biases)
            if get_variable_scope().partitioner is not None:
                logging.warning(
                    "Partitioner is not supported for Cudnn RNN layer variables, using it will create "
                    "forward-compatibility issues with future CUDA/CuDNN generations."
                )
            self.kernel = get_variable("opaque_kernel", dtype=dtype, initializer=params, validate_shape=False)
        if get_variable_scope().reuse is not True:
            self._create_saveable()
        self.built = True

    def _get_and_note(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        variable = getter(*args, **kwargs)
        trainable = kwargs.get("trainable", True)
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        if all(variable is not weight for weight in weights):
            weights.append(variable)
        return variable

    def _canonical_to_opaque(self, weights: list[Tensor], biases: list[Tensor]) -> Tensor:
        with device("/gpu:0"):
            return functions.cudnn_rnn_canonical_to_opaque_params(
                self._rnn_mode,
                self._num_layers,
                self._num_units,
                self.input_size,
                weights,
                biases,
                self._input_mode,
                self._direction,
                self._dropout,
                self._seed,
            )

    def _create_saveable(self) -> None:
        if self._saveable is not None:
            raise RuntimeError("Cudnn saveable already created.")
        variable = self._trainable_weights[0]
        self._saveable = self._saveable_cls(
            opaque_params=variable,
            num_layers=self._num_layers,
            num_units=self._num_units,
            input_size=self.input_size,
            input_mode=self._input_mode,
            direction=self._direction,
            scope=get_variable_scope(),
            name=f"{variable.name.split(':')[0]}_saveable",
        )
        self._saveable.add_dependencies(self, self._plain_dtype)
        get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        raise NotImplementedError(
            "This cell does not yet support object-based saving. File a feature request if this limitation "
            "bothers you."
        )

    def call(
        self,
        inputs: Any,
        initial_state: Any = None,
        sequence_lengths: Any = None,
        time_major: bool = True,
        training: bool = True,
    ) -> Any:
        """The network.

        Args:
            inputs: (steps, batch, size), or with the batch first.
            initial_state: a tuple of the states before the first step, (layers * directions, batch, units),
                and for a long short-term memory of its cells; zeros if None.
            sequence_lengths: int32 (batch,), how many steps each example has; all if None.
            time_major: whether time comes first.
            training: whether there will be gradients, and dropout.

        Returns:
            The outputs, and a tuple as `initial_state`.

        Raises:
            TypeError: `initial_state` is no tuple.
        """
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        has_cells = self._rnn_mode == functions.CUDNN_LSTM
        inputs = convert_to_tensor(inputs, dtype=self.dtype)
        batch_size = shape_op(inputs)[1]
        if initial_state is None:
            initial_state = tuple(zeros(shape, dtype=self.dtype) for shape in self.state_shape(batch_size))
        h, *cells = initial_state
        h = convert_to_tensor(h, dtype=self.dtype)
        if has_cells:
            c = convert_to_tensor(cells[0], dtype=self.dtype)
        else:
            c = constant([], dtype=self.dtype)
        outputs, last_h, last_c = functions.cudnn_rnn(
            inputs,
            h,
            c,
            self.kernel,
            training,
            self._rnn_mode,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            input_mode=self._input_mode,
            direction=self._direction,
            dropout=self._dropout,
            seed=self._seed,
        )
        return outputs, (last_h, last_c) if has_cells else (last_h,)

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shapes of a state.

        Args:
            batch_size: a number, or a tensor.
        """
        return ([self._num_layers * self.num_dirs, batch_size, self._num_units],)


class CudnnLSTM(_CudnnRNN):
    __doc__ = (_CudnnRNN.__doc__ or "").replace("A network", "Long short-term memories", 1)

    _rnn_mode = functions.CUDNN_LSTM
    _num_params_per_layer = PARAMS_PER_LAYER[_rnn_mode]
    _saveable_cls = CudnnLSTMSaveable

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shapes of a state: of states and cells.

        Args:
            batch_size: a number, or a tensor.
        """
        return super().state_shape(batch_size) * 2

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        if self._direction != CUDNN_RNN_UNIDIRECTION:
            raise NotImplementedError(
                "Object-based saving does not currently support bidirectional LSTM cells. File a feature "
                "request if this limitation bothers you."
            )
        return Layer._gather_saveables_for_checkpoint(self)


class CudnnGRU(_CudnnRNN):
    __doc__ = (_CudnnRNN.__doc__ or "").replace("A network", "Gated recurrent units", 1)

    _rnn_mode = functions.CUDNN_GRU
    _num_params_per_layer = PARAMS_PER_LAYER[_rnn_mode]
    _saveable_cls = CudnnGRUSaveable


class CudnnRNNTanh(_CudnnRNN):
    __doc__ = (_CudnnRNN.__doc__ or "").replace("A network", "Units with tanh", 1)

    _rnn_mode = functions.CUDNN_RNN_TANH
    _num_params_per_layer = PARAMS_PER_LAYER[_rnn_mode]
    _saveable_cls = CudnnRNNTanhSaveable


class CudnnRNNRelu(_CudnnRNN):
    __doc__ = (_CudnnRNN.__doc__ or "").replace("A network", "Rectified units", 1)

    _rnn_mode = functions.CUDNN_RNN_RELU
    _num_params_per_layer = PARAMS_PER_LAYER[_rnn_mode]
    _saveable_cls = CudnnRNNReluSaveable
