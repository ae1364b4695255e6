"""Device strings against TensorFlow 1.15.5's canonical forms and merges."""

from types import SimpleNamespace

import pytest

from perdure.graph import devices
from perdure.graph.devices import DeviceSpec


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (None, ""),
        ("", ""),
        ("/", ""),
        ("/cpu:0", "/device:CPU:0"),
        ("cpu", "/device:CPU:*"),
        ("/gpu:*", "/device:GPU:*"),
        ("/device:gpu:0", "/device:GPU:0"),
        ("//cpu:0", "/device:CPU:0"),
        ("/device:TPU:1", "/device:TPU:1"),
        ("/device:tpu:1", "/device:tpu:1"),
        (":3", ""),
        ("/job:ps/task:3", "/job:ps/task:3"),
        ("job:ps", "/job:ps"),
        ("/Cpu:1", "/device:CPU:1"),
        ("/job:ps/replica:0/task:3/device:CPU:0", "/job:ps/replica:0/task:3/device:CPU:0"),
        ("/job:", "/job:"),
        ("/task:1/task:2", "/task:2"),
        ("/device:Gpu:0", "/device:Gpu:0"),
        ("/job:localhost/cpu:0/task:1", "/job:localhost/task:1/device:CPU:0"),
        ("/device:XLA_CPU:0", "/device:XLA_CPU:0"),
    ],
)
def test_canonical(text, canonical):
    """Parts are reordered and short forms spelled out."""
    assert devices.canonical(text) == canonical
    assert DeviceSpec.from_string(text).to_string() == canonical
    assert devices.canonical(DeviceSpec.from_string(text)) == canonical


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/foo:3", "Unknown attribute: 'foo' in '/foo:3'"),
        ("/job:a:b", "Unknown attribute: 'job'"),
        ("/device:CPU", "Unknown attribute: 'device'"),
        ("CPU:0:1", "Unknown attribute: 'CPU'"),
        ("localhost/cpu:0", "Unknown attribute: 'localhost'"),
        ("/task:x", "invalid literal"),
        ("/cpu:x", "invalid literal"),
        ("/replica:", "invalid literal"),
        ("/cpu:0/gpu:0", "Cannot specify multiple device types: /cpu:0/gpu:0"),
        ("/device:GPU:0/cpu:0", "Cannot specify multiple device types"),
    ],
)
def test_malformed(text, message):
    """TensorFlow's errors for malformed strings."""
    with pytest.raises(ValueError, match=message):
        devices.canonical(text)
    with pytest.raises(ValueError, match=message):
        devices.merge_device(text)


@pytest.mark.parametrize(
    ("outer", "inner", "merged"),
    [
        ("/job:ps/cpu:0", "/gpu:1", "/job:ps/device:GPU:1"),
        ("/job:ps/cpu:0", "/gpu", "/job:ps/device:GPU:0"),
        ("/job:a/task:1", "/job:b", "/job:b/task:1"),
        ("/cpu:2", "/gpu:*", "/device:GPU:2"),
        ("/cpu:0", "", "/device:CPU:0"),
        ("/cpu:0", "/job:q", "/job:q/device:CPU:0"),
        ("", "", ""),
    ],
)
def test_merge(outer, inner, merged):
    """The inner device wins field by field (the type and the index separately)."""
    assert devices.merge(outer, inner) == merged
    assert devices.merge_device(outer)(SimpleNamespace(device=inner)) == merged
    spec = DeviceSpec.from_string(outer)
    assert spec.make_merged_spec(DeviceSpec.from_string(inner)).to_string() == merged
    spec.merge_from(DeviceSpec.from_string(inner))
    assert spec.to_string() == merged


def test_spec_fields():
    """Fields are converted, may be assigned, and None opens them again."""
    spec = DeviceSpec(job="ps", task="3", device_type="gpu", device_index="1")
    assert (spec.job, spec.replica, spec.task, spec.device_type, spec.device_index) == (
        "ps",
        None,
        3,
        "GPU",
        1,
    )
    spec.replica, spec.job = "2", None
    assert spec.to_string() == "/replica:2/task:3/device:GPU:1"
    assert DeviceSpec(device_index=3).to_string() == ""
    assert spec.replace(task=4).task == 4 and spec.task == 3
    assert spec.parse_from_string("/cpu:0") is spec and spec.to_string() == "/device:CPU:0"
    assert repr(spec) == "<DeviceSpec '/device:CPU:0'>"
    with pytest.raises(ValueError, match="invalid literal"):
        spec.task = "x"


def test_spec_equality():
    """Specs are equal by what they say."""
    assert DeviceSpec(job="a") == DeviceSpec.from_string("/job:a") != DeviceSpec()
    assert len({DeviceSpec(job="a"), DeviceSpec(job="a")}) == 1
    assert DeviceSpec() != "" and devices.is_device_spec(DeviceSpec())
    assert not devices.is_device_spec("/cpu:0")


def test_merge_device_reuses_functions():
    """The same device gives the same function; a function is passed through."""
    function = devices.merge_device("/cpu:0")
    assert devices.merge_device(DeviceSpec.from_string("/device:CPU:0")) is function
    assert devices.merge_device(function) is function
    assert repr(function) == "<device function merging '/device:CPU:0'>"
    spec = DeviceSpec.from_string("/cpu:0")
    assert devices.merge_device(spec) is function
    spec.device_index = 1
    assert function.device == "/device:CPU:0"
