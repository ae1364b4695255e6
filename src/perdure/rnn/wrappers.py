"""Wrappers around cells: dropout, residual connections, devices."""

from __future__ import annotations

import hashlib
import numbers
from collections.abc import Callable
from itertools import count
from typing import Any, Self

from perdure.functional.array.joining import concat
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import div
from perdure.functional.math.unary import floor
from perdure.functional.nn.dropout import dropout
from perdure.functional.random.random import random_uniform
from perdure.graph import nest
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import device, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.base import RNNCell, assert_like_rnncell
from perdure.rnn.cells import LSTMStateTuple
from perdure.tracking.trackable import Trackable


class _Wrapper(RNNCell):
    """A cell around another one, which it calls in place of itself."""

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert_like_rnncell("cell", cell)
        self.cell = cell
        if isinstance(cell, Trackable):
            self._track_trackable(cell, "cell")

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self.cell

    @property
    def state_size(self) -> Any:
        """The size of a state of the cell inside."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of what the cell inside puts out."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the wrapper as plain Python values, with those of the cell inside."""
        cell = {"class_name": type(self.cell).__name__, "config": self.cell.get_config()}
        return {**super().get_config(), "cell": cell, **self._more_config()}

    def _more_config(self) -> dict[str, Any]:
        """The arguments besides the cell."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """The wrapper that `get_config` described, around a cell that is put in place of its description.

        Args:
            config: what it returned, but for the cell.
            custom_objects: not used, as in TensorFlow 1.15.

        Raises:
            ValueError: the cell is still a description.
        """
        others = dict(config)
        cell = others.pop("cell")
        try:
            assert_like_rnncell("cell", cell)
            return cls(cell, **others)
        except TypeError:
            raise ValueError(
                "RNNCellWrapper cannot reconstruct the wrapped cell. Please overwrite the cell in the config "
                "with a RNNCell instance."
            ) from None

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        return self._step(inputs, state, scope)

    def _step(self, inputs: Any, state: Any, scope: Any) -> Any:
        raise NotImplementedError


def default_filter(substate: Any) -> Any:
    """The memory of a long short-term memory is left alone, and so are arrays; everything else is not."""
    if isinstance(substate, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(substate, TensorArray)


def _refuse_function(function: Any, what: str) -> None:
    """A function has no place in a configuration: TensorFlow puts its bytecode there.

    Raises:
        NotImplementedError: there is one.
    """
    if function is not None:
        raise NotImplementedError(f"{what} is a function, which perdure puts into no configuration")


class DropoutWrapper(_Wrapper):
    """Dropout of what goes into a cell, of its states, and of what it puts out.

    Args:
        cell: the cell.
        input_keep_prob, output_keep_prob, state_keep_prob: the probability that a number stays, a float or a
            scalar tensor.
        variational_recurrent: whether all steps of a run drop the same numbers (Gal and Ghahramani, 2015).
        input_size: with `variational_recurrent` and `input_keep_prob`, the shapes of inputs without the
            batch, nested as they are.
        dtype: the type of inputs, states and outputs, if `variational_recurrent`.
        seed: a seed from which those of all places are derived.
        dropout_state_filter_visitor: from a part of the state to whether to drop of it, or to a structure of
            that for its parts.  By default of everything but the `c` of an LSTMStateTuple.

    Raises:
        TypeError: `cell` is no cell, or the filter no function.
        ValueError: a probability is not one, or `dtype` or `input_size` is missing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._configure(*args, **kwargs)

    def _configure(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: Any = None,
        dropout_state_filter_visitor: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._filter = dropout_state_filter_visitor or default_filter
        self._given_filter = dropout_state_filter_visitor
        self._input_size = input_size
        self._same_each_step = variational_recurrent
        self._seed = seed
        self._noise: dict[str, Any] = {"input": None, "state": None, "output": None}
        with name_scope("DropoutWrapperInit"):
            keep = {"input": input_keep_prob, "state": state_keep_prob, "output": output_keep_prob}
            self._keep = {place: _probability(place, value) for place, value in keep.items()}
        if variational_recurrent:
            self._draw_noise(input_size, dtype)

    def _more_config(self) -> dict[str, Any]:
        _refuse_function(self._given_filter, "dropout_state_filter_visitor")
        return {
            **{f"{place}_keep_prob": keep for place, keep in self._keep.items()},
            "variational_recurrent": self._same_each_step,
            "input_size": self._input_size,
            "seed": self._seed,
        }

    def _draw_noise(self, input_size: Any, dtype: Any) -> None:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")
        sizes = {"state": self.cell.state_size, "output": self.cell.output_size}
        kept = self._keep["input"]
        if not isinstance(kept, numbers.Real) or kept < 1.0:
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size "
                    "must be provided"
                )
            sizes = {"input": input_size, **sizes}
        for place, size in sizes.items():
            number = count()

            def noise(size: Any, place: str = place, number: Any = number) -> Tensor:
                shape = concat(([1], TensorShape(size).as_list()), 0)
                return random_uniform(shape, seed=self._seed_of(place, next(number)), dtype=dtype)

            self._noise[place] = nest.map_structure_up_to(size, noise, size)

    def _seed_of(self, place: str, index: int) -> int | None:
        """The seed of one of the dropouts, from that of the wrapper as TensorFlow derives it."""
        if self._seed is None:
            return None
        text = f"{self._seed}{place}_{index}".encode()
        return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _dropped(self, place: str, values: Any, chosen: Any = None) -> Any:
        """`values` with numbers dropped, where `chosen` has no False."""
        keep, number = self._keep[place], count()
        if isinstance(keep, float) and keep >= 1:
            return values
        if chosen is None:
            chosen = values
        noise = [self._noise[place]] if self._same_each_step else []

        def drop(is_chosen: Any, value: Any, *noise: Any) -> Any:
            index = next(number)
            if isinstance(is_chosen, bool) and not is_chosen:
                return value
            if not noise:
                return dropout(value, rate=1.0 - keep, seed=self._seed_of(place, index))
            mask = floor(keep + noise[0])
            result = div(value, keep) * mask
            result.set_shape(value.get_shape())
            return result

        return nest.map_structure_up_to(chosen, drop, chosen, values, *noise)

    def _step(self, inputs: Any, state: Any, scope: Any) -> Any:
        inputs = self._dropped("input", inputs)
        output, state = self.cell(inputs, state, scope=scope)
        keep = self._keep["state"]
        if not isinstance(keep, float) or keep < 1:
            chosen = nest.get_traverse_shallow_structure(self._filter, state)
            state = self._dropped("state", state, chosen)
        return self._dropped("output", output), state


def _probability(place: str, value: Any) -> Any:
    """A probability as a float if it is known, else as a tensor."""
    tensor = convert_to_tensor(value)
    known = constant_value(tensor)
    if known is None:
        return tensor
    if not 0 <= known <= 1:
        raise ValueError(f"Parameter {place}_keep_prob must be between 0 and 1: {known}")
    return float(known)


class ResidualWrapper(_Wrapper):
    """What a cell puts out, plus what went into it.

    Args:
        cell: the cell.
        residual_fn: a function from inputs and outputs to the result, instead of the sum.

    Raises:
        TypeError: `cell` is no cell.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._configure(*args, **kwargs)

    def _configure(
        self, cell: Any, residual_fn: Callable[[Any, Any], Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cell, **kwargs)
        self._residual = residual_fn or _sum_of
        self._given_function = residual_fn

    def _more_config(self) -> dict[str, Any]:
        _refuse_function(self._given_function, "residual_fn")
        return {}

    def _step(self, inputs: Any, state: Any, scope: Any) -> Any:
        outputs, state = self.cell(inputs, state, scope=scope)
        return self._residual(inputs, outputs), state


def _sum_of(inputs: Any, outputs: Any) -> Any:
    nest.assert_same_structure(inputs, outputs)
    for one, other in zip(nest.flatten(inputs), nest.flatten(outputs), strict=True):
        one.get_shape().assert_is_compatible_with(other.get_shape())
    return nest.map_structure(lambda one, other: one + other, inputs, outputs)


class DeviceWrapper(_Wrapper):
    """A cell whose operations are on one device.

    Args:
        cell: the cell.
        device: the device, as for `tf.device`.

    Raises:
        TypeError: `cell` is no cell.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._configure(*args, **kwargs)

    def _configure(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def _more_config(self) -> dict[str, Any]:
        return {"device": self._device}

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros, on the device."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]), device(self._device):
            return self.cell.zero_state(batch_size, dtype)

    def _step(self, inputs: Any, state: Any, scope: Any) -> Any:
        with device(self._device):
            return self.cell(inputs, state, scope=scope)
