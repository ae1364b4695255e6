"""Optimizers: slots, collections, names, and what they refuse."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def loss_of(variable):
    return tf.reduce_sum(tf.square(variable))


def test_slots():
    """Slots are found by variable and name, and are listed with the other variables."""
    w, b = tf.Variable([1.0], name="w"), tf.Variable([1.0], name="b")
    optimizer = tf.train.AdamOptimizer()
    assert optimizer.get_slot(w, "m") is None
    assert optimizer.get_slot_names() == []
    optimizer.minimize(loss_of(w) + loss_of(b))
    assert optimizer.get_name() == "Adam"
    assert optimizer.get_slot_names() == ["m", "v"]
    assert optimizer.get_slot(w, "m").op.name == "w/Adam"
    assert optimizer.get_slot(w, "v").op.name == "w/Adam_1"
    assert optimizer.get_slot(w, "other") is None
    assert [v.op.name for v in optimizer.variables()] == [
        "b/Adam",
        "b/Adam_1",
        "beta1_power",
        "beta2_power",
        "w/Adam",
        "w/Adam_1",
    ]
    assert not any(v in tf.trainable_variables() for v in optimizer.variables())
    with Graph().as_default():
        assert optimizer.variables() == []


def test_train_op_collection():
    """What minimize returns is an operation, kept in a collection."""
    w, step = tf.Variable([1.0]), tf.train.get_or_create_global_step()
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    first = optimizer.minimize(loss_of(w))
    second = optimizer.minimize(loss_of(w), global_step=step, name="train")
    assert isinstance(first, tf.Operation) and second.name == "train"
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [first, second]


def test_slots_are_used_again():
    """A second minimize of the same optimizer makes no new slots."""
    w = tf.Variable([1.0])
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(loss_of(w))
    count = len(tf.global_variables())
    optimizer.minimize(loss_of(w))
    assert len(tf.global_variables()) == count


def test_slots_of_parts():
    """The slot of a part of a larger variable knows which part it is."""
    part = tf.Variable(tf.zeros([2, 2]), name="w/part_1")
    part._set_save_slice_info(tf.Variable.SaveSliceInfo("w", [4, 2], [2, 0], [2, 2]))
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(loss_of(part))
    slot = optimizer.get_slot(part, "momentum")
    assert slot.op.name == "w/part_1/Momentum"
    assert slot._save_slice_info.full_name == "w/Momentum"
    assert slot._save_slice_info.var_offset == [2, 0]


def test_loss_as_function():
    """A loss may be a function that makes it, of resource variables: a tape sees no others."""
    w, ref = tf.Variable([3.0], use_resource=True), tf.Variable([3.0], use_resource=False)
    assert tf.train.GradientDescentOptimizer(0.1).compute_gradients(lambda: loss_of(ref)) == []
    (pair,) = tf.train.GradientDescentOptimizer(0.1).compute_gradients(lambda: loss_of(w))
    assert pair[1] is w
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(pair[0]).tolist() == [6.0]


def test_gradients_by_tensors():
    """Gradients by tensors can be computed but not applied."""
    x = tf.constant([3.0])
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss_of(x), [x])
    with pytest.raises(NotImplementedError, match="Trying to update a Tensor"):
        optimizer.apply_gradients(pairs)


def test_refusals():
    """Wrong arguments are refused in TensorFlow's words."""
    w, unused = tf.Variable([1.0]), tf.Variable([1.0])
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    with pytest.raises(ValueError, match="Must specify the optimizer name"):
        tf.train.GradientDescentOptimizer(0.1, name="")
    with pytest.raises(ValueError, match="No gradients provided for any variable, check your graph"):
        optimizer.minimize(loss_of(w), var_list=[unused])
    with pytest.raises(ValueError, match="gate_gradients must be one of"):
        optimizer.minimize(loss_of(w), gate_gradients=7)
    with pytest.raises(ValueError, match="No variables provided"):
        optimizer.apply_gradients([])
    with pytest.raises(ValueError, match="No gradients provided for any variable: "):
        optimizer.apply_gradients([(None, w)])
    with pytest.raises(TypeError, match="Gradient must be convertible to a Tensor"):
        optimizer.apply_gradients([(object(), w)])
    with pytest.raises(TypeError, match="Gradient must be a Tensor, IndexedSlices, or None"):
        optimizer.apply_gradients([(tf.SparseTensor([[0]], [1.0], [1]), w)])
    with pytest.raises(ValueError, match="Invalid type tf.int32 for .*, expected"):
        optimizer.minimize(tf.constant(1))
    with pytest.raises(NotImplementedError, match="Trying to optimize unsupported type"):
        optimizer.minimize(loss_of(w), var_list=["w"])
    with Graph().as_default(), pytest.raises(ValueError, match="No variables to optimize"):
        optimizer.minimize(tf.constant(1.0))


def test_constraint_of_rows():
    """A constraint cannot be kept when only rows are updated."""
    table = tf.Variable([[1.0], [2.0]], constraint=tf.abs)
    for variable in (table, tf.Variable([[1.0]], constraint=tf.abs, use_resource=True)):
        with pytest.raises(RuntimeError, match="Cannot use a constraint function on a sparse"):
            tf.train.GradientDescentOptimizer(0.1).minimize(
                loss_of(tf.gather(variable, [0])), var_list=[variable]
            )


def test_unfinished_subclass():
    """A subclass that lacks an update says which."""

    class Unfinished(tf.train.Optimizer):
        def __init__(self):
            super().__init__(False, "Unfinished")

    table = tf.Variable([[1.0]])
    resource = tf.Variable([[1.0]], use_resource=True)
    for variable, loss, method in (
        (table, loss_of(table), "_apply_dense"),
        (table, loss_of(tf.gather(table, [0])), "_apply_sparse"),
        (resource, loss_of(resource), "_resource_apply_dense"),
        (resource, loss_of(tf.gather(resource, [0])), "_resource_apply_sparse"),
    ):
        with pytest.raises(NotImplementedError, match=f"Unfinished has no {method} for"):
            Unfinished().minimize(loss, var_list=[variable])


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: tf.train.AdagradOptimizer(0.1, 0.0), "initial_accumulator_value must be positive"),
        (lambda: tf.train.ProximalAdagradOptimizer(0.1, -1.0), "initial_accumulator_value must be"),
        (lambda: tf.train.AdagradDAOptimizer(0.1, 0, 0.0), "initial_gradient_squared_accumulator"),
        (lambda: tf.train.FtrlOptimizer(0.1, 0.5), "learning_rate_power 0.5 needs to be negative"),
        (lambda: tf.train.FtrlOptimizer(0.1, -0.5, -1.0), "initial_accumulator_value -1.0 needs"),
        (lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=-1.0), "l1_.* needs to be"),
        (lambda: tf.train.FtrlOptimizer(0.1, l2_regularization_strength=-1.0), "l2_.* needs to be"),
        (
            lambda: tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=-1.0),
            "l2_shrinkage_regularization_strength -1.0 needs to be positive or zero",
        ),
    ],
)
def test_ranges(make, message):
    """Hyperparameters out of their range are refused."""
    with pytest.raises(ValueError, match=message):
        make()


def test_variable_of_unknown_shape():
    """Slots of a variable whose shape is not known take that of its initial value."""
    initial = tf.placeholder_with_default([1.0, 2.0], None)
    w = tf.Variable(initial, validate_shape=False)
    for optimizer in (tf.train.MomentumOptimizer(0.1, 0.9), tf.train.AdagradOptimizer(0.1)):
        train = optimizer.minimize(loss_of(w))
        with tf.Session() as session:
            session.run(w.initializer)
            session.run(tf.global_variables_initializer())
            session.run(train)
            (slot,) = optimizer.variables()
            assert session.run(slot).shape == (2,)
