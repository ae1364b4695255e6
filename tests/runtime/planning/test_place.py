"""Placement: which device each operation runs on, and what is logged, as in TensorFlow 1.15.5."""

import numpy as np
import pytest

from perdure.graph.builder import g
from perdure.graph.defaults import device
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.graph import Graph
from perdure.runtime.planning.place import Placer


def sum_on(name: str):
    """The operation of a sum on a device, in a graph with two constants and a variable."""
    with Graph().as_default():
        a = g.const(value=np.float32(1.0), dtype="float32", name="a")
        with device(name):
            total = g.add_v2(a, a, name="total")
        g.variable_v2(shape=(), dtype="float32", name="v")
        return total.op


def test_first_step_places_the_whole_graph():
    """What is not needed is placed too; constants come in a second pass; nothing is placed twice."""
    lines = []
    placer = Placer(log=lines.append)
    total = sum_on("/cpu:0")
    placer.place([total.inputs[0].op])
    cpu = "/job:localhost/replica:0/task:0/device:CPU:0"
    assert lines == [f"total: (AddV2): {cpu}", f"v: (VariableV2): {cpu}", f"a: (Const): {cpu}"]
    placer.place([total])
    assert len(lines) == 3
    assert placer.device_of(total) == cpu


def test_a_grown_graph_is_placed_anew():
    """The step after the graph has grown logs all of it again."""
    lines = []
    placer = Placer(log=lines.append)
    total = sum_on("")
    placer.place([total])
    with total.graph.as_default():
        more = g.neg(total.outputs[0], name="more")
    placer.place([more.op])
    assert len(lines) == 3 + 4
    with total.graph.as_default(), device("/gpu:3"):
        g.neg(total.outputs[0], name="lost")
    for _ in range(2):  # as far as it comes, and again
        lines.clear()
        with pytest.raises(InvalidArgumentError, match="Cannot assign a device for operation lost"):
            placer.extend(total.graph)
        assert [line.split(":")[0] for line in lines] == ["total", "v", "more"]


def test_pruned_placement_looks_only_at_what_is_needed():
    """An operation on a device that does not exist is an error only when it is needed."""
    lines = []
    placer = Placer(log=lines.append, pruned=True)
    total = sum_on("/gpu:3")
    placer.place([total.inputs[0].op])
    assert [line.split(":")[0] for line in lines] == ["a"]
    with pytest.raises(InvalidArgumentError, match="Cannot assign a device for operation total"):
        placer.place([total])


def test_missing_device():
    """It is an error although nothing needs the operation, unless placement is soft."""
    total = sum_on("/gpu:3")
    with pytest.raises(InvalidArgumentError, match="explicitly assigned to /device:GPU:3"):
        Placer().place([total.inputs[0].op])
    placer = Placer(allow_soft_placement=True)
    placer.place([total])
    assert placer.device_of(total).endswith("/device:CPU:0")


def test_several_cpus():
    """Devices of the session's own configuration are real targets."""
    total = sum_on("/cpu:1")
    placer = Placer(cpu_count=2)
    placer.place([total])
    assert placer.device_of(total).endswith("/device:CPU:1")


def test_where_an_operation_is():
    """By name and by position; what is not asked for is on the first device."""
    total = sum_on("/cpu:1")
    placer = Placer(cpu_count=3)
    placer.place([total])
    assert placer.index_of(total) == 1
    assert placer.index_of(total.graph.get_operations()[-1]) == 0
    # The constant is where it is used.
    assert placer.device_of(total.inputs[0].op) == placer.devices[1]


def test_a_refused_graph_is_refused_again():
    """The next step does not pass because the graph has been looked at."""
    total = sum_on("/gpu:3")
    placer = Placer()
    for _ in range(2):
        with pytest.raises(InvalidArgumentError, match="but CUDA is not enabled"):
            placer.place([total.inputs[0].op])


def test_gpus():
    """What has a kernel for them is there unless asked elsewhere; the rest is on the host."""
    with Graph().as_default() as graph:
        a = g.const(value=np.float32(1.0), dtype="float32", name="a")
        total = g.add_v2(a, a, name="total").op
        with device("/cpu:0"):
            here = g.neg(a, name="here").op
        text = g.as_string(a, name="text").op
    placer = Placer(gpu_count=2)
    placer.place([total])
    assert [placer.devices[placer.index_of(op)][-5:] for op in (total, here, text)] == [
        "GPU:0", "CPU:0", "CPU:0",
    ]  # fmt: skip
    with graph.as_default(), device("/gpu:1"):
        g.neg(a, name="there")
        g.as_string(a, name="nowhere")
    with pytest.raises(InvalidArgumentError, match="no supported kernel for GPU devices is available"):
        placer.place([total])
    placer = Placer(gpu_count=2, allow_soft_placement=True)
    placer.place([total])
    assert placer.device_of(graph.get_operation_by_name("there")).endswith("GPU:1")
    assert placer.device_of(graph.get_operation_by_name("nowhere")).endswith("CPU:0")


def test_nothing_to_place():
    """A step whose fetches are all fed needs no operation."""
    lines = []
    Placer(log=lines.append).place([])
    assert lines == []
