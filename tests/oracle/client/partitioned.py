"""Variables in parts: what partitioners say, sharing and its errors, values, what initializers are told."""

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def halves(tf):
    return tf.fixed_size_partitioner(2)


def parts_of(variable):
    infos = [part._get_save_slice_info() for part in variable]
    return [
        [part.name, part.shape.as_list(), info.full_name, info.full_shape, info.var_offset, info.var_shape]
        + [info.spec]
        for part, info in zip(variable, infos)  # noqa: B905 - Python 3.7
    ]


def facts(variable):
    return [
        variable.name,
        variable.dtype.name,
        variable.shape.as_list(),
        variable.get_shape().as_list(),
        len(variable),
        list(variable._get_partitions()),
        variable._get_variable_list() == list(variable),
        parts_of(variable),
    ]


def names(variables):
    return [variable.name for variable in variables]


# -- partitioners ------------------------------------------------------------------------------


@program
def sizes(tf):
    shape = tf.TensorShape([1024, 1024])
    results = []
    for make in (
        lambda: tf.fixed_size_partitioner(10),
        lambda: tf.fixed_size_partitioner(4, axis=1),
        lambda: tf.fixed_size_partitioner(5000),
        lambda: tf.fixed_size_partitioner(2, axis=2),
        lambda: tf.min_max_variable_partitioner(100),
        lambda: tf.min_max_variable_partitioner(8),
        lambda: tf.min_max_variable_partitioner(100, axis=1, min_slice_size=2048),
        lambda: tf.min_max_variable_partitioner(100, axis=2),
        lambda: tf.min_max_variable_partitioner(),
        lambda: tf.min_max_variable_partitioner(10000, min_slice_size=1, bytes_per_string_element=1),
        lambda: tf.variable_axis_size_partitioner(1),
        lambda: tf.variable_axis_size_partitioner(2048),
        lambda: tf.variable_axis_size_partitioner(4096),
        lambda: tf.variable_axis_size_partitioner(65536, axis=1),
        lambda: tf.variable_axis_size_partitioner(65536, axis=1, max_shards=3),
        lambda: tf.variable_axis_size_partitioner(1 << 22, bytes_per_string_element=32),
    ):
        for dtype in (tf.float32, tf.int64, tf.string):
            results.append(attempt(lambda: list(make()(shape=shape, dtype=dtype))))  # noqa: B023
    return results


@program
def sizes_that_are_refused(tf):
    by_size = tf.variable_axis_size_partitioner(64)
    return [
        attempt(lambda: tf.variable_axis_size_partitioner(0)),
        attempt(lambda: tf.variable_axis_size_partitioner(4, bytes_per_string_element=0)),
        attempt(lambda: tf.variable_axis_size_partitioner(4, max_shards=-1)),
        attempt(lambda: by_size([2, 2], tf.float32)),
        attempt(lambda: by_size(tf.TensorShape([None, 2]), tf.float32)),
        attempt(lambda: by_size(tf.TensorShape([2, 2]), np.float32)),
        attempt(lambda: tf.fixed_size_partitioner(2)(tf.TensorShape(None))),
    ]


@program
def what_partitioners_may_not_say(tf):
    def get(partitioner, shape=(4, 4)):
        return attempt(lambda: tf.get_variable("v", shape and list(shape), partitioner=partitioner))

    return [
        get(lambda **unused: 3),
        get(lambda **unused: [1]),
        get(lambda **unused: [0, 2]),
        get(lambda **unused: [2, 2]),
        get(lambda **unused: [2, -1]),
        get(lambda shape, dtype: [1, 1, 1]),
        get("no function"),
        get(lambda shape: [2, 1]),
        get(halves(tf), None),
        attempt(lambda: tf.get_variable("w", [None, 2], partitioner=halves(tf))),
        attempt(lambda: tf.get_variable("w", [2, 2], partitioner=lambda **unused: {0: 1})),
        attempt(lambda: parts_of(tf.get_variable("w", [3, 2], partitioner=lambda **unused: (5, 1)))),
        attempt(lambda: parts_of(tf.get_variable("t", [3, 2], partitioner=lambda **unused: (3, 1)))),
        attempt(lambda: tf.get_variable("s", tf.TensorShape([]), partitioner=halves(tf))),
        attempt(lambda: type(tf.get_variable("s", [], partitioner=halves(tf))).__name__),
        attempt(lambda: type(tf.get_variable("s2", (), partitioner=halves(tf))).__name__),
    ]


@program
def what_partitioners_are_told(tf):
    told = []

    def partitioner(shape, dtype):
        told.append([type(shape).__name__, shape.as_list(), type(dtype).__name__, tf.as_dtype(dtype).name])
        return [1] * len(shape)

    tf.get_variable("a", [4, 2], partitioner=partitioner)
    tf.get_variable("b", [4, 2], tf.int32, partitioner=partitioner)
    tf.get_variable("d", initializer=tf.ones([3]), partitioner=partitioner)
    tf.get_variable("e", [], partitioner=partitioner)
    with tf.variable_scope("s", partitioner=partitioner, dtype=tf.float64):
        tf.get_variable("f", [2])
    return told


# -- what they are -----------------------------------------------------------------------------


@program
def parts(tf):
    made = [
        tf.get_variable("a", [5, 3], partitioner=halves(tf)),
        tf.get_variable("b", [3, 5], partitioner=tf.fixed_size_partitioner(3, axis=1)),
        tf.get_variable("c", [4], tf.float64, partitioner=tf.fixed_size_partitioner(1)),
        tf.get_variable("d", [4], partitioner=halves(tf), use_resource=True, trainable=False),
        tf.get_variable("e", initializer=tf.zeros([2, 2], tf.int32), partitioner=halves(tf)),
    ]
    return [
        [facts(variable) for variable in made],
        names(tf.global_variables()),
        names(tf.trainable_variables()),
        [type(variable).__name__ for variable in made],
        [isinstance(variable, tf.Variable) for variable in made],
        [tf.is_tensor(variable) for variable in made],
        [hasattr(made[0], name) for name in ("op", "graph", "initializer", "value", "eval", "device")],
    ]


@program
def made_by_hand(tf):
    kind = internal("ops.variables").PartitionedVariable

    def part(name, full_shape, offset, shape):
        variable = tf.Variable(tf.zeros(shape), name=name)
        variable._set_save_slice_info(tf.Variable.SaveSliceInfo("w", full_shape, offset, shape))
        return variable

    a, b = part("a", [4, 2], [2, 0], [2, 2]), part("b", [4, 2], [0, 0], [2, 2])
    other, bare = part("c", [5, 2], [0, 0], [1, 2]), tf.Variable(tf.zeros([2, 2]))
    good = kind("w", [4, 2], tf.float32, [a, b], [2, 1])
    grid = kind("w", [4, 2], tf.float32, [a, b], [2, 2])
    return [
        [item is part for item, part in zip(good, [b, a])],  # noqa: B905 - Python 3.7
        [good.name, good.dtype.name, good.shape, len(good), good._partition_axes()],
        attempt(lambda: len(grid)),
        attempt(lambda: grid.as_tensor()),
        attempt(lambda: grid.assign(tf.zeros([4, 2]))),
        grid._partition_axes(),
        attempt(lambda: kind("w", [4, 2], tf.float32, "ab", [2, 1])),
        attempt(lambda: kind("w", [4, 2], tf.float32, {1: a}, [2, 1])),
        attempt(lambda: kind("w", [4, 2], tf.float32, [a, b], 2)),
        attempt(lambda: kind("w", [4, 2], tf.float32, [a, b], [0, 1])),
        attempt(lambda: kind("w", [4, 2], tf.float32, [], [2, 1])),
        attempt(lambda: kind("w", [4, 2], tf.float32, [a, bare], [2, 1])),
        attempt(lambda: kind("w", [4, 2], tf.float32, [a, b], [2])),
        attempt(lambda: kind("w", [4, 2], tf.float32, [a, other], [2, 1])),
        attempt(lambda: kind("w", [4, 3], tf.float32, [a, b], [2, 1])),
    ]


@program
def as_tensors(tf):
    v = tf.get_variable("v", [4, 2], initializer=tf.ones_initializer(), partitioner=halves(tf))
    return [
        tf.convert_to_tensor(v).name,
        (tf.constant(1.0) + v).name,
        attempt(lambda: v + 1.0),
        attempt(lambda: v[0]),
        attempt(lambda: tf.convert_to_tensor(v, dtype=tf.int32)),
        attempt(lambda: tf.convert_to_tensor(v, dtype=tf.float32).dtype.name),
        attempt(lambda: internal("framework.ops").internal_convert_to_tensor(v, as_ref=True)),
        attempt(lambda: tf.gradients(tf.reduce_sum(v), v)),
        attempt(lambda: [g.name for g in tf.gradients(tf.reduce_sum(v), list(v))]),
        attempt(lambda: tf.gradients(tf.reduce_sum(v), [v])),
        attempt(lambda: tf.assign(v, tf.zeros([4, 2]))),
        attempt(lambda: tf.Session().run(v)),
        attempt(lambda: tf.train.ExponentialMovingAverage(0.5).apply([v])),
        attempt(lambda: tf.report_uninitialized_variables([v])),
        attempt(lambda: tf.variables_initializer([v])),
    ]


# -- sharing -----------------------------------------------------------------------------------


@program
def sharing(tf):
    v = tf.get_variable("v", [4, 2], partitioner=halves(tf))
    thirds = tf.fixed_size_partitioner(3)
    results = [attempt(lambda: tf.get_variable("v", [4, 2], partitioner=halves(tf)))]
    results += [
        attempt(lambda: tf.get_variable("v", [4, 2])),
        attempt(lambda: tf.get_variable("v/part_0", [4, 2])),
        attempt(lambda: tf.get_variable("v", [4, 2], partitioner=thirds)),
    ]
    with tf.variable_scope("", reuse=True):
        results += [
            tf.get_variable("v", [4, 2], partitioner=halves(tf)) is v,
            tf.get_variable("v", [4, 2]) is v,
            tf.get_variable("v") is v,
            tf.get_variable("v/part_1") is list(v)[1],
            attempt(lambda: tf.get_variable("v", partitioner=halves(tf))),
            attempt(lambda: tf.get_variable("v", [4, 3])),
            attempt(lambda: tf.get_variable("v", [4, 3], partitioner=halves(tf))),
            attempt(lambda: tf.get_variable("v", [4, 2], tf.int32)),
            attempt(lambda: tf.get_variable("v", [4, 2], tf.int32, partitioner=halves(tf))),
            attempt(lambda: tf.get_variable("v", [4, 2], partitioner=thirds)),
            attempt(lambda: tf.get_variable("v", [4, 2], partitioner=tf.fixed_size_partitioner(2, 1))),
            attempt(lambda: tf.get_variable("w", [4, 2], partitioner=halves(tf))),
        ]
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        results += [
            tf.get_variable("v", [4, 2], partitioner=halves(tf)) is v,
            attempt(lambda: tf.get_variable("v", [4, 2])),
            attempt(lambda: tf.get_variable("v", [4, 2], partitioner=thirds)),
            tf.get_variable("w", [4, 2], partitioner=halves(tf)).name,
        ]
    return results


@program
def whole_ones_and_parts_of_one_name(tf):
    tf.get_variable("u", [4, 2])
    results = [attempt(lambda: tf.get_variable("u", [4, 2], partitioner=halves(tf)))]
    tf.get_variable("w/part_0", [2, 2])
    results.append(attempt(lambda: tf.get_variable("w", [4, 2], partitioner=halves(tf))))
    tf.get_variable("w/part_1", [2, 2])
    tf.get_variable("w/part_2", [2, 2])
    results.append(attempt(lambda: tf.get_variable("w", [4, 2], partitioner=halves(tf))))
    results.append(attempt(lambda: tf.get_variable("w", [6, 2], partitioner=tf.fixed_size_partitioner(3))))
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        thirds = tf.fixed_size_partitioner(3)
        results.append(attempt(lambda: parts_of(tf.get_variable("w", [6, 2], partitioner=thirds))))
        results.append(attempt(lambda: tf.get_variable("u", [4, 2], partitioner=halves(tf))))
    return results


@program
def scopes(tf):
    with tf.variable_scope("a", partitioner=halves(tf)) as a:
        v = tf.get_variable("v", [4, 2])
        with tf.variable_scope("b") as b:
            w = tf.get_variable("w", [2])
            b.set_partitioner(None)
            u = tf.get_variable("u", [2])
        with tf.variable_scope("c", partitioner=tf.fixed_size_partitioner(3)):
            t = tf.get_variable("t", [3])
    with tf.variable_scope(a, reuse=True):
        same = tf.get_variable("v", [4, 2])
    return [
        names([v, w, u, t]),
        same is v,
        len(t),
        type(u).__name__,
        a.partitioner is not None,
        names(a.global_variables()),
        names(a.trainable_variables()),
        attempt(lambda: tf.get_variable_scope()._get_partitioned_variable(None, "x", [2])),
    ]


@program
def getters(tf):
    calls = []

    def getter(getter, name, *args, **kwargs):
        calls.append([name, sorted(kwargs), kwargs["partitioner"] is None, kwargs["reuse"]])
        return getter(name, *args, **kwargs)

    def adding(getter, *args, **kwargs):
        first, second = getter("first", *args[1:], **kwargs), getter("second", *args[1:], **kwargs)
        return tf.constant(1.0) * first + second

    with tf.variable_scope("s", custom_getter=getter):
        v = tf.get_variable("v", [4, 2], partitioner=halves(tf))
        refused = attempt(lambda: tf.create_partitioned_variables([4, 2], [2, 1], tf.zeros_initializer()))
    del calls[0][1][:]
    total = attempt(
        lambda: (
            tf.get_variable(
                "t",
                [4],
                partitioner=halves(tf),
                custom_getter=lambda getter, name, **kw: getter(name + "_x", **kw),
            ).name
        )
    )
    return [facts(v), calls, type(refused).__name__, str(refused)[:70], total, type(adding).__name__]


@program
def regularized(tf):
    seen = []

    def regularizer(variable):
        seen.append(variable.name)
        return tf.reduce_sum(variable)

    tf.get_variable("v", [4, 2], partitioner=halves(tf), regularizer=regularizer)
    tf.get_variable("w", [4, 2], partitioner=halves(tf), regularizer=lambda variable: None)
    return [seen, names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))]


# -- what initializers are told ----------------------------------------------------------------


@program
def initializers(tf):
    told = []

    def initializer(shape, dtype=None, partition_info=None):
        told.append(
            [
                list(shape),
                dtype.name,
                partition_info is None,
                partition_info and list(partition_info.full_shape),
                partition_info and list(partition_info.var_offset),
                partition_info and partition_info.single_offset(shape),
                partition_info and partition_info.single_slice_dim(shape),
            ]
        )
        return tf.zeros(shape, dtype)

    tf.get_variable("a", [5, 3], initializer=initializer, partitioner=halves(tf))
    tf.get_variable("b", [3, 5], initializer=initializer, partitioner=tf.fixed_size_partitioner(3, axis=1))
    tf.get_variable("c", [2], initializer=initializer, partitioner=tf.fixed_size_partitioner(1))
    tf.get_variable("d", [2], initializer=initializer)
    return (
        [told]
        + [
            attempt(lambda: tf.get_variable("e", [4, 4], initializer=make, partitioner=halves(tf)))  # noqa: B023
            for make in (
                lambda: tf.zeros([2, 4]),
                lambda shape: tf.zeros(shape),
                lambda shape, dtype: tf.zeros(shape, dtype),
                lambda shape, dtype, partition_info: tf.zeros([3, 3]),
            )
        ]
        + [
            attempt(
                lambda: tf.get_variable(type(make).__name__, [4, 4], initializer=make, partitioner=halves(tf))
            )  # noqa: B023
            for make in (
                tf.orthogonal_initializer(),
                tf.initializers.identity(),
                tf.constant_initializer(2.0),
                tf.constant_initializer(np.arange(16.0)),
                tf.zeros([4, 3]),
                tf.zeros([4, 4], tf.int32),
                np.zeros([4, 4], np.float32),
                np.zeros([3, 4], np.float32),
                3.0,
            )
        ]
    )


@program
def partition_info(tf):
    kind = internal("ops.variable_scope")._PartitionInfo
    good = kind([5, 3], [3, 0])
    flat = kind([5, 3], [0, 0])
    return [
        attempt(lambda: kind("53", [0, 0])),
        attempt(lambda: kind(5, [0])),
        attempt(lambda: kind([5], 0)),
        attempt(lambda: kind([5], "0")),
        attempt(lambda: kind([5, 3], [0])),
        attempt(lambda: kind([5], [5])),
        attempt(lambda: kind([5], [-1])),
        [good.full_shape, good.var_offset, good.single_offset([2, 3]), good.single_slice_dim([2, 3])],
        [flat.single_offset([5, 3]), flat.single_slice_dim([5, 3]), flat.single_slice_dim((5, 1))],
        attempt(lambda: good.single_slice_dim("23")),
        attempt(lambda: good.single_slice_dim(2)),
        attempt(lambda: good.single_slice_dim([2])),
        attempt(lambda: good.single_slice_dim([3, 3])),
        attempt(lambda: good.single_slice_dim([2, 2])),
        attempt(lambda: good.single_offset([1, 2])),
    ]


# -- values ------------------------------------------------------------------------------------


@program
def values(tf):
    tf.set_random_seed(4)
    results = []
    for use_resource in (False, True):
        v = tf.get_variable("v%d" % use_resource, [5, 2], partitioner=halves(tf), use_resource=use_resource)
        array = np.arange(10, dtype=np.float32).reshape(5, 2)
        w = tf.get_variable(
            "w%d" % use_resource,
            [5, 2],
            initializer=array,
            partitioner=tf.fixed_size_partitioner(2, axis=1),
            use_resource=use_resource,
        )
        whole, joined = v.as_tensor(), tf.identity(w)
        changes = [
            v.assign(array),
            v.assign_add([tf.ones([3, 2]), tf.ones([2, 2])]),
            v.assign_sub(v),
            w.assign_add(array),
            w.assign(w),
        ]
        with tf.Session() as session:
            results.append(session.run(tf.report_uninitialized_variables()))
            session.run(tf.global_variables_initializer())
            results += [session.run(whole), session.run(joined)]
            for change in changes:
                results.append(session.run(change))
            results += [session.run(whole), session.run(joined), session.run(list(v))]
        results.append(attempt(lambda: v.assign([tf.ones([3, 2])])))  # noqa: B023
        results.append(attempt(lambda: v.assign(tf.ones([4, 2]))))  # noqa: B023
    return results


@program
def by_hand(tf):
    results = [
        attempt(lambda: tf.create_partitioned_variables([], [], tf.zeros_initializer())),
        attempt(lambda: tf.create_partitioned_variables([4], [2, 1], tf.zeros_initializer())),
        attempt(lambda: tf.create_partitioned_variables([4, 2], [2, 2], tf.zeros_initializer())),
        attempt(lambda: tf.create_partitioned_variables([4, 2], [0, 1], tf.zeros_initializer())),
        attempt(lambda: tf.create_partitioned_variables([4, 2], [5, 1], tf.zeros_initializer())),
    ]
    first = tf.create_partitioned_variables([4, 2], [2, 1], tf.ones_initializer())
    second = tf.create_partitioned_variables([4, 2], (1, 1), tf.zeros([4, 2]), name="second")
    more = tf.create_partitioned_variables([10, 43], [1, 6], tf.constant_initializer(1), dtype=tf.int32)
    results += [type(first).__name__, parts_of(first), parts_of(second), parts_of(more), more[0].dtype.name]
    results.append(
        attempt(lambda: tf.create_partitioned_variables([4, 2], [1, 1], tf.zeros([4, 2]), name="second"))
    )
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        again = tf.create_partitioned_variables([4, 2], (1, 1), tf.zeros([4, 2]), name="second")
        results.append(again == second)
    return results


# -- where they are used -----------------------------------------------------------------------


@program
def slots(tf):
    v = tf.get_variable("v", [4, 2], partitioner=halves(tf))
    r = tf.get_variable("r", [4, 2], partitioner=halves(tf), use_resource=True)
    loss = tf.nn.l2_loss(v) + tf.nn.l2_loss(r)
    adam = tf.train.AdamOptimizer()
    adam.minimize(loss)
    average = tf.train.ExponentialMovingAverage(0.5)
    average.apply(list(v) + list(r))
    ftrl = tf.train.FtrlOptimizer(0.1)
    with tf.variable_scope("outer", partitioner=halves(tf)):
        ftrl.minimize(loss, var_list=list(v))
    found = [adam.get_slot(part, name) for part in list(v) + list(r) for name in adam.get_slot_names()]
    found += [average.average(part) for part in list(v) + list(r)]
    found += [ftrl.get_slot(part, name) for part in v for name in ftrl.get_slot_names()]
    return [
        parts_of(found),
        names(tf.global_variables()),
        names(tf.trainable_variables()),
        sorted(average.variables_to_restore()),
    ]


@program
def layers(tf):
    results = []
    for use_resource in (False, True):
        with tf.variable_scope("s%d" % use_resource, partitioner=halves(tf), use_resource=use_resource):
            layer = tf.layers.Dense(3, name="dense", kernel_regularizer=tf.nn.l2_loss)
            layer(tf.ones([2, 4]))
            layer(tf.ones([2, 4]))
            results += [
                type(layer.kernel).__name__,
                facts(layer.kernel),
                names(layer.trainable_weights),
                names(layer.non_trainable_weights),
                layer.count_params(),
                names(layer.losses),
            ]
    results.append(names(tf.global_variables()))
    results.append(names(tf.losses.get_regularization_losses()))
    return results


@program
def messages(tf):
    v = tf.get_variable("outer/v", [5, 2], partitioner=halves(tf))
    r = tf.get_variable("outer/r", [5, 2], partitioner=halves(tf), use_resource=True)
    made = list(v) + list(r)
    again = [type(part).from_proto(part.to_proto()) for part in made]
    return [
        [str(part.to_proto()) for part in made],
        [str(part.to_proto("outer")) for part in made],
        parts_of(again),
        [parts_of([type(part).from_proto(part.to_proto("outer"), import_scope="outer")]) for part in made],
    ]


@program
def lookups(tf):
    tf.set_random_seed(1)
    results = []
    ids = tf.constant([[0, 9], [4, 4], [7, 1]])
    sparse = tf.SparseTensor([[0, 0], [0, 2], [2, 1]], tf.constant([3, 9, 4], tf.int64), [3, 4])
    weights = tf.SparseTensor([[0, 0], [0, 2], [2, 1]], [1.0, 3.0, 0.5], [3, 4])
    array = np.arange(40, dtype=np.float32).reshape(10, 4)
    for use_resource in (False, True):
        table = tf.get_variable(
            "t%d" % use_resource,
            initializer=tf.constant(array),
            partitioner=tf.fixed_size_partitioner(3),
            use_resource=use_resource,
        )
        tensors = []
        for strategy in ("mod", "div"):
            tensors += [
                tf.nn.embedding_lookup(table, ids, strategy),
                tf.nn.embedding_lookup(list(table), ids, strategy, max_norm=2.0),
                tf.nn.embedding_lookup_sparse(table, sparse, weights, strategy, combiner="mean"),
                tf.nn.embedding_lookup_sparse(table, sparse, None, strategy, combiner="sum"),
            ]
        gradients = tf.gradients(tf.add_n([tf.reduce_sum(t * t) for t in tensors]), list(table))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            results += session.run(tensors)
            results += session.run([tf.convert_to_tensor(gradient) for gradient in gradients])
        results.append(attempt(lambda: tf.nn.embedding_lookup(table, ids, "other")))  # noqa: B023
    return results
