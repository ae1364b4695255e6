"""The messages have TensorFlow's fields and bytes, and live under names of their own."""

import base64
import gzip
import json
import subprocess
import sys

import pytest
from google.protobuf import descriptor_pb2, text_format

from perdure.formats import messages
from tests.formats import cases
from tests.formats.conftest import GOLDEN
from tests.formats.descriptors import facts

PROTO_FACTS = json.loads(gzip.decompress((GOLDEN / "descriptors.json.gz").read_bytes()))


def _descriptor(name):
    proto = descriptor_pb2.FileDescriptorProto()
    messages.module(name).DESCRIPTOR.CopyToProto(proto)
    return proto


@pytest.mark.parametrize("name", PROTO_FACTS)
def test_fields_are_tensorflows(name):
    """Names, numbers, types, oneofs, packing, reserved numbers and enum values agree."""
    assert facts(_descriptor(name)) == PROTO_FACTS[name]


@pytest.mark.parametrize("name", PROTO_FACTS)
def test_names_do_not_clash_with_tensorflow(name):
    """Files and packages are perdure's, so that both can be registered in one process."""
    proto = _descriptor(name)
    assert proto.name == f"perdure/formats/protos/{name}.proto"
    assert proto.package.split(".")[0] == "perdure"


@pytest.mark.parametrize("name", cases.MESSAGES)
def test_bytes_and_text_are_tensorflows(name, goldens, m):
    """A message reads TensorFlow's bytes, prints as TensorFlow's does and equals one made here."""
    packed, text = goldens["messages"][name]
    made = cases.MESSAGES[name](m)
    parsed = type(made).FromString(base64.b64decode(packed))
    assert parsed == made
    assert text_format.Parse(text, type(made)()) == made
    # Newer versions of protobuf print UTF-8, the zeros of maps and the digits of floats in another
    # way.
    if name not in ("attr", "attr_list", "config"):
        assert text_format.MessageToString(made) == text
    assert type(made).FromString(made.SerializeToString()) == made


def test_messages_behave_as_messages(m):
    """Keyword construction, comparison, merging and text, as programs use them on ConfigProto."""
    config = m.ConfigProto(gpu_options=m.GPUOptions(allow_growth=True), device_count={"GPU": 1})
    other = m.ConfigProto(log_device_placement=True)
    assert config != other
    config.MergeFrom(other)
    assert config.log_device_placement and config.gpu_options.allow_growth
    assert str(m.GPUOptions(allow_growth=True)) == "allow_growth: true\n"
    assert m.RunOptions(trace_level=m.RunOptions.FULL_TRACE).trace_level == 3
    with pytest.raises(ValueError, match="no_such_field"):
        m.ConfigProto(no_such_field=1)


def test_every_public_message_is_found():
    """The table names classes that exist; every module has its place in TensorFlow's tree."""
    for name in messages.__all__:
        assert getattr(messages, name) is not None
        assert name in dir(messages)
    placed = {name for names in messages.TENSORFLOW_MODULES.values() for name in names}
    assert placed == set(PROTO_FACTS)
    with pytest.raises(AttributeError, match="no message 'NoSuchMessage'"):
        messages.NoSuchMessage  # noqa: B018


def test_messages_are_loaded_on_demand():
    """Neither `import perdure` nor the table of messages imports protobuf."""
    code = (
        "import sys, perdure, perdure.formats.messages as m; "
        "loaded = 'google.protobuf' in sys.modules; "
        "m.ConfigProto; print(loaded, 'google.protobuf' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
