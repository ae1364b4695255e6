"""tf.keras' parts of other packages, data sets of local files, and models as scikit-learn wants them.

The interpreter with TensorFlow needs SciPy, too, for the pictures.
"""

import gzip
import hashlib
import os
import pickle
import tarfile

import numpy as np

from tests.oracle.client._folders import in_folder, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def at_home(folder):
    """Let ~ be a folder."""
    os.environ["HOME"] = folder
    path = os.path.join(folder, ".keras", "datasets")
    if not os.path.isdir(path):
        os.makedirs(path)
    return path


@program
def texts(tf, folder):
    text = tf.keras.preprocessing.text
    tokenizer = text.Tokenizer(num_words=5, oov_token="?")
    lines = ["the cat sat on the mat", "The dog, the cat!"]
    tokenizer.fit_on_texts(lines)
    return [
        tokenizer.word_index,
        tokenizer.texts_to_sequences(lines + ["a bird"]),
        tokenizer.texts_to_matrix(lines, mode="count"),
        text.text_to_word_sequence("One, two three"),
        text.hashing_trick("one two three", 20, hash_function="md5"),
    ]


@program
def sequences(tf, folder):
    sequence = tf.keras.preprocessing.sequence
    windows = sequence.TimeseriesGenerator(np.arange(10), np.arange(10), length=3, batch_size=4)
    return [
        sequence.pad_sequences([[1, 2], [3, 4, 5, 6], []], maxlen=3),
        sequence.pad_sequences([[1.5]], padding="post", dtype="float32", value=-1.0, maxlen=2),
        sequence.make_sampling_table(5),
        len(windows),
        windows[0],
        isinstance(windows, tf.keras.utils.Sequence),
    ]


@program
def pictures(tf, folder):
    image = tf.keras.preprocessing.image
    np.random.seed(4)
    x = np.arange(4 * 4 * 4 * 1).reshape(4, 4, 4, 1).astype(np.float32)
    generator = image.ImageDataGenerator(horizontal_flip=True, rescale=0.5, featurewise_center=True)
    generator.fit(x)
    batches = generator.flow(x, np.arange(4), batch_size=3, seed=2)
    first, labels = next(batches)
    return [
        generator.data_format,
        str(generator.dtype),
        len(batches),
        isinstance(batches, tf.keras.utils.Sequence),
        first,
        labels,
        next(batches)[1],
    ]


@program
def generated_training(tf, folder):
    keras = tf.keras
    np.random.seed(4)
    tf.set_random_seed(2)
    with tf.Session():
        x, y = np.random.rand(10, 4, 4, 1), np.random.randint(0, 2, 10)
        model = keras.Sequential([keras.layers.Flatten(input_shape=(4, 4, 1)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        batches = keras.preprocessing.image.ImageDataGenerator(vertical_flip=True).flow(x, y, 4, seed=1)
        history = model.fit_generator(batches, epochs=2, verbose=0, shuffle=False, validation_data=(x, y))
        found = history.history["loss"] + history.history["val_loss"]
        return [round(float(value), 4) for value in found]


@program
def networks(tf, folder):
    out = []
    applications = tf.keras.applications
    for name, size in (("MobileNetV2", 32), ("ResNet50", 32), ("VGG16", 32), ("DenseNet121", 32)):
        with tf.Graph().as_default():
            model = getattr(applications, name)(weights=None, input_shape=(size, size, 3), classes=7)
            names = ",".join(w.name for w in model.weights)
            digest = hashlib.md5(names.encode()).hexdigest()
            out.append([name, len(model.layers), model.count_params(), digest, str(model.output.shape)])
            out.append(len(tf.get_default_graph().get_operations()))
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    for name in ("vgg16", "mobilenet", "resnet50", "xception", "densenet"):
        out.append(getattr(applications, name).preprocess_input(x.copy()))
    out.append(tried(lambda: applications.VGG16(weights="nothing")))
    return out


@program
def digits(tf, folder):
    home = at_home(folder)
    pixels = np.arange(24).reshape(2, 3, 4)
    np.savez(home + "/small.npz", x_train=pixels, y_train=[1, 2], x_test=pixels[:1], y_test=[3])
    found = tried(lambda: tf.keras.utils.get_file("small.npz", "file:///nothing"))
    for name, count in (("train", 3), ("t10k", 2)):
        fashion = os.path.join(os.path.dirname(home), "datasets", "fashion-mnist")
        if not os.path.isdir(fashion):
            os.makedirs(fashion)
        with gzip.open(fashion + "/%s-labels-idx1-ubyte.gz" % name, "wb") as file:
            file.write(bytes(8) + bytes(range(count)))
        with gzip.open(fashion + "/%s-images-idx3-ubyte.gz" % name, "wb") as file:
            file.write(bytes(16) + bytes(count * 28 * 28))
    (x, y), (x_test, y_test) = tf.keras.datasets.fashion_mnist.load_data()
    return [found, x.shape, y, x_test.dtype.name, y_test]


@program
def archives(tf, folder):
    home = at_home(folder)
    os.mkdir(folder + "/packed")
    with open(folder + "/packed/data", "wb") as file:
        pickle.dump({b"a": 1}, file)
    with tarfile.open(home + "/packed.tar.gz", "w:gz") as archive:
        archive.add(folder + "/packed", "packed")
    path = tf.keras.utils.get_file("packed", "file:///nothing", untar=True)
    return [path, sorted(os.listdir(path))]


@program
def estimators(tf, folder):
    keras = tf.keras
    np.random.seed(4)
    tf.set_random_seed(2)

    def build(units=3):
        model = keras.Sequential([keras.layers.Dense(units, activation="softmax", input_shape=(4,))])
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
        return model

    def build_line():
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(4,))])
        model.compile("sgd", "mse")
        return model

    with tf.Session():
        x, y = np.random.rand(12, 4), np.tile([3, 5, 9], 4)
        classifier = keras.wrappers.scikit_learn.KerasClassifier(build, units=3, epochs=2, verbose=0)
        history = classifier.fit(x, y)
        regressor = keras.wrappers.scikit_learn.KerasRegressor(build_line, verbose=0)
        regressor.fit(x, x[:, 0], batch_size=6)
        return [
            classifier.classes_,
            [round(float(loss), 4) for loss in history.history["loss"]],
            set(classifier.predict(x)) <= {3, 5, 9},
            classifier.predict_proba(x[:2]).shape,
            round(float(classifier.score(x, y)), 4),
            sorted(classifier.get_params()),
            regressor.predict(x[:3]).shape,
            round(float(regressor.score(x, x[:, 0])), 4),
            tried(lambda: keras.wrappers.scikit_learn.KerasClassifier(build, colour=1)),
        ]
