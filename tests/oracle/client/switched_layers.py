"""Layers that a placeholder switches: names of updates, numbers of nodes (which seeds are), and values."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3) ** 1.5
IMAGES = np.arange(48, dtype=np.float32).reshape(4, 2, 2, 3) ** 1.2

VARIANTS = {
    "rows": (ROWS, {}),
    "images": (IMAGES, {"fused": False}),
    "fused": (IMAGES, {}),
    "fused_bare": (IMAGES, {"center": False, "scale": False}),
    "renorm": (IMAGES, {"renorm": True}),
    "renorm_clipped": (ROWS, {"renorm": True, "renorm_clipping": {"rmax": 2.0, "rmin": 0.5, "dmax": 1.0}}),
    "virtual": (IMAGES, {"virtual_batch_size": 2}),
    "axes": (IMAGES, {"axis": [1, 3]}),
}


def make(variant, use_resource):
    def switched(tf):
        data, options = VARIANTS[variant]
        tf.set_random_seed(7)
        inputs = tf.placeholder(tf.float32, data.shape)
        training = tf.placeholder(tf.bool, [], name="training")
        with tf.variable_scope("net", use_resource=use_resource):
            outputs = tf.layers.batch_normalization(inputs, training=training, momentum=0.9, **options)
            dropped = tf.layers.dropout(outputs, 0.5, training=training)
        drawn = tf.random_uniform([2], name="drawn")
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        seeds = [
            op.get_attr("seed2")
            for op in tf.get_default_graph().get_operations()
            if op.type == "RandomUniform"
        ]
        moving = [v for v in tf.global_variables() if v not in tf.trainable_variables()]
        found = [outputs.op.name, dropped.op.name, [op.name for op in updates], seeds[-1]]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for switch in (False, True, True, False):
                feeds = {inputs: data, training: switch}
                found.append([np.round(v, 3) for v in session.run([dropped, updates, drawn], feeds)[::2]])
                found.append([np.round(v, 3) for v in session.run(moving)])
        return found

    switched.__name__ = variant + ("_resource" if use_resource else "_reference")
    PROGRAMS.append(switched)


for _variant in sorted(VARIANTS):
    for _kind in (False, True):
        make(_variant, _kind)


def adjusted(tf):
    training = tf.placeholder(tf.bool, [])
    inputs = tf.placeholder(tf.float32, IMAGES.shape)
    outputs = tf.layers.batch_normalization(
        inputs,
        training=training,
        adjustment=lambda shape: (tf.fill([1, 1, 1, 3], 2.0), tf.fill([1, 1, 1, 3], 3.0)),
    )
    updates = [op.name for op in tf.get_collection(tf.GraphKeys.UPDATE_OPS)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [updates] + [
            np.round(session.run(outputs, {inputs: IMAGES, training: switch}), 3) for switch in (True, False)
        ]


PROGRAMS.append(adjusted)


def conditions(tf):
    tries = [True, False, 1, 0, 2, "yes", 1.0, tf.constant(True), tf.constant(1), tf.constant([True])]
    return [
        attempt(lambda c=c: tf.layers.batch_normalization(ROWS, training=c, fused=False).shape.as_list())
        for c in tries + [tf.placeholder(tf.bool), tf.placeholder(tf.int32, []), tf.placeholder(tf.bool, [1])]
    ]


PROGRAMS.append(conditions)
