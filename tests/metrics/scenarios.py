"""tf.metrics over several batches; see tests/scenarios.py."""

import numpy as np

BATCHES = 3
R = np.random.RandomState(0)
TRUTH = R.randint(0, 2, (BATCHES, 8)).astype(bool)
YES = R.randint(0, 2, (BATCHES, 8)).astype(bool)
PROBABILITIES = R.uniform(0, 1, (BATCHES, 8)).astype("f4")
CLASSES = R.randint(0, 4, (BATCHES, 8)).astype("i8")
CALLED = R.randint(0, 4, (BATCHES, 8)).astype("i8")
VALUES = R.randn(BATCHES, 8, 3).astype("f4")
WEIGHTS = R.randint(0, 3, (BATCHES, 8)).astype("f4")


def streamed(build, *data):
    """A function of tf that feeds batches to `build(tf, *placeholders)`."""

    def run(tf):
        feeds = [tf.placeholder(tf.as_dtype(array.dtype), array.shape[1:]) for array in data]
        value, update = build(tf, *feeds)
        values, updates = [], []
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            values.append(session.run(value))
            for i in range(BATCHES):
                fed = dict(zip(feeds, [array[i] for array in data]))
                updates.append(session.run(update, fed))
                values.append(session.run(value))
            variables = session.run(tf.local_variables())
        names = [v.name for v in tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)]
        return dict(zip(names, variables), values=np.array(values), updates=np.array(updates))

    return run


SCENARIOS = {
    "mean": streamed(lambda tf, v: tf.metrics.mean(v), VALUES),
    "mean_weighted": streamed(lambda tf, v, w: tf.metrics.mean(v, tf.expand_dims(w, 1)), VALUES, WEIGHTS),
    "mean_scalar_weight": streamed(lambda tf, v: tf.metrics.mean(v, 2.0), VALUES),
    "mean_tensor": streamed(lambda tf, v: tf.metrics.mean_tensor(v), VALUES),
    "percentage_below": streamed(lambda tf, v: tf.metrics.percentage_below(v, 0.3), VALUES),
    "accuracy": streamed(lambda tf, a, b: tf.metrics.accuracy(a, b), CLASSES, CALLED),
    "accuracy_weighted": streamed(
        lambda tf, a, b, w: tf.metrics.accuracy(tf.expand_dims(a, 1), b, w), CLASSES, CALLED, WEIGHTS
    ),
    "mean_absolute_error": streamed(
        lambda tf, a, b: tf.metrics.mean_absolute_error(a, b), VALUES, VALUES[::-1].copy()
    ),
    "mean_squared_error": streamed(
        lambda tf, a, b: tf.metrics.mean_squared_error(a, b), VALUES, VALUES[::-1].copy()
    ),
    "root_mean_squared_error": streamed(
        lambda tf, a, b: tf.metrics.root_mean_squared_error(a, b), VALUES, VALUES[::-1].copy()
    ),
    "mean_relative_error": streamed(
        lambda tf, a, b, w: tf.metrics.mean_relative_error(a, b, w), PROBABILITIES, WEIGHTS, WEIGHTS
    ),
    "mean_cosine_distance": streamed(
        lambda tf, a, b: tf.metrics.mean_cosine_distance(a, b, 1), VALUES, VALUES[::-1].copy()
    ),
    "mean_per_class_accuracy": streamed(
        lambda tf, a, b: tf.metrics.mean_per_class_accuracy(a, b, 4), CLASSES, CALLED
    ),
    "mean_per_class_accuracy_weighted": streamed(
        lambda tf, a, b, w: tf.metrics.mean_per_class_accuracy(a, b, 4, weights=w), CLASSES, CALLED, WEIGHTS
    ),
    "mean_iou": streamed(lambda tf, a, b: tf.metrics.mean_iou(a, b, 4), CLASSES, CALLED),
    "mean_iou_weighted": streamed(
        lambda tf, a, b, w: tf.metrics.mean_iou(a, b, 5, weights=w), CLASSES, CALLED, WEIGHTS
    ),
    "sensitivity_at_specificity": streamed(
        lambda tf, a, p: tf.metrics.sensitivity_at_specificity(a, p, 0.6), TRUTH, PROBABILITIES
    ),
    "specificity_at_sensitivity": streamed(
        lambda tf, a, p: tf.metrics.specificity_at_sensitivity(a, p, 0.6, num_thresholds=20),
        TRUTH,
        PROBABILITIES,
    ),
    "auc_given_thresholds": streamed(
        lambda tf, a, p: tf.metrics.auc(a, p, thresholds=[0.75, 0.25, 0.5]), TRUTH, PROBABILITIES
    ),
}
for _name in (
    "true_positives",
    "false_positives",
    "true_negatives",
    "false_negatives",
    "precision",
    "recall",
):
    SCENARIOS[_name] = streamed(lambda tf, a, b, name=_name: getattr(tf.metrics, name)(a, b), TRUTH, YES)
    SCENARIOS[_name + "_weighted"] = streamed(
        lambda tf, a, b, w, name=_name: getattr(tf.metrics, name)(a, b, w), TRUTH, YES, WEIGHTS
    )
    SCENARIOS[_name + "_at_thresholds"] = streamed(
        lambda tf, a, p, w, name=_name: getattr(tf.metrics, name + "_at_thresholds")(
            a, p, [0.2, 0.5, 0.7], w
        ),
        TRUTH,
        PROBABILITIES,
        WEIGHTS,
    )
for _curve in ("ROC", "PR"):
    for _method in ("trapezoidal", "minoring", "majoring", "careful_interpolation"):
        SCENARIOS["auc-%s-%s" % (_curve, _method)] = streamed(
            lambda tf, a, p, curve=_curve, method=_method: tf.metrics.auc(
                a, p, curve=curve, summation_method=method, num_thresholds=20
            ),
            TRUTH,
            PROBABILITIES,
        )


def unknown_ranks(tf):
    """Weights, labels and predictions whose ranks are known only when the step runs."""
    labels, predictions = tf.placeholder(tf.int64, None), tf.placeholder(tf.int64, None)
    weights = tf.placeholder(tf.float32, None)
    _, update = tf.metrics.accuracy(labels, predictions, weights)
    found = []
    with tf.Session() as session:
        for a, b, w in [
            ([1, 2, 3], [1, 0, 3], 1.0),
            ([[1], [2]], [1, 2], [1.0, 0.0]),
            ([1, 2], [[1], [1]], [[1.0], [2.0]]),
            ([[1, 2], [3, 4]], [[1, 2], [0, 0]], [1.0, 2.0]),
        ]:
            session.run(tf.local_variables_initializer())
            found.append(session.run(update, {labels: a, predictions: b, weights: w}))
    return {"accuracies": np.array(found)}


SCENARIOS["unknown_ranks"] = unknown_ranks
