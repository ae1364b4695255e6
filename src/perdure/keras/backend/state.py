"""What Keras keeps for each graph and thread: names, the session, the learning phase, variables."""

from __future__ import annotations

import collections
import threading
import weakref
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.values import is_tensor
from perdure.functional.control.control import group
from perdure.graph.composite import SparseTensor
from perdure.graph.defaults import graph_of, name_scope, reset_default_graph
from perdure.graph.dtypes import as_dtype
from perdure.graph.graph import Graph
from perdure.graph.stacks import get_default_graph, get_default_session
from perdure.graph.tensor import Tensor
from perdure.keras.config import floatx
from perdure.session import Session
from perdure.variables.base import Variable
from perdure.variables.collections import is_variable_initialized, variables_initializer

PER_GRAPH_OBJECT_NAME_UIDS: MutableMapping[Graph, Any] = weakref.WeakKeyDictionary()
# The learning phase of each graph: 0, 1, or the placeholder that says it in a session.
_GRAPH_LEARNING_PHASES: MutableMapping[Graph, Any] = weakref.WeakKeyDictionary()
_GRAPH_VARIABLES: MutableMapping[Graph, Any] = weakref.WeakKeyDictionary()
_GRAPH_TF_OPTIMIZERS: MutableMapping[Graph, Any] = weakref.WeakKeyDictionary()

# The graphs whose variables all have values, since the last one came.
_CHECKED: MutableMapping[Graph, bool] = weakref.WeakKeyDictionary()


class _OfThread(threading.local):
    session: Any = None
    # Whether Keras made the session itself, and nobody else closes it.
    is_own = False


_SESSION = _OfThread()
_initializes_variables = True


def backend() -> str:
    """The name of the backend: "tensorflow"."""
    return "tensorflow"


def get_graph() -> Graph:
    """The graph that Keras builds in: the default one."""
    return get_default_graph()


# -- names ---------------------------------------------------------------------------------


def get_default_graph_uid_map() -> Any:
    """How often each name was given in the default graph."""
    graph = get_graph()
    if graph not in PER_GRAPH_OBJECT_NAME_UIDS:
        PER_GRAPH_OBJECT_NAME_UIDS[graph] = collections.defaultdict(int)
    return PER_GRAPH_OBJECT_NAME_UIDS[graph]


def get_uid(prefix: str = "") -> int:
    """The next number for a prefix in the default graph, from 1."""
    uids = get_default_graph_uid_map()
    uids[prefix] += 1
    return uids[prefix]


def reset_uids() -> None:
    """Let the numbers of all graphs begin anew."""
    PER_GRAPH_OBJECT_NAME_UIDS.clear()


def unique_object_name(
    name: str,
    name_uid_map: Any = None,
    avoid_names: Any = None,
    namespace: str = "",
    zero_based: bool = False,
) -> str:
    """A name that no other object of the graph was given.

    Args:
        name: what it begins with.
        name_uid_map: the numbers given so far; those of the default graph if None.
        avoid_names: names that are taken.
        namespace: which count the name belongs to.
        zero_based: whether the first one is `name` itself and not `name_1`.
    """
    uids = get_default_graph_uid_map() if name_uid_map is None else name_uid_map
    key = (namespace, name)
    while True:
        number = uids[key]
        uids[key] += 1
        if not zero_based:
            number += 1
        proposed = f"{name}_{number}" if number else name
        if proposed not in (avoid_names or ()):
            return proposed


# -- the learning phase ------------------------------------------------------------------


def symbolic_learning_phase() -> Any:
    """The learning phase of the default graph: 0, 1 or a placeholder, which is made when first asked for."""
    graph = get_graph()
    if graph not in _GRAPH_LEARNING_PHASES:
        with graph.as_default(), name_scope(""):
            phase = array.placeholder_with_default(False, shape=(), name="keras_learning_phase")
        _GRAPH_LEARNING_PHASES[graph] = phase
    return _GRAPH_LEARNING_PHASES[graph]


def learning_phase() -> Any:
    """Whether the graph trains: 0 or 1 if it was set, else a boolean placeholder that is False by default."""
    return symbolic_learning_phase()


def is_learning_phase(value: Any) -> bool:
    """Whether a value is the placeholder of the learning phase of some graph."""
    return any(value is phase for phase in _GRAPH_LEARNING_PHASES.values())


def set_learning_phase(value: int) -> None:
    """Fix the learning phase of the default graph.

    Args:
        value: 0 for testing, 1 for training.

    Raises:
        ValueError: neither.
    """
    if value not in {0, 1}:
        raise ValueError("Expected learning phase to be 0 or 1.")
    _GRAPH_LEARNING_PHASES[get_graph()] = value


@contextmanager
def learning_phase_scope(value: int) -> Iterator[None]:
    """A block in which the learning phase of the default graph is `value`; see `set_learning_phase`."""
    if value not in {0, 1}:
        raise ValueError("Expected learning phase to be 0 or 1.")
    before = _GRAPH_LEARNING_PHASES.get(get_graph())
    try:
        set_learning_phase(value)
        yield
    finally:
        if before is None:
            _GRAPH_LEARNING_PHASES.pop(get_graph(), None)
        else:
            _GRAPH_LEARNING_PHASES[get_graph()] = before


# -- the session -------------------------------------------------------------------------


def clear_session() -> None:
    """Forget the session, all names and the default graph, which is replaced by a new one."""
    reset_default_graph()
    reset_uids()
    _close_own_session()
    _SESSION.session = None
    graph = get_graph()
    with graph.as_default(), name_scope(""):
        phase = array.placeholder_with_default(False, shape=(), name="keras_learning_phase")
    _GRAPH_LEARNING_PHASES.clear()
    _GRAPH_LEARNING_PHASES[graph] = phase
    _GRAPH_VARIABLES.pop(graph, None)
    _GRAPH_TF_OPTIMIZERS.pop(graph, None)


def _close_own_session() -> None:
    if _SESSION.is_own and _SESSION.session is not None:
        _SESSION.session.close()
    _SESSION.is_own = False


def _get_session(op_input_list: Sequence[Any] = ()) -> Any:
    session = get_default_session()
    if session is not None:
        return session
    if _SESSION.session is None or _SESSION.session.graph is not graph_of(op_input_list):
        _close_own_session()
        _SESSION.session = Session(config=get_default_session_config())
        _SESSION.is_own = True
    return _SESSION.session


def get_session(op_input_list: Sequence[Any] = ()) -> Any:
    """The session that Keras runs in, in which the variables it knows have values.

    That is the default session; without one, the session that was set or one that Keras makes.

    Args:
        op_input_list: tensors of the graph that the session should be for.
    """
    session = _get_session(op_input_list)
    if _initializes_variables:
        with session.graph.as_default():
            _initialize_variables(session)
    return session


def set_session(session: Any) -> None:
    """Let Keras run in a session where there is no default one."""
    if session is not _SESSION.session:
        _close_own_session()
    _SESSION.session = session


def get_default_session_config() -> Any:
    """The `ConfigProto` of the sessions that Keras makes."""
    from perdure.formats.messages import ConfigProto

    return ConfigProto(allow_soft_placement=True)


# -- variables ---------------------------------------------------------------------------


def manual_variable_initialization(value: bool) -> None:
    """Say whether the program gives variables their values itself."""
    global _initializes_variables
    _initializes_variables = not value


def track_variable(v: Any) -> None:
    """Let Keras give a variable its value before the next step."""
    graph = v.graph if hasattr(v, "graph") else get_graph()
    _CHECKED.pop(graph, None)
    _GRAPH_VARIABLES.setdefault(graph, {})[id(v)] = weakref.ref(v)


def track_tf_optimizer(tf_optimizer: Any) -> None:
    """Let Keras give the variables of an optimizer of `tf.train` their values."""
    _GRAPH_TF_OPTIMIZERS.setdefault(get_graph(), weakref.WeakSet()).add(tf_optimizer)


def _get_variables(graph: Graph) -> list[Any]:
    """The variables that Keras looks after, in the order in which they were made."""
    known = [reference() for reference in _GRAPH_VARIABLES.get(graph, {}).values()]
    found = {id(v): v for v in known if v is not None}
    for wrapper in _GRAPH_TF_OPTIMIZERS.get(graph, ()):
        found.update((id(v), v) for v in wrapper.optimizer.variables())
    return list(found.values())


def _initialize_variables(session: Any) -> None:
    """Give those variables a value that have none, once for each."""
    graph = get_graph()
    if graph in _CHECKED:
        return
    candidates = [v for v in _get_variables(graph) if not getattr(v, "_keras_initialized", False)]
    if not candidates:
        if not _GRAPH_TF_OPTIMIZERS.get(graph):
            _CHECKED[graph] = True
        return
    flags = session.run([is_variable_initialized(v) for v in candidates])
    missing = [v for v, flag in zip(candidates, flags, strict=True) if not flag]
    for v in candidates:
        v._keras_initialized = True
    if missing:
        session.run(variables_initializer(missing))


def is_sparse(tensor: Any) -> bool:
    """Whether a tensor is sparse."""
    return isinstance(tensor, SparseTensor)


def dtype(x: Any) -> str:
    """The name of the element type of a tensor or variable."""
    return x.dtype.base_dtype.name


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """A variable, which Keras gives its value.

    Args:
        value: its first value; a sparse matrix of SciPy gives a sparse tensor.
        dtype: its element type; `floatx()` if None.
        name: its name.
        constraint: see `tf.Variable`.
    """
    kind = floatx() if dtype is None else dtype
    if hasattr(value, "tocoo"):
        coo = value.tocoo()
        indices = np.stack([coo.row, coo.col], axis=1)
        sparse = SparseTensor(indices=indices, values=coo.data, dense_shape=coo.shape)
        sparse._keras_shape = coo.shape  # type: ignore[attr-defined]
        return sparse
    made = Variable(value, dtype=as_dtype(kind), name=name, constraint=constraint, use_resource=True)
    track_variable(made)
    return made


def get_value(x: Any) -> Any:
    """The value of a variable or tensor in Keras' session."""
    if not is_tensor(x):
        return x
    return x.eval(session=get_session((x,)))


def batch_get_value(tensors: Sequence[Any]) -> list[Any]:
    """The values of several variables or tensors in Keras' session."""
    return get_session(tensors).run(tensors) if tensors else []


def _assignment(x: Any, value: Any) -> tuple[Any, Tensor, Any]:
    """The operation that assigns to a variable, the placeholder it takes, and the value for it."""
    value = np.asarray(value, dtype=dtype(x))
    if not hasattr(x, "_assign_placeholder"):
        kind = as_dtype(x.dtype.name.split("_")[0])
        x._assign_placeholder = array.placeholder(kind, shape=[None] * value.ndim)
        x._assign_op = x.assign(x._assign_placeholder)
    return x._assign_op, x._assign_placeholder, value


def set_value(x: Any, value: Any) -> None:
    """Set a variable in Keras' session.

    Args:
        x: the variable.
        value: an array of its shape.
    """
    batch_set_value([(x, value)])


def batch_set_value(tuples: Sequence[tuple[Any, Any]]) -> None:
    """Set several variables in Keras' session, in one step.

    Args:
        tuples: variables and arrays of their shapes.
    """
    if not tuples:
        return
    with get_graph().as_default():
        made = [_assignment(x, value) for x, value in tuples]
        get_session().run([op for op, _, _ in made], {placeholder: value for _, placeholder, value in made})


def grouped(updates: Sequence[Any]) -> Any:
    """One operation that runs several updates."""
    return group(*updates)
