"""An actor and a critic with target copies: scoped collections, gradients handed on, soft updates."""

import tensorflow as tf

states = tf.placeholder(tf.float32, [None, 3], name="states")
next_states = tf.placeholder(tf.float32, [None, 3], name="next_states")
rewards = tf.placeholder(tf.float32, [None, 1], name="rewards")
bound = tf.constant([2.0], name="bound")


def actor(inputs, scope, trainable):
    weights = tf.random_normal_initializer(0.0, 0.3)
    biases = tf.constant_initializer(0.1)
    with tf.variable_scope(scope):
        hidden = tf.layers.dense(
            inputs,
            6,
            tf.nn.relu6,
            kernel_initializer=weights,
            bias_initializer=biases,
            name="hidden",
            trainable=trainable,
        )
        with tf.variable_scope("action"):
            action = tf.layers.dense(hidden, 1, tf.nn.tanh, kernel_initializer=weights, trainable=trainable)
            return tf.multiply(action, bound, name="scaled")


def critic(inputs, action, scope, trainable):
    weights = tf.random_normal_initializer(0.0, 0.1)
    with tf.variable_scope(scope):
        of_state = tf.get_variable("of_state", [3, 6], initializer=weights, trainable=trainable)
        of_action = tf.get_variable("of_action", [1, 6], initializer=weights, trainable=trainable)
        bias = tf.get_variable("bias", [1, 6], initializer=tf.zeros_initializer(), trainable=trainable)
        hidden = tf.nn.softplus(tf.matmul(inputs, of_state) + tf.matmul(action, of_action) + bias)
        return tf.layers.dense(hidden, 1, kernel_initializer=weights, trainable=trainable)


with tf.variable_scope("actor"):
    action = actor(states, "eval", True)
    next_action = actor(next_states, "target", False)
with tf.variable_scope("critic"):
    value = critic(states, action, "eval", True)
    next_value = critic(next_states, next_action, "target", False)


def variables(scope):
    return tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=scope)


for network in ("actor", "critic"):
    for target, source in zip(variables(network + "/target"), variables(network + "/eval")):
        tf.assign(target, (1 - 0.01) * target + 0.01 * source)
with tf.variable_scope("critic_loss"):
    error = tf.squared_difference(rewards + 0.9 * next_value, value)
    loss = tf.reduce_mean(error)
tf.train.AdamOptimizer(0.002).minimize(loss, var_list=variables("critic/eval"))
with tf.variable_scope("policy"):
    of_action = tf.gradients(value, action)[0]
    policy_gradients = tf.gradients(action, variables("actor/eval"), grad_ys=of_action)
    optimizer = tf.train.RMSPropOptimizer(-0.001, decay=0.9, momentum=0.1)
    clipped, norm = tf.clip_by_global_norm(policy_gradients, 0.5)
    optimizer.apply_gradients(zip(clipped, variables("actor/eval")))

# A stochastic policy beside it: ratio clipping, entropy, advantages by tf.where.
logits = tf.layers.dense(states, 4, name="logits")
taken = tf.placeholder(tf.int32, [None], name="taken")
advantage = tf.placeholder(tf.float32, [None], name="advantage")
old = tf.placeholder(tf.float32, [None], name="old")
log_probabilities = tf.nn.log_softmax(logits)
chosen = tf.reduce_sum(tf.one_hot(taken, 4) * log_probabilities, axis=1)
ratio = tf.exp(chosen - old)
limit = tf.where(advantage > 0, 1.2 * advantage, 0.8 * advantage)
entropy = -tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(logits) * log_probabilities, 1))
surrogate = -tf.reduce_mean(tf.minimum(ratio * advantage, limit)) - 0.01 * entropy
tf.squeeze(tf.multinomial(logits, 1), axis=1)
flat = tf.concat([tf.reshape(g, (-1,)) for g in tf.gradients(surrogate, variables("logits"))], axis=0)
vector = tf.placeholder(tf.float32, flat.shape, name="vector")
product = tf.gradients(tf.reduce_sum(flat * vector), variables("logits"))
parts = tf.split(vector, [12, 4])
tf.group(*[tf.assign(v, tf.reshape(part, v.shape)) for v, part in zip(variables("logits"), parts)])
