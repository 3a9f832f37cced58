"""Synthesised speech: the ten keywords and unknown words, spoken by espeak-ng and flite.

Usage: synthesise.py OUTPUT.npz [--voices N]
"""
import argparse
import io
import random
import subprocess
import tempfile

import numpy as np
import soundfile
from scipy.signal import resample_poly

from network import CLASSES

SEED = 7
RATE = 16000
KEYWORDS = CLASSES[2:]
# Words of the public data set's "unknown" class, and others of everyday speech.
UNKNOWN = ("backward bed bird cat dog eight five follow forward four happy house learn marvin nine one "
           "seven sheila six three tree two visual wow zero").split()
OTHER = ("about again all and back ball big blue book box call car come day door eat end fan far fast "
         "find fire game get girl gold good green hand hat head hello help here home hot how in it jump key "
         "lamp last late light long look loud make man map may milk moon more most music near new "
         "night now oh open or out over page park path pick play red ride road room row run say see set "
         "ship shop show sit slow snow so song sound star start step sun take talk tap ten thank that "
         "this time top town tub turn under us very wait walk wall warm water way what when white why "
         "wind word work year yet you young alpha bravo computer weather window yellow").split()
ACCENTS = ["en-us", "en-us", "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd",
           "en-gb-x-gbclan", "en-029"]
VARIANTS = ("m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Hugo Jacky Lee "
            "Marco Mario Michael Mike adam anika antonio aunty belinda benjamin boris caleb david ed edward "
            "grandma grandpa gustave iven john linda marcelo max michel miguel norbert pablo paul pedro "
            "quincy rob robert sandro shelby steph travis victor zac klatt klatt2 klatt4").split()
FLITE_VOICES = ["awb", "kal", "kal16", "rms", "slt"]


def run_espeak(voice, word, speed, pitch):
    """A WAV file's bytes; speed in words a minute, pitch 0 to 99."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), word]
    return subprocess.run(command, check=True, capture_output=True).stdout


def run_flite(voice, word, stretch, pitch):
    """A WAV file's bytes; stretch of the durations, mean pitch in Hz."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as output:
        subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.3f}", "--setf",
                        f"int_f0_target_mean={pitch:.3f}", "-t", word, "-o", output.name], check=True,
                       capture_output=True)
        return output.read()


def speak(word, generator):
    if generator.random() < 0.3:
        stretch, pitch = generator.uniform(0.8, 1.4), generator.uniform(80, 240)
        return run_flite(generator.choice(FLITE_VOICES), word, stretch, pitch)
    voice = f"{generator.choice(ACCENTS)}+{generator.choice(VARIANTS)}"
    return run_espeak(voice, word, generator.randint(110, 210), generator.randint(15, 90))


def place(wave, generator, centred=False):
    """Trims silence, then puts the word into one second. int16[16000], or None if too long."""
    samples, rate = soundfile.read(io.BytesIO(wave), dtype="float32")
    samples = resample_poly(samples, RATE // 50, rate // 50) if rate != RATE else samples
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    samples = samples[loud[0]: loud[-1] + 1]
    if not 1600 < len(samples) <= RATE:
        return None
    clip = np.zeros(RATE, np.float32)
    start = (RATE - len(samples)) // 2 if centred else generator.randint(0, RATE - len(samples))
    clip[start: start + len(samples)] = samples / np.abs(samples).max() * generator.uniform(0.1, 0.9)
    return np.round(clip * 32767).astype(np.int16)


def corpus(voices, generator):
    """(word, class) for every utterance wanted."""
    keywords = [(word, CLASSES.index(word)) for word in KEYWORDS for _ in range(voices)]
    unknown = [(word, 1) for word in UNKNOWN for _ in range(voices // 4)]
    other = [(word, 1) for word in OTHER for _ in range(voices // 20)]
    return keywords + unknown + other


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--voices", type=int, default=80, help="utterances of each keyword")
    arguments = parser.parse_args()
    generator = random.Random(SEED)
    audio, label = [], []
    for word, number in corpus(arguments.voices, generator):
        clip = place(speak(word, generator), generator)
        if clip is not None:
            audio.append(clip)
            label.append(number)
    np.savez(arguments.output, audio=np.stack(audio), label=np.array(label))
    print(f"{len(audio)} utterances, by class {np.bincount(label, minlength=len(CLASSES)).tolist()}")


if __name__ == "__main__":
    main()
