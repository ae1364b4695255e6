"""tf.losses on small numbers, and their gradients; see tests/scenarios.py."""

import numpy as np

LABELS = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], "f4")
PREDICTIONS = np.random.RandomState(0).uniform(0.1, 0.9, (4, 3)).astype("f4")
WEIGHTS = {
    "one": 1.0,
    "half": 0.5,
    "zero": 0.0,
    "rows": np.array([[1.0], [0.0], [2.0], [0.5]], "f4"),
    "columns": np.array([[1.0, 0.0, 3.0]], "f4"),
    "all": np.random.RandomState(1).randint(0, 3, (4, 3)).astype("f4"),
}
LOSSES = {
    "absolute_difference": lambda tf, p, **k: tf.losses.absolute_difference(LABELS, p, **k),
    "cosine_distance": lambda tf, p, **k: tf.losses.cosine_distance(LABELS, p, 1, **k),
    "hinge_loss": lambda tf, p, **k: tf.losses.hinge_loss(LABELS, p, **k),
    "huber_loss": lambda tf, p, **k: tf.losses.huber_loss(LABELS, p, delta=0.4, **k),
    "log_loss": lambda tf, p, **k: tf.losses.log_loss(LABELS, p, **k),
    "mean_squared_error": lambda tf, p, **k: tf.losses.mean_squared_error(LABELS, p, **k),
    "sigmoid_cross_entropy": lambda tf, p, **k: tf.losses.sigmoid_cross_entropy(
        LABELS, p, label_smoothing=0.1, **k
    ),
}
SCENARIOS = {}


def loss_with_gradient(tf, loss, predictions):
    gradient = tf.gradients(loss, predictions)[0]
    with tf.Session() as session:
        value, slope = session.run([loss, gradient])
    return {"loss": value, "gradient": slope}


def weighted(make, weights, reduction):
    def run(tf):
        predictions = tf.constant(PREDICTIONS)
        loss = make(tf, predictions, weights=weights, reduction=reduction)
        return loss_with_gradient(tf, loss, predictions)

    return run


for _loss, _make in LOSSES.items():
    for _kind, _weights in WEIGHTS.items():
        if _loss == "cosine_distance" and _kind in ("columns", "all"):
            continue  # they do not fit one loss a row
        SCENARIOS["%s-%s" % (_loss, _kind)] = weighted(_make, _weights, "weighted_sum_by_nonzero_weights")
for _reduction in ("none", "weighted_sum", "weighted_sum_over_batch_size", "weighted_mean"):
    SCENARIOS["mean_squared_error-" + _reduction] = weighted(
        LOSSES["mean_squared_error"], WEIGHTS["all"], _reduction
    )


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


@scenario
def softmax(tf):
    logits = tf.constant(PREDICTIONS)
    loss = tf.losses.softmax_cross_entropy(LABELS, logits, weights=[1.0, 0.0, 2.0, 0.5], label_smoothing=0.2)
    return loss_with_gradient(tf, loss, logits)


@scenario
def sparse_softmax(tf):
    logits = tf.constant(PREDICTIONS)
    loss = tf.losses.sparse_softmax_cross_entropy(
        [[1], [0], [2], [1]], logits, weights=[[1.0], [0.0], [2.0], [0.5]]
    )
    return loss_with_gradient(tf, loss, logits)


@scenario
def pairwise(tf):
    found = {}
    for name in ("one", "zero", "rows"):
        predictions = tf.constant(PREDICTIONS)
        loss = tf.losses.mean_pairwise_squared_error(LABELS, predictions, weights=WEIGHTS[name])
        for key, value in loss_with_gradient(tf, loss, predictions).items():
            found[name + "_" + key] = value
    return found


@scenario
def unknown_shapes(tf):
    """Weights whose fit is known only when the step runs."""
    found = {}
    values = tf.placeholder(tf.float32, None)
    weights = tf.placeholder(tf.float32, None)
    loss = tf.losses.compute_weighted_loss(values, weights)
    with tf.Session() as session:
        for name in ("one", "rows", "columns", "all"):
            found[name] = session.run(loss, {values: PREDICTIONS, weights: WEIGHTS[name]})
        for name, wrong in (("rank", [1.0] * 3), ("size", np.ones((4, 2))), ("empty", [])):
            try:
                session.run(loss, {values: PREDICTIONS, weights: wrong})
                refused = False
            except tf.errors.InvalidArgumentError:
                refused = True
            found[name + "_refused"] = np.array(refused)
    return found


@scenario
def collections(tf):
    """Losses and regularization losses add up."""
    predictions = tf.constant(PREDICTIONS)
    tf.losses.mean_squared_error(LABELS, predictions)
    with tf.name_scope("named"):
        tf.losses.log_loss(LABELS, predictions)
    tf.losses.add_loss(tf.constant(3.0))
    tf.losses.absolute_difference(LABELS, predictions, loss_collection=None)
    tf.get_variable("w", initializer=[1.0, -2.0], regularizer=lambda w: tf.reduce_sum(tf.abs(w)))
    fetches = {
        "total": tf.losses.get_total_loss(),
        "without": tf.losses.get_total_loss(add_regularization_losses=False),
        "regularization": tf.losses.get_regularization_loss(),
        "named": tf.losses.get_losses("named")[0],
        "none": tf.losses.get_regularization_loss("elsewhere"),
    }
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)
