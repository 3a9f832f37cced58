#!/usr/bin/env python3
"""Writes src/mfcc_tables.c: window, twiddle factors, mel filters and DCT of the MFCC front end.

usage: mfcc_tables.py > ../src/mfcc_tables.c
"""
import math
import struct

SAMPLE_RATE, WINDOW, FFT = 16000, 640, 1024
FILTERS, COEFFICIENTS, LOW_HZ, HIGH_HZ = 40, 10, 20.0, 4000.0


def float32(x):
    """x rounded to single precision, as text that C reads back exactly."""
    value = struct.unpack("f", struct.pack("f", x))[0]
    text = f"{value:.9g}"
    return text + ("f" if "." in text or "e" in text else ".0f")


def array(declaration, values, text=float32):
    print(f"\nconst {declaration} = {{")
    row = "   "
    for value in map(text, values):
        if len(row) + len(value) + 2 > 110:
            print(row)
            row = "   "
        row += f" {value},"
    print(row + "\n};")


def mel(hz):
    return 2595 * math.log10(1 + hz / 700)


def hz_of_mel(m):
    return 700 * (10 ** (m / 2595) - 1)


def filters():
    """(first bin, weights) of each triangle, zeros at both ends left out."""
    low, high = mel(LOW_HZ), mel(HIGH_HZ)
    edges = [hz_of_mel(low + (high - low) * i / (FILTERS + 1)) for i in range(FILTERS + 2)]
    for left, centre, right in zip(edges, edges[1:], edges[2:]):
        weights = {}
        for k in range(FFT // 2 + 1):
            hz = k * SAMPLE_RATE / FFT
            weight = min((hz - left) / (centre - left), (right - hz) / (right - centre))
            if weight > 0:
                weights[k] = weight
        yield (min(weights) if weights else 0), list(weights.values())


def main():
    print("/* Written by tools/mfcc_tables.py; do not edit. */")
    print('#include "mfcc_tables.h"')
    array("float mfcc_window[MFCC_WINDOW]",
          [0.5 - 0.5 * math.cos(2 * math.pi * n / WINDOW) for n in range(WINDOW)])
    turns = [2 * math.pi * k / FFT for k in range(3 * FFT // 4)]
    array("struct complex32 fft_twiddle[3 * MFCC_FFT / 4]", turns,
          lambda t: f"{{{float32(math.cos(t))}, {float32(-math.sin(t))}}}")
    bank = list(filters())
    array("uint8_t mel_first[MFCC_FILTERS]", [first for first, _ in bank], str)
    array("uint8_t mel_count[MFCC_FILTERS]", [len(weights) for _, weights in bank], str)
    array("float mel_weights[]", [w for _, weights in bank for w in weights])
    array("float dct_matrix[MFCC_COEFFICIENTS * MFCC_FILTERS]",
          [math.sqrt((1 if c == 0 else 2) / FILTERS) * math.cos(math.pi * c * (m + 0.5) / FILTERS)
           for c in range(COEFFICIENTS) for m in range(FILTERS)])


main()
