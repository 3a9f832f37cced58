"""Top-1 of the float network and of its int8 model on one split of the recordings.

Usage: evaluate.py RECORDINGS_DIRECTORY STUDENT.pt MODEL.tflite [--split test]
"""
import argparse

import numpy as np
import torch

import dataset
import flatbuffer
from frontend import mfcc, quantise
from network import CLASSES
from train import INPUT_SCALE, INPUT_ZERO_POINT, fake_quantise, load_network


def float_answers(network, features):
    """The float network on float MFCCs."""
    with torch.no_grad():
        return torch.cat([network(part[:, None]) for part in features.split(256)]).argmax(1).numpy()


def int8_answers(path, features):
    """TensorFlow Lite's reference kernels on the quantised MFCCs; ties go to the first class."""
    layers, runner = flatbuffer.read(path)
    quantised = quantise(features.numpy(), INPUT_SCALE, INPUT_ZERO_POINT)
    return np.array([flatbuffer.outputs(runner, layers, clip)[-1].argmax() for clip in quantised])


def describe(name, answers, labels):
    right = int((answers == labels).sum())
    return f"{name}: {right} of {len(labels)} right, {100 * right / len(labels):.2f} %"


def confusion(answers, labels):
    """Markdown table, a row per true class."""
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (labels, answers), 1)
    rows = []
    for number, (name, row) in enumerate(zip(CLASSES, table)):
        cells = " | ".join(str(count) if count else "" for count in row)
        rows.append(f"| {name} | {cells} | {100 * row[number] / row.sum():.0f} % |")
    return "\n".join(["| said \\ answered | " + " | ".join(CLASSES) + " | right |", "| --- " * 14 + "|", *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings")
    parser.add_argument("student")
    parser.add_argument("model")
    parser.add_argument("--split", default="test", choices=["train", "validation", "test"])
    arguments = parser.parse_args()
    recordings = dataset.load(arguments.recordings)
    own = recordings.split == arguments.split
    labels, features = recordings.label[own], mfcc(recordings.audio[own])
    answers = int8_answers(arguments.model, features)
    print(f"{arguments.split}: {own.sum()} clips")
    network = load_network(arguments.student)
    print(describe("float, float MFCC", float_answers(network, features), labels))
    print(describe("float, MFCC of int8 resolution", float_answers(network, fake_quantise(features)), labels))
    print(describe("int8", answers, labels))
    print("\nint8 confusion matrix\n\n" + confusion(answers, labels))


if __name__ == "__main__":
    main()
