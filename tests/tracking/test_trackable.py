"""Dependencies by name, and restorations that wait for them."""

import pytest

from perdure import tf
from perdure.tracking.auto import AutoTrackable
from perdure.tracking.trackable import (
    VARIABLE_VALUE_KEY,
    Trackable,
    TrackableReference,
    no_automatic_dependency_tracking,
    no_automatic_dependency_tracking_scope,
)


class Position:
    """A place in a checkpoint that notes what it is asked to restore."""

    def __init__(self, uid, log):
        self.restore_uid, self.log = uid, log

    def restore(self, trackable):
        self.log.append((self.restore_uid, trackable))


def test_names_are_unique_unless_they_may_be_overwritten():
    root, leaf, other = Trackable(), Trackable(), Trackable()
    assert root._track_trackable(leaf, name="leaf") is leaf
    root._track_trackable(leaf, name="leaf")
    with pytest.raises(ValueError, match="already declared as a dependency"):
        root._track_trackable(other, name="leaf")
    root._track_trackable(other, name="leaf", overwrite=True)
    assert root._checkpoint_dependencies == [TrackableReference("leaf", other)]
    assert root._lookup_dependency("leaf") is other


def test_only_trackable_objects_are_tracked():
    with pytest.raises(TypeError, match="not a Trackable"):
        Trackable()._track_trackable(3, name="three")


def test_what_waits_for_an_object_restores_it_newest_first():
    log, root, leaf = [], Trackable(), Trackable()
    root._deferred_dependencies["leaf"] = [Position(1, log), Position(3, log), Position(2, log)]
    root._track_trackable(leaf, "leaf")
    assert log == [(3, leaf), (2, leaf), (1, leaf)]
    assert not root._deferred_dependencies


def test_an_object_that_tracks_nothing_has_no_tables():
    assert Trackable().__dict__ == {}


def test_variables_layers_and_optimizers_are_trackable():
    with tf.Graph().as_default():
        variable = tf.Variable(1.0)
        assert variable._gather_saveables_for_checkpoint() == {VARIABLE_VALUE_KEY: variable}
        layer = tf.layers.Dense(3)
        layer(tf.zeros([1, 2]))
        assert layer._checkpoint_dependencies == [("kernel", layer.kernel), ("bias", layer.bias)]
        cells = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(2), tf.nn.rnn_cell.BasicRNNCell(2)])
        assert cells._checkpoint_dependencies == [("cell-0", cells._cells[0]), ("cell-1", cells._cells[1])]
        dropout = tf.nn.rnn_cell.DropoutWrapper(cells)
        assert dropout._checkpoint_dependencies == [("cell", cells)]


def test_an_optimizer_depends_on_its_variables_in_the_default_graph():
    optimizer = tf.train.AdamOptimizer()
    powers = []
    for _ in range(2):
        with tf.Graph().as_default():
            optimizer.minimize(tf.square(tf.Variable(1.0)))
            names = [name for name, _ in optimizer._checkpoint_dependencies]
            assert names == ["beta1_power", "beta2_power"]
            powers.append(optimizer._lookup_dependency("beta1_power"))
    assert powers[0] is not powers[1]
    with tf.Graph().as_default():
        assert optimizer._checkpoint_dependencies == []


def test_attributes_are_not_tracked_where_the_program_says_so():
    class Quiet(AutoTrackable):
        @no_automatic_dependency_tracking
        def put(self, value):
            self.quiet = value

    obj = Quiet()
    obj.put([])
    assert type(obj.quiet) is list and obj._setattr_tracking
    with no_automatic_dependency_tracking_scope(obj):
        obj.second = []
    obj.third = []
    assert type(obj.second) is list and type(obj.third) is not list
    assert [name for name, _ in obj._checkpoint_dependencies] == ["third"]
