"""Stacks and arrays of tensors in a compiled program: buffers of known size, which loops carry.

What a step keeps of them is in `TracedStep.state`, so that conditionals and loops hand it on as they do the
values of variables: of a stack its buffer and how many elements are in it, of an array its buffer and what
has happened to each entry.  A program knows the size of an array, and how often a loop pushes at most,
before it is compiled.

Imported, and jax with it, when the first cluster is compiled.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from perdure.arrays.checks_jax import require
from perdure.graph.dtypes import DType
from perdure.graph.shapes import Shape, is_compatible, is_fully_defined
from perdure.resources.stacks import Stack
from perdure.resources.tensor_arrays import TensorArray
from perdure.runtime.planning.legality import CannotCompile

# What has happened to an entry of an array.
_EMPTY, _WRITTEN, _CLEARED, _READ = range(4)
# What the interpreted tier says, which runs a step again that fails here.
_FAILS = "it fails in the interpreted tier as well"


def is_known(value: Any) -> bool:
    """Whether a value is known while a program is traced."""
    return isinstance(value, (np.ndarray, np.generic))


class TracedStack(Stack):
    """A stack of a program.

    Its state is (buffer, count); there is none before a loop that pushes has made it.

    Attributes:
        known: the one value that is pushed, if its elements need no place.
    """

    __slots__ = ("known",)

    def __init__(self, name: str, stack_name: str, dtype: DType, max_size: int) -> None:
        super().__init__(name, stack_name, dtype, max_size)
        if max_size >= 0:
            raise CannotCompile(f"stack '{name}': its size is limited")
        self.known: np.ndarray | None = None

    def in_step(self, step: Any) -> StackInStep:
        """What a kernel gets."""
        return StackInStep(self, step)

    def made_for(self, shape: tuple[int, ...], capacity: int) -> tuple[Any, Any]:
        """The state of a stack that holds nothing yet."""
        sizes = (0,) if self.known is not None else (max(1, capacity), *shape)
        return jnp.zeros(sizes, self.dtype.as_numpy_dtype), jnp.int32(0)


class StackInStep:
    """A stack as a kernel sees it.

    Args:
        stack: the stack.
        step: the `TracedStep`.
    """

    def __init__(self, stack: TracedStack, step: Any) -> None:
        self._stack = stack
        self._step = step

    def push(self, element: Any) -> None:
        """Add an element."""
        stack, step = self._stack, self._step
        if step.survey is not None:
            step.survey.push(stack, element)
        state = step.state.get(stack)
        if state is None:
            # A survey only asks what is pushed; elsewhere a loop has made a place for it.
            if step.survey is None:
                raise CannotCompile(f"stack '{stack.name}': nobody knows how much is pushed")
            state = stack.made_for(jnp.shape(element), 1)
        buffer, count = state
        if stack.known is not None:
            if not is_known(element) or not np.array_equal(element, stack.known):
                raise CannotCompile(f"stack '{stack.name}': what is pushed is known, and then not")
        else:
            if buffer.shape[1:] != jnp.shape(element):
                raise CannotCompile(f"stack '{stack.name}': elements of several shapes are pushed")
            buffer = jax.lax.dynamic_update_index_in_dim(buffer, jnp.asarray(element), count, 0)
        step.state[stack] = buffer, count + 1

    def pop(self, dtype: DType) -> Any:
        """Take the element that was pushed last."""
        stack = self._stack
        state = self._step.state.get(stack)
        if state is None or dtype != stack.dtype:
            raise CannotCompile(f"stack '{stack.name}': nobody knows what is popped")
        buffer, count = state
        require(count > 0, _FAILS)
        self._step.state[stack] = buffer, count - 1
        if stack.known is not None:
            return stack.known
        return jax.lax.dynamic_index_in_dim(buffer, count - 1, 0, keepdims=False)


class TracedTensorArray(TensorArray):
    """An array of tensors of a program; its state is (buffer, marks), after the first write.

    Attributes:
        length: how many entries it has.
        forward: the array whose gradients add up in it, if it is one of gradients.
        prepended: sizes that come before those of the forward entries.
        clears: whether an entry can be read once only.
    """

    __slots__ = ("length", "forward", "prepended", "clears", "sources")

    def __init__(
        self,
        name: str,
        array_name: str,
        dtype: DType,
        size: int,
        element_shape: Shape = None,
        dynamic_size: bool = False,
        clear_after_read: bool = True,
        identical_element_shapes: bool = False,
    ) -> None:
        super().__init__(name, array_name, dtype, 0, element_shape)
        if dynamic_size:
            raise CannotCompile(f"array '{name}': it may grow")
        self.length = size
        self.clears = clear_after_read
        self.forward: TracedTensorArray | None = None
        self.prepended: tuple[int, ...] = ()
        self.sources: dict[str, TracedTensorArray] = {}

    def in_step(self, step: Any) -> TensorArrayInStep:
        """What a kernel gets."""
        return TensorArrayInStep(self, step)

    def gradients_of(self, source: str, prepended: tuple[int, ...]) -> TracedTensorArray:
        """The array in which gradients of its entries add up."""
        found = self.sources.get(source)
        if found is None:
            if self.forward is not None:
                raise CannotCompile(f"array '{self.name}': gradients of gradients")
            shape = None if self.element_shape is None else (*prepended, *self.element_shape)
            found = TracedTensorArray(f"{self.name}@{source}", "", self.dtype, self.length, shape)
            found.forward, found.prepended = self, prepended
            self.sources[source] = found
        return found

    def first_state(self, step: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
        """The state before anything is written; entries of gradients are zeros if the forward ones exist."""
        marks = jnp.full((self.length,), _EMPTY, jnp.int8)
        if self.forward is not None:
            state = step.state.get(self.forward)
            if state is not None:
                marks = jnp.where(state[1] != _EMPTY, _WRITTEN, _EMPTY).astype(jnp.int8)
        return jnp.zeros((self.length, *shape), self.dtype.as_numpy_dtype), marks


class TensorArrayInStep:
    """An array of tensors as a kernel sees it.

    Args:
        array: the array.
        step: the `TracedStep`.
    """

    def __init__(self, array: TracedTensorArray, step: Any) -> None:
        self._array = array
        self._step = step

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self._array.length

    @property
    def _mark_of_read(self) -> int:
        return _CLEARED if self._array.clears else _READ

    def check_type(self, dtype: DType, writes: bool) -> None:
        """Refuse elements of another type."""
        if dtype != self._array.dtype:
            raise CannotCompile(f"array '{self._array.name}': elements of another type")

    def gradient(self, source: str, prepended: tuple[int, ...] = ()) -> TracedTensorArray:
        """The array in which gradients of its entries add up."""
        return self._array.gradients_of(source, prepended)

    def _state(self, shape: tuple[int, ...] | None) -> tuple[Any, Any]:
        state = self._step.state.get(self._array)
        if state is None:
            if shape is None and self._array.forward is not None:
                forward = self._step.state.get(self._array.forward)
                if forward is not None:
                    shape = (*self._array.prepended, *forward[0].shape[1:])
            if shape is None and is_fully_defined(self._array.element_shape):
                shape = tuple(size or 0 for size in self._array.element_shape or ())
            if shape is None:
                raise CannotCompile(f"array '{self._array.name}': the shape of its entries is not known")
            state = self._step.state[self._array] = self._array.first_state(self._step, shape)
        elif shape is not None and state[0].shape[1:] != shape:
            raise CannotCompile(f"array '{self._array.name}': entries of several shapes")
        return state

    def write(self, index: Any, value: Any) -> None:
        """Write an entry; in an array of gradients, add to it."""
        shape = jnp.shape(value)
        if not is_compatible(self._array.element_shape, shape):
            raise CannotCompile(f"array '{self._array.name}': an entry of another shape")
        buffer, marks = self._state(shape)
        require((index >= 0) & (index < self.size), _FAILS)
        if not self.size:
            return
        mark = marks[index]
        if self._array.forward is None:
            require(mark == _EMPTY, _FAILS)
        else:
            require((mark == _EMPTY) | (mark == _WRITTEN), _FAILS)
            value = jax.lax.dynamic_index_in_dim(buffer, index, 0, keepdims=False) + value
        buffer = jax.lax.dynamic_update_index_in_dim(buffer, jnp.asarray(value), index, 0)
        self._step.state[self._array] = buffer, marks.at[index].set(_WRITTEN)

    def read(self, index: Any) -> Any:
        """Read an entry."""
        buffer, marks = self._state(None)
        require((index >= 0) & (index < self.size), _FAILS)
        if not self.size:
            return jnp.zeros(buffer.shape[1:], buffer.dtype)
        self._check_readable(marks[index])
        self._step.state[self._array] = buffer, marks.at[index].set(self._mark_of_read)
        return jax.lax.dynamic_index_in_dim(buffer, index, 0, keepdims=False)

    def _check_readable(self, marks: Any) -> None:
        require(jnp.all(marks != _CLEARED), _FAILS)
        if not is_fully_defined(self._array.element_shape):
            require(jnp.all(marks != _EMPTY), _FAILS)

    def gather(self, indices: Any, element_shape: Shape) -> Any:
        """Entries, as rows of one tensor."""
        buffer, marks = self._state(None)
        if isinstance(indices, np.ndarray) and np.array_equal(indices, np.arange(self.size)):
            self._check_readable(marks)
            self._step.state[self._array] = (
                buffer,
                jnp.full_like(marks, self._mark_of_read),
            )
            return buffer
        require(jnp.all((indices >= 0) & (indices < self.size)), _FAILS)
        if isinstance(indices, np.ndarray) and len(set(indices.tolist())) == len(indices):
            self._check_readable(marks[indices])
            self._step.state[self._array] = (
                buffer,
                marks.at[indices].set(self._mark_of_read),
            )
            return buffer[indices]
        raise CannotCompile(f"array '{self._array.name}': it is gathered in an order that is not known")

    def scatter(self, indices: Any, values: Any) -> None:
        """Write the rows of a tensor to entries."""
        if not isinstance(indices, np.ndarray) or len(set(indices.tolist())) != len(indices):
            raise CannotCompile(f"array '{self._array.name}': it is scattered in an order that is not known")
        shape = jnp.shape(values)[1:]
        if len(indices) != jnp.shape(values)[0] or not is_compatible(self._array.element_shape, shape):
            raise CannotCompile(f"array '{self._array.name}': entries of another shape")
        if any(not 0 <= index < self.size for index in indices.tolist()):
            raise CannotCompile(f"array '{self._array.name}': entries that are not there")
        buffer, marks = self._state(shape)
        if self._array.forward is None:
            require(jnp.all(marks[indices] == _EMPTY), _FAILS)
        else:
            require(jnp.all(marks[indices] <= _WRITTEN), _FAILS)
            values = buffer[indices] + values
        if np.array_equal(indices, np.arange(self.size)):
            buffer = jnp.asarray(values)
        else:
            buffer = buffer.at[indices].set(values)
        self._step.state[self._array] = buffer, marks.at[indices].set(_WRITTEN)

    def concat(self, shape_except_0: Shape) -> tuple[Any, np.ndarray]:
        """All entries, one behind the other, and the length of each."""
        buffer = self.gather(np.arange(self.size), None)
        if buffer.ndim < 2 or not self.size:
            raise CannotCompile(f"array '{self._array.name}': scalars, or nothing, are concatenated")
        lengths = np.full(self.size, buffer.shape[1], np.int64)
        return buffer.reshape(-1, *buffer.shape[2:]), lengths

    def split(self, value: Any, lengths: Any) -> None:
        """Write stretches of a tensor to all entries."""
        is_even = is_known(lengths) and len(set(lengths.tolist())) == 1
        if not is_even or len(lengths) != self.size:
            raise CannotCompile(f"array '{self._array.name}': it is split into different lengths")
        length = int(lengths[0])
        if length * self.size != jnp.shape(value)[0]:
            raise CannotCompile(f"array '{self._array.name}': it is split into too much or too little")
        self.scatter(np.arange(self.size), jnp.reshape(value, (self.size, length, *jnp.shape(value)[1:])))
