"""Operation: a node of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perdure.graph import devices, hooks, stacks
from perdure.graph.errors import OutOfRangeError
from perdure.graph.signatures import Signature
from perdure.graph.source import Site, SourceLine, source_line
from perdure.graph.tensor import Tensor

if TYPE_CHECKING:
    from perdure.graph.control_flow import ControlFlowContext
    from perdure.graph.graph import Graph


class Operation:
    """A node of a graph: an op type applied to tensors, with attributes.

    Made by `graph/construction.py`; a program gets operations from the functions of `tf`.
    """

    __slots__ = (
        "graph",
        "name",
        "signature",
        "inputs",
        "outputs",
        "attrs",
        "node_id",
        "_control_inputs",
        "_control_flow_context",
        "_device",
        "_site",
        "_original_op",
        "as_written",
        "__dict__",
        "__weakref__",
    )
    node_id: int  # its place in the order of creation; given by the graph
    # Messages of attributes that were imported and would be written in another way, by name.
    as_written: dict[str, Any] | None

    def __init__(
        self,
        graph: Graph,
        name: str,
        signature: Signature,
        inputs: tuple[Tensor, ...],
        control_inputs: tuple[Operation, ...],
        attrs: dict[str, Any],
        output_types: list[Any],
        site: Site,
    ) -> None:
        self.graph = graph
        self.name = name
        self.signature = signature
        self.inputs = inputs
        self.attrs = attrs
        self._control_inputs = control_inputs
        self._control_flow_context: ControlFlowContext | None = None
        self._device = ""
        self._site = site
        self._original_op: Operation | None = None
        self.as_written = None
        self.outputs = [Tensor(self, i, dtype) for i, dtype in enumerate(output_types)]

    @property
    def type(self) -> str:
        """The op type, such as "MatMul"."""
        return self.signature.name

    _graph = property(lambda self: self.graph)  # as TensorFlow's own modules call it

    def _get_control_flow_context(self) -> ControlFlowContext | None:
        return self._control_flow_context

    def _set_control_flow_context(self, ctx: ControlFlowContext | None) -> None:
        self._control_flow_context = ctx

    @property
    def device(self) -> str:
        """The device the program asked for, or ""."""
        return self._device

    def _set_device(self, device: Any) -> None:
        # Kept as it was written: TensorFlow does not bring what a device function returns into shape.
        if isinstance(device, devices.DeviceSpec):
            device = device.to_string()
        if not isinstance(device, str):
            raise TypeError(
                f"Expected binary or unicode string, got {device!r} as the device of operation {self.name}"
            )
        self._device = device

    @property
    def control_inputs(self) -> list[Operation]:
        """The operations that must have run before this one."""
        return list(self._control_inputs)

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _remove_all_control_inputs(self) -> None:
        self._control_inputs = ()
        self.graph.structure_changed(self)

    def _add_control_inputs(self, ops: list[Operation]) -> None:
        for op in ops:
            if not isinstance(op, Operation):
                raise TypeError(f"op must be an Operation: {op}")
        known = set(self._control_inputs)
        self._control_inputs += tuple(op for op in dict.fromkeys(ops) if op not in known)
        self.graph.structure_changed(self)

    def _update_input(self, index: int, tensor: Tensor) -> None:
        self.graph.check_not_finalized()
        if not isinstance(tensor, Tensor):
            raise TypeError(f"tensor must be a Tensor: {tensor}")
        if tensor.graph is not self.graph:
            raise ValueError(f"{tensor} must be from the same graph as {self!r}.")
        inputs = list(self.inputs)
        if not 0 <= index < len(inputs):
            raise OutOfRangeError(
                None,
                None,
                f"Cannot update edge. Input index [{index}] is greater than the number of total inputs "
                f"[{len(inputs)}].",
            )
        mistyped = self.graph._mistyped
        expected = mistyped.pop((self, index), inputs[index].dtype.base_dtype)
        if tensor.dtype.base_dtype is not expected:
            mistyped[self, index] = expected
        inputs[index] = tensor
        self.inputs = tuple(inputs)
        self.graph.structure_changed(self)

    @property
    def _control_outputs(self) -> list[Operation]:
        return self.graph.control_consumers_of(self)

    @property
    def _id(self) -> int:
        return self.node_id

    def values(self) -> tuple[Tensor, ...]:
        """Its outputs."""
        return tuple(self.outputs)

    def get_attr(self, name: str) -> Any:
        """The value of an attribute, as TensorFlow gives it (strings as bytes, shapes as protos).

        Raises:
            ValueError: it has no such attribute.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation '{self.name}': an attribute's name must be a string, got {name!r}")
        return hooks.attr_value(self, name)

    def _set_attr(self, name: str, value: Any) -> None:
        if hasattr(value, "WhichOneof"):  # an AttrValue proto
            value = hooks.from_attr_value(value, self.signature.attr(name))
        self.attrs[name] = value
        if self.as_written is not None:
            self.as_written.pop(name, None)
        self.graph.structure_changed()

    def colocation_groups(self) -> list[bytes]:
        """The names of the groups of operations it must share a device with."""
        groups = self.attrs.get("_class")
        if groups is None:
            return [f"loc:@{self.name}".encode()]
        return [group.encode() if isinstance(group, str) else group for group in groups]

    @property
    def node_def(self) -> Any:
        """Its `NodeDef` proto."""
        return hooks.node_def(self)

    @property
    def op_def(self) -> Any:
        """The `OpDef` proto of its type."""
        return hooks.op_def(self)

    @property
    def traceback(self) -> list[SourceLine]:
        """The line of the program that made it, as a stack of one entry."""
        line = source_line(self._site)
        return [] if line is None else [line]

    @property
    def _output_types(self) -> list[int]:
        return [tensor.dtype.as_datatype_enum for tensor in self.outputs]

    def run(self, feed_dict: dict[Any, Any] | None = None, session: Any = None) -> None:
        """Run it, and whatever it needs, in a session.

        Args:
            feed_dict: values for placeholders, as for `Session.run`.
            session: the session to use; the default session when None.

        Raises:
            ValueError: there is no default session, or it runs another graph.
        """
        session = stacks.session_for(self.graph, session, "operation", "run()")
        session.run(self, feed_dict)

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"

    def __str__(self) -> str:
        return hooks.printed_node(self)

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        return self


def is_snapshot(op: Operation) -> bool:
    """Whether `op` is the value of a ref variable, which all its consumers share: `<variable>/read`."""
    return op.type == "Identity" and op.inputs[0].dtype.is_ref_dtype and not op._control_inputs
