"""The recordings, their labels and the split by speaker."""
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from network import CLASSES

RATE = 16000
SPLIT_SEED = 2018
SHARES = {"test": 0.20, "validation": 0.12}  # of the speakers; the others train
FREQUENT_SPEAKER = 20  # recordings; frequent and rare speakers are divided separately


@dataclass(frozen=True)
class Recordings:
    audio: np.ndarray  # int16[N,16000]
    label: np.ndarray  # int64[N], index into CLASSES
    split: np.ndarray  # str[N]: train, validation or test
    name: list  # file names, for reports


def speaker_of(path):
    """Eight hexadecimal digits before _nohash_; a silence clip counts as a speaker of its own."""
    stem = path.name.split(".")[0]
    return stem.split("_nohash_")[0].split("_")[-1] if "_nohash_" in stem else "silence " + stem


def divide(speakers, generator):
    """Gives every one of `speakers` a split."""
    order = sorted(speakers)
    generator.shuffle(order)
    tests = round(SHARES["test"] * len(order))
    validations = round(SHARES["validation"] * len(order))
    names = ["test"] * tests + ["validation"] * validations
    return dict(zip(order, names + ["train"] * (len(order) - len(names))))


def split_by_speaker(paths):
    """Split of every path; no speaker is in two splits."""
    recordings = {}
    for path in paths:
        recordings.setdefault(speaker_of(path), []).append(path)
    groups = {"silence": [], "frequent": [], "rare": []}
    for speaker, own in recordings.items():
        kind = "silence" if speaker.startswith("silence") else (
            "frequent" if len(own) >= FREQUENT_SPEAKER else "rare")
        groups[kind].append(speaker)
    generator = random.Random(SPLIT_SEED)
    split = {}
    for group in groups.values():
        split.update(divide(group, generator))
    return [split[speaker_of(path)] for path in paths]


def read_clip(path):
    """One second as int16[16000], zero-padded at the end or cut."""
    samples, rate = soundfile.read(path, dtype="int16")
    if rate != RATE or samples.ndim != 1:
        raise ValueError(f"{path}: {rate} Hz, shape {samples.shape}; need 16000 Hz mono")
    clip = np.zeros(RATE, np.int16)
    clip[: min(RATE, len(samples))] = samples[:RATE]
    return clip


def load(directory):
    """All recordings under `directory`/<word>/."""
    paths = sorted(path for path in Path(directory).glob("*/*") if path.suffix in (".flac", ".wav"))
    if not paths:
        raise SystemExit(f"{directory}: no recordings; need <word>/*.flac")
    labels = [CLASSES.index(path.parent.name.strip("_")) for path in paths]
    return Recordings(np.stack([read_clip(path) for path in paths]), np.array(labels),
                      np.array(split_by_speaker(paths)), [f"{p.parent.name}/{p.name}" for p in paths])
