"""tf.contrib.opt: optimizers and wrappers, on variables of both kinds, with dense and sparse gradients."""

import tensorflow as tf
from tensorflow.contrib.opt.python.training import sign_decay

opt = tf.contrib.opt
step = tf.train.get_or_create_global_step()
OPTIMIZERS = [
    lambda: opt.AdamWOptimizer(0.01, name="W"),
    lambda: opt.MomentumWOptimizer(0.01, 0.1, 0.9, use_nesterov=True),
    lambda: opt.extend_with_decoupled_weight_decay(tf.train.AdagradOptimizer)(0.1, learning_rate=0.1),
    lambda: opt.LazyAdamOptimizer(0.01, name="Lazy"),
    lambda: opt.NadamOptimizer(0.01, use_locking=True, name="Nadam"),
    lambda: opt.AdaMaxOptimizer(),
    lambda: opt.AdamGSOptimizer(step, 0.01, name="Counted"),
    lambda: opt.LazyAdamGSOptimizer(step, name="LazyCounted"),
    lambda: opt.LARSOptimizer(0.1, skip_list=["b"]),
    lambda: opt.RegAdagradOptimizer(0.1),
    lambda: opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(0.1, 0.9, name="Tasks")),
    lambda: opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1), 0.9, step),
    lambda: opt.ShampooOptimizer(step, max_matrix_size=4, gbar_decay=0.5, name="Shampoo"),
]
REF_ONLY = [
    lambda: opt.AddSignOptimizer(0.1),
    lambda: opt.PowerSignOptimizer(0.1, sign_decay_fn=sign_decay.get_linear_decay_fn(10)),
]
for kind in (False, True):
    with tf.variable_scope("resource" if kind else "ref", use_resource=kind):
        w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer())
        b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
        rows = tf.get_variable("rows", [5, 3], initializer=tf.ones_initializer())
        x = tf.nn.embedding_lookup(rows, [0, 2, 2])
        loss = tf.reduce_sum(tf.square(tf.matmul(x, w) + b))
        for i, make in enumerate(OPTIMIZERS + ([] if kind else REF_ONLY)):
            make().minimize(loss, global_step=step if i % 2 == 0 or i > 12 else None)
        decayed = opt.AdamWOptimizer(tf.constant(0.1), 0.1, name="Some")
        decayed.minimize(loss, var_list=[w, b], decay_var_list=[w])
        clipping = opt.VariableClippingOptimizer(
            tf.train.GradientDescentOptimizer(0.1), {w: [0], rows: [1]}, 1.0, colocate_clip_ops_with_vars=kind
        )
        clipping.minimize(loss, global_step=step)
        pairs = tf.train.GradientDescentOptimizer(0.1).compute_gradients(loss, [w, b]) + [(None, rows)]
        opt.clip_gradients_by_global_norm(pairs, 3.0)
        regularized = opt.RegAdagradOptimizer(0.1, name="Regularized")
        regularized.minimize(loss)
        with regularized.avoid_updating_slots():
            regularized.minimize(loss)

opt.ShampooOptimizer(step, svd_interval=2, use_iterative_root=True, gbar_decay=0.0, name="Roots").minimize(
    loss, var_list=[w]
)
opt.ShampooOptimizer(step, max_matrix_size=2, mat_gbar_decay=1.0, name="Diagonals").minimize(
    loss, var_list=[rows, b]
)
for decay in (
    sign_decay.get_cosine_decay_fn(10, zero_after=0.4),
    sign_decay.get_restart_decay_fn(10, 2, zero_after=1.5),
):
    decay(step)
external = opt.ScipyOptimizerInterface(
    loss, var_list=[w, b], equalities=[tf.reduce_sum(w)], inequalities=[b[0], tf.constant(1.0)]
)
tf.constant(sorted(v.op.name for v in tf.global_variables()), name="names")
