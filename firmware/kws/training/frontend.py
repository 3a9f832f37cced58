"""MFCC front end of the firmware, in PyTorch: int16 samples to 49 frames of 10 coefficients."""
import math

import numpy as np
import torch

FRAMES, WINDOW, HOP, FFT = 49, 640, 320, 1024
MEL_BANDS, COEFFICIENTS = 40, 10
RATE = 16000


def mel(hertz):
    return 2595 * np.log10(1 + hertz / 700)


def mel_filters(low=20.0, high=4000.0, bands=MEL_BANDS, warp=1.0):
    """Triangles, float64[513, bands]. `warp` scales all frequencies (another vocal tract length)."""
    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1) * warp
    bins = np.arange(FFT // 2 + 1)[:, None] * RATE / FFT
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))


def dct_matrix():
    """Orthonormal DCT-II, float64[40,10]."""
    band = np.arange(MEL_BANDS)[:, None] + 0.5
    order = np.arange(COEFFICIENTS)[None, :]
    matrix = np.sqrt(2 / MEL_BANDS) * np.cos(math.pi / MEL_BANDS * band * order)
    matrix[:, 0] = math.sqrt(1 / MEL_BANDS)
    return matrix


def power_spectrum(audio):
    """float32[N,16000] in [-1,1) to float32[N,49,513]."""
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * torch.arange(WINDOW, dtype=torch.float64) / WINDOW)
    frames = audio.unfold(1, WINDOW, HOP) * window.float()
    return torch.fft.rfft(frames, FFT).abs().square()


FILTERS = torch.tensor(mel_filters(), dtype=torch.float32)
DCT = torch.tensor(dct_matrix(), dtype=torch.float32)


def log_mel(power, filters=FILTERS):
    return torch.log(torch.clamp(power @ filters, min=1e-10))


def mfcc(audio):
    """int16[N,16000] (NumPy) to float32[N,49,10] (tensor)."""
    parts = [torch.as_tensor(part, dtype=torch.float32) / 32768 for part in np.split(
        audio, range(256, len(audio), 256))]
    return torch.cat([log_mel(power_spectrum(part)) @ DCT for part in parts])


def quantise(features, scale, zero_point):
    """float[...] to int8[...] as the firmware does: round half away from zero, then clamp."""
    scaled = np.asarray(features, np.float32) / np.float32(scale)
    rounded = np.sign(scaled) * np.floor(np.abs(scaled) + np.float32(0.5))
    return np.clip(rounded + zero_point, -128, 127).astype(np.int8)
