"""Models of Keras as descriptions, lines of text and files, and callbacks; what is printed, and errors."""

import contextlib
import io
import json
import os

import numpy as np

from tests.oracle.client._folders import files, in_folder, read, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def seeded(tf):
    np.random.seed(3)
    tf.set_random_seed(7)
    return tf.keras, tf.keras.layers


def printed(function):
    """What a function prints, with times of progress bars left out, and what it returns."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        found = function()
    return [line.split(" - ")[-1] if "==" in line else line for line in stream.getvalue().split("\n")], found


def rounded(values):
    return [round(float(value), 4) for value in np.ravel(values)]


def data():
    random = np.random.RandomState(5)
    return random.rand(16, 6).astype(np.float32), np.eye(3)[random.randint(0, 3, 16)]


def small(tf):
    keras, layers = seeded(tf)
    model = keras.Sequential(
        [
            layers.Dense(4, activation="relu", input_shape=(6,), kernel_initializer="ones"),
            layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.l2(0.5)),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), "categorical_crossentropy", metrics=["accuracy"])
    return model


def branches(tf):
    keras, layers = seeded(tf)
    image = keras.Input((6, 6, 2), name="image")
    hidden = layers.BatchNormalization()(layers.Conv2D(3, 3, activation="relu")(image))
    inner = layers.Dense(4, name="inner")(layers.Flatten()(hidden))
    joined = layers.concatenate([inner, layers.Dropout(0.5)(inner)])
    return keras.Model(image, layers.Dense(2, activation="softmax", name="kind")(joined))


def sequences(tf):
    keras, layers = seeded(tf)
    words = keras.Input((5,))
    hidden = layers.Embedding(9, 4, mask_zero=True)(words)
    hidden = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(hidden)
    hidden = layers.GRU(3, return_sequences=True, reset_after=True)(hidden)
    return keras.Model(words, layers.TimeDistributed(layers.Dense(2))(hidden))


@program
def descriptions(tf, folder):
    out = []
    for make in (small, branches, sequences):
        model = make(tf)
        text = model.to_json()
        again = tf.keras.models.model_from_json(text)
        out += [text, again.to_json() == text, [w.name for w in again.weights]]
    return out


@program
def summaries(tf, folder):
    out = []
    for make in (small, branches, sequences):
        model = make(tf)
        out.append(printed(model.summary))
        lines = []
        model.summary(line_length=80, positions=[0.3, 0.6, 0.8, 1.0], print_fn=lines.append)
        out.append(lines)
    keras, layers = tf.keras, tf.keras.layers
    out.append(tried(keras.Sequential([layers.Dense(2)]).summary))
    return out


@program
def hdf5(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        model.fit(x, y, epochs=2, verbose=0)
        model.save(folder + "/model.h5")
        model.save_weights(folder + "/weights.h5")
        expected = model.predict(x[:3])
        again = tf.keras.models.load_model(folder + "/model.h5")
        out = [files(folder), rounded(again.predict(x[:3]) - expected)]
        out.append([type(again.optimizer).__name__, rounded(again.optimizer.get_weights()[0])])
        out.append([w.name for w in again.optimizer.weights])
        out.append(rounded(again.evaluate(x, y, verbose=0)))
        other = small(tf)
        other.load_weights(folder + "/weights.h5")
        out.append(rounded(other.predict(x[:3]) - expected))
        other.load_weights(folder + "/model.h5", by_name=True)
        out.append(rounded(other.predict(x[:3]) - expected))
        keras = tf.keras
        wrong = keras.Sequential([keras.layers.Dense(4, input_shape=(6,))])
        out.append(tried(lambda: wrong.load_weights(folder + "/weights.h5")))
        uncompiled = keras.models.load_model(folder + "/model.h5", compile=False)
        out.append(tried(lambda: uncompiled.fit(x, y)))
        out.append(tried(lambda: keras.models.load_model(folder + "/nothing.h5")).split(":")[0])
        return out


@program
def checkpoints(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        model.fit(x, y, epochs=1, verbose=0)
        model.save_weights(folder + "/weights")
        expected = model.predict(x[:3])
        out = [files(folder), read(folder, "checkpoint")]
        names = [(name, list(shape)) for name, shape in tf.train.list_variables(folder + "/weights")]
        out.append(names)
        other = small(tf)
        other.load_weights(folder + "/weights")
        out.append(rounded(other.predict(x[:3]) - expected))
        out.append(tried(lambda: model.save_weights(folder + "/weights.h5", save_format="tf")))
        out.append(tried(lambda: model.save_weights(folder + "/weights", save_format="zip")))
        out.append(tried(lambda: other.load_weights(folder + "/weights", by_name=True)))
        return out


@program
def clones(tf, folder):
    out = []
    for make in (small, branches, sequences):
        model = make(tf)
        clone = tf.keras.models.clone_model(model)
        out.append([[w.name for w in clone.weights], [layer.name for layer in clone.layers]])
        out.append(clone.to_json() == model.to_json())
        tensor = tf.zeros([2] + list(model.input_shape[1:]))
        upon = tf.keras.models.clone_model(model, input_tensors=tensor)
        out.append([str(upon.output.shape), upon.layers[0].name])
    return out


@program
def checkpoint_callback(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        path = folder + "/{epoch:02d}-{loss:.1f}.h5"
        every = tf.keras.callbacks.ModelCheckpoint(path, verbose=1, save_weights_only=True, period=2)
        best = tf.keras.callbacks.ModelCheckpoint(
            folder + "/best.h5", monitor="loss", verbose=1, save_best_only=True
        )
        lines, _ = printed(lambda: model.fit(x, y, epochs=4, verbose=0, callbacks=[every, best]))
        return [lines, files(folder), rounded(best.best)]


@program
def stopping(tf, folder):
    x, y = data()
    out = []
    for arguments in (
        {"monitor": "loss", "min_delta": 0.5, "patience": 2, "verbose": 1},
        {"monitor": "acc", "patience": 1, "restore_best_weights": True, "verbose": 1},
        {"monitor": "loss", "baseline": 0.1, "patience": 1},
        {"monitor": "nothing"},
    ):
        with tf.Session():
            model = small(tf)
            stop = tf.keras.callbacks.EarlyStopping(**arguments)
            lines, history = printed(lambda: model.fit(x, y, epochs=8, verbose=0, callbacks=[stop]))
            out.append([lines, history.epoch, rounded(history.history["loss"]), stop.stopped_epoch])
    return out


@program
def rates(tf, folder):
    x, y = data()
    callbacks = tf.keras.callbacks
    with tf.Session():
        model = small(tf)
        schedule = callbacks.LearningRateScheduler(lambda epoch: 0.5 ** (epoch + 1), verbose=1)
        lines, history = printed(lambda: model.fit(x, y, epochs=3, verbose=0, callbacks=[schedule]))
        out = [lines, rounded(history.history["lr"]), rounded(history.history["loss"])]
        plateau = callbacks.ReduceLROnPlateau(
            "loss", factor=0.5, patience=1, min_delta=10, verbose=1, cooldown=1, min_lr=0.01
        )
        lines, history = printed(lambda: model.fit(x, y, epochs=6, verbose=0, callbacks=[plateau]))
        out += [lines, rounded(history.history["lr"])]
        out.append(tried(lambda: callbacks.ReduceLROnPlateau(factor=2.0)))
        wrong = callbacks.LearningRateScheduler(lambda epoch: "fast")
        out.append(tried(lambda: model.fit(x, y, verbose=0, callbacks=[wrong])))
        return out


@program
def tables(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        calls = []
        functions = tf.keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: calls.append(("epoch", epoch, sorted(logs or ()))),
            on_batch_end=lambda batch, logs: calls.append(("batch", batch, sorted(logs or ()))),
            on_train_end=lambda logs: calls.append(("end", sorted(logs or ()))),
        )
        path = folder + "/log.csv"
        for append in (False, True):
            table = tf.keras.callbacks.CSVLogger(path, append=append, separator=";")
            model.fit(x, y, epochs=2, verbose=0, callbacks=[table, functions], validation_data=(x, y))
        rows = read(folder, "log.csv").decode().split("\n")
        return [[row.split(";")[0] if i else row for i, row in enumerate(rows)], calls]


@program
def no_number(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        stop = tf.keras.callbacks.TerminateOnNaN()
        lines, history = printed(lambda: model.fit(x * np.nan, y, verbose=0, epochs=5, callbacks=[stop]))
        return [lines, history.epoch]


@program
def progress(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        return [
            printed(lambda: model.fit(x, y, epochs=2, verbose=2, shuffle=False))[0][:1],
            printed(lambda: model.fit(x, y, batch_size=4, validation_split=0.25, verbose=1))[0][:2],
            printed(lambda: rounded(model.evaluate(x, y, batch_size=8)))[1],
        ]


@program
def arrays(tf, folder):
    utils = tf.keras.utils
    return [
        utils.to_categorical([0, 2, 1]),
        utils.to_categorical([[1], [0]], 3, dtype="int32"),
        utils.normalize(np.array([[3.0, 4.0], [0.0, 0.0]])),
        tried(lambda: utils.multi_gpu_model(None, 1)),
        [t.name for t in utils.get_source_inputs(branches(tf).output)],
    ]


@program
def boards(tf, folder):
    x, y = data()
    with tf.Session():
        model = small(tf)
        board = tf.keras.callbacks.TensorBoard(folder + "/logs", histogram_freq=1, profile_batch=0)
        model.fit(x, y, epochs=2, verbose=0, callbacks=[board], validation_data=(x, y))
        (name,) = os.listdir(folder + "/logs")
        found = []
        for event in tf.train.summary_iterator(folder + "/logs/" + name):
            for value in event.summary.value:
                kind = value.WhichOneof("value")
                found.append((event.step, value.tag, kind))
        return found


@program
def configurations(tf, folder):
    """Every layer's description, there and back."""
    _, layers = seeded(tf)
    made = [
        layers.Conv1D(2, 3, padding="causal", dilation_rate=2),
        layers.Conv2DTranspose(2, 3, strides=2, output_padding=1),
        layers.SeparableConv2D(2, 3, depth_multiplier=2),
        layers.DepthwiseConv2D(3),
        layers.Conv3D(2, 3, data_format="channels_first"),
        layers.LSTM(3, dropout=0.5, unit_forget_bias=False),
        layers.GRU(3, reset_after=True, return_state=True),
        layers.SimpleRNN(3, go_backwards=True),
        layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True),
        layers.Bidirectional(layers.LSTM(3), merge_mode="sum"),
        layers.TimeDistributed(layers.Dense(2)),
        layers.Embedding(5, 3, mask_zero=True, input_length=4),
        layers.LayerNormalization(axis=[1, 2]),
        layers.BatchNormalization(momentum=0.5, renorm=True),
        layers.PReLU(shared_axes=[1]),
        layers.LeakyReLU(0.2),
        layers.ReLU(6.0),
        layers.GaussianNoise(0.1),
        layers.AlphaDropout(0.1),
        layers.Masking(2.0),
        layers.Dot(1, normalize=True),
        layers.Concatenate(1),
        layers.Reshape((2, -1)),
        layers.Permute((2, 1)),
        layers.RepeatVector(3),
        layers.UpSampling2D((2, 1), interpolation="bilinear"),
        layers.ZeroPadding2D(((1, 2), (3, 4))),
        layers.Cropping3D(1),
        layers.MaxPooling2D((2, 3), padding="same"),
        layers.GlobalAveragePooling1D(),
        layers.SpatialDropout2D(0.3),
        layers.ActivityRegularization(l1=0.5),
        layers.Attention(use_scale=True),
    ]
    out = []
    for layer in made:
        config = layer.get_config()
        text = json.dumps(config, default=str)
        again = type(layer).from_config(config)
        out.append([text, json.dumps(again.get_config(), default=str) == text])
    return out
