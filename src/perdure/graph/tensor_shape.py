"""TensorShape and Dimension: TensorFlow 1's view of a partly known shape.

Inside perdure a shape is a plain tuple (`perdure.graph.shapes`); these classes are what users
see.  A `TensorShape` keeps the tuple and makes its `Dimension` objects only when asked.

A surprise kept from TensorFlow 1: comparing with an unknown size gives None, which is neither
true nor false, so two *separately made* shapes (None, 3) are not equal, though each equals itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.graph import hooks
from perdure.graph.dtypes import DType
from perdure.graph.shapes import Shape

__all__ = [
    "Dimension",
    "TensorShape",
    "as_dimension",
    "as_shape",
    "dimension_at_index",
    "dimension_value",
    "disable_v2_tensorshape",
    "enable_v2_tensorshape",
    "unknown_shape",
]

_sizes_are_plain = False  # TensorFlow 2's behaviour: `shape[0]` is an int or None


def enable_v2_tensorshape() -> None:
    """Make `shape[i]` and iteration give plain sizes instead of `Dimension` objects."""
    global _sizes_are_plain
    _sizes_are_plain = True


def disable_v2_tensorshape() -> None:
    """Return to `Dimension` objects, the default of TensorFlow 1."""
    global _sizes_are_plain
    _sizes_are_plain = False


def _arithmetic(combine):
    """A binary operator of `Dimension`, unknown when either side is."""

    def forward(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(combine(self._value, other._value))

    def reflected(self, other):
        return forward(as_dimension(other), self)

    return forward, reflected


def _ordering(compare):
    """A comparison of `Dimension`; None when either side is unknown."""

    def method(self, other):
        other = as_dimension(other)
        if self._value is None or other._value is None:
            return None
        return compare(self._value, other._value)

    return method


class Dimension:
    """The size of one dimension, or an unknown size.

    Arithmetic with an unknown size is unknown; comparisons with one give None.
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        """Make a dimension of a size, another dimension, or None for unknown.

        Raises:
            ValueError: if the size is negative or not whole.
            TypeError: if it is no number.
        """
        if value is None or type(value) is int and value >= 0:
            self._value = value
        elif isinstance(value, Dimension):
            self._value = value._value
        elif isinstance(value, DType):
            raise TypeError(f"Cannot convert {value} to Dimension")
        else:
            size = int(value)
            if not isinstance(value, (str, bytes)) and size != value:
                raise ValueError(f"Ambiguous dimension: {value}")
            if size < 0:
                raise ValueError(f"Dimension {size} must be >= 0")
            self._value = size

    @property
    def value(self) -> int | None:
        """The size, or None if it is unknown."""
        return self._value

    def __repr__(self) -> str:
        return f"Dimension({self._value!r})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __index__(self) -> int:
        if self._value is None:
            raise TypeError("Dimension(None) has no integer value: its size is unknown")
        return self._value

    __int__ = __index__

    def __eq__(self, other: object) -> bool | None:  # type: ignore[override]
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return self._value == other._value

    def __ne__(self, other: object) -> bool | None:  # type: ignore[override]
        equal = self.__eq__(other)
        return equal if equal is None or equal is NotImplemented else not equal

    __hash__ = None  # type: ignore[assignment]  # as in TensorFlow: equality is not an equivalence

    __add__, __radd__ = _arithmetic(lambda a, b: a + b)
    __sub__, __rsub__ = _arithmetic(lambda a, b: a - b)
    __mul__, __rmul__ = _arithmetic(lambda a, b: a * b)
    __floordiv__, __rfloordiv__ = _arithmetic(lambda a, b: a // b)
    __mod__, __rmod__ = _arithmetic(lambda a, b: a % b)
    __lt__ = _ordering(lambda a, b: a < b)
    __le__ = _ordering(lambda a, b: a <= b)
    __gt__ = _ordering(lambda a, b: a > b)
    __ge__ = _ordering(lambda a, b: a >= b)

    def __truediv__(self, other: Any) -> Any:
        raise TypeError(
            "unsupported operand type(s) for /: 'Dimension' and "
            f"'{type(other).__name__}', please use // instead"
        )

    def __rtruediv__(self, other: Any) -> Any:
        raise TypeError(
            f"unsupported operand type(s) for /: '{type(other).__name__}' and "
            "'Dimension', please use // instead"
        )

    def __div__(self, other: Any) -> Dimension:
        """Python 2's `/`, still called by name in old programs: rounds down."""
        return self // other

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same size: equal, or one unknown."""
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise `ValueError` unless `is_compatible_with(other)`."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """What both say together; `ValueError` if they contradict each other."""
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def __reduce__(self) -> tuple:
        return Dimension, (self._value,)


def as_dimension(value: Any) -> Dimension:
    """Return `value` itself if it is a `Dimension`, else one made of it."""
    return value if isinstance(value, Dimension) else Dimension(value)


class TensorShape:
    """The shape of a tensor: fully known, some sizes unknown, or of unknown rank.

    Example: `TensorShape([None, 784])`, `TensorShape([])` (a scalar), `TensorShape(None)`.
    """

    __slots__ = ("_made", "_shape", "__weakref__")

    _shape: Shape
    _made: list[Dimension] | None  # made from `_shape` on demand

    def __init__(self, dims: Any) -> None:
        """Make a shape of a sequence of sizes, one size (a vector), a shape, a proto, or None.

        Raises:
            TypeError: for a string, or for sizes that are no numbers.
            ValueError: for negative or fractional sizes.
        """
        self._made = None
        if dims is None:
            self._shape = None
        elif isinstance(dims, TensorShape):
            self._shape, self._made = dims._shape, dims.dims
        elif isinstance(dims, (str, bytes)):
            raise TypeError(
                f"A string has ambiguous TensorShape, please wrap in a list or convert to an int: {dims!s}"
            )
        elif hasattr(dims, "unknown_rank"):  # a TensorShapeProto, where -1 means unknown
            self._shape = (
                None
                if dims.unknown_rank
                else tuple(None if dim.size == -1 else as_dimension(dim.size)._value for dim in dims.dim)
            )
        else:
            try:
                entries = list(dims)
            except TypeError:
                if not hasattr(dims, "__iter__"):
                    entries = [dims]
                else:
                    raise
            dimensions = [as_dimension(entry) for entry in entries]
            self._shape = tuple([dimension._value for dimension in dimensions])
            # An unknown size equals only itself, so the caller's own objects must be kept.
            if None in self._shape:
                self._made = dimensions

    @classmethod
    def from_tuple(cls, shape: Shape) -> TensorShape:
        """Wrap a plain shape, which must already be a tuple of ints and None, or None."""
        self = cls.__new__(cls)
        self._shape = shape
        self._made = None
        return self

    def as_tuple(self) -> Shape:
        """The plain shape: a tuple of sizes and None, or None for an unknown rank."""
        return self._shape

    @property
    def dims(self) -> list[Dimension] | None:
        """The list of dimensions, or None if the rank is unknown."""
        if self._made is None and self._shape is not None:
            self._made = [Dimension(size) for size in self._shape]
        return self._made

    @property
    def _dims(self) -> list[Dimension] | None:
        """The same as `dims`: Keras before 2.3 reads it."""
        return self.dims

    @property
    def _known_dims(self) -> list[Dimension]:
        dims = self.dims
        assert dims is not None, "asked for only where the rank is known"
        return dims

    @property
    def rank(self) -> int | None:
        """The number of dimensions, or None if it is unknown."""
        return None if self._shape is None else len(self._shape)

    ndims = rank

    def __len__(self) -> int:
        if self._shape is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._shape)

    def __bool__(self) -> bool:
        # A scalar's shape is known too: unlike a list, TensorShape([]) is true.
        return self._shape is not None

    def __iter__(self) -> Iterator[Any]:
        if self._shape is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self._shape if _sizes_are_plain else self.dims or [])

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            return self._slice(key)
        if self._shape is None:
            return None if _sizes_are_plain else Dimension(None)
        return self._shape[key] if _sizes_are_plain else self._known_dims[key]

    def _slice(self, key: slice) -> TensorShape:
        if self._shape is not None:
            sizes = self._shape[key]
            part = TensorShape.from_tuple(sizes)
            if None in sizes:
                part._made = self._known_dims[key]
            return part
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        start = 0 if key.start is None else key.start
        if key.stop is None or start < 0 or key.stop < 0:
            return unknown_shape()
        return unknown_shape(rank=key.stop - start)

    def __repr__(self) -> str:
        if _sizes_are_plain:
            return f"TensorShape({None if self._shape is None else list(self._shape)})"
        return f"TensorShape({self.dims!r})"

    def __str__(self) -> str:
        if self._shape is None:
            return "<unknown>"
        unknown = "None" if _sizes_are_plain else "?"
        sizes = [unknown if size is None else str(size) for size in self._shape]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._shape != other._shape:
            return False
        if self._shape is other._shape or self._shape is None or None not in self._shape:
            return True
        # Equal tuples with an unknown size are equal only if it is the very same Dimension.
        return self.dims == other.dims

    def __ne__(self, other: object) -> bool:
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._shape is None or other._shape is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # as in TensorFlow: equality is not an equivalence

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return as_shape(other).concatenate(self)

    def __reduce__(self) -> tuple:
        return TensorShape, (None if self._shape is None else list(self._shape),)

    def as_list(self) -> list[int | None]:
        """The sizes as a list; `ValueError` if the rank is unknown."""
        if self._shape is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._shape)

    def as_proto(self) -> Any:
        """The shape as a `TensorShapeProto`."""
        return hooks.shape_proto(self._shape)

    def num_elements(self) -> int | None:
        """The number of elements, or None if it is not known."""
        if not self.is_fully_defined():
            return None
        count = 1
        for size in self._shape or ():
            count *= size or 0  # all are known
        return count

    def is_fully_defined(self) -> bool:
        """Whether the rank and all sizes are known."""
        return self._shape is not None and None not in self._shape

    def assert_is_fully_defined(self) -> None:
        """Raise `ValueError` unless `is_fully_defined()`."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def is_compatible_with(self, other: Any) -> bool:
        """Whether some fully known shape fits both."""
        mine, theirs = self._shape, as_shape(other)._shape
        if mine is None or theirs is None:
            return True
        return len(mine) == len(theirs) and all(
            a is None or b is None or a == b for a, b in zip(mine, theirs, strict=True)
        )

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise `ValueError` unless `is_compatible_with(other)`."""
        other = as_shape(other)
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def merge_with(self, other: Any) -> TensorShape:
        """What both shapes say together; `ValueError` if they contradict each other."""
        other = as_shape(other)
        if self._shape is None:
            return other
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        theirs = other._shape or self._shape
        return TensorShape.from_tuple(
            tuple([b if a is None else a for a, b in zip(self._shape, theirs, strict=True)])
        )

    def concatenate(self, other: Any) -> TensorShape:
        """The dimensions of both one after the other; unknown if either rank is unknown."""
        other = as_shape(other)
        if self._shape is None or other._shape is None:
            return unknown_shape()
        return TensorShape(self.dims + other.dims)

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The most that can be said of a tensor that may have either shape."""
        other = as_shape(other)
        if self._shape is None or other._shape is None or self.rank != other.rank:
            return unknown_shape()
        return TensorShape.from_tuple(
            tuple([a if a == b else None for a, b in zip(self._shape, other._shape, strict=True)])
        )

    def assert_same_rank(self, other: Any) -> None:
        """Raise `ValueError` if both ranks are known and differ."""
        other = as_shape(other)
        if self._shape is not None and other._shape is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_has_rank(self, rank: int) -> None:
        """Raise `ValueError` if the rank is known and another."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape with its rank made known; `ValueError` if it has another."""
        self.assert_has_rank(rank)
        return self.merge_with(unknown_shape(rank=rank))

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape; `ValueError` if it is known to have a lower rank."""
        if self._shape is not None and len(self._shape) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape; `ValueError` if it is known to have a higher rank."""
        if self._shape is not None and len(self._shape) > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self


def as_shape(shape: Any) -> TensorShape:
    """Return `shape` itself if it is a `TensorShape`, else one made of it."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank: int | None = None, **kwargs: Any) -> TensorShape:
    """A shape about which nothing, or only the rank, is known.

    Args:
        rank: the number of dimensions, or None.
        **kwargs: `ndims`, the old name of `rank`.

    Raises:
        TypeError: for any other argument.
    """
    if rank is None and "ndims" in kwargs:
        rank = kwargs.pop("ndims")
    if kwargs:
        raise TypeError(f"Unknown argument: {kwargs}")
    return TensorShape.from_tuple(None if rank is None else (None,) * rank)


def dimension_value(dimension: Any) -> int | None:
    """The plain size of a `Dimension`, or `dimension` itself if it is plain already."""
    return dimension._value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """The `Dimension` at `index`, whichever of TensorFlow 1's and 2's behaviours is enabled."""
    return Dimension(None) if shape.rank is None else shape._known_dims[index]
