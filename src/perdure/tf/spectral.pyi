# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.spectral".

from perdure.functional.signal.cosine import dct as dct
from perdure.functional.signal.cosine import idct as idct
from perdure.functional.signal.fourier import fft as fft
from perdure.functional.signal.fourier import fft2d as fft2d
from perdure.functional.signal.fourier import fft3d as fft3d
from perdure.functional.signal.fourier import ifft as ifft
from perdure.functional.signal.fourier import ifft2d as ifft2d
from perdure.functional.signal.fourier import ifft3d as ifft3d
from perdure.functional.signal.fourier import irfft as irfft
from perdure.functional.signal.fourier import irfft2d as irfft2d
from perdure.functional.signal.fourier import irfft3d as irfft3d
from perdure.functional.signal.fourier import rfft as rfft
from perdure.functional.signal.fourier import rfft2d as rfft2d
from perdure.functional.signal.fourier import rfft3d as rfft3d
