"""cuDNN's networks as objects that hold their sizes, without variables: what came before the layers."""

from __future__ import annotations

from typing import Any

from perdure.contrib.cudnn_rnn import functions
from perdure.contrib.cudnn_rnn.functions import (
    CUDNN_INPUT_LINEAR_MODE,
    CUDNN_RNN_UNIDIRECTION,
    PARAMS_PER_LAYER,
)
from perdure.graph import dtypes
from perdure.graph.tensor import Tensor


class _CudnnRNN:
    """What the networks share."""

    _rnn_mode: str

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = CUDNN_INPUT_LINEAR_MODE,
        direction: str = CUDNN_RNN_UNIDIRECTION,
        dtype: Any = dtypes.float32,
        dropout: float = 0.0,
        seed: int | None = 0,
        num_proj: int | None = None,
    ) -> None:
        if direction not in (CUDNN_RNN_UNIDIRECTION, functions.CUDNN_RNN_BIDIRECTION):
            raise ValueError(f"Invalid direction: {direction}")
        self.num_layers = num_layers
        self.num_units = num_units
        self.input_size = input_size
        self.input_mode = input_mode
        self.direction = direction
        self.num_proj = num_proj
        self._dtype = dtype
        self._dropout = dropout
        self._seed = seed

    @property
    def rnn_mode(self) -> str:
        """The kind of its units."""
        return self._rnn_mode

    def _sizes(self) -> dict[str, Any]:
        return {
            "rnn_mode": self._rnn_mode,
            "num_layers": self.num_layers,
            "num_units": self.num_units,
            "input_size": self.input_size,
            **self._options(),
        }

    def _options(self) -> dict[str, Any]:
        return {
            "input_mode": self.input_mode,
            "direction": self.direction,
            "dropout": self._dropout,
            "seed": self._seed,
            "num_proj": self.num_proj,
        }

    def params_size(self) -> Tensor:
        """How many numbers the vector of parameters has."""
        return functions.cudnn_rnn_opaque_params_size(dtype=self._dtype, **self._sizes())

    def params_to_canonical(self, params: Any) -> tuple[list[Tensor], list[Tensor]]:
        """The matrices and biases of a vector.

        Args:
            params: the vector.
        """
        return functions.cudnn_rnn_opaque_params_to_canonical(params=params, **self._sizes())

    def canonical_to_params(self, weights: Any, biases: Any) -> Tensor:
        """The vector of matrices and biases.

        Args:
            weights, biases: lists of them.
        """
        return functions.cudnn_rnn_canonical_to_opaque_params(weights=weights, biases=biases, **self._sizes())


class CudnnLSTM(_CudnnRNN):
    """Long short-term memories.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        input_mode, direction, dropout, seed, num_proj: as of `cudnn_rnn`.
        dtype: the type of the parameters.
    """

    _rnn_mode = functions.CUDNN_LSTM
    _NUM_PARAMS_PER_LAYER = PARAMS_PER_LAYER[_rnn_mode]

    def __call__(
        self,
        input_data: Any,
        input_h: Any,
        input_c: Any,
        params: Any,
        sequence_lengths: Any = None,
        time_major: bool = True,
        is_training: bool = True,
    ) -> Any:
        """Outputs, last states and last cells.

        Args:
            input_data, input_h, input_c, params, sequence_lengths, time_major, is_training: as of
                `cudnn_rnn`.
        """
        return functions.cudnn_rnn(
            input_data,
            input_h,
            input_c,
            params,
            is_training,
            self._rnn_mode,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            **self._options(),
        )


class _WithoutCells(_CudnnRNN):
    """Networks that have no cells.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        input_mode, direction, dropout, seed: as of `cudnn_rnn`.
        dtype: the type of the parameters.
    """

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = CUDNN_INPUT_LINEAR_MODE,
        direction: str = CUDNN_RNN_UNIDIRECTION,
        dtype: Any = dtypes.float32,
        dropout: float = 0.0,
        seed: int | None = 0,
    ) -> None:
        super().__init__(num_layers, num_units, input_size, input_mode, direction, dtype, dropout, seed)

    def __call__(
        self,
        input_data: Any,
        input_h: Any,
        params: Any,
        sequence_lengths: Any = None,
        time_major: bool = True,
        is_training: bool = True,
    ) -> Any:
        """Outputs and last states.

        Args:
            input_data, input_h, params, sequence_lengths, time_major, is_training: as of `cudnn_rnn`.
        """
        return functions.without_cells(
            self._rnn_mode,
            input_data,
            input_h,
            params,
            is_training,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            **self._options(),
        )


class CudnnGRU(_WithoutCells):
    """Gated recurrent units."""

    _rnn_mode = functions.CUDNN_GRU
    _NUM_PARAMS_PER_LAYER = PARAMS_PER_LAYER[_rnn_mode]


class CudnnRNNTanh(_WithoutCells):
    """Units with tanh."""

    _rnn_mode = functions.CUDNN_RNN_TANH
    _NUM_PARAMS_PER_LAYER = PARAMS_PER_LAYER[_rnn_mode]


class CudnnRNNRelu(_WithoutCells):
    """Rectified units."""

    _rnn_mode = functions.CUDNN_RNN_RELU
    _NUM_PARAMS_PER_LAYER = PARAMS_PER_LAYER[_rnn_mode]
