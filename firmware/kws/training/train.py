"""Trains a teacher or the DS-CNN on a bank of augmented spectrograms.

Usage: train.py BANK OUTPUT.pt --network student|teacher [--teachers T.pt ...] [--with-validation] ...
"""
import argparse
import copy
import math
import time

import numpy as np
import torch
from torch.nn import functional

from frontend import DCT, MEL_BANDS
from network import CLASSES, DsCnn, Teacher

INPUT_SCALE, INPUT_ZERO_POINT = 0.5, 40  # int8 input covers -84 to 43.5
SYNTHESISED_SHARE = 0.5  # of the synthesised utterances, in one epoch
SCHEDULE_STEPS = 60  # of the cosine in an epoch; an epoch has more, the rate then steps back a little
UNKNOWN_REPEATS = 2  # of recorded unknown words and of silence, which are few, in one epoch


def fake_quantise(mfcc):
    """The values that the int8 input can hold."""
    return (torch.round(mfcc / INPUT_SCALE) + INPUT_ZERO_POINT).clamp(-128, 127).sub(
        INPUT_ZERO_POINT) * INPUT_SCALE


def to_input(log_mel, network):
    """log-mel float[N,49,64] to the network's input."""
    if isinstance(network, Teacher):
        return log_mel[:, None].contiguous(memory_format=torch.channels_last)
    return fake_quantise(log_mel[:, :, :MEL_BANDS] @ DCT)[:, None].contiguous(
        memory_format=torch.channels_last)


def forward(network, log_mel):
    """Logits; the large teacher computes in bfloat16."""
    with torch.autocast("cpu", torch.bfloat16, enabled=isinstance(network, Teacher)):
        return network(to_input(log_mel, network)).float()


def mask(log_mel, generator, frames=8, bands=8):
    """Time and frequency masking: up to two stripes each, filled with the clip's mean."""
    count, length, width = log_mel.shape
    hidden = torch.zeros(log_mel.shape, dtype=torch.bool)
    for size, axis, most in ((length, 1, frames), (length, 1, frames), (width, 2, bands), (width, 2, bands)):
        extent = torch.tensor(generator.integers(0, most + 1, (count, 1)))
        start = torch.tensor(generator.integers(0, size - most, (count, 1)))
        place = torch.arange(size)[None]
        stripe = (place >= start) & (place < start + extent)
        hidden |= stripe[:, :, None] if axis == 1 else stripe[:, None, :]
    return torch.where(hidden, log_mel.mean((1, 2), keepdim=True), log_mel)


def mix(log_mel, targets, generator, alpha):
    """Mixup of log-mel and targets."""
    share = generator.beta(alpha, alpha, len(log_mel))
    share = torch.tensor(np.maximum(share, 1 - share), dtype=torch.float32)
    other = torch.tensor(generator.permutation(len(log_mel)))
    return (log_mel * share[:, None, None] + log_mel[other] * (1 - share[:, None, None]),
            targets * share[:, None] + targets[other] * (1 - share[:, None]))


class Bank:
    """Draws one augmented variant of each clip for an epoch."""

    def __init__(self, directory, with_validation):
        self.spectrograms = np.load(f"{directory}/bank.npy", mmap_mode="r")
        index = np.load(f"{directory}/index.npz")
        self.label, split = index["label"], index["split"]
        trains = (split == "train") | (split == "validation") if with_validation else split == "train"
        self.recorded = np.flatnonzero(trains)
        self.synthesised = np.flatnonzero(split == "synthesised")
        self.validation = np.flatnonzero(split == "validation")

    def epoch(self, generator, size, clean):
        """Batches of (log-mel float32[N,49,64], label)."""
        rare = self.recorded[self.label[self.recorded] < 2]
        some = generator.choice(self.synthesised, int(SYNTHESISED_SHARE * len(self.synthesised)), replace=False)
        rows = generator.permutation(np.concatenate([self.recorded, *[rare] * (UNKNOWN_REPEATS - 1), some]))
        variants = generator.integers(0, len(self.spectrograms), len(rows))
        variants[generator.random(len(rows)) < clean] = 0
        for at in range(0, len(rows) - size + 1, size):
            row, variant = rows[at: at + size], variants[at: at + size]
            yield torch.tensor(self.spectrograms[variant, row].astype(np.float32)), self.label[row]

    def clean_validation(self):
        return (torch.tensor(self.spectrograms[0][self.validation].astype(np.float32)),
                self.label[self.validation])


def evaluate(network, log_mel, label):
    """(top-1, cross entropy) in evaluation mode."""
    network.eval()
    with torch.no_grad():
        logits = torch.cat([forward(network, part) for part in log_mel.split(256)])
    label = torch.as_tensor(label)
    return (logits.argmax(1) == label).float().mean().item(), functional.cross_entropy(logits, label).item()


def soft_targets(label, smoothing):
    return functional.one_hot(torch.as_tensor(label), len(CLASSES)) * (1 - smoothing) + smoothing / len(CLASSES)


def load_network(path):
    saved = torch.load(path, weights_only=True)
    network = {"student": DsCnn, "teacher": Teacher}[saved["network"]]()
    network.load_state_dict(saved["weights"])
    return network.eval()


class Trainer:
    def __init__(self, arguments):
        self.options = arguments
        torch.manual_seed(arguments.seed)
        self.generator = np.random.default_rng(arguments.seed)
        self.bank = Bank(arguments.bank, arguments.with_validation)
        self.network = {"student": DsCnn, "teacher": Teacher}[arguments.network]()
        if arguments.start:
            self.network.load_state_dict(torch.load(arguments.start, weights_only=True)["weights"])
        self.network = self.network.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network)
        self.teachers = [load_network(path) for path in arguments.teachers]
        self.optimiser = torch.optim.AdamW(self.network.parameters(), arguments.rate,
                                           weight_decay=arguments.decay)
        self.steps = 0

    def targets(self, log_mel, label):
        """Label-smoothed truth, mixed with what the teachers see."""
        truth = soft_targets(label, self.options.smoothing)
        if not self.teachers:
            return truth
        with torch.no_grad():
            seen = [functional.softmax(forward(teacher, log_mel) / self.options.temperature, 1)
                    for teacher in self.teachers]
        return (1 - self.options.distil) * truth + self.options.distil * sum(seen) / len(seen)

    def step(self, log_mel, label):
        targets = self.targets(log_mel, label)
        if self.options.mixup and self.generator.random() < 0.5:
            log_mel, targets = mix(log_mel, targets, self.generator, self.options.mixup)
        log_mel = mask(log_mel, self.generator, self.options.mask, self.options.mask)
        loss = functional.cross_entropy(forward(self.network, log_mel), targets)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def follow(self, decay):
        """Exponential moving average of the weights; statistics of the norms are averaged too."""
        state = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            value.copy_(value * decay + state[name] * (1 - decay) if value.is_floating_point() else state[name])

    def train(self):
        self.network.train()
        started = time.time()
        for epoch in range(self.options.epochs):
            losses = []
            for log_mel, label in self.bank.epoch(self.generator, self.options.batch, self.options.clean):
                self.schedule(epoch + len(losses) / SCHEDULE_STEPS)
                losses.append(self.step(log_mel, label))
                self.steps += 1
                self.follow(min(0.998, self.steps / (self.steps + 20)))
            if epoch % 5 == 4 or epoch == self.options.epochs - 1:
                top, entropy = evaluate(self.average, *self.bank.clean_validation())
                print(f"epoch {epoch + 1} loss {np.mean(losses):.4f} validation {100 * top:.2f} % "
                      f"entropy {entropy:.4f} {time.time() - started:.0f} s", flush=True)
                self.network.train()
        torch.save({"network": self.options.network, "weights": self.average.state_dict()}, self.options.output)

    def schedule(self, epochs_done):
        """Learning rate: a short warm-up, then half a cosine down to zero."""
        warm = min(1, (self.steps + 1) / 200)
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(1, epochs_done / self.options.epochs))
        for group in self.optimiser.param_groups:
            group["lr"] = self.options.rate * warm * cosine


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bank")
    parser.add_argument("output")
    parser.add_argument("--network", choices=["student", "teacher"], default="student")
    parser.add_argument("--teachers", nargs="*", default=[])
    parser.add_argument("--with-validation", action="store_true", help="train on the validation speakers too")
    parser.add_argument("--start", help="trained network to continue from")
    parser.add_argument("--clean", type=float, default=0.0, help="share of clips drawn as recorded")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=1e-2)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--mixup", type=float, default=0.0)
    parser.add_argument("--mask", type=int, default=6, help="widest stripe of time and frequency masking")
    parser.add_argument("--distil", type=float, default=0.7, help="share of the teachers in the targets")
    parser.add_argument("--temperature", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    Trainer(arguments).train()


if __name__ == "__main__":
    main()
