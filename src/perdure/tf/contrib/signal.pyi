# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.signal".

from perdure.functional.signal.framing import frame as frame
from perdure.functional.signal.framing import overlap_and_add as overlap_and_add
from perdure.functional.signal.spectrograms import inverse_stft as inverse_stft
from perdure.functional.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from perdure.functional.signal.spectrograms import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from perdure.functional.signal.spectrograms import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from perdure.functional.signal.spectrograms import stft as stft
from perdure.functional.signal.windows import hamming_window as hamming_window
from perdure.functional.signal.windows import hann_window as hann_window
