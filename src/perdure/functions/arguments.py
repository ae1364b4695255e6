"""Which arguments a Python function takes, and its calls in one form."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from perdure.graph import nest
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.type_spec import TensorSpec


class FunctionSpec:
    """How arguments are bound to the parameters of a Python function.

    Args:
        fullargspec: its parameters, as `inspect.getfullargspec` says them.
        is_method: whether the first one is bound already.
        input_signature: TensorSpecs of its arguments, or None.

    Raises:
        TypeError: the signature is no sequence.
        ValueError: the function takes arguments by keyword only although there is a signature.
    """

    def __init__(self, fullargspec: Any, is_method: bool, input_signature: Any) -> None:
        self.fullargspec = fullargspec
        self.is_method = is_method
        self.arg_names: list[str] = list(fullargspec.args[1:] if is_method else fullargspec.args)
        self.vararg_name: str | None = fullargspec.varargs
        self._positions = {name: i for i, name in enumerate(self.arg_names)}
        defaults = fullargspec.defaults or ()
        first = len(self.arg_names) - len(defaults)
        self._defaults = {first + i: default for i, default in enumerate(defaults)}
        self.input_signature: tuple[Any, ...] | None = None
        self.flat_input_signature: tuple[Any, ...] = ()
        if input_signature is not None:
            if fullargspec.kwonlyargs:
                raise ValueError(
                    "Cannot define a TensorFlow function from a Python function with keyword arguments when "
                    "input_signature is provided."
                )
            if not isinstance(input_signature, (tuple, list)):
                raise TypeError(
                    f"input_signature must be either a tuple or a list, received {type(input_signature)}"
                )
            self.input_signature = tuple(input_signature)
            self.flat_input_signature = tuple(nest.flatten(input_signature, expand_composites=True))

    @staticmethod
    def from_function_and_signature(
        python_function: Callable[..., Any], input_signature: Any
    ) -> FunctionSpec:
        """The spec of a Python function."""
        is_method, unwrapped = False, python_function
        while True:
            if inspect.ismethod(unwrapped):
                is_method, unwrapped = True, unwrapped.__func__
            inner = getattr(unwrapped, "__wrapped__", None)
            if inner is None:
                break
            unwrapped = inner
        spec = inspect.getfullargspec(_without_bound(unwrapped))
        return FunctionSpec(spec, is_method, input_signature)

    def canonicalize_function_inputs(
        self, *args: Any, **kwargs: Any
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments as positional ones as far as possible, with defaults, and those that remain by keyword.

        Raises:
            TypeError: one is given that the signature does not cover.
            ValueError: they do not fit the signature.
        """
        if self.input_signature is not None:
            self._check_covered(args, kwargs)
        filled = {i: default for i, default in self._defaults.items() if i >= len(args)}
        if not kwargs and self._defaults and min(self._defaults) > len(args):
            raise AssertionError(f"Not enough arguments ({args}, {sorted(self._defaults)}, {self.arg_names})")
        rest = {}
        for name, value in kwargs.items():
            if name in self._positions:
                filled[self._positions[name]] = value
            elif self.input_signature is not None:
                raise ValueError(
                    "Cannot define a TensorFlow function from a Python function with keyword arguments when "
                    "input_signature is provided."
                )
            else:
                rest[name] = value
        inputs = (*args, *(filled[i] for i in sorted(filled)))
        if self.input_signature is None:
            return _with_arrays_converted(inputs), rest
        return _fitted(inputs, self.input_signature, self.flat_input_signature), {}

    def _check_covered(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        assert self.input_signature is not None
        start = "When input_signature is provided, only pass arguments covered by it."
        if len(args) > len(self.input_signature):
            raise TypeError(f"{start} Received {len(args)} argument(s).")
        for name in kwargs:
            if name not in self._positions:
                raise TypeError(f"Function got an unexpected keyword argument {name}")
            if self._positions[name] >= len(self.input_signature):
                raise TypeError(f"{start} Received argument {name}.")


def _without_bound(function: Any) -> Any:
    """A function whose parameters are those of a partial one that are still free."""
    if not isinstance(function, functools.partial):
        return function
    parameters = [
        parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in function.keywords
    ]

    def free() -> None:
        """Has the signature that is asked for."""

    free.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return free


def _with_arrays_converted(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    flat = nest.flatten(inputs)
    if not any(type(value) is np.ndarray for value in flat):
        return inputs
    converted = [constant(value) if type(value) is np.ndarray else value for value in flat]
    packed: tuple[Any, ...] = nest.pack_sequence_as(inputs, converted)
    return packed


def _fitted(
    inputs: tuple[Any, ...], signature: tuple[Any, ...], flat_signature: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Arguments as tensors of the types that a signature asks for."""

    def shown() -> str:
        given, wanted = (",\n    ".join(map(str, items)) for items in (inputs, signature))
        return f"  inputs: (\n    {given})\n  input_signature: (\n    {wanted})"

    try:
        flat = nest.flatten_up_to(signature, inputs[: len(signature)], expand_composites=True)
    except ValueError:
        raise ValueError(
            f"Structure of Python function inputs does not match input_signature:\n{shown()}"
        ) from None
    converted = []
    for value, spec in zip(flat, flat_signature, strict=False):
        if not isinstance(value, (Tensor, TensorSpec)):
            try:
                value = convert_to_tensor(value, dtype_hint=spec.dtype)
            except ValueError:
                raise ValueError(
                    "When input_signature is provided, all inputs to the Python function must be convertible "
                    f"to tensors:\n{shown()}"
                ) from None
        converted.append(value)
    if not all(
        spec.is_compatible_with(value) for spec, value in zip(flat_signature, converted, strict=False)
    ):
        raise ValueError(f"Python inputs incompatible with input_signature:\n{shown()}")
    if all(one is other for one, other in zip(flat, converted, strict=True)):
        return inputs
    packed: tuple[Any, ...] = nest.pack_sequence_as(signature, converted, expand_composites=True)
    return packed
