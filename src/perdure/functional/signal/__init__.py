"""Functions of signals: Fourier transforms, windows, frames, spectrograms."""
