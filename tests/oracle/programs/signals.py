"""Transforms, frames, spectrograms and cepstra, of known and unknown sizes, with gradients."""

import tensorflow as tf

signal = tf.signal

known = tf.placeholder(tf.float32, [2, 400], name="known")
unknown = tf.placeholder(tf.float32, [None, None], name="unknown")
anything = tf.placeholder(tf.float32, name="anything")
spectra = tf.placeholder(tf.complex64, [3, None, 9], name="spectra")
step = tf.placeholder(tf.int32, [], name="step")

for x in (known, unknown):
    framed = signal.frame(x, 20, 8, pad_end=True)
    signal.frame(x, frame_length=tf.identity(step), frame_step=step, axis=0)
    signal.overlap_and_add(framed, 8)
    signal.overlap_and_add(framed, 20)
    transform = signal.stft(x, 32, 16)
    mel = signal.linear_to_mel_weight_matrix(num_mel_bins=6, num_spectrogram_bins=17)
    logs = tf.log(tf.tensordot(tf.abs(transform), mel, 1) + 1e-6)
    cepstra = signal.mfccs_from_log_mel_spectrograms(logs)
    back = signal.inverse_stft(transform, 32, 16, window_fn=signal.inverse_stft_window_fn(16))
    tf.gradients([cepstra, back], [x])

signal.stft(unknown, frame_length=step, frame_step=step, window_fn=signal.hamming_window, name="asked")
signal.inverse_stft(spectra, step, step, fft_length=16)
signal.hann_window(step, periodic=False)
signal.hamming_window(1)
for transform in (signal.rfft, signal.rfft2d, signal.rfft3d):
    transform(anything)
    transform(tf.zeros([4, 6, 8]))
signal.rfft(known, [500])
signal.rfft2d(known, [1, 500])
for transform, length in ((signal.irfft, [20]), (signal.irfft2d, [4, 18])):
    transform(spectra)
    transform(spectra, fft_length=length)
tf.gradients(tf.abs(signal.rfft2d(known)), known)
tf.gradients(signal.irfft2d(spectra), spectra)
tf.gradients(tf.abs(tf.fft(tf.ifft2d(tf.fft3d(spectra)))), spectra)
for kind in (1, 2, 3):
    signal.dct(known, type=kind)
signal.dct(unknown, norm="ortho")
signal.idct(known, norm="ortho", n=300)
signal.idct(known, n=500)
signal.fftshift(known)
signal.ifftshift(known, axes=[1], name="moved")
