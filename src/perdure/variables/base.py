"""`tf.Variable`: what variables of both kinds have in common, and the choice of the kind."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from perdure.functional.array.slicing import slice_variable
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import init_scope
from perdure.graph.dtypes import DType
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.operators import OPERATORS
from perdure.graph.stacks import session_for
from perdure.graph.tensor import Reference, Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.tracking.trackable import VARIABLE_VALUE_KEY, Trackable
from perdure.variables.slice_info import SaveSliceInfo as _SaveSliceInfo

if TYPE_CHECKING:
    from perdure.graph.operator_types import Operators
else:
    Operators = object


class VariableSynchronization(enum.Enum):
    """When the copies of a variable on several devices are brought together."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How the updates of the copies of a variable on several devices are combined."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # the older name


class _KindChooser(type):
    """Lets `tf.Variable(...)` make a variable of the ref or of the resource kind."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _make(*args, **kwargs) if cls is Variable else super().__call__(*args, **kwargs)


def set_maker(make: Callable[..., Any], ref_kind: Callable[..., Any]) -> None:
    """Say what `tf.Variable(...)` makes: for `creation.py`, which knows the kinds that derive from it.

    Args:
        make: what makes a variable of either kind.
        ref_kind: the class of the ref kind, which `Variable.from_proto` makes.
    """
    global _make, _ref_kind
    _make, _ref_kind = make, ref_kind


_make: Callable[..., Any]
_ref_kind: Callable[..., Any]


class Variable(Trackable, Operators, metaclass=_KindChooser):
    """State that a session keeps between steps: a tensor that can be assigned to.

    It can be used wherever a tensor can; then its value at that time is meant.  Run
    `tf.global_variables_initializer()` in a session before using the variables of a graph.

    Args:
        initial_value: its first value: a tensor, anything that becomes one, or a function without
            arguments that returns one.
        trainable: whether optimizers change it by default.  True if None, unless `synchronization` is
            ON_READ.
        collections: the collections it is added to; `[GraphKeys.GLOBAL_VARIABLES]` if None.
        validate_shape: whether its shape is that of the initial value, which must then be known.
        caching_device: a device that reads of it are kept on.
        name: its name, made unique.
        variable_def: a `VariableDef` to take its nodes from, which the graph has, instead of making them.
        dtype: the element type; that of the initial value if None.
        expected_shape: ignored, as by TensorFlow 1.15.
        import_scope: a name scope to put before the names of `variable_def`.
        constraint: a function from its value to the value an optimizer stores instead.
        use_resource: whether it is of the resource kind; what the variable scope says if None.
        synchronization: a `tf.VariableSynchronization`.
        aggregation: a `tf.VariableAggregation`.
        shape: its shape, if other than that of the initial value.

    Raises:
        ValueError: no initial value, one besides `variable_def`, one of unknown shape with
            `validate_shape`, or wrong arguments.
    """

    # Other parts of perdure test for this instead of importing the class.
    is_tensor_like = True
    # NumPy must let `array + variable` reach Variable.__radd__.
    __array_priority__ = 100

    if TYPE_CHECKING:  # what `creation.py` takes, whichever kind it then makes

        def __init__(
            self,
            initial_value: Any = None,
            trainable: bool | None = None,
            collections: Any = None,
            validate_shape: bool = True,
            caching_device: Any = None,
            name: str | None = None,
            variable_def: Any = None,
            dtype: Any = None,
            expected_shape: Any = None,
            import_scope: str | None = None,
            constraint: Any = None,
            use_resource: bool | None = None,
            synchronization: Any = VariableSynchronization.AUTO,
            aggregation: Any = VariableAggregation.NONE,
            shape: Any = None,
        ) -> None: ...

    _initial_value: Any  # a Tensor, or None if it was made from a VariableDef that names none
    _initializer_op: Operation
    _trainable: bool
    _synchronization: VariableSynchronization
    _aggregation: VariableAggregation
    _constraint: Any
    _save_slice_info: _SaveSliceInfo | None = None

    # -- what it is ------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name, such as "weights:0"."""
        raise NotImplementedError

    @property
    def dtype(self) -> DType:
        """Its element type (a reference type for the ref kind)."""
        raise NotImplementedError

    @property
    def shape(self) -> TensorShape:
        """What is known of its shape while the graph is built."""
        raise NotImplementedError

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self.shape.ndims is None else self.shape.as_list()

    @property
    def op(self) -> Operation:
        """The operation that stands for it in the graph."""
        raise NotImplementedError

    @property
    def graph(self) -> Any:
        """The graph it belongs to."""
        return self.op.graph

    @property
    def device(self) -> str:
        """The device the program asked for, or ""."""
        return self.op.device

    @property
    def initializer(self) -> Operation:
        """The operation that gives it its initial value."""
        return self._initializer_op

    @property
    def initial_value(self) -> Tensor:
        """The tensor it was told to start with."""
        return self._initial_value

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it by default."""
        return self._trainable

    @property
    def synchronization(self) -> VariableSynchronization:
        """When its copies are brought together."""
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        """How updates of its copies are combined."""
        return self._aggregation

    @property
    def constraint(self) -> Any:
        """The function an optimizer projects its value with, or None."""
        return self._constraint

    # There are no strategies that variables could be made under.
    _distribute_strategy = None

    @property
    def _shared_name(self) -> str:
        return self.name[: self.name.index(":")]

    def _as_graph_element(self) -> Tensor:
        raise NotImplementedError

    # -- its value -------------------------------------------------------------------

    def value(self) -> Tensor:
        """Its value, as a tensor."""
        raise NotImplementedError

    def read_value(self) -> Tensor:
        """Its value, read where the open scopes (devices, control dependencies) say."""
        raise NotImplementedError

    def initialized_value(self) -> Tensor:
        """Its value if it has one by then, else the value that its initializer gives it.

        For use in the initial values of other variables.
        """
        from perdure.functional.control.conditionals import cond
        from perdure.variables.collections import is_variable_initialized

        with init_scope():
            return cond(is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    def eval(self, session: Any = None) -> Any:
        """Its value in a session, as a NumPy array.

        Args:
            session: the session; the default session when None.
        """
        return self._as_graph_element().eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Set its value in a session, without adding operations to the graph.

        Args:
            value: the new value.
            session: the session; the default session when None.

        Raises:
            ValueError: there is no session.
        """
        if session is None:
            try:
                session = session_for(self.graph, None, "tensor", "eval()")
            except ValueError:
                raise ValueError(
                    "Either session argument should be provided or default session should be "
                    f"established to load variable {self.name}"
                ) from None
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    # -- conversion and operators ----------------------------------------------------

    def __getitem__(self, slice_spec: Any) -> Tensor:
        return slice_variable(self, slice_spec)

    def __iter__(self) -> Any:
        # Without this, Python would try indices 0, 1, 2, ... for ever.
        raise TypeError("'Variable' object is not iterable.")

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {VARIABLE_VALUE_KEY: self}

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.get_shape()} dtype={self.dtype.name}>"

    def __copy__(self) -> Variable:
        return self

    def experimental_ref(self) -> Any:
        """An object that is hashable and stands for this one; `deref()` gives it back."""
        return Reference(self)

    SaveSliceInfo = _SaveSliceInfo

    def to_proto(self, export_scope: str | None = None) -> Any:
        """This as a `VariableDef`: the names of its nodes.

        Args:
            export_scope: a name scope to take away from the names.

        Returns:
            The message, or None if the variable is outside the scope.
        """
        raise NotImplementedError

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Any:
        """The variable of the ref kind whose nodes, in the default graph, a `VariableDef` names.

        Args:
            variable_def: the message.
            import_scope: a name scope to put before its names.

        Raises:
            KeyError: the graph has no such nodes.
        """
        return _ref_kind(variable_def=variable_def, import_scope=import_scope)

    def _set_save_slice_info(self, save_slice_info: _SaveSliceInfo | None) -> None:
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self) -> _SaveSliceInfo | None:
        return self._save_slice_info


def _forward_operator(name: str) -> Any:
    operator = OPERATORS[name]

    @functools.wraps(operator)
    def forward(variable: Variable, *args: Any) -> Any:
        return operator(variable.value(), *args)

    return forward


for _name in OPERATORS:
    if _name != "__getitem__":
        setattr(Variable, _name, _forward_operator(_name))


# -- checking the arguments of constructors ----------------------------------------------


def checked_collections(collections: Any, trainable: bool) -> Iterable[Any]:
    """The collections a new variable is added to.

    Raises:
        ValueError: not a list, tuple or set.
    """
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(collections, (list, tuple, set)):
        raise ValueError(
            "collections argument to Variable constructor must be a list, tuple, or set. "
            f"Got {collections} of type {type(collections)}"
        )
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in collections:
        collections = [*collections, GraphKeys.TRAINABLE_VARIABLES]
    return collections


def checked_distribution(
    synchronization: Any, aggregation: Any, trainable: bool | None, name: str | None
) -> tuple[VariableSynchronization, VariableAggregation, bool]:
    """Synchronization, aggregation and `trainable` with their defaults.

    Raises:
        ValueError: not one of the modes.
    """
    try:
        aggregation = VariableAggregation(0 if aggregation is None else aggregation)
    except ValueError:
        raise ValueError(f"Invalid variable aggregation mode: {aggregation} for variable: {name}") from None
    try:
        synchronization = VariableSynchronization(0 if synchronization is None else synchronization)
    except ValueError:
        raise ValueError(
            f"Invalid variable synchronization mode: {synchronization} for variable: {name}"
        ) from None
    if trainable is None:
        trainable = synchronization is not VariableSynchronization.ON_READ
    return synchronization, aggregation, trainable


def checked_slices(sparse_delta: Any) -> IndexedSlices:
    """`sparse_delta`, which must be `tf.IndexedSlices`.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(sparse_delta, IndexedSlices):
        raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
    return sparse_delta
