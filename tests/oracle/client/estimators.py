"""tf.estimator: what seeded estimators learn, evaluate, predict and export, and what is refused."""

import os

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client._folders import in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def rounded(value):
    """Numbers to four digits: sums of floats depend on the order."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if np.asarray(value).dtype.kind != "f":
        return value
    return np.asarray([float("%.4g" % item) for item in np.ravel(value)]).reshape(np.shape(value))


def data():
    numbers = np.arange(24, dtype=np.float32).reshape(12, 2) / 10
    words = np.array(["red", "green", "blue"] * 4)
    labels = np.array([0, 1, 2] * 4)
    return {"x": numbers, "w": words}, labels


def inputs(tf, epochs=None, labels=None):
    features, classes = data()
    return tf.estimator.inputs.numpy_input_fn(
        features, classes if labels is None else labels, batch_size=4, num_epochs=epochs, shuffle=False
    )


def columns(tf):
    fc = tf.feature_column
    words = fc.categorical_column_with_vocabulary_list("w", ["red", "green", "blue"])
    return [fc.numeric_column("x", (2,)), fc.embedding_column(words, 2)], [words]


def config(tf, **more):
    return tf.estimator.RunConfig(tf_random_seed=7, save_summary_steps=5, **more)


def learned(tf, estimator, labels=None, steps=12):
    estimator.train(inputs(tf, labels=labels), steps=steps)
    metrics = estimator.evaluate(inputs(tf, 1, labels))
    first = next(estimator.predict(inputs(tf, 1, labels)))
    names = estimator.get_variable_names()
    values = {name: estimator.get_variable_value(name) for name in names if "Adagrad" not in name}
    return rounded([metrics, first, names, values])


@program
def a_deep_classifier(tf, folder):
    dense, _ = columns(tf)
    estimator = tf.estimator.DNNClassifier([5, 4], dense, folder + "/m", n_classes=3, config=config(tf))
    found = learned(tf, estimator)
    spec = tf.feature_column.make_parse_example_spec(dense)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    exported = estimator.export_saved_model(folder + "/export", receiver)
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.load(session, ["serve"], exported)
        example = tf.train.Example()
        example.features.feature["x"].float_list.value.extend([0.5, 1.0])
        example.features.feature["w"].bytes_list.value.append(b"green")
        signature = meta.signature_def["predict"]
        outputs = {key: signature.outputs[key].name for key in ("logits", "classes")}
        feeds = {signature.inputs["examples"].name: [example.SerializeToString()]}
        served = session.run(outputs, feeds)
    return found, rounded(served), sorted(meta.signature_def), sorted(os.listdir(folder + "/m"))[:1]


@program
def a_binary_deep_classifier_with_dropout(tf, folder):
    dense, _ = columns(tf)
    estimator = tf.estimator.DNNClassifier(
        [4], dense, folder, config=config(tf), dropout=0.3, batch_norm=True, optimizer="Adam"
    )
    return learned(tf, estimator, np.array([0, 1] * 6))


@program
def a_linear_classifier(tf, folder):
    dense, sparse = columns(tf)
    crossed = tf.feature_column.crossed_column(["w", "w2"], 7)
    estimator = tf.estimator.LinearClassifier(
        [dense[0], *sparse], folder, n_classes=3, config=config(tf), sparse_combiner="mean"
    )
    return learned(tf, estimator), crossed.name


@program
def a_linear_regressor(tf, folder):
    dense, sparse = columns(tf)
    estimator = tf.estimator.LinearRegressor([dense[0], *sparse], folder, config=config(tf))
    return learned(tf, estimator, np.arange(12, dtype=np.float32))


@program
def a_wide_and_deep_regressor(tf, folder):
    dense, sparse = columns(tf)
    estimator = tf.estimator.DNNLinearCombinedRegressor(
        folder,
        linear_feature_columns=sparse,
        dnn_feature_columns=dense,
        dnn_hidden_units=[4],
        config=config(tf),
    )
    return learned(tf, estimator, np.arange(12, dtype=np.float32))


@program
def baselines(tf, folder):
    classifier = tf.estimator.BaselineClassifier(folder + "/c", n_classes=3, config=config(tf))
    regressor = tf.estimator.BaselineRegressor(folder + "/r", config=config(tf))
    return learned(tf, classifier), learned(tf, regressor, np.arange(12, dtype=np.float32))


def model(features, labels, mode, params):
    import tensorflow as tf

    hidden = tf.layers.dense(features["x"], params["units"], tf.nn.relu)
    logits = tf.layers.dense(hidden, 3)
    classes = tf.argmax(logits, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode,
            predictions={"class": classes, "logits": logits},
            export_outputs={"out": tf.estimator.export.PredictOutput({"class": classes})},
        )
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        accuracy = tf.metrics.accuracy(labels, classes)
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"accuracy": accuracy})
    step = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)


def dataset(tf):
    features, labels = data()
    return tf.data.Dataset.from_tensor_slices(({"x": features["x"]}, labels)).repeat().batch(4)


class Counting:
    """The steps and losses that a hook of training sees."""

    def __init__(self, tf):
        class Hook(tf.train.SessionRunHook):
            def __init__(self):
                self.steps = []

            def before_run(self, context):
                return tf.train.SessionRunArgs(tf.train.get_global_step())

            def after_run(self, context, values):
                self.steps.append(int(values.results))

        self.hook = Hook()


@program
def a_model_of_a_program(tf, folder):
    made = config(tf, save_checkpoints_steps=5, keep_checkpoint_max=2, model_dir=folder)
    estimator = tf.estimator.Estimator(model, config=made, params={"units": 4})
    counting = Counting(tf)
    estimator.train(lambda: dataset(tf), max_steps=12, hooks=[counting.hook])
    files = sorted(name for name in os.listdir(folder) if name.endswith(".index"))
    metrics = estimator.evaluate(lambda: dataset(tf), steps=3, name="three")
    predictions = list(estimator.predict(lambda: dataset(tf).take(1), yield_single_examples=True))

    def receiver():
        x = tf.placeholder(tf.float32, [None, 2], "x")
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    exported = estimator.export_saved_model(folder + "/export", receiver)
    served = []
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.load(session, ["serve"], exported)
        signature = meta.signature_def["serving_default"]
        feeds = {signature.inputs["x"].name: data()[0]["x"][:3]}
        served = session.run(signature.outputs["class"].name, feeds)
    more = estimator.train(lambda: dataset(tf), steps=3)
    return (
        rounded([metrics, predictions[:2], served.tolist(), counting.hook.steps]),
        files,
        sorted(meta.signature_def),
        more is estimator,
        int(estimator.get_variable_value("global_step")),
        os.path.basename(estimator.latest_checkpoint()),
        os.path.isdir(estimator.eval_dir("three")),
        attempt(lambda: estimator.train(lambda: dataset(tf), steps=0)),
        attempt(lambda: estimator.train(lambda: dataset(tf), steps=1, max_steps=2)),
        attempt(lambda: estimator.get_variable_value("nothing")),
    )


@program
def trained_and_evaluated_in_turns(tf, folder):
    estimator = tf.estimator.Estimator(
        model, folder, config(tf, save_checkpoints_steps=4), params={"units": 3}
    )

    def receiver():
        x = tf.placeholder(tf.float32, [None, 2], "x")
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    exporters = [
        tf.estimator.FinalExporter("final", receiver),
        tf.estimator.BestExporter("best", receiver, exports_to_keep=1),
    ]
    stop = tf.estimator.experimental.stop_if_no_decrease_hook(
        estimator, "loss", max_steps_without_decrease=1000, min_steps=1
    )
    train = tf.estimator.TrainSpec(lambda: dataset(tf), max_steps=10, hooks=[stop])
    evaluate = tf.estimator.EvalSpec(
        lambda: dataset(tf), steps=3, exporters=exporters, start_delay_secs=0, throttle_secs=0
    )
    metrics, exported = tf.estimator.train_and_evaluate(estimator, train, evaluate)
    return rounded(metrics), len(exported), sorted(os.listdir(folder + "/export"))


@program
def warm_starts(tf, folder):
    first = tf.estimator.Estimator(model, folder + "/a", config(tf), params={"units": 3})
    first.train(lambda: dataset(tf), steps=5)
    settings = tf.estimator.WarmStartSettings(folder + "/a", vars_to_warm_start="dense/.*")
    second = tf.estimator.Estimator(
        model, folder + "/b", config(tf), params={"units": 3}, warm_start_from=settings
    )
    second.train(lambda: dataset(tf), steps=1)
    return rounded([second.evaluate(lambda: dataset(tf), steps=3), second.get_variable_value("dense/kernel")])


@program
def extended_and_forwarded(tf, folder):
    dense, _ = columns(tf)
    estimator = tf.estimator.DNNClassifier([3], dense, folder, n_classes=3, config=config(tf))
    estimator = tf.contrib.estimator.forward_features(estimator, "key") if False else estimator
    more = tf.estimator.add_metrics(
        estimator, lambda labels, predictions: {"mine": tf.metrics.mean(predictions["logits"])}
    )
    more.train(inputs(tf), steps=3)
    return rounded(more.evaluate(inputs(tf, 1)))


@program
def configurations(tf, folder):
    made = tf.estimator.RunConfig(folder, tf_random_seed=3, log_step_count_steps=7)
    again = made.replace(save_summary_steps=9)
    return (
        [made.model_dir == folder, made.tf_random_seed, made.save_checkpoints_secs, made.is_chief],
        [again.save_summary_steps, again.log_step_count_steps, again.task_type, again.num_ps_replicas],
        attempt(lambda: tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=2)),
        attempt(lambda: tf.estimator.RunConfig(save_summary_steps=-1)),
        attempt(lambda: made.replace(nothing=3)),
        attempt(lambda: tf.estimator.Estimator(None)),
        attempt(lambda: tf.estimator.Estimator(model, folder, config={"a": 1})),
        attempt(lambda: tf.estimator.Estimator(lambda x: x, folder)),
        attempt(lambda: tf.estimator.EstimatorSpec("train")),
        attempt(lambda: tf.estimator.EstimatorSpec("infer")),
        attempt(lambda: tf.estimator.TrainSpec(3)),
    )


@program
def one_for_tpus_without_them(tf, folder):
    tpu = tf.contrib.tpu
    numbers = np.random.RandomState(0).rand(16, 3).astype("f")
    labels = (numbers[:, 0] > numbers[:, 1]).astype("i")
    params_seen = []

    def model_fn(features, labels, mode, params):
        params_seen.append((mode, sorted(params)))
        w = tf.get_variable("w", [3, 2], initializer=tf.random_normal_initializer(seed=1))
        logits = tf.matmul(features["x"], w)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tpu.TPUEstimatorSpec(mode=mode, predictions={"p": tf.nn.softmax(logits)})
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_mean(losses)
        if mode == tf.estimator.ModeKeys.TRAIN:
            step = tf.train.get_or_create_global_step()
            train = tf.train.GradientDescentOptimizer(0.5).minimize(loss, global_step=step)
            return tpu.TPUEstimatorSpec(mode=mode, loss=loss, train_op=train, scaffold_fn=None)

        def metric_fn(losses, labels, logits):
            guesses = tf.argmax(logits, -1, output_type=tf.int32)
            return {"right": tf.metrics.accuracy(labels, guesses), "mean": tf.metrics.mean(losses)}

        return tpu.TPUEstimatorSpec(mode=mode, loss=loss, eval_metrics=(metric_fn, [losses, labels, logits]))

    config = tpu.RunConfig(
        model_dir=os.path.join(folder, "model"),
        tf_random_seed=3,
        tpu_config=tpu.TPUConfig(
            iterations_per_loop=5, per_host_input_for_training=tpu.InputPipelineConfig.PER_HOST_V2
        ),
    )
    estimator = tpu.TPUEstimator(
        use_tpu=False,
        model_fn=model_fn,
        config=config,
        train_batch_size=4,
        eval_batch_size=4,
        predict_batch_size=4,
        params={"a": 1},
    )

    def rows(params):
        return tf.data.Dataset.from_tensor_slices(({"x": numbers}, labels)).batch(params["batch_size"])

    estimator.train(lambda params: rows(params).repeat(), max_steps=20)
    metrics = estimator.evaluate(rows, steps=4)
    predictions = [np.round(each["p"], 4).tolist() for each in estimator.predict(rows)]
    return (
        params_seen,
        {key: round(float(value), 4) for key, value in metrics.items()},
        predictions,
        attempt(lambda: tpu.TPUConfig(num_cores_per_replica=3)),
        tpu.TPUConfig().iterations_per_loop,
    )
