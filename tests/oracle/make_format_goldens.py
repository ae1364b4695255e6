"""Asks TensorFlow 1.15.5 what it writes for tests/formats/cases.py. Run from the repository root:

oracle-python tests/oracle/make_format_goldens.py
"""

import base64
import gzip
import json
import os
import re
import sys
from importlib import import_module

import tensorflow as tf
from google.protobuf import descriptor_pb2

sys.path.insert(0, os.getcwd())
from tests import fingerprints  # noqa: E402
from tests.formats import cases  # noqa: E402
from tests.formats.descriptors import facts  # noqa: E402

HERE = "tests/golden/formats"
MODULES = """
example.example example.feature framework.allocation_description framework.attr_value
framework.cost_graph framework.device_attributes framework.function framework.graph
framework.node_def framework.op_def framework.resource_handle framework.step_stats
framework.summary framework.tensor framework.tensor_description framework.tensor_shape
framework.tensor_slice framework.types framework.variable framework.versions lib.core.error_codes
profiler.tfprof_log profiler.tfprof_output protobuf.cluster protobuf.config protobuf.control_flow
protobuf.debug protobuf.graph_debug_info protobuf.meta_graph protobuf.named_tensor
protobuf.queue_runner
protobuf.rewriter_config protobuf.saved_model protobuf.saved_object_graph protobuf.saver
protobuf.struct protobuf.tensor_bundle protobuf.tensorflow_server protobuf.trackable_object_graph
protobuf.verifier_config util.event util.saved_tensor_slice
""".split()


def proto_modules():
    for name in MODULES:
        yield name.rpartition(".")[2], import_module("tensorflow.core." + name + "_pb2")
    yield "checkpoint_state", import_module("tensorflow.python.training.checkpoint_state_pb2")
    projector = "tensorflow.contrib.tensorboard.plugins.projector.projector_config_pb2"
    yield "projector_config", import_module(projector)
    yield "hparam", import_module("tensorflow.contrib.training.python.training.hparam_pb2")


class Messages:
    make_tensor_proto = staticmethod(tf.make_tensor_proto)
    as_dtype = staticmethod(tf.as_dtype)

    def __getattr__(self, name):
        return next(getattr(module, name) for _, module in proto_modules() if hasattr(module, name))


def proto_fields():
    """The fields of all messages, by proto file."""
    found = {}
    for name, module in proto_modules():
        proto = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(proto)
        found[name] = facts(proto)
    return found


def encode(message):
    return base64.b64encode(message.SerializeToString()).decode()


def node_text(m):
    with tf.Graph().as_default():
        # No kernel is registered for this op on the CPU, and the error shows the node's attributes.
        tensor = tf.raw_ops.NcclAllReduce(
            input=tf.constant(1.0), reduction="min", num_devices=1, shared_name=""
        )
        for name, value in cases.node_text_attrs(m).items():
            tensor.op._set_attr(name, value)
        try:
            with tf.Session() as session:
                session.run(tensor)
        except tf.errors.InvalidArgumentError as error:
            shown = re.search(r"attrs: \[(.*)\]\nRegistered devices", str(error)).group(1)
    parts = re.split(r", (?=\w+=)", shown)
    return dict(part.split("=", 1) for part in parts if part.startswith("_"))


def main():
    m = Messages()
    graph = cases.build_graph(m, tf.Graph())
    goldens = {
        "source": fingerprints.of_file(cases.__file__),
        "messages": {name: [encode(make(m)), str(make(m))] for name, make in cases.MESSAGES.items()},
        "tensors": {name: encode(tf.make_tensor_proto(*case)) for name, case in cases.TENSORS.items()},
        "graph": str(graph.as_graph_def()),
        "graph with shapes": str(graph.as_graph_def(add_shapes=True)),
        "node": str(graph.get_operation_by_name("m").node_def),
        "op_defs": {op.type: str(op.op_def) for op in graph.get_operations()},
        "attrs": {
            op.name: {name: repr(op.get_attr(name)) for name in op.node_def.attr}
            for op in graph.get_operations()
        },
        "node text": node_text(m),
    }
    os.makedirs(HERE, exist_ok=True)
    with open(HERE + "/formats.json", "w") as out:
        json.dump(goldens, out, indent=1, sort_keys=True)
    with gzip.GzipFile(HERE + "/descriptors.json.gz", "w", mtime=0) as out:
        out.write(json.dumps(proto_fields(), sort_keys=True).encode())


if __name__ == "__main__":
    main()
