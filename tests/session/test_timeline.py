"""Timeline: StepStats as events of the Chrome trace format, as TensorFlow writes them."""

import json

from perdure.formats.messages import module
from perdure.session.timeline import Timeline

CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


def stats():
    """Two operations of one device, of which the second takes the first's output, and one of a GPU."""
    made = module("step_stats").StepStats()
    device = made.dev_stats.add(device=CPU)
    for name, label, start, took in (("a", "a = Const()", 100, 10), ("b", "b = Neg(a)", 120, 5)):
        node = device.node_stats.add(
            node_name=name, timeline_label=label, all_start_micros=start, all_end_rel_micros=took
        )
        memory = node.output.add().tensor_description.allocation_description
        memory.requested_bytes, memory.allocator_name = 8 if name == "a" else 16, "cpu"
    stream = made.dev_stats.add(device="/device:GPU:0/stream:all")
    stream.node_stats.add(node_name="c:MatMul", all_start_micros=130, all_end_rel_micros=7)
    return made


def events(**options):
    return json.loads(Timeline(stats()).generate_chrome_trace_format(**options))["traceEvents"]


def test_rows_are_named_first():
    """A row for allocators, and for each device one for operations and one for tensors."""
    named = [(e["pid"], e["args"]["name"]) for e in events() if e["ph"] == "M"]
    assert named == [
        (0, "Allocators"), (1, f"{CPU} Compute"), (2, f"{CPU} Tensors"),
        (3, "/device:GPU:0/stream:all Compute"), (4, "/device:GPU:0/stream:all Tensors"),
    ]  # fmt: skip


def test_operations():
    """Name, op and inputs from the label; on a stream of a GPU from the node's name."""
    operations = [e for e in events() if e["ph"] == "X"]
    assert operations[1] == {
        "ph": "X",
        "cat": "Op",
        "name": "Neg",
        "pid": 1,
        "tid": 0,
        "ts": 120,
        "dur": 5,
        "args": {"name": "b", "op": "Neg", "input0": "a"},
    }
    assert operations[2]["args"] == {"name": "c", "op": "MatMul"}


def test_operations_at_the_same_time_are_in_different_lanes_with_arrows():
    """A flow leads from where a tensor was made to where it is used."""
    made = stats()
    made.dev_stats[0].node_stats[1].all_start_micros = 105
    found = json.loads(Timeline(made).generate_chrome_trace_format())["traceEvents"]
    assert [e["tid"] for e in found if e["ph"] == "X"] == [0, 1, 0]
    flows = [(e["ph"], e["name"], e["ts"], e["tid"]) for e in found if e.get("cat") == "DataFlow"]
    assert flows == [("s", "a", 110, 0), ("t", "a", 105, 1)]
    quiet = Timeline(made).generate_chrome_trace_format(show_dataflow=False)
    assert '"DataFlow"' not in quiet


def test_memory():
    """Creation, snapshot and end of each tensor, and a curve of what was in use."""
    analysis = Timeline(stats()).analyze_step_stats()
    assert analysis.allocator_maximums["cpu"] == (120, 24, {"a", "b"})
    counters = [e["args"]["cpu"] for e in analysis.chrome_trace.events if e["ph"] == "C"]
    assert counters == [8, 24, 16, 0]
    phases = {e["ph"] for e in events(show_memory=True)}
    assert phases == {"M", "N", "O", "X", "D", "C"}
    assert {e["ph"] for e in events()} == {"M", "X"}


def test_labels_that_say_nothing():
    """Unknown labels, and what arrives from another machine."""
    made = module("step_stats").StepStats()
    device = made.dev_stats.add(device="/host:CPU")
    device.node_stats.add(node_name="x", timeline_label="strange")
    device.node_stats.add(node_name="RecvTensor", timeline_label="[4B] edge")
    trace = Timeline(made).analyze_step_stats().chrome_trace
    assert [e["name"] for e in trace.events] == ["unknown", "RecvTensor"]
    assert "\n" not in trace.format_to_string()
