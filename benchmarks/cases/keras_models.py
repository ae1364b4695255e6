"""Models of Keras that are trained by `fit`."""

import numpy as np

from benchmarks import adapter
from benchmarks.adapter import tf


def keras():
    """tf.keras; TensorFlow 2's graphs have it inside."""
    if adapter.chosen == "tf-2":
        from tensorflow.python import keras as found

        return found
    return tf.keras


def start(model):
    """Values that every peer has: small ones that repeat."""
    model.set_weights([np.resize(np.linspace(-0.1, 0.1, 97), w.shape) for w in model.get_weights()])
    return model


def fitted(model, x, y, batch_size):
    """A function that trains an epoch in the order of the data and returns its loss."""

    def epoch():
        history = model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0, shuffle=False)
        return np.float32(history.history["loss"][0])

    return epoch


def dense_fit():
    """An epoch of 100 small steps."""
    random = np.random.RandomState(0)
    layers = keras().layers
    x = random.rand(3200, 20).astype(np.float32)
    model = keras().Sequential([layers.Dense(32, activation="relu", input_shape=(20,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return fitted(start(model), x, x[:, :1], 32)


def cnn():
    """The network of many tutorials, without dropout since it is random."""
    layers = keras().layers
    model = keras().Sequential(
        [
            layers.Conv2D(16, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return start(model)


def digits():
    """Pictures and classes."""
    random = np.random.RandomState(0)
    return random.rand(1280, 28, 28, 1).astype(np.float32), random.randint(0, 10, 1280)


def cnn_fit():
    """An epoch of 20 steps of pictures."""
    return fitted(cnn(), *digits(), batch_size=64)


def cnn_first_epoch():
    """The model and its first epoch, with all that is made and compiled in it."""

    def first():
        return fitted(cnn(), *digits(), batch_size=64)()

    return first
