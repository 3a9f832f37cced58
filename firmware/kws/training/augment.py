"""A bank of augmented log-mel spectrograms, computed once and drawn from in training.

Usage: augment.py RECORDINGS_DIRECTORY SYNTHESISED.npz OUTPUT_DIRECTORY [--variants N] [--seed N]
Variant 0 of every clip is the clip itself. Test speakers are left out.
"""
import argparse
from pathlib import Path

import numpy as np
import torch

import dataset
from frontend import FRAMES, log_mel, mel_filters, power_spectrum

UPPER_BANDS = 24  # 4 to 8 kHz, seen by the teacher only
BANDS = 40 + UPPER_BANDS
LENGTHS = [13600, 14400, 15000, 15600, 16000, 16400, 17000, 17600, 18400]  # of a second after a speed change
WARPS = [0.86, 0.90, 0.94, 0.97, 1.0, 1.03, 1.06, 1.10, 1.15]  # vocal tract length
EXTRA_SILENCE = 300


def filter_bank(warp):
    lower = mel_filters(warp=warp)
    upper = mel_filters(4000, 8000, UPPER_BANDS, warp)
    return torch.tensor(np.concatenate([lower, upper], 1), dtype=torch.float32)


class Augmenter:
    """Turns float32[N,16000] clips into float32[N,49,64] log-mel, each time differently."""

    def __init__(self, noises, seed):
        self.random = np.random.default_rng(seed)
        self.noises = noises  # float32[M,16000]: background recordings of training
        self.filters = {warp: filter_bank(warp) for warp in WARPS}

    def uniform(self, low, high, *shape):
        return torch.tensor(self.random.uniform(low, high, shape), dtype=torch.float32)

    def change_speed(self, clips):
        length = int(self.random.choice(LENGTHS))
        if length == clips.shape[1]:
            return clips
        spectrum = torch.fft.rfft(clips)
        return torch.fft.irfft(spectrum[:, : length // 2 + 1], length) * (length / clips.shape[1])

    def shift(self, clips, most=1600):
        """Places every clip in one second, up to 0.1 s off its place."""
        length = clips.shape[1]
        padded = torch.nn.functional.pad(clips, (most + 1600, most + 1600))
        first = most + 1600 + (length - 16000) // 2
        starts = first + self.random.integers(-most, most + 1, len(clips))
        return torch.stack([row[start: start + 16000] for row, start in zip(padded, starts)])

    def coloured_noise(self, count):
        """Noise whose spectrum falls by 0 to 12 dB an octave, unit RMS."""
        white = torch.tensor(self.random.standard_normal((count, 16000)), dtype=torch.float32)
        slope = self.uniform(0, 1, count, 1)
        frequency = torch.arange(8001).clamp(min=20)[None, :]
        noise = torch.fft.irfft(torch.fft.rfft(white) * frequency ** -slope, 16000)
        return noise / noise.square().mean(1, keepdim=True).sqrt()

    def background(self, count):
        """Recorded (two thirds) or coloured noise, unit RMS."""
        recorded = self.noises[self.random.integers(0, len(self.noises), count)]
        turned = torch.stack([row.roll(int(turn)) for row, turn in zip(
            recorded, self.random.integers(0, 16000, count))])
        turned = turned / turned.square().mean(1, keepdim=True).sqrt().clamp(min=1e-5)
        return torch.where(self.uniform(0, 1, count, 1) < 0.67, turned, self.coloured_noise(count))

    def reverberate(self, clips):
        """A quarter of the clips through a random decaying room response."""
        time = torch.arange(4000) / 16000
        decay = torch.exp(-6.9 * time / self.uniform(0.05, 0.4, len(clips), 1))
        response = torch.tensor(self.random.standard_normal((len(clips), 4000)), dtype=torch.float32) * decay
        response *= self.uniform(0.02, 0.12, len(clips), 1)
        response[:, 0] = 1
        wet = torch.fft.irfft(torch.fft.rfft(clips, 20000) * torch.fft.rfft(response, 20000), 20000)
        return torch.where(self.uniform(0, 1, len(clips), 1) < 0.25, wet[:, :16000], clips)

    def equalise(self, power):
        """A smooth random response of microphone and room, up to about +-8 dB."""
        axis = torch.linspace(0, 1, power.shape[2])[None, :].sqrt()
        ripple = sum(self.uniform(-1, 1, len(power), 1) / (k + 0.5) * torch.cos(torch.pi * k * axis)
                     for k in range(1, 5))
        return power * torch.exp(1.2 * ripple)[:, None, :]

    def __call__(self, clips):
        clips = self.reverberate(self.shift(self.change_speed(clips)))
        level = clips.square().mean(1, keepdim=True).sqrt()
        ratio = 10 ** (-self.uniform(0, 35, len(clips), 1) / 20)
        noisy = clips + self.background(len(clips)) * level * ratio
        clips = torch.where(self.uniform(0, 1, len(clips), 1) < 0.75, noisy, clips)
        clips = (clips * 10 ** (self.uniform(-12, 9, len(clips), 1) / 20)).clamp(-1, 1)
        clips = torch.round(clips * 32767) / 32768
        power = self.equalise(power_spectrum(clips))
        return log_mel(power, self.filters[float(self.random.choice(WARPS))])


def extra_silence(augmenter):
    """Background noise at levels from inaudible to loud, as float32[N,16000]."""
    level = 10 ** augmenter.uniform(-5, -1, EXTRA_SILENCE, 1)
    return augmenter.background(EXTRA_SILENCE) * level


def gather(recordings, synthesised, augmenter):
    """(clips float32[N,16000], label[N], split[N]) of all that trains or validates."""
    known = recordings.split != "test"
    quiet = extra_silence(augmenter)
    real = torch.tensor(recordings.audio[known] / 32768, dtype=torch.float32)
    spoken = torch.tensor(synthesised["audio"] / 32768, dtype=torch.float32)
    label = np.concatenate([recordings.label[known], synthesised["label"], np.zeros(EXTRA_SILENCE, np.int64)])
    split = np.concatenate([recordings.split[known], np.repeat("synthesised", len(spoken)),
                            np.repeat("synthesised", EXTRA_SILENCE)])
    return torch.cat([real, spoken, quiet]), label, split


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings")
    parser.add_argument("synthesised")
    parser.add_argument("output")
    parser.add_argument("--variants", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    output = Path(arguments.output)
    output.mkdir(parents=True, exist_ok=True)
    recordings = dataset.load(arguments.recordings)
    quiet = (recordings.split == "train") & (recordings.label == 0)
    augmenter = Augmenter(torch.tensor(recordings.audio[quiet] / 32768, dtype=torch.float32), arguments.seed)
    clips, label, split = gather(recordings, np.load(arguments.synthesised), augmenter)
    bank = np.lib.format.open_memmap(output / "bank.npy", "w+", np.float16,
                                     (arguments.variants, len(clips), FRAMES, BANDS))
    for variant in range(arguments.variants):
        order = augmenter.random.permutation(len(clips))  # so that a batch's speed and warp meet other clips
        for rows in np.array_split(order, -(-len(clips) // 64)):
            clean = log_mel(power_spectrum(clips[rows]), augmenter.filters[1.0])
            bank[variant, rows] = (clean if variant == 0 else augmenter(clips[rows])).numpy()
    np.savez(output / "index.npz", label=label, split=split)
    counts = {str(name): int((split == name).sum()) for name in np.unique(split)}
    print(f"{arguments.variants} variants of {len(clips)} clips: {counts}")


if __name__ == "__main__":
    main()
