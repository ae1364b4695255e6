"""The nodes of models of Keras: layers, losses, metrics, updates."""

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers
tf.set_random_seed(3)

model = keras.Sequential(
    [
        layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.4),
        layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.l2(0.01)),
    ]
)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model._make_train_function()
model._make_test_function()
model._make_predict_function()

first, second = keras.Input((5,)), keras.Input((5, 4), dtype="float32", name="named")
shared = layers.Dense(3, use_bias=False)
hidden = shared(first)
per_step = layers.Dense(2, activation="selu")(second)
flat = layers.Flatten()(per_step)
functional = keras.Model([first, second], [hidden, layers.Dense(1, activation="sigmoid")(flat)])
functional.compile(
    keras.optimizers.SGD(0.1, momentum=0.5, nesterov=True, clipnorm=1.0, decay=0.1),
    ["mse", "binary_crossentropy"],
    metrics=["mae"],
    loss_weights=[0.3, 1.0],
)
functional._make_train_function()
functional([tf.constant(np.ones([2, 5], np.float32)), tf.zeros([2, 5, 4])])


class Twice(keras.Model):
    def __init__(self):
        super(Twice, self).__init__()
        self.inner = layers.Dense(4)
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=None):
        return self.inner(self.drop(self.inner(inputs), training=training))


Twice()(tf.zeros([2, 4]), training=True)
