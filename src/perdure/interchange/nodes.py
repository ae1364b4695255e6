"""Making operations of the nodes of a GraphDef.

Nothing is added to the graph before all nodes are right.  Errors are those of TensorFlow's importer
(core/graph/graph_constructor.cc), in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.formats.graph.attr_values import AttrValue
from perdure.formats.graph.node_reader import (
    GROUPS,
    AttributeReader,
    KeptMessages,
    argument_types,
    check_shape,
    op_summary,
)
from perdure.formats.graph.tensors import shape_from_proto
from perdure.functions.named_calls import SymbolicGradient
from perdure.graph import hooks, shapes, signatures
from perdure.graph.dtypes import DType, word_of
from perdure.graph.errors import NotFoundError, UnimplementedError
from perdure.graph.func_graph import CALLED
from perdure.graph.graph import PRODUCER, Graph
from perdure.graph.operation import Operation
from perdure.graph.signatures import Argument, Signature
from perdure.graph.source import creation_site
from perdure.graph.tensor import Tensor
from perdure.interchange.node_names import (
    CONTROL,
    TakenNames,
    is_node_name,
    split_input,
    split_tensor_name,
    written,
)
from perdure.interchange.node_order import MERGES, Source, creation_order
from perdure.ops.registry import call_as

_COLOCATION = "loc:@"
_OUTPUT_SHAPES = "_output_shapes"
_UNKNOWN_AS_SCALAR = 21  # the last version of graphs that did not tell the two apart
# Ops whose shapes were written wrongly once: what a file says of them is passed over where it does not fit.
_LENIENT = frozenset(
    "RandomShuffleQueue PaddingFIFOQueue FIFOQueue PriorityQueue QueueSize Stack Barrier BarrierReadySize "
    "BarrierIncompleteSize HashTable MutableHashTable MutableHashTableOfTensors Mutex CuckooTable IndexTable "
    "WholeFileReader TextLineReader FixedLengthRecordReader TFRecordReader IdentityReader RefSwitch RefEnter "
    "RefNextIteration RefMerge RefIdentity LMDBReader ConditionalAccumulator SparseConditionalAccumulator "
    "Table".split()
)


@dataclass
class Options:
    """How nodes are taken into a graph.

    Attributes:
        prefix: goes before the names of the nodes, with a slash between them.
        tensors: what stands for outputs of nodes, by node and index.
        controls: the operations that stand for nodes where others wait for them.
        functions: the functions that nodes may call, by name.
        check_colocation: whether groups must be named after nodes of the GraphDef.
    """

    prefix: str = ""
    tensors: Mapping[tuple[str, int], Tensor] = field(default_factory=dict)
    controls: Mapping[str, Operation] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    check_colocation: bool = True


class _Kind:
    """What is the same for all nodes of an op type."""

    __slots__ = ("infers", "input_types", "output_types", "reader", "signature")

    def __init__(self, signature: Signature, function: Callable[[Any], Any]) -> None:
        self.signature = signature
        self.reader = AttributeReader(signature, function)
        self.input_types = _types_of(signature.inputs)
        self.output_types = _types_of(signature.outputs)
        self.infers = bool(signature.outputs or signature.inputs)


def _types_of(arguments: Sequence[Argument]) -> Callable[[dict[str, Any]], list[DType]]:
    """A function from a node's attributes to the types of its inputs, or outputs."""
    if any(argument.is_list or argument.is_ref for argument in arguments):
        return lambda attrs: argument_types(arguments, attrs)
    if not arguments:
        return lambda attrs: []
    plain: list[tuple[Any, Any]] = [(argument.type, argument.type_attr) for argument in arguments]
    names = [name for _, name in plain]
    if None not in names:
        return lambda attrs: [attrs[name] for name in names]
    return lambda attrs: [dtype if name is None else attrs[name] for dtype, name in plain]


class NodeImporter:
    """Makes the operations of one GraphDef.

    Args:
        graph: the graph that they will be part of.
        graph_def: the message; it is not changed.
        options: see there.
    """

    def __init__(self, graph: Graph, graph_def: Any, options: Options) -> None:
        self._graph = graph
        self._options = options
        self._producer = graph_def.versions.producer
        # The shape of a scalar was written for one that is not known, too.
        self._is_old = min(self._producer, graph.root.versions.producer) <= _UNKNOWN_AS_SCALAR
        self._nodes = list(graph_def.node)
        self._names = [node.name for node in self._nodes]
        self._types = [node.op for node in self._nodes]
        self._kinds: dict[str, _Kind] = {}
        self._site = creation_site()
        self._used: set[tuple[str, int]] = set()
        self._renamed: dict[str, str] = {}
        self._made: list[Operation | None] = [None] * len(self._nodes)
        self._kept = KeptMessages()
        self._groups: dict[bytes, str] = {}
        self._infer_shapes = hooks.infer_shapes.resolve()
        self.operations: list[Operation] = []  # in the order of their creation
        self.devices: list[str] = []  # what each was placed on

    # -- names and edges -------------------------------------------------------------------

    def make(self) -> list[Operation]:
        """The operations, in the order of their creation, which the graph does not know yet.

        Raises:
            ValueError: the nodes are not well formed, or do not fit the graph.
            NotFoundError: there is no op of some type.
        """
        prefix = self._options.prefix
        if prefix and not is_node_name(prefix):
            raise ValueError(f"Imported node name prefix '{prefix}/' would lead to invalid node names")
        self._places = self._index()
        existing = self._graph.operations_by_name
        self._taken = TakenNames(existing, self._places) if existing else None
        inputs, in_order = self._edges()
        order: Sequence[int] = range(len(self._nodes))
        if not in_order:
            order = creation_order(inputs, self._types)
        back_edges: list[tuple[Operation, list[Source], int]] = []
        for place in order:
            self._make(place, inputs[place], back_edges)
        if len(order) < len(self._nodes):
            raise ValueError(f"{len(self._nodes) - len(order)} nodes in a cycle")
        for op, sources, place in back_edges:
            self._close(op, sources, place)
        if self._renamed:
            self._rename_groups()
        return self.operations

    def _index(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for place, (name, op_type) in enumerate(zip(self._names, self._types, strict=True)):
            if not is_node_name(name):
                raise ValueError(f"Node '{name}': Node name contains invalid characters")
            if places.setdefault(name, place) != place:
                raise ValueError(f"Node '{name}' is not unique")
            if not op_type:
                raise ValueError(f"Node '{name}' does not specify an operation")
        return places

    def _edges(self) -> tuple[list[list[Source]], bool]:
        """The inputs of each node, and whether all of them come before it."""
        places, tensors, controls = self._places, self._options.tensors, self._options.controls
        mapped = bool(tensors or controls)
        found: list[list[Source]] = []
        in_order = True
        for place, node in enumerate(self._nodes):
            sources: list[Source] = []
            waits = False
            for text in node.input:
                source = places.get(text)
                if source is not None and not mapped:  # the commonest: the first output of a node
                    if waits:
                        raise ValueError(self._control_first(place))
                    sources.append((source, 0))
                    if source >= place:
                        in_order = False
                    continue
                name, output = split_input(text)
                if output == CONTROL:
                    waits = True
                elif waits:
                    raise ValueError(self._control_first(place))
                if mapped and (name in controls if output == CONTROL else (name, output) in tensors):
                    self._used.add((name, output))
                    sources.append((None, output))
                    continue
                source = places.get(name)
                if source is None:
                    raise ValueError(f"Node '{self._names[place]}': Unknown input node '{text}'")
                sources.append((source, output))
                if source >= place:
                    in_order = False
            found.append(sources)
        return found, in_order

    def _control_first(self, place: int) -> str:
        return f"Node '{self._names[place]}': Control dependencies must come after regular dependencies"

    # -- one node --------------------------------------------------------------------------

    def _kind(self, op_type: str) -> _Kind:
        kind = self._kinds.get(op_type)
        if kind is None:
            signature = signatures.find(op_type)
            if signature is None:
                function = self._options.functions.get(op_type)
                if function is None:
                    raise NotFoundError(None, None, not_registered(op_type))
                signature = function.signature
                call_as(op_type)
            gone = signature.deprecated_at
            if gone is not None and self._producer >= gone:
                raise UnimplementedError(
                    None,
                    None,
                    f"Op {op_type} is not available in GraphDef version {self._producer}. It has been "
                    f"removed in version {gone}. {signature.deprecated_for}.",
                )
            kind = self._kinds[op_type] = _Kind(signature, self._function)
        return kind

    def _function(self, proto: Any) -> Any:
        """What a function's name stands for: the function itself, so that it can be called."""
        if proto.attr:
            kept = type(proto)()
            kept.CopyFrom(proto)
            return kept
        return self._options.functions.get(proto.name, proto.name)

    def _gradient_of(self, function: Any) -> Any:
        """What stands for the gradient of a function in a node that asks for it by the function's name."""
        found = self._options.functions.get(function) if isinstance(function, str) else function
        if not hasattr(found, "definition"):
            found = self._options.functions.get(function.name)
        return function if found is None else SymbolicGradient(found, getattr(function, "attr", {}))

    def _make(
        self, place: int, sources: list[Source], back_edges: list[tuple[Operation, list[Source], int]]
    ) -> None:
        node, name = self._nodes[place], self._names[place]
        kind = self._kinds.get(self._types[place]) or self._kind(self._types[place])
        new_name = self._new_name(name)
        attrs = kind.reader.read(new_name, node.attr, self._kept)
        called = self._options.functions.get(self._types[place]) if self._options.functions else None
        if called is not None:
            attrs[CALLED] = called
        elif self._types[place] == "SymbolicGradient":
            attrs["f"] = self._gradient_of(attrs["f"])
        if GROUPS in attrs:
            known = self._groups
            attrs[GROUPS] = [known.get(group) or self._group(name, group) for group in attrs[GROUPS]]
        tensors: list[Tensor] = []
        waits: list[Operation] = []
        is_loop = False
        made = self._made
        for position, (source, output) in enumerate(sources):
            op = None if source is None else made[source]
            if op is not None:
                if output == CONTROL:
                    waits.append(op)
                elif output < len(op.outputs):
                    tensors.append(op.outputs[output])
                else:
                    raise ValueError(self._no_output(name, output, self._names[source or 0], op))
            elif source is not None:
                is_loop = True
            else:
                mapped = self._mapped(node.input[position])
                if isinstance(mapped, Tensor):
                    tensors.append(mapped)
                else:
                    waits.append(mapped)
        if is_loop and kind.signature.name not in MERGES:
            raise ValueError(f"Node '{name}' had a back edge, but only Merge nodes can have back edges.")
        expected = kind.input_types(attrs)
        given = len(sources)
        if waits or is_loop:
            given -= sum(output == CONTROL for _, output in sources)
        if given != len(expected):
            raise ValueError(
                f"NodeDef expected inputs '{', '.join(map(_type_word, expected))}' do not match {given} "
                f"inputs "
                f"specified; {op_summary(kind.signature)}; NodeDef: {{{{node {new_name}}}}}"
            )
        written_shapes = attrs.get(_OUTPUT_SHAPES)
        if written_shapes == [] or isinstance(written_shapes, AttrValue) and written_shapes.list.shape:
            del attrs[_OUTPUT_SHAPES]
        else:
            written_shapes = None  # it is an attribute like others
        types = kind.output_types(attrs)
        made_op = Operation(
            self._graph,
            new_name,
            kind.signature,
            tuple(tensors),
            tuple(dict.fromkeys(waits)) if waits else (),
            attrs,
            types,
            self._site,
        )
        if self._kept:
            made_op.as_written, self._kept = self._kept, KeptMessages()
        if is_loop:
            back_edges.append((made_op, sources, place))
            made_op.outputs[1]._shape = ()
        else:
            self._check_types(made_op, expected)
            if kind.infers:
                for tensor, shape in zip(made_op.outputs, self._infer_shapes(made_op), strict=True):
                    tensor._shape = shape
                if self._is_old and kind.signature.name == "Placeholder" and made_op.outputs[0]._shape == ():
                    made_op.outputs[0]._shape = None
        if written_shapes is not None:
            self._take_shapes(made_op, written_shapes)
        made[place] = made_op
        self.operations.append(made_op)
        self.devices.append(node.device)

    def _new_name(self, name: str) -> str:
        if self._options.prefix:
            name = f"{self._options.prefix}/{name}"
        if self._taken is None:
            return name
        free = self._taken.free(name)
        if free != name:
            self._renamed[name] = free
        return free

    def _no_output(self, name: str, output: int, source: str, op: Operation) -> str:
        return (
            f"Node '{name}': Connecting to invalid output {output} of source node {source} which has "
            f"{len(op.outputs)} outputs."
        )

    def _mapped(self, text: str) -> Tensor | Operation:
        name, output = split_input(text)
        return self._options.controls[name] if output == CONTROL else self._options.tensors[name, output]

    def _group(self, name: str, group: bytes) -> Any:
        """A group of operations on one device, under the name that it gets."""
        try:
            text = group.decode()
        except UnicodeDecodeError:
            return group
        if text.startswith(_COLOCATION):
            other = text[len(_COLOCATION) :]
            if self._options.check_colocation and other not in self._places:
                raise ValueError(f"Node '{name}' expects to be colocated with unknown node '{other}'")
            if self._options.prefix:
                text = f"{_COLOCATION}{self._options.prefix}/{other}"
        self._groups[group] = text
        return text

    def _rename_groups(self) -> None:
        for op in self.operations:
            groups = op.attrs.get(GROUPS)
            if groups is not None:
                op.attrs[GROUPS] = [
                    _COLOCATION + self._renamed.get(group[len(_COLOCATION) :], group[len(_COLOCATION) :])
                    if isinstance(group, str) and group.startswith(_COLOCATION)
                    else group
                    for group in groups
                ]

    def _check_types(self, op: Operation, expected: list[DType]) -> None:
        for wanted, tensor in zip(expected, op.inputs, strict=True):
            got = tensor._dtype
            if got is not wanted and got.base_dtype is not wanted:
                raise ValueError(
                    f"Input {op.inputs.index(tensor)} of node {op.name} was passed {_type_word(got)} from "
                    f"{written(tensor.op.name, tensor.value_index)} incompatible with expected "
                    f"{_type_word(wanted)}."
                )

    # -- shapes ----------------------------------------------------------------------------

    def _take_shapes(self, op: Operation, value: Any) -> None:
        """Give an operation the shapes that its node was written with."""
        protos = value if value == [] else value.list.shape
        if len(protos) < len(op.outputs):
            raise ValueError(
                f"Node '{op.name}' has {len(op.outputs)} outputs but the {_OUTPUT_SHAPES} attribute "
                f"specifies "
                f"shapes for {len(protos)} outputs"
            )
        for i, (tensor, proto) in enumerate(zip(op.outputs, protos, strict=False)):
            try:
                check_shape(proto)
            except ValueError as error:
                raise ValueError(
                    f"Node '{op.name} has an invalid {_OUTPUT_SHAPES} attribute (shape #{i} error:'{error}'"
                ) from None
            try:
                tensor._shape = shapes.merge(tensor._shape, shape_from_proto(proto))
            except ValueError as error:
                if op.type not in _LENIENT:
                    raise ValueError(
                        f"Node '{op.name}' has an {_OUTPUT_SHAPES} attribute inconsistent with the "
                        f"GraphDef for "
                        f"output #{i}: {error}"
                    ) from None

    # -- loops -----------------------------------------------------------------------------

    def _close(self, op: Operation, sources: list[Source], place: int) -> None:
        """Give the Merge of a loop the inputs that come from its end."""
        tensors: list[Tensor] = []
        for position, (source, output) in enumerate(sources):
            if output == CONTROL:
                continue
            if source is None:
                mapped = self._mapped(self._nodes[place].input[position])
                assert isinstance(mapped, Tensor)
                tensors.append(mapped)
                continue
            end = self._made[source]
            assert end is not None
            if output >= len(end.outputs):
                raise ValueError(self._no_output(op.name, output, end.name, end))
            tensors.append(end.outputs[output])
        op.inputs = tuple(tensors)
        kind = self._kind(op.type)
        self._check_types(op, kind.input_types(op.attrs))

    # -- what comes back -------------------------------------------------------------------

    def returned(self, name: str) -> Tensor | Operation:
        """The operation, or the tensor if there is a colon in it, that a name of the GraphDef means now.

        Raises:
            ValueError: there is none.
        """
        if ":" not in name:
            place = self._places.get(name)
            if place is None:
                raise ValueError(f"Requested return node '{name}' not found in graph def")
            op = self._made[place]
            assert op is not None
            return op
        node, output = split_tensor_name(name)
        if (node, output) in self._options.tensors:
            return self._options.tensors[node, output]
        place = self._places.get(node)
        if place is None:
            raise ValueError(f"Requested return tensor '{written(node, output)}' not found in graph def")
        op = self._made[place]
        assert op is not None
        if not CONTROL <= output < len(op.outputs):  # the last output, by an accident of TensorFlow's
            raise ValueError(
                f"Invalid return output {output} of node '{node}', which has {len(op.outputs)} output(s)"
            )
        return op.outputs[output]

    def unused(self) -> list[str]:
        """The mapped inputs that neither a node takes nor the GraphDef has."""
        missing: list[str] = []
        for key in (*self._options.tensors, *((name, CONTROL) for name in self._options.controls)):
            if key in self._used:
                continue
            name, output = key
            place = self._places.get(name)
            op = None if place is None else self._made[place]
            if op is None or output >= len(op.outputs):
                missing.append(f"{name}:{output}")
        return sorted(missing)


def _type_word(dtype: DType) -> str:
    return f"{word_of(dtype)}_ref" if dtype.is_ref_dtype else word_of(dtype)


def not_registered(op_type: str) -> str:
    """What is said of an op that neither TensorFlow nor the program has."""
    return (
        f"Op type not registered '{op_type}' in binary running on this machine. Make sure the Op and "
        f"Kernel are "
        "registered in the binary running in this process. Note that if you are loading a saved graph "
        "which used "
        "ops from tf.contrib, accessing (e.g.) `tf.contrib.resampler` should be done before importing "
        "the graph, "
        "as contrib ops are lazily registered when the module is first accessed."
    )


def check_versions(versions: Any) -> None:
    """Refuse a graph that was made for other consumers than TensorFlow 1.15.5.

    Raises:
        ValueError: it was.
    """
    ending = "for TensorFlow 1.15.5.  Please upgrade TensorFlow."
    if versions.producer < 0:
        raise ValueError(
            f"GraphDef producer version {versions.producer} below min producer 0 supported by TensorFlow "
            "1.15.5.  Please regenerate your graph."
        )
    if versions.min_consumer > PRODUCER:
        raise ValueError(
            f"GraphDef min consumer version {versions.min_consumer} above current version {PRODUCER} {ending}"
        )
    if PRODUCER in versions.bad_consumers:
        raise ValueError(
            f"GraphDef disallows consumer version {PRODUCER}.  Please upgrade TensorFlow: this version "
            f"is likely "
            "buggy."
        )
