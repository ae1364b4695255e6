"""Gathers and scatters, of tensors and of variables of both kinds, and their sparse gradients."""

import tensorflow as tf

table = tf.Variable(tf.ones([10, 4]), name="table")
resource = tf.get_variable("resource", [10, 4], use_resource=True)
ids = tf.placeholder(tf.int32, [None], name="ids")
pairs = tf.placeholder(tf.int64, [None, 2], name="pairs")
rows = tf.placeholder(tf.int32, [None, 1], name="rows")
cube = tf.placeholder(tf.float32, [2, 3, 4], name="cube")
loose = tf.placeholder(tf.float32, None, name="loose")

gathers = {
    "table": tf.gather(table, ids),
    "matrix": tf.gather(table, pairs, name="matrix"),
    "resource": tf.gather(resource, ids),
    "column": tf.gather(table, [1, 3], axis=1),
    "resource_column": tf.gather(resource, [1, 3], axis=1),
    "middle": tf.gather(cube, [[0, 2]], axis=1),
    "negative": tf.gather(cube, ids, axis=-2),
    "read": resource.sparse_read(ids, name="read"),
    "batch": tf.gather(cube, [[0, 2], [1, 1]], axis=1, batch_dims=1),
    "batched": tf.batch_gather(cube, [[0, 2], [1, 1]]),
    "loose": tf.gather(loose, ids),
    "scalar": tf.gather(table, 3),
    "nd": tf.gather_nd(table, pairs),
    "nd_rows": tf.gather_nd(table, rows),
    "nd_resource": tf.gather_nd(resource, pairs),
    "nd_resource_rows": tf.gather_nd(resource, rows),
    "nd_cube": tf.gather_nd(cube, [[0, 1], [1, 2]], name="places"),
    "nd_batch": tf.gather_nd(cube, [[[0]], [[2]]], batch_dims=1),
    "joined": tf.gather(tf.concat([table, resource], 0), ids),
    "joined_columns": tf.gather(tf.concat([table, resource], 1), ids),
    "stitched": tf.gather(tf.dynamic_stitch([[0, 1], [2]], [table[:2], table[2:3]]), ids),
    "tiled": tf.gather(tf.tile(table, [2, 1]), ids),
    "reshaped": tf.gather(tf.reshape(table, [20, 2]), ids),
    "twice": tf.gather(table, ids) * tf.gather(table, ids + 1),
}
for name, gathered in sorted(gathers.items()):
    tf.gradients(gathered, [table, resource, cube, loose], name="of_" + name)
tf.gradients([gathered for _, gathered in sorted(gathers.items())], [table, resource])

scattered = [
    tf.scatter_nd(pairs, tf.ones([2]), [10, 4]),
    tf.scatter_nd(rows, cube[0], tf.shape(table)),
    tf.tensor_scatter_update(table, rows, cube[0]),
    tf.tensor_scatter_add(table, rows, cube[0]),
    tf.tensor_scatter_sub(table, rows, cube[0], name="lower"),
]
for result in scattered:
    tf.gradients(result, [table, cube], name="scattered")

updates = tf.ones([2, 4])
for scatter in (
    tf.scatter_update,
    tf.scatter_add,
    tf.scatter_sub,
    tf.scatter_mul,
    tf.scatter_div,
    tf.scatter_min,
    tf.scatter_max,
):
    scatter(table, [0, 1], updates)
    scatter(resource, [0, 1], updates)
tf.scatter_add(table, ids, 1.0, use_locking=True, name="added")
for scatter in (tf.scatter_nd_update, tf.scatter_nd_add, tf.scatter_nd_sub):
    scatter(table, rows, updates)
    scatter(resource, rows, updates, name="nd")
tf.batch_scatter_update(tf.Variable(tf.zeros([2, 3])), [[0, 1], [2, 1]], tf.ones([2, 2]))
