"""Ask TensorFlow 1.15.5 what each op case gives, and store it in tests/golden/ops/<family>/<op>.jsonl.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_op_goldens.py unary array           # these families
    python tests/oracle/make_op_goldens.py unary/Abs             # this op of a family
    python tests/oracle/make_op_goldens.py                       # all families

For every case: outputs of each run, values of the variables afterwards, gradients of first and
second order, the static shapes that TensorFlow infers, or the error.
"""

import glob
import importlib
import os
import shutil
import sys
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

import warnings  # noqa: E402

warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.contrib import rnn  # noqa: E402, F401  (registers the gradients of its ops)
from tensorflow.core.framework import op_def_pb2  # noqa: E402
from tensorflow.python import pywrap_tensorflow  # noqa: E402
from tensorflow.python.framework import op_def_library  # noqa: E402

from tests import cases, golden  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)

FLOATS = (tf.float16, tf.float32, tf.float64, tf.complex64, tf.complex128)
GOLDEN = os.path.join(golden.FOLDER, "ops")
# How the ordinary inputs of a case enter the graph.
CONSTANT, SHAPED, PARTIAL, UNKNOWN = "constant", "shaped", "partial", "unknown"
# One thread: sums come out in one order, so the goldens are the same each time.
CONFIG = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)


def all_ops():
    """An OpList of all ops, with the defaults that the generated wrappers carry."""
    buffer = pywrap_tensorflow.TF_GetAllOpList()
    ops = op_def_pb2.OpList()
    ops.ParseFromString(pywrap_tensorflow.TF_GetBuffer(buffer))
    return ops


OPS = op_def_library.OpDefLibrary()
OPS.add_op_list(all_ops())
OP_DEFS = {op.name: op for op in all_ops().op}


def default_of(attr):
    """The default of an attr as the Python value that apply_op takes."""
    kind = attr.default_value.WhichOneof("value")
    if kind == "list":
        return [item for _, items in attr.default_value.list.ListFields() for item in items]
    if kind == "shape":
        return tf.TensorShape(attr.default_value.shape)
    return getattr(attr.default_value, kind)


def graph_for(op_def):
    """A graph in which an op can be made: an old one for an op that later graphs must not have."""
    graph = tf.Graph()
    if op_def.HasField("deprecation"):
        with graph.as_default():
            old = tf.compat.v1.GraphDef()
            old.versions.producer = op_def.deprecation.version - 1
            tf.import_graph_def(old, name="")
    return graph


class Built(object):
    """A case built into its own graph."""

    def __init__(self, case, mode, constant_inputs=()):
        self.case = case
        self.op_def = OP_DEFS[case.op]
        self.feeds, self.leaves, self.variables, self.initializers = {}, [], [], []
        self.graph = graph_for(self.op_def)
        with self.graph.as_default(), tf.device("/cpu:0"):
            arguments = {}
            for index, (arg, value) in enumerate(zip(self.op_def.input_arg, case.inputs)):
                how = CONSTANT if index in constant_inputs else mode
                items = value if isinstance(value, list) else [value]
                made = [self._input(arg, item, how) for item in items]
                arguments[arg.name] = made if isinstance(value, list) else made[0]
            if len(case.inputs) != len(self.op_def.input_arg):
                raise SystemExit(
                    "%s has %d inputs, the op has %d"
                    % (case.key, len(case.inputs), len(self.op_def.input_arg))
                )
            arguments.update(self._attrs())
            OPS.apply_op(case.op, name="case", **arguments)
            self.op = self.graph.get_operation_by_name("case")

    def _attrs(self):
        """The case's attrs, and defaults for those that the inputs do not determine."""
        attrs = self.case.attrs
        unknown = set(attrs) - set(attr.name for attr in self.op_def.attr)
        if unknown:
            raise SystemExit("%s: no attr %s" % (self.case.key, ", ".join(sorted(unknown))))
        inferred = set(
            name
            for arg in self.op_def.input_arg
            for name in (arg.type_attr, arg.number_attr, arg.type_list_attr)
        )
        result = {}
        for attr in self.op_def.attr:
            if attr.name in attrs:
                value = attrs[attr.name]
                result[attr.name] = tf.make_tensor_proto(value) if attr.type == "tensor" else value
            elif attr.HasField("default_value") and attr.name not in inferred:
                result[attr.name] = default_of(attr)
        return result

    def _input(self, arg, value, how):
        if arg.is_ref or arg.type == tf.resource.as_datatype_enum or isinstance(value, cases.Variable):
            return self._variable(value, use_resource=not arg.is_ref)
        dtype = tf.as_dtype(value.dtype)
        if how == CONSTANT:
            tensor = tf.constant(value, dtype=dtype)
        else:
            shape = {
                SHAPED: list(value.shape),
                UNKNOWN: None,
                PARTIAL: [None] + list(value.shape[1:]) if value.ndim else [],
            }[how]
            tensor = tf.compat.v1.placeholder(dtype, shape)
            self.feeds[tensor] = value
        self.leaves.append(tensor)
        return tensor

    def _variable(self, value, use_resource):
        if not isinstance(value, cases.Variable):
            value = cases.Variable(value)
        dtype = tf.as_dtype(value.dtype)
        if use_resource:
            handle = tf.raw_ops.VarHandleOp(
                dtype=dtype, shape=value.shape, shared_name="v%d" % len(self.variables)
            )
            if value.value is not None:
                self.initializers.append(tf.raw_ops.AssignVariableOp(resource=handle, value=value.value))
            read = tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)
            is_set = tf.raw_ops.VarIsInitializedOp(resource=handle)
        else:
            from tensorflow.python.ops import gen_state_ops

            handle = gen_state_ops.variable_v2(value.shape, dtype)
            if value.value is not None:
                self.initializers.append(gen_state_ops.assign(handle, value.value, validate_shape=False).op)
            read = tf.identity(handle)
            is_set = gen_state_ops.is_variable_initialized(handle)
        self.variables.append((read, is_set))
        return handle

    def shapes(self):
        return [None if t.shape.rank is None else t.shape.as_list() for t in self.op.outputs]

    def session(self):
        session = tf.compat.v1.Session(graph=self.graph, config=CONFIG)
        session.run(self.initializers)
        return session

    def fetches(self):
        return [t for t in self.op.outputs if t.dtype.base_dtype not in (tf.resource, tf.variant)]


def outputs_and_variables(built):
    record = {"outputs": [], "variables": []}
    with built.session() as session:
        fetches = built.fetches()
        for _ in range(built.case.runs):
            values, _ = session.run([fetches, built.op], built.feeds)
            record["outputs"].append(
                [golden.pack(as_stored(value, t.dtype)) for value, t in zip(values, fetches)]
            )
        for read, is_set in built.variables:
            record["variables"].append(golden.pack(session.run(read)) if session.run(is_set) else None)
    record["dtypes"] = [t.dtype.name for t in built.op.outputs]
    return record


def as_stored(value, dtype):
    """A fetched value as an array; strings arrive as bytes when they are scalars."""
    array = np.asarray(value, object) if dtype.base_dtype == tf.string else np.asarray(value)
    return array


def static_shapes(case):
    """Output shapes for inputs that are more and more unknown.

    An input whose value (and not only its shape) decides the output's shape stays a constant in the
    last two; `constant_inputs` lists those.
    """
    known = Built(case, CONSTANT).shapes()
    value_inputs = []
    for index, arg in enumerate(OP_DEFS[case.op].input_arg):
        if arg.is_ref or arg.type == tf.resource.as_datatype_enum:
            continue
        others = [i for i in range(len(case.inputs)) if i != index]
        if shapes_or_error(case, SHAPED, others) != known:
            value_inputs.append(index)
    others = {
        SHAPED: shapes_or_error(case, SHAPED, ()),
        PARTIAL: shapes_or_error(case, PARTIAL, value_inputs),
        UNKNOWN: shapes_or_error(case, UNKNOWN, value_inputs),
    }
    # What is not stored is as for constants.
    record = {mode: shapes for mode, shapes in others.items() if shapes != known}
    return dict(record, constant=known, constant_inputs=value_inputs)


def shapes_or_error(case, mode, constant_inputs):
    try:
        return Built(case, mode, constant_inputs).shapes()
    except (ValueError, TypeError) as error:
        return {"error": type(error).__name__}


def gradients(case):
    """Gradients of first and second order by every floating input, in the order of the inputs.

    The incoming gradients are `tests.golden.weights`.  Each is a record, None where there is no
    path, or {"error": class} when TensorFlow has no gradient.
    """
    built = Built(case, SHAPED)
    with built.graph.as_default():
        sources = [leaf for leaf in built.leaves if leaf.dtype in FLOATS]
        targets = [t for t in built.op.outputs if t.dtype in FLOATS]
        if not sources or not targets or any(t.dtype._is_ref_dtype for t in built.op.outputs):
            return {}
        with tf.compat.v1.Session(graph=built.graph, config=CONFIG) as session:
            values = session.run(targets, built.feeds)
        record = {}
        for order in ("first", "second"):
            incoming = [golden.weights(np.asarray(value)) for value in values]
            try:
                found = tf.gradients(targets, sources, incoming)
                found = [None if t is None else tf.convert_to_tensor(t) for t in found]
                kept = [t for t in found if t is not None]
                with tf.compat.v1.Session(graph=built.graph, config=CONFIG) as session:
                    values = session.run(kept, built.feeds)
            except (LookupError, TypeError, ValueError, NotImplementedError, tf.errors.OpError) as error:
                record[order] = {"error": type(error).__name__}
                return record
            stored = iter([golden.pack(value) for value in values])
            record[order] = [None if t is None else next(stored) for t in found]
            targets = kept
            if not targets:
                return record
        return record


def error_of(case):
    """{"build": class, "run": class} and TensorFlow's words for an error case."""
    record = {}
    try:
        Built(case, CONSTANT)
    except (ValueError, TypeError) as error:
        record.update(build=type(error).__name__, build_message=str(error)[:300])
    try:
        built = Built(case, UNKNOWN)
        with built.session() as session:
            session.run([built.fetches(), built.op], built.feeds)
    except (ValueError, TypeError, tf.errors.OpError) as error:
        message = error.message if isinstance(error, tf.errors.OpError) else str(error)
        record.update(run=type(error).__name__, run_message=message.split("\n\t [[")[0][:300])
    if case.error not in (record.get("build"), record.get("run")):
        raise SystemExit("%s: expected %s, TensorFlow says %r" % (case.key, case.error, record))
    return record


def golden_of(case):
    form, sums = case.fingerprint()
    record = {"form": form, "sums": sums}
    if case.error is not None:
        record["error"] = error_of(case)
        return record
    record.update(outputs_and_variables(Built(case, SHAPED)))
    record["shapes"] = static_shapes(case)
    if case.grad:
        record["gradients"] = gradients(case)
    return record


def make(family, chosen=None):
    """Make the goldens of a family, or of the op `chosen` of it; returns whether all cases could be made."""
    module = importlib.import_module("tests.cases." + family)
    ops, failed = {}, 0
    for case in module.CASES:
        if chosen not in (None, case.op):
            continue
        records = ops.setdefault(case.op, {})
        if case.key in records:
            raise SystemExit("two cases are called " + case.key)
        try:
            records[case.key] = golden_of(case)
        except (Exception, SystemExit) as error:  # report every bad case, then fail
            failed += 1
            if "-v" in sys.argv:
                traceback.print_exc()
            print("%s: %s: %s" % (case.key, type(error).__name__, str(error)[:500]))
    if failed:
        print("%s: %d of %d cases failed; not stored" % (family, failed, len(module.CASES)))
        return False
    folder = os.path.join(GOLDEN, family)
    for path in glob.glob(os.path.join(folder, (chosen or "*") + ".jsonl")):
        os.remove(path)
    for op in sorted(ops):
        golden.write(os.path.join(folder, op + ".jsonl"), ops[op])
    print("%s: %d ops, %d cases" % (family, len(ops), sum(map(len, ops.values()))))
    return True


def main(arguments):
    families = sorted(
        os.path.basename(path)[:-3] for path in glob.glob(os.path.join(ROOT, "tests", "cases", "[a-z]*.py"))
    )
    if not arguments:
        for folder in os.listdir(GOLDEN):
            if folder not in families:
                shutil.rmtree(os.path.join(GOLDEN, folder))
    results = [make(*name.split("/")) for name in arguments or families]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main([name for name in sys.argv[1:] if not name.startswith("-")]))
