#!/usr/bin/env python3
"""Compiles the portable C of the keyword spotter for this machine and checks it.

1. Every layer's shift is in the range that the kernels need.
2. The scores of the model's reference vectors are equal bit for bit.
3. Every clip is recognised by the name of its file.
"""
import base64
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

KWS = pathlib.Path(__file__).resolve().parent.parent
LABELS = "silence unknown yes no up down left right on off stop go".split()
FEATURES, CLASSES = 490, 12


def build(directory):
    program = f"{directory}/kws-host"
    sources = [str(p) for p in sorted((KWS / "src").glob("*.c")) if p.name != "main.c"]
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu99", "-O1", "-ffp-contract=off", "-Wall", "-Wextra",
                    "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover", f"-I{KWS}/src",
                    f"-I{KWS}/model", *sources, f"{KWS}/model/kws_model.c", f"{KWS}/test/host.c",
                    "-o", program], check=True)
    return program


def run(program, records):
    """[(features, scores)] of records that each start with their kind."""
    output = subprocess.run([program], input=b"".join(records), stdout=subprocess.PIPE, check=True).stdout
    size = FEATURES + CLASSES
    return [(output[i:i + FEATURES], list(struct.unpack_from("12b", output, i + FEATURES)))
            for i in range(0, len(output), size)]


def check_shifts():
    text = (KWS / "model/kws_model.c").read_text()
    rows = re.findall(r"((?:conv|dw|pw)\d)_shift\[\d+\] = \{(.*?)\}", text, re.S)
    assert len(rows) == 9, f"{len(rows)} convolutions found in kws_model.c instead of 9"
    return [f"{name}: a shift is outside -16..0" for name, values in rows
            if not all(-16 <= int(v) <= 0 for v in values.replace("\n", " ").split(",") if v.strip())]


def check_vectors(program):
    vectors = json.loads((KWS / "model/reference_vectors.json").read_text())["vectors"]
    results = run(program, [b"f" + base64.b64decode(v["features"]) for v in vectors])
    assert len(results) == len(vectors)
    return [f"{v['name']}: {scores} instead of {v['scores']}"
            for v, (_, scores) in zip(vectors, results) if scores != v["scores"]]


def check_clips(program):
    clips = sorted((KWS / "clips").glob("*.wav"))
    assert clips, "no clips found"
    results = run(program, [b"a" + clip.read_bytes()[44:44 + 32000] for clip in clips])
    heard = [LABELS[scores.index(max(scores))] for _, scores in results]
    return [f"{clip.name}: heard {word}" for clip, word in zip(clips, heard)
            if word != re.match("[a-z]+", clip.stem)[0]]


def main():
    with tempfile.TemporaryDirectory() as directory:
        program = build(directory)
        wrong = check_shifts() + check_vectors(program) + check_clips(program)
    print("\n".join(wrong) or "shifts, reference vectors and clips are as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
