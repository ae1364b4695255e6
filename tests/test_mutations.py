"""Damaged files of every kind: each is read or refused clearly; `tools/fuzz.py` tries many more."""

import random
from itertools import islice

import pytest

from tests.mutations import attempt, mutated, place_for, targets

COUNT = 120
KINDS = [
    "bmp", "data", "events", "gif", "graph", "index", "inspected events", "inspected graph",
    "inspected meta graph", "inspected records", "jpg", "meta graph", "png", "records", "saved model",
    "slices", "state", "zipped records",
]  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    return folder, targets(folder)


def test_every_kind_is_tried(good):
    assert sorted(good[1]) == KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files(good, kind):
    folder, found = good
    target, place = found[kind], place_for(kind, folder)
    sound = [attempt(target, seed, place) is None for seed in target.seeds]
    assert any(sound) if kind == "bmp" else all(sound)  # TensorFlow refuses pixels of 16 bits
    mutations = islice(target.mutations(random.Random(f"suite {kind}")), COUNT)
    refused = [attempt(target, data, place) for data in mutations]
    if kind != "state":  # text in which most changes are other names
        assert sum(error is not None for error in refused) > COUNT // 10


def test_what_was_found():
    """A constant of a type that only references have."""
    from perdure import tf

    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="c")
        graph_def = graph.as_graph_def()
    graph_def.node[0].attr["value"].tensor.dtype = 113  # a reference to a qint16
    with tf.Graph().as_default(), pytest.raises(ValueError, match="reference"):
        tf.import_graph_def(graph_def)


def test_mutations_differ_and_repeat():
    data = bytes(range(64))
    made = [mutated(data, [data], random.Random(seed)) for seed in range(20)]
    assert made == [mutated(data, [data], random.Random(seed)) for seed in range(20)]
    assert len(set(made)) > 15
