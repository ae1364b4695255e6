"""Graph: operations by name, the names in use, collections and seeds."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from perdure.graph import hooks
from perdure.graph.conversion import internal_convert_to_tensor
from perdure.graph.dtypes import DType
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.forking import free_in_children
from perdure.graph.operation import Operation
from perdure.graph.scopes import ControlDependencies, NameScope, ScopeState, device_function
from perdure.graph.stacks import graph_stack, set_graph_class
from perdure.graph.tensor import Tensor
from perdure.graph.uids import count_uids

if TYPE_CHECKING:
    from perdure.graph.control_flow import ControlFlowContext

_OP_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*\Z")
_ROOT_SCOPE_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\\-/]*$")
_SCOPE_NAME = re.compile(r"^[A-Za-z0-9_.\\\-/]*$")
# GraphDef versions that TensorFlow 1.15.5 writes (core/public/version.h).
PRODUCER = 134
MIN_CONSUMER = 0
_FINALIZED = "Graph is finalized and cannot be modified."


@dataclass
class Versions:
    """Which consumers can read a graph; see `VersionDef`.

    Attributes:
        producer: the version of what made it.
        min_consumer: consumers below this version cannot read it.
        bad_consumers: nor can these.
    """

    producer: int = PRODUCER
    min_consumer: int = MIN_CONSUMER
    bad_consumers: tuple[int, ...] = ()


class Graph:
    """A dataflow graph: operations, and the tensors that flow between them.

    Adding operations is thread-safe; scopes (names, devices, ...) belong to the thread that opened them.
    """

    # The graph around the body of a function (see `graph/func_graph.py`).
    outer: Graph | None = None
    # Whether effects are being put into the order of the program (see `functions/control_dependencies.py`).
    _add_control_dependencies = False
    # Whether conditionals and loops are functions (see `functional/control/version.py`).
    uses_functions = False

    def __init__(self) -> None:
        count_uids(1)
        self.scopes = ScopeState()
        self.seed: int | None = None
        self.building_function = False
        self._lock = free_in_children(threading.RLock())
        self._operations: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._next_id = 1
        self._structure_version = 0
        # Operations up to this number have been looked at as a whole: planned, or indexed.
        self._looked_at = 0
        # The inputs that were replaced by tensors of another type, and the type that is expected.
        self._mistyped: dict[tuple[Operation, int], DType] = {}
        # Grows whenever an operation is added or changed: what sessions compare at every run.
        self._revision = 0
        self._collections: dict[Any, list[Any]] = {}
        self._unfeedable: set[Tensor] = set()
        # Python functions that operations call (see `graph/host_functions.py`), kept alive.
        self.host_functions: list[Any] = []
        # The functions of a library, which operations call by name (see `interchange/functions.py`).
        self.functions: dict[str, Any] = {}
        self.versions = Versions()
        self._unfetchable: set[Operation] = set()
        self._finalized = False
        self._consumers: dict[Tensor, list[Operation]] = {}
        self._control_consumers: dict[Operation, list[Operation]] = {}
        self._consumers_version = (0, 0)

    # -- operations ------------------------------------------------------------------

    def add_operation(self, op: Operation) -> None:
        """Take in a new operation (see `graph/construction.py`)."""
        with self._lock:
            if self._finalized:
                raise RuntimeError(_FINALIZED)
            self.number(op)
            self._operations[op.name] = op
            self._revision += 1
            count_uids(len(op.outputs))

    def add_operations(self, operations: Sequence[Operation]) -> None:
        """Take in new operations whose names are free, all at once."""
        with self._lock:
            if self._finalized:
                raise RuntimeError(_FINALIZED)
            used, known, number = self._names_in_use, self._operations, self._next_id
            for op in operations:
                op.node_id = number
                number += 1
                known[op.name] = op
                used.setdefault(op.name.lower(), 1)
            count_uids(sum(len(op.outputs) for op in operations))
            self._next_id = number
            self._revision += len(operations)

    def number(self, op: Operation) -> None:
        """Give a new operation its place in the order of creation."""
        op.node_id = self._next_id
        self._next_id += 1

    def count(self, number: int) -> None:
        """Count `number` operations more than there are, as TensorFlow has them; op seeds are such counts."""
        self._next_id += number

    @property
    def root(self) -> Graph:
        """The graph itself; for the body of a function, the program's graph that it lies in."""
        return self

    @property
    def operations_by_name(self) -> dict[str, Operation]:
        """Its operations, to look at only."""
        return self._operations

    def get_operations(self) -> list[Operation]:
        """All operations, in the order of their creation."""
        with self._lock:
            return list(self._operations.values())

    def create_op(
        self,
        op_type: str,
        inputs: Sequence[Tensor],
        dtypes: Sequence[Any] | None = None,
        input_types: Sequence[Any] | None = None,
        name: str | None = None,
        attrs: dict[str, Any] | None = None,
        op_def: Any = None,
        compute_shapes: bool = True,
        compute_device: bool = True,
    ) -> Operation:
        """Add an operation of the table by its type, from tensors and attributes.

        Args:
            op_type: a type of TensorFlow's op table.
            inputs: its inputs, flat.
            dtypes: the output types; they follow from the signature, so they are only checked.
            input_types: the input types; not needed, the inputs say them.
            name: its name; the type when None.
            attrs: attributes as `AttrValue` protos or Python values.
            op_def: not needed, the table says it.
            compute_shapes: ignored by TensorFlow 1.15 as well; shapes are always inferred.
            compute_device: whether the open device scopes apply.

        Raises:
            ValueError, TypeError: inputs or attributes do not fit the signature.
        """
        op = hooks.create_operation(self, op_type, inputs, name, attrs or {}, compute_device)
        if dtypes is not None:
            made = [tensor.dtype.base_dtype for tensor in op.outputs]
            if made != [getattr(dtype, "base_dtype", dtype) for dtype in dtypes]:
                raise TypeError(f"{op_type} '{op.name}' has outputs {made}, but dtypes={list(dtypes)}")
        return op

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation called `name`.

        Raises:
            TypeError: `name` is not a string.
            KeyError: there is none of that name.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor called `name`, such as "add:0".

        Raises:
            TypeError: `name` is not a string.
            KeyError: there is none of that name.
            ValueError: it is the name of an operation.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The tensor or operation of this graph that `obj` is or names.

        Args:
            obj: a Tensor, an Operation, a name, or an object with `_as_graph_element()`.
            allow_tensor: whether the answer may be a Tensor.
            allow_operation: whether the answer may be an Operation.

        Raises:
            TypeError: `obj` is of no such kind.
            ValueError: it belongs to another graph, or the name is malformed.
            KeyError: the graph has nothing of that name.
        """
        if not allow_tensor and not allow_operation:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        wanted = " or ".join(
            kind for kind, allowed in (("Tensor", allow_tensor), ("Operation", allow_operation)) if allowed
        )
        if not isinstance(obj, (Tensor, Operation, str, bytes)):
            convert = getattr(obj, "_as_graph_element", None)
            if convert is None:
                raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")
            obj = convert()
            if not isinstance(obj, (Tensor, Operation, str, bytes)):
                raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")
        if isinstance(obj, Tensor) and allow_tensor or isinstance(obj, Operation) and allow_operation:
            if not self._belongs(obj):
                raise ValueError(self._foreign(obj))
            return obj
        if isinstance(obj, (Tensor, Operation)):
            raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")
        name = obj.decode() if isinstance(obj, bytes) else obj
        if ":" in name and allow_tensor:
            return self._tensor_named(name)
        if ":" not in name and allow_operation:
            op = self._named(name)
            if op is None:
                raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
            return op
        if ":" not in name:
            found = self._named(name) is not None
            raise ValueError(
                f"The name {name!r} {'refers to an' if found else 'looks like an (invalid)'} Operation"
                f"{'' if found else ' name'}, not a {wanted}. Tensor names must be of the form "
                '"<op_name>:<output_index>".' + (f' Perhaps you meant "{name}:0".' if found else "")
            )
        raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a {wanted}.")

    def _tensor_named(self, name: str) -> Tensor:
        try:
            op_name, position = name.split(":")
            index = int(position)
        except ValueError:
            raise ValueError(
                f"The name {name!r} looks a like a Tensor name, but is not a valid one. Tensor names must "
                'be of the form "<op_name>:<output_index>".'
            ) from None
        op = self._named(op_name)
        if op is None:
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, "
                "does not exist in the graph."
            )
        if not -len(op.outputs) <= index < len(op.outputs):
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, "
                f"exists but only has {len(op.outputs)} outputs."
            )
        return op.outputs[index]

    def _named(self, name: str) -> Operation | None:
        return self._operations.get(name)

    def _belongs(self, element: Any) -> bool:
        return element.graph is self

    def _foreign(self, element: Any) -> str:
        kind = "Tensor" if isinstance(element, Tensor) else "Operation"
        return f"{kind} {element} is not an element of this graph."

    def _as_graph_element_locked(self, obj: Any, allow_tensor: bool, allow_operation: bool) -> Any:
        return self.as_graph_element(obj, allow_tensor, allow_operation)

    def structure_changed(self, op: Operation | None = None) -> None:
        """Note that an operation which exists already was changed.

        Args:
            op: the operation.  What nobody has looked at yet (a node of a branch, whose inputs are brought in
                when it is made) makes nothing invalid.
        """
        self._revision += 1
        if op is None or op.node_id <= self._looked_at:
            self._structure_version += 1

    def looked_at(self) -> None:
        """Note that something is derived from the operations that there are."""
        self._looked_at = self._last_id

    def check_types(self) -> None:
        """Refuse a graph in which an operation got an input of a type that it does not take.

        Raises:
            InvalidArgumentError: there is one.
        """
        for (op, index), expected in self._mistyped.items():
            tensor = op.inputs[index]
            raise InvalidArgumentError(
                None,
                op,
                f"Input {index} of node {op.name} was passed {tensor.dtype.base_dtype.name} from "
                f"{tensor.name} incompatible with expected {expected.name}.",
            )

    def consumers_of(self, tensor: Tensor) -> list[Operation]:
        """The operations that take `tensor` as an input; one that takes it twice is listed twice."""
        self._index_consumers()
        return list(self._consumers.get(tensor, ()))

    def control_consumers_of(self, op: Operation) -> list[Operation]:
        """The operations that wait for `op` by a control input."""
        self._index_consumers()
        return list(self._control_consumers.get(op, ()))

    def _index_consumers(self) -> None:
        # Edges are stored at the consumer only, which keeps building a graph cheap; the reverse index is
        # made when somebody asks, and extended by the operations added since.
        with self._lock:
            done, structure = self._consumers_version
            if structure != self._structure_version:
                done = 0
                self._consumers, self._control_consumers = {}, {}
            self.looked_at()
            added = len(self._operations) - done
            for op in reversed([*islice(reversed(self._operations.values()), added)]):
                for tensor in op.inputs:
                    self._consumers.setdefault(tensor, []).append(op)
                for control in op._control_inputs:
                    self._control_consumers.setdefault(control, []).append(op)
            self._consumers_version = (done + added, self._structure_version)

    # -- names -----------------------------------------------------------------------

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` inside the open name scope, with `_1`, `_2`, ... appended if it is taken.

        Names that differ only in case count as the same.
        """
        if self.scopes.name:
            name = f"{self.scopes.name}/{name}"
        used = self._names_in_use
        key = name.lower()
        with self._lock:
            count = used.get(key, 0)
            if mark_as_used:
                used[key] = count + 1
            if count:
                base, stem = key, name
                while key in used:
                    key, name = f"{base}_{count}", f"{stem}_{count}"
                    count += 1
                if mark_as_used:
                    used[key] = 1
        return name

    def operation_name(self, name: str) -> str:
        """The unique name of a new operation; a trailing "/" means that the name is a scope made for it."""
        if self._finalized:
            raise RuntimeError(_FINALIZED)
        if name.endswith("/"):
            name = name[:-1]
            if name in self._operations:
                raise ValueError(f"Duplicate node name in graph: '{name}'")
            return name
        unique = self.unique_name(name)
        if not _OP_NAME.match(unique):
            raise ValueError(f"'{unique}' is not a valid node name")
        return unique

    def name_scope(self, name: str | None) -> NameScope:
        """Prefix the names of the operations made in the block.

        Args:
            name: the scope; made unique unless it ends with "/"; None or "" for the top level.

        Returns:
            A context manager that gives the full name of the scope, ending with "/" ("" at the top level).

        Raises:
            ValueError: upon entering, if it is not a legal scope name.
        """
        return NameScope(self, name)

    def open_name_scope(self, name: str | None) -> str:
        """The full name (without "/") of the scope that `name_scope(name)` opens."""
        if not name:
            return ""
        if not isinstance(name, str):
            raise TypeError(
                f"A name scope must be a string, got {type(name).__name__}: expected string or "
                "bytes-like object"
            )
        pattern = _SCOPE_NAME if self.scopes.name else _ROOT_SCOPE_NAME
        if not pattern.match(name):
            raise ValueError(f"'{name}' is not a valid scope name")
        return name[:-1] if name.endswith("/") else self.unique_name(name)

    def get_name_scope(self) -> str:
        """The open name scope, without a trailing "/"."""
        return self.scopes.name

    @property
    def _name_stack(self) -> str:
        return self.scopes.name

    @property
    def _variable_creator_stack(self) -> list[tuple[int, Any]]:
        return self.root.scopes.variable_creators

    @_variable_creator_stack.setter
    def _variable_creator_stack(self, stack: list[tuple[int, Any]]) -> None:
        self.root.scopes.variable_creators = stack

    # -- other scopes ----------------------------------------------------------------

    def as_default(self) -> AbstractContextManager[Graph]:
        """Make this the default graph of the thread while the block runs."""
        return graph_stack.get_controller(self)

    def _apply_device_functions(self, op: Any) -> None:
        """Give the device of the open scopes to an operation, or to what Keras asks with for it."""
        asked = SimpleNamespace(device="")
        for function in reversed(self.scopes.devices):
            if function is None:
                break
            asked.device = function(asked)
        if asked.device:
            op._set_device_from_string(asked.device)

    def device(self, device_name_or_function: Any) -> AbstractContextManager[None]:
        """Place the operations made in the block.

        Args:
            device_name_or_function: a device string, a DeviceSpec, a function from an operation to a device
                string, or None to ignore the outer device scopes.
        """
        function = device_function(device_name_or_function)
        return self.scopes.replaced(devices=(*self.scopes.devices, function))

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
        """Put the operations made in the block on the device of `op`.

        Args:
            op: a Tensor, an Operation, or None with `ignore_existing` to leave all colocation scopes.
            ignore_existing: whether outer colocation scopes are ignored.

        Raises:
            ValueError: `op` is None without `ignore_existing`.
        """
        if op is None:
            if not ignore_existing:
                raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
            return self.scopes.replaced(colocation=(), devices=())
        # A resource variable stands for its value elsewhere, and for its handle here.
        op = op_of(getattr(op, "handle", op), self)
        outer = () if ignore_existing else self.scopes.colocation
        # An operation that is already the innermost group would only repeat it; the device scopes give way.
        inner = outer if outer and op is outer[-1] else (*outer, op)
        return self.scopes.replaced(colocation=inner, devices=())

    def _colocate_with_for_gradient(
        self, op: Any, gradient_uid: Any, ignore_existing: bool = False
    ) -> AbstractContextManager[None]:
        return self.colocate_with(op, ignore_existing)

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """Let the operations made in the block wait for others.

        Args:
            control_inputs: operations, tensors or objects that stand for them; None clears the outer scopes.

        Raises:
            TypeError: an item is neither a tensor nor an operation.
        """
        if control_inputs is None:
            return self.scopes.replaced(control=(), control_flow=None)
        operations: dict[Operation, None] = {}
        for item in control_inputs:
            if type(item).__name__ == "IndexedSlices":  # which is made of tensors: a level above this one
                item = item.op
            elif hasattr(item, "_handle") and hasattr(item, "op"):
                # A resource variable, or what an assignment to it returned: waiting needs no read.
                item = item.op
            element = self.as_graph_element(item)
            operations[element.op if isinstance(element, Tensor) else element] = None
        return self.scopes.replaced(
            control=(*self.scopes.control, ControlDependencies(tuple(self._own(operations))))
        )

    def _own(self, operations: Iterable[Operation]) -> Iterable[Operation]:
        """Those of `operations` that can be control inputs in this graph."""
        return operations

    def container(self, container_name: str) -> AbstractContextManager[None]:
        """Keep the state of stateful operations made in the block in the named container."""
        return self.scopes.replaced(container=container_name)

    def gradient_override_map(self, op_type_map: dict[str, str]) -> AbstractContextManager[None]:
        """Let operations of given types use other registered gradients.

        Args:
            op_type_map: from op type to the name a gradient function was registered under.

        Raises:
            TypeError: not a dictionary of strings.
        """
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        for item in (*op_type_map.keys(), *op_type_map.values()):
            if not isinstance(item, str):
                raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        return self.scopes.replaced(gradient_overrides={**self.scopes.gradient_overrides, **op_type_map})

    def _original_op(self, op: Operation) -> AbstractContextManager[None]:
        """Let errors of the operations made in the block also say where `op` was made."""
        return self.scopes.replaced(original_op=op)

    def _attr_scope(self, attr_map: dict[str, Any]) -> AbstractContextManager[None]:
        return self.scopes.replaced(attrs={**self.scopes.attrs, **attr_map})

    def _kernel_label_map(self, op_to_kernel_label_map: dict[str, str]) -> AbstractContextManager[None]:
        return self.scopes.replaced(kernel_labels={**self.scopes.kernel_labels, **op_to_kernel_label_map})

    def _get_control_flow_context(self) -> ControlFlowContext | None:
        return self.scopes.control_flow

    def _set_control_flow_context(self, ctx: ControlFlowContext | None) -> None:
        self.scopes.control_flow = ctx

    # -- collections -----------------------------------------------------------------

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Append `value` to the collection called `name`."""
        self.check_not_finalized()
        with self._lock:
            self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Append `value` to one collection or to several."""
        names = (names,) if isinstance(names, str) else set(names)
        for name in names:
            self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of the collection called `name`.

        Args:
            name: the collection, usually one of `tf.GraphKeys`.
            scope: keep only items whose `name` matches this regular expression at its start.
        """
        with self._lock:
            items = list(self._collections.get(name, ()))
        if scope is None:
            return items
        matches = re.compile(scope).match
        return [item for item in items if hasattr(item, "name") and matches(item.name)]

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The collection called `name` itself; changing it changes the graph."""
        with self._lock:
            return self._collections.setdefault(name, [])

    def get_all_collection_keys(self) -> list[str]:
        """The names of the collections, those that are strings."""
        with self._lock:
            return [name for name in self._collections if isinstance(name, str)]

    def clear_collection(self, name: Any) -> None:
        """Forget the collection called `name`."""
        self.check_not_finalized()
        with self._lock:
            self._collections.pop(name, None)

    @property
    def collections(self) -> list[str]:
        """The names of the collections."""
        return list(self._collections)

    # -- state of the graph as a whole -----------------------------------------------

    def _repr_html_(self) -> str:
        """The graph as a notebook shows it."""
        return str(hooks.graph_html(self))

    @property
    def finalized(self) -> bool:
        """Whether the graph refuses new operations."""
        return self._finalized

    def finalize(self) -> None:
        """Refuse new operations from now on."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def check_not_finalized(self) -> None:
        """Raise RuntimeError if the graph is finalized."""
        if self._finalized:
            raise RuntimeError(_FINALIZED)

    _check_not_finalized = check_not_finalized

    @property
    def version(self) -> int:
        """A number that grows whenever an operation is added."""
        return self._next_id - 1

    @property
    def _last_id(self) -> int:
        return self._next_id - 1

    @property
    def graph_def_versions(self) -> Any:
        """The `VersionDef` proto of the graph."""
        return hooks.graph_versions(self)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The graph as a `GraphDef` proto.

        Args:
            from_version: has no effect, as in TensorFlow 1.15: the graph is always written whole.
            add_shapes: whether each node gets its static output shapes as `_output_shapes`.
        """
        return hooks.graph_def(self, from_version=from_version, add_shapes=add_shapes)

    def prevent_feeding(self, tensor: Tensor) -> None:
        """Refuse values for `tensor` in feed dictionaries."""
        self._unfeedable.add(tensor)

    def is_feedable(self, tensor: Tensor) -> bool:
        """Whether `tensor` may be fed."""
        return tensor not in self._unfeedable

    def prevent_fetching(self, op: Operation) -> None:
        """Refuse to fetch `op`."""
        self._unfetchable.add(op)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether a tensor or operation may be fetched."""
        return op_of(tensor_or_op) not in self._unfetchable

    def switch_to_thread_local(self) -> None:
        """Scopes always belong to the thread that opened them; kept for programs that ask for it."""


def op_of(value: Any, graph: Graph | None = None) -> Operation:
    """The operation that `value` is, comes from or stands for; a value becomes a constant of `graph`."""
    if isinstance(value, Operation):
        return value
    convert: Callable[[], Any] | None = getattr(value, "_as_graph_element", None)
    if convert is not None:
        value = convert()
    if graph is not None and not hasattr(value, "op"):
        with graph.as_default():
            value = internal_convert_to_tensor(value, as_ref=True)
    return value.op


set_graph_class(Graph)
