# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.signal".

from perdure.functional.signal.cosine import dct as dct
from perdure.functional.signal.cosine import idct as idct
from perdure.functional.signal.fourier import fft as fft
from perdure.functional.signal.fourier import fft2d as fft2d
from perdure.functional.signal.fourier import fft3d as fft3d
from perdure.functional.signal.fourier import fftshift as fftshift
from perdure.functional.signal.fourier import ifft as ifft
from perdure.functional.signal.fourier import ifft2d as ifft2d
from perdure.functional.signal.fourier import ifft3d as ifft3d
from perdure.functional.signal.fourier import ifftshift as ifftshift
from perdure.functional.signal.fourier import irfft as irfft
from perdure.functional.signal.fourier import irfft2d as irfft2d
from perdure.functional.signal.fourier import irfft3d as irfft3d
from perdure.functional.signal.fourier import rfft as rfft
from perdure.functional.signal.fourier import rfft2d as rfft2d
from perdure.functional.signal.fourier import rfft3d as rfft3d
from perdure.functional.signal.framing import frame as frame
from perdure.functional.signal.framing import overlap_and_add as overlap_and_add
from perdure.functional.signal.spectrograms import inverse_stft as inverse_stft
from perdure.functional.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from perdure.functional.signal.spectrograms import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from perdure.functional.signal.spectrograms import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from perdure.functional.signal.spectrograms import stft as stft
from perdure.functional.signal.windows import hamming_window as hamming_window
from perdure.functional.signal.windows import hann_window as hann_window
