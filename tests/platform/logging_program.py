"""Log lines of every kind; run as a script, under TensorFlow 1.15.5 or perdure."""

import logging

import tensorflow as tf

tf.logging.info("hidden")
tf.logging.warn("shown %d", 3)
tf.logging.set_verbosity(tf.logging.INFO)
print(tf.logging.get_verbosity())
tf.logging.log_if(tf.logging.ERROR, "if %s", True, "so")
tf.logging.log_if(tf.logging.ERROR, "never", False)
tf.logging.fatal("fatal")
tf.logging.error("error %s", "x")
tf.logging.warning("warning")
tf.logging.debug("hidden")
tf.logging.TaskLevelStatusMessage("status 100%")
tf.logging.vlog(10, "hidden")
tf.logging.vlog(25, "level 25")
tf.logging.log(tf.logging.WARN, "log")
tf.get_logger().handlers[0].setFormatter(logging.Formatter("%(filename)s:%(lineno)d:%(message)s"))


def function():
    tf.logging.info("here")


function()
try:
    tf.logging.flush()
except NotImplementedError:
    print("no flush")
