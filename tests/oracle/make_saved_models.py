"""Lets TensorFlow 1.15.5, or TensorFlow 2, write SavedModels. Run from the repository root with each:

oracle-python tests/oracle/make_saved_models.py
tensorflow2-python tests/oracle/make_saved_models.py
"""

import json
import os
import shutil

import numpy as np
import tensorflow as tf

HERE = "tests/golden/saved_models"


def store(name, inputs, outputs):
    """What the model makes of its inputs, beside it."""
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        plain = [
            {key: np.asarray(value).tolist() for key, value in each.items()} for each in (inputs, outputs)
        ]
        json.dump({"inputs": plain[0], "outputs": plain[1]}, file)
        file.write("\n")


def emptied(name):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def first():
    """A classifier with ref and resource variables, and a vocabulary as an asset."""
    folder, words = emptied("first"), "/tmp/words.txt"
    with open(words, "w") as file:
        file.write("one two")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(5)
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        hidden = tf.layers.dense(x, 4, tf.nn.relu, name="hidden")
        with tf.variable_scope("out", use_resource=True):
            scores = tf.nn.softmax(tf.layers.dense(hidden, 2), name="scores")
        path = tf.constant(words, name="path")
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
        content = tf.Variable("", name="content", trainable=False, collections=["loaded"])
        start = tf.group(content.assign(tf.read_file(path)), name="start")
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.Builder(folder)
        predict = tf.saved_model.predict_signature_def({"x": x}, {"scores": scores, "content": content})
        builder.add_meta_graph_and_variables(
            session,
            [tf.saved_model.tag_constants.SERVING],
            {"serving_default": predict},
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
            main_op=start,
        )
        builder.save()
        fed = [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]]
        store("first", {"x": fed}, {"scores": session.run(scores, {x: fed})})


def module():
    """A module of TensorFlow 2 with a conditional and a loop."""

    class Scaled(tf.Module):
        def __init__(self):
            super().__init__()
            self.scale = tf.Variable([1.0, 2.0, 3.0], name="scale")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def apply(self, x):
            result = x * self.scale
            if tf.reduce_sum(result) > 0.0:
                result = result + 1.0
            else:
                result = result - 1.0
            for _ in tf.range(3):
                result = result * 2.0
            return {"result": result}

    made = Scaled()
    tf.saved_model.save(made, emptied("module"), signatures=made.apply)
    fed = tf.constant([[1.0, 1.0, 1.0], [0.5, 2.0, 0.0]])
    store("module", {"x": fed}, made.apply(fed))


def network():
    """A network of Keras 3."""
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.Input((6, 6, 1), name="image"),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "mse")
    fed = np.linspace(-1, 1, 72, dtype=np.float32).reshape(2, 6, 6, 1)
    model.fit(fed, np.float32([[1, 0, 0], [0, 1, 0]]), verbose=0, epochs=2)
    model.export(emptied("network"), verbose=False)
    store("network", {"image": fed}, {"output_0": model(fed)})


def main():
    os.makedirs(HERE, exist_ok=True)
    for make in [first] if tf.__version__.startswith("1.") else [module, network]:
        make()


if __name__ == "__main__":
    main()
