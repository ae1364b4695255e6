"""Models of Keras that are trained; what is stored are initial weights, histories and results."""

import hashlib

import numpy as np


def digest(arrays):
    """What tells whether arrays are the same, bit for bit."""
    parts = [np.ascontiguousarray(array) for array in arrays]
    texts = ["%s %s " % (part.dtype.name, part.shape) for part in parts]
    found = hashlib.sha1(b"".join(t.encode() + part.tobytes() for t, part in zip(texts, parts)))
    return np.array([found.hexdigest().encode()], dtype=object)


def data(items, *shape):
    """Random inputs and classes."""
    random = np.random.RandomState(5)
    return random.rand(items, *shape).astype(np.float32), random.randint(0, 3, items)


def seeded(tf):
    """Fix what is random: the seeds of the graph and of NumPy's order of items."""
    np.random.seed(3)
    tf.set_random_seed(7)
    return tf.keras


def trained(model, history):
    """What training came to."""
    found = {"history_" + name: np.asarray(values, np.float64) for name, values in history.history.items()}
    for i, weight in enumerate(model.get_weights()):
        found["weight_%d" % i] = weight
    return found


def dense_classifier(tf):
    with tf.Session():
        keras = seeded(tf)
        x, y = data(50, 6)
        model = keras.Sequential(
            [
                keras.layers.Dense(8, activation="relu", input_shape=(6,)),
                keras.layers.Dropout(0.25),
                keras.layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        initial = digest(model.get_weights())
        history = model.fit(x, y, batch_size=16, epochs=3, verbose=0, validation_split=0.2)
        found = trained(model, history)
        found["initial"] = initial
        found["evaluated"] = np.asarray(model.evaluate(x, y, verbose=0), np.float64)
        found["predicted"] = model.predict(x[:3])
        return found


def convolutional_classifier(tf):
    with tf.Session():
        keras = seeded(tf)
        x, y = data(24, 8, 8, 2)
        layers = keras.layers
        image = keras.Input((8, 8, 2))
        hidden = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
        hidden = layers.MaxPooling2D()(hidden)
        hidden = layers.Conv2D(3, 2, strides=2, kernel_regularizer="l2")(hidden)
        hidden = layers.Flatten()(layers.Activation("tanh")(hidden))
        model = keras.Model(image, layers.Dense(3, activation="softmax")(hidden))
        targets = np.eye(3, dtype=np.float32)[y]
        model.compile(
            keras.optimizers.SGD(0.1, momentum=0.9, decay=0.01),
            "categorical_crossentropy",
            metrics=["acc", "mse"],
        )
        initial = digest(model.get_weights())
        history = model.fit(x, targets, batch_size=8, epochs=2, verbose=0)
        found = trained(model, history)
        found["initial"] = initial
        return found


def two_outputs(tf):
    with tf.Session():
        keras = seeded(tf)
        x, y = data(20, 4)
        first = keras.Input((4,), name="first")
        hidden = keras.layers.Dense(5, activation="elu", activity_regularizer="l1")(first)
        number = keras.layers.Dense(1, name="number")(hidden)
        kind = keras.layers.Dense(3, activation="softmax", name="kind")(hidden)
        model = keras.Model(inputs=first, outputs=[number, kind])
        model.compile(
            "rmsprop",
            loss={"number": "mse", "kind": "sparse_categorical_crossentropy"},
            loss_weights={"number": 0.5},
            metrics={"kind": ["accuracy"]},
        )
        targets = {"number": x[:, 0], "kind": y}
        weights = {"number": np.linspace(0, 1, 20), "kind": np.ones(20)}
        history = model.fit(x, targets, epochs=2, batch_size=10, verbose=0, sample_weight=weights)
        found = trained(model, history)
        for i, part in enumerate(model.predict(x[:2])):
            found["predicted_%d" % i] = part
        return found


def optimizers(tf):
    found = {}
    for name in ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam", "ftrl"):
        with tf.Graph().as_default(), tf.Session():
            keras = seeded(tf)
            x, _ = data(16, 3)
            model = keras.Sequential([keras.layers.Dense(2, input_dim=3, kernel_initializer="ones")])
            model.compile(name, "mae")
            losses = [model.train_on_batch(x, x[:, :2]) for _ in range(3)]
            found[name + "_losses"] = np.asarray(losses, np.float32)
            found[name + "_kernel"] = model.get_weights()[0]
            found[name + "_slots"] = np.asarray(
                [w.op.name.encode() for w in model.optimizer.weights], dtype=object
            )
    return found


def recurrent_classifier(tf):
    with tf.Graph().as_default(), tf.Session():
        keras = seeded(tf)
        layers = keras.layers
        random = np.random.RandomState(8)
        x, y = random.randint(0, 12, (24, 7)), random.randint(0, 2, 24)
        model = keras.Sequential(
            [
                layers.Embedding(12, 4, mask_zero=True),
                layers.Bidirectional(layers.GRU(3, return_sequences=True)),
                layers.LSTM(5, dropout=0.2, recurrent_dropout=0.1),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        model.build((None, 7))
        # The last bits of an orthogonal matrix are those of its factorization.
        weights = zip(model.weights, model.get_weights())
        initial = digest([w for v, w in weights if "recurrent_kernel" not in v.name])
        history = model.fit(x, y, batch_size=8, epochs=2, verbose=0, validation_data=(x[:8], y[:8]))
        found = trained(model, history)
        found["initial"] = initial
        found["predicted"] = model.predict(x[:3])
        return found


def normalized_images(tf):
    with tf.Graph().as_default(), tf.Session():
        keras = seeded(tf)
        layers = keras.layers
        x, y = data(24, 8, 8, 2)
        image = keras.Input((8, 8, 2))
        # A bias before the normalization has no gradient but noise, which RMSProp would make large.
        hidden = layers.SeparableConv2D(4, 3, padding="same", use_bias=False)(image)
        first = layers.BatchNormalization()(hidden)
        second = layers.add([first, layers.Conv2D(4, 1)(image)])
        second = layers.UpSampling2D()(layers.LeakyReLU()(second))
        pooled = layers.GlobalAveragePooling2D()(layers.Conv2DTranspose(3, 2)(second))
        model = keras.Model(image, layers.Dense(3, activation="softmax")(pooled))
        model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
        initial = digest(model.get_weights())
        history = model.fit(x, y, batch_size=8, epochs=2, verbose=0)
        found = trained(model, history)
        found["initial"] = initial
        found["evaluated"] = np.asarray(model.evaluate(x, y, verbose=0), np.float64)
        return found


def stateful_sequences(tf):
    with tf.Graph().as_default(), tf.Session():
        keras = seeded(tf)
        x, _ = data(8, 5, 3)
        model = keras.Sequential([keras.layers.LSTM(3, stateful=True, batch_input_shape=(4, 5, 3))])
        model.compile("sgd", "mse")
        history = model.fit(x, x[:, 0], batch_size=4, epochs=2, verbose=0, shuffle=False)
        found = trained(model, history)
        found["going_on"] = model.predict(x, batch_size=4)
        model.reset_states()
        found["anew"] = model.predict(x, batch_size=4)
        return found


def datasets(tf):
    with tf.Graph().as_default(), tf.Session():
        keras = seeded(tf)
        x, _ = data(20, 5)
        model = keras.Sequential([keras.layers.Dense(3, input_shape=(5,)), keras.layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        items = tf.data.Dataset.from_tensor_slices((x, x[:, :1])).batch(4)
        first = model.fit(items, epochs=2, verbose=0)
        found = {"first": np.asarray(first.history["loss"], np.float64)}
        found.update(
            trained(
                model,
                model.fit(
                    items.repeat(),
                    epochs=2,
                    steps_per_epoch=4,
                    verbose=0,
                    validation_data=items,
                    validation_steps=2,
                ),
            )
        )
        found["evaluated"] = np.asarray(model.evaluate(items, verbose=0), np.float64)
        found["predicted"] = model.predict(items, steps=2)
        return found


def rare_layers(tf):
    with tf.Graph().as_default(), tf.Session():
        keras = seeded(tf)
        layers = keras.layers
        random = np.random.RandomState(3)
        x = random.rand(6, 3, 6, 6, 2).astype(np.float32)
        frames = keras.Input((3, 6, 6, 2))
        hidden = layers.ConvLSTM2D(2, 3, recurrent_initializer="zeros")(frames)
        outputs = [layers.LocallyConnected2D(2, 2, strides=2, implementation=i)(hidden) for i in (1, 2, 3)]
        model = keras.Model(frames, layers.Flatten()(layers.concatenate(outputs)))
        model.compile("sgd", "mse")
        history = model.fit(x, np.ones((6, 24)), epochs=2, verbose=0)
        return trained(model, history)


SCENARIOS = {
    function.__name__: function
    for function in (
        dense_classifier,
        convolutional_classifier,
        two_outputs,
        optimizers,
        recurrent_classifier,
        normalized_images,
        stateful_sequences,
        datasets,
        rare_layers,
    )
}
