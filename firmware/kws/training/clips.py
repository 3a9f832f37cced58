"""Synthesises the demo clips and keeps, for each word, the first voice that the int8 model recognises.

Usage: clips.py MODEL.tflite CLIPS_DIRECTORY
"""
import argparse
import random
from pathlib import Path

import numpy as np
import soundfile

import flatbuffer
import reference
from frontend import RATE, mfcc, quantise
from network import CLASSES
from synthesise import place, run_espeak, run_flite
from train import INPUT_SCALE, INPUT_ZERO_POINT

SEED = 5
UNKNOWN_WORD = "seven"
SURE = 0.7
NOISE = 20  # RMS of the background, int16
VOICES = [("flite", "slt"), ("espeak-ng", "en-us+f2"), ("flite", "rms"), ("espeak-ng", "en-gb+m3"),
          ("flite", "awb"), ("espeak-ng", "en-us+m1"), ("espeak-ng", "en-gb-scotland+f4"), ("flite", "kal16")]


def speak(program, voice, word, tempo):
    if program == "flite":
        return run_flite(voice, word, 1 / tempo, 120)
    return run_espeak(voice, word, round(150 * tempo), 50)


def with_noise(clip, generator):
    noise = np.random.default_rng(generator.getrandbits(32)).standard_normal(RATE) * NOISE
    return np.clip(np.round(clip + noise), -32768, 32767).astype(np.int16)


def candidates(name):
    """(clip, how it was made) in order of preference."""
    generator = random.Random(SEED)
    if name == "silence":
        yield with_noise(np.zeros(RATE), generator), f"Gaussian noise, RMS {NOISE}"
        return
    word = UNKNOWN_WORD if name == "unknown" else name
    for tempo in (1.0, 0.9, 1.15, 0.8):
        for program, voice in VOICES:
            clip = place(speak(program, voice, word, tempo), generator, centred=True)
            if clip is not None:
                yield with_noise(clip, generator), f"{program}, voice {voice}, tempo {tempo}, word {word}"


def score(layers, clip):
    """float[12] scores of the int8 network."""
    features = quantise(mfcc(clip[None]).numpy()[0], INPUT_SCALE, INPUT_ZERO_POINT)
    return (reference.run(layers, features)[-1].astype(float) + 128) / 256


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("output")
    arguments = parser.parse_args()
    layers, _ = flatbuffer.read(arguments.model)
    output, rows = Path(arguments.output), []
    for number, name in enumerate(CLASSES):
        found = ((clip, how, score(layers, clip)) for clip, how in candidates(name))
        chosen = next((c for c in found if c[2].argmax() == number and c[2][number] >= SURE), None)
        if chosen is None:
            raise SystemExit(f"{name}: no voice is recognised; add one to VOICES")
        clip, how, scores = chosen
        soundfile.write(output / f"{name}.wav", clip, RATE, subtype="PCM_16")
        rows.append(f"| {name}.wav | {how} | {scores[number]:.3f} |")
    (output / "README.md").write_text("\n".join([
        "# Demo clips", "", "One second each, 16 kHz, mono, 16 bits, made by `training/clips.py` with Debian's",
        "espeak-ng and flite; none is a recording of a person. Each is recognised by",
        "`model/kws_int8.tflite`; the score is that of the right class.", "",
        "| Clip | Made with | int8 score |", "| --- | --- | --- |", *rows, ""]))


if __name__ == "__main__":
    main()
