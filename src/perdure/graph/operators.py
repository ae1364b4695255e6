"""Python's operators on tensors: `a + b`, `-a`, `a < b`, `a[1:]`.

Imported once, by `perdure.graph`, to complete the Tensor class; `OPERATORS` has them for other
tensor-like classes (variables).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph import dtypes, hooks
from perdure.graph.composite import SparseTensor
from perdure.graph.construction import apply_op
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

Build = Callable[[Any, Any, str], Any]


def _plain(op_type: str) -> Build:
    return lambda x, y, name: apply_op(op_type, (x, y), {}, name)


def add(x: Any, y: Any, name: str) -> Any:
    """x + y; strings are joined by the older Add."""
    return apply_op("Add" if x.dtype.base_dtype is dtypes.string else "AddV2", (x, y), {}, name)


# What `/` casts integers to before it divides; TensorFlow divides everything else as it is.
_TRUE_DIVISION = {
    dtypes.uint8: dtypes.float32,
    dtypes.int8: dtypes.float32,
    dtypes.uint16: dtypes.float32,
    dtypes.int16: dtypes.float32,
    dtypes.int32: dtypes.float64,
    dtypes.int64: dtypes.float64,
}
_DIVISIBLE = {
    dtypes.bfloat16,
    dtypes.float16,
    dtypes.float32,
    dtypes.float64,
    dtypes.complex64,
    dtypes.complex128,
}


def true_divide(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python 3 divides: integers become floats first.

    Raises:
        TypeError: the types differ, or cannot be divided.
    """
    with name_scope(name, "truediv", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        x_type, y_type = x.dtype.base_dtype, y.dtype.base_dtype
        if x_type is not y_type:
            raise TypeError(f"x and y must have the same dtype, got {x_type!r} != {y_type!r}")
        target = _TRUE_DIVISION.get(x_type)
        if target is not None:
            x = apply_op("Cast", (x,), {"DstT": target}, "Cast")
            y = apply_op("Cast", (y,), {"DstT": target}, "Cast")
        elif x_type not in _DIVISIBLE:
            raise TypeError(f"Invalid dtype {x_type!r} in __truediv__.")
        return apply_op("RealDiv", (x, y), {}, scope)


def _div_python2(x: Any, y: Any, name: str) -> Any:
    integral = x.dtype.base_dtype.is_integer
    return apply_op("FloorDiv" if integral else "RealDiv", (x, y), {}, name)


def _floor_divide(x: Any, y: Any, name: str) -> Any:
    with name_scope(name, "floordiv", [x, y]) as scope:
        return apply_op("FloorDiv", (x, y), {}, scope)


def _power(x: Any, y: Any, name: str) -> Any:
    with name_scope(name, "Pow", [x]) as scope:
        return apply_op("Pow", (x, y), {}, scope)


def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Any:
    """x != y for booleans, made of and, or and not as TensorFlow makes it."""
    either = apply_op("LogicalOr", (x, y), {})
    both = apply_op("LogicalAnd", (x, y), {})
    return apply_op("LogicalAnd", (either, apply_op("LogicalNot", (both,), {})), {}, name)


def _matmul(x: Any, y: Any, name: str) -> Any:
    return hooks.matmul(x, y, name=name)


# Python's name of the operator -> (how the node is named, how it is built)
_BINARY: dict[str, tuple[str, Build]] = {
    "add": ("add", add),
    "sub": ("sub", _plain("Sub")),
    "mul": ("mul", _plain("Mul")),
    "div": ("div", _div_python2),
    "truediv": ("truediv", true_divide),
    "floordiv": ("floordiv", _floor_divide),
    "mod": ("mod", _plain("FloorMod")),
    "pow": ("pow", _power),
    "matmul": ("matmul", _matmul),
    "and": ("and", _plain("LogicalAnd")),
    "or": ("or", _plain("LogicalOr")),
    "xor": ("xor", logical_xor),
}
_COMPARISONS = {"lt": "Less", "le": "LessEqual", "gt": "Greater", "ge": "GreaterEqual"}
_UNARY = {"invert": ("LogicalNot", None), "neg": ("Neg", None), "abs": ("Abs", "Abs")}


def _forward(python_name: str, op_name: str, build: Build) -> Callable[[Any, Any], Any]:
    reflected = f"__r{python_name}__"

    def operator(x: Any, y: Any) -> Any:
        with name_scope(None, op_name, [x, y]) as name:
            if not isinstance(y, Tensor):
                if isinstance(y, SparseTensor):
                    raise NotImplementedError(f"Tensor {python_name} SparseTensor is not supported yet")
                try:
                    y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
                except TypeError:
                    # Let the other operand try, as Python's protocol has it.
                    if hasattr(type(y), reflected):
                        return NotImplemented
                    raise
            return build(x, y, name)

    operator.__name__ = f"__{python_name}__"
    return operator


def _reflected(python_name: str, op_name: str, build: Build) -> Callable[[Any, Any], Any]:
    def operator(y: Any, x: Any) -> Any:
        with name_scope(None, op_name, [x, y]) as name:
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
            return build(x, y, name)

    operator.__name__ = f"__r{python_name}__"
    return operator


def _comparison(python_name: str, op_type: str) -> Callable[[Any, Any], Any]:
    def operator(x: Any, y: Any) -> Any:
        return apply_op(op_type, (x, y), {})

    operator.__name__ = f"__{python_name}__"
    return operator


def _unary(python_name: str, op_type: str, name: str | None) -> Callable[[Any], Any]:
    def operator(x: Any) -> Any:
        return apply_op(op_type, (x,), {}, name)

    operator.__name__ = f"__{python_name}__"
    return operator


def _get_item(tensor: Any, slice_spec: Any) -> Any:
    return hooks.slice_tensor(tensor, slice_spec)


OPERATORS: dict[str, Callable[..., Any]] = {"__getitem__": _get_item}
for _name, (_op_name, _build) in _BINARY.items():
    OPERATORS[f"__{_name}__"] = _forward(_name, _op_name, _build)
    OPERATORS[f"__r{_name}__"] = _reflected(_name, _op_name, _build)
for _name, _type in _COMPARISONS.items():
    OPERATORS[f"__{_name}__"] = _comparison(_name, _type)
for _name, (_type, _default) in _UNARY.items():
    OPERATORS[f"__{_name}__"] = _unary(_name, _type, _default)

for _name, _operator in OPERATORS.items():
    setattr(Tensor, _name, _operator)
# `==` and `!=` compare tensors as objects, but a program may overload them all the same.
Tensor.OVERLOADABLE_OPERATORS = frozenset({*OPERATORS, "__eq__", "__ne__"})

__all__ = ["OPERATORS", "add", "logical_xor", "true_divide"]
