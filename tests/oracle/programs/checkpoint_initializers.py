"""The nodes of `init_from_checkpoint` and `warm_start`: scopes, names, parts, vocabularies."""

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

# The names of files are in the nodes, so they must be the same everywhere.
home = os.getcwd()
folder = tempfile.mkdtemp()
os.chdir(folder)
for name, words in (("old.txt", "apple\nbanana\nguava\n"), ("new.txt", "guava\napple\nkiwi\nbanana\n")):
    with open(name, "w") as file:
        file.write(words)

with tf.Graph().as_default(), tf.Session() as session:
    with tf.variable_scope("scope"):
        tf.get_variable("v", initializer=np.zeros([4, 2], np.float32))
        tf.get_variable("w", initializer=np.zeros([3, 2], np.float32))
        tf.get_variable("words", initializer=np.zeros([3, 2], np.float32))
        tf.get_variable("classes", initializer=np.zeros([2, 3], np.float32))
        tf.get_variable("bias", initializer=np.zeros([3, 1], np.float32))
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, "./model", write_meta_graph=False)

zeros = tf.zeros_initializer()
two = tf.fixed_size_partitioner(2)
with tf.variable_scope("scope"):
    v = tf.get_variable("v", [4, 2], initializer=zeros, partitioner=two)
    w = tf.get_variable("w", [3, 2], initializer=zeros, use_resource=True)
tf.train.init_from_checkpoint("./model", {"scope/": "scope/"})
with tf.variable_scope("other"), tf.device("/cpu:0"):
    other = tf.get_variable("w", [3, 2], initializer=zeros)
    parts = tf.get_variable("v", [4, 2], initializer=zeros, partitioner=two)
tf.train.init_from_checkpoint("./model", {"scope/w": other, "scope/v": parts._get_variable_list()})
tf.train.init_from_checkpoint("./model", {"scope/w": "other/w", "scope/v": "other/v"})
tf.contrib.framework.init_from_checkpoint("./model", {"scope/w": w, "scope/v": "other/v"})
tf.identity(w.initial_value, name="initial")

words = tf.get_variable("words", [6, 2], initializer=zeros, partitioner=two)
classes = tf.get_variable("classes", [2, 5], initializer=zeros, use_resource=True)
plain = tf.get_variable("plain", [3, 2], initializer=zeros)
vocabulary = dict(new_vocab="new.txt", new_vocab_size=4, old_vocab="old.txt")
tf.train.warm_start(
    "./model",
    vars_to_warm_start="words|classes|plain",
    var_name_to_vocab_info={
        "words": tf.train.VocabInfo(
            num_oov_buckets=2, backup_initializer=tf.ones_initializer(), **vocabulary
        ),
        "classes": tf.train.VocabInfo(num_oov_buckets=1, axis=1, old_vocab_size=3, **vocabulary),
    },
    var_name_to_prev_var_name={"words": "scope/words", "classes": "scope/classes", "plain": "scope/w"},
)
initializer = tf.contrib.framework.load_embedding_initializer(
    ckpt_path="./model",
    embedding_tensor_name="scope/words",
    new_vocab_size=4,
    embedding_dim=2,
    old_vocab_file="old.txt",
    new_vocab_file="new.txt",
    num_oov_buckets=1,
)
tf.get_variable("embeddings", shape=[5, 2], initializer=initializer)
biases = tf.contrib.framework.load_linear_multiclass_bias_initializer(
    ckpt_path="./model",
    bias_tensor_name="scope/bias",
    new_class_vocab_size=4,
    old_class_vocab_file="old.txt",
    new_class_vocab_file="new.txt",
    num_class_oov_buckets=1,
    max_rows_in_memory=2,
)
tf.get_variable("biases", shape=[5, 1], initializer=biases)
tf.contrib.framework.assign_from_values({"other/w": np.ones([3, 2], np.float32)})
tf.contrib.framework.assign_from_checkpoint("./model", {"scope/w": [other, w], "scope/v": list(v)})
tf.contrib.framework.assign_from_checkpoint_fn("./model", {"scope/w": w}, reshape_variables=True)
os.chdir(home)
shutil.rmtree(folder)
