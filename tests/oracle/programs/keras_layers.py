"""The nodes of each kind of layer of Keras."""

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers
tf.set_random_seed(3)
# The seeds of noise and dropout are NumPy's.
np.random.seed(1)

x = keras.Input((6, 5))
[
    layers.LeakyReLU()(x),
    layers.PReLU()(x),
    layers.PReLU(shared_axes=[1])(x),
    layers.ELU()(x),
    layers.ThresholdedReLU(theta=0.4)(x),
    layers.Softmax()(x),
    layers.ReLU(max_value=6, negative_slope=0.1, threshold=0.2)(x),
]
[layers.GaussianNoise(0.3)(x, training=True), layers.GaussianDropout(0.3)(x), layers.AlphaDropout(0.2)(x)]
y = layers.Dense(5)(x)
[
    layers.Add()([x, y]),
    layers.Subtract()([x, y]),
    layers.Multiply()([x, y]),
    layers.Average()([x, y]),
    layers.Maximum()([x, y]),
    layers.Minimum()([x, y]),
    layers.Concatenate()([x, y]),
    layers.Dot(axes=2)([x, y]),
    layers.Dot(axes=(1, 1), normalize=True)([x, y]),
    layers.add([x, y]),
    layers.concatenate([x, y], axis=1),
]
i = keras.Input((4,), dtype="int32")
e = layers.Embedding(10, 3, mask_zero=True)(i)
[e, layers.Attention()([x, y]), layers.AdditiveAttention()([x, y, x])]
im = keras.Input((6, 6, 2))
[
    layers.UpSampling1D(2)(x),
    layers.UpSampling2D((2, 3))(im),
    layers.UpSampling2D(2, interpolation="bilinear")(im),
    layers.ZeroPadding1D(1)(x),
    layers.ZeroPadding2D(((1, 2), (0, 1)))(im),
    layers.Cropping1D(1)(x),
    layers.Cropping2D(1)(im),
]
[
    layers.Conv2DTranspose(3, 3, strides=2)(im),
    layers.Conv2DTranspose(3, 3, padding="same", strides=2, output_padding=1)(im),
]
[
    layers.SeparableConv2D(4, 3, depth_multiplier=2, activation="relu")(im),
    layers.DepthwiseConv2D(3, strides=2)(im),
    layers.SeparableConv1D(4, 3, padding="causal")(x),
]
[
    layers.BatchNormalization()(im),
    layers.BatchNormalization(axis=1, scale=False)(x),
    layers.LayerNormalization()(im),
    layers.BatchNormalization(fused=False)(im),
    layers.BatchNormalization(renorm=True)(x),
]
[layers.Lambda(lambda t: t * 2)(x), layers.Masking(0.0)(x)]
[layers.SimpleRNN(4)(x), layers.SimpleRNN(4, return_sequences=True, dropout=0.2, recurrent_dropout=0.3)(x)]
[
    layers.GRU(4)(x),
    layers.GRU(4, implementation=2, reset_after=True)(x),
    layers.GRU(3, dropout=0.1, recurrent_dropout=0.2)(x),
    layers.GRU(3, reset_after=True, unroll=True)(x),
]
(
    [layers.LSTM(4)(x)]
    + layers.LSTM(4, return_state=True, implementation=2)(x)
    + [
        layers.LSTM(3, dropout=0.1, recurrent_dropout=0.2, unroll=True, go_backwards=True)(x),
        layers.LSTM(3)(e),
        layers.LSTM(3, return_sequences=True)(layers.Masking()(x)),
    ]
)
[
    layers.Bidirectional(layers.LSTM(3))(x),
    layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(e),
]
[
    layers.TimeDistributed(layers.Dense(3))(x),
    layers.TimeDistributed(layers.Conv2D(2, 3))(keras.Input((3, 5, 5, 2))),
]
[
    layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])(x),
    layers.RNN(keras.experimental.PeepholeLSTMCell(3))(x),
]
h0 = keras.Input((4,))
[layers.GRU(4)(x, initial_state=h0)]
xs = keras.Input(batch_shape=(2, 3, 4))
[layers.LSTM(3, stateful=True)(xs), layers.TimeDistributed(layers.Lambda(lambda t: t + 1))(xs)]

[
    layers.LocallyConnected1D(3, 2)(x),
    layers.LocallyConnected2D(3, 2)(im),
    layers.LocallyConnected2D(3, 2, implementation=2)(im),
]
volumes = keras.Input((3, 5, 5, 2))
[
    layers.ConvLSTM2D(2, 3)(volumes),
    layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True, dropout=0.1)(volumes),
]
[layers.CuDNNGRU(3)(x), layers.CuDNNLSTM(3, return_sequences=True)(x)]
