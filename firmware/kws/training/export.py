"""Writes the int8 model as C data, as JSON, and records reference vectors.

Usage: export.py RECORDINGS_DIRECTORY MODEL_DIRECTORY (which holds kws_int8.tflite)
"""
import argparse
import base64
import hashlib
import json
from pathlib import Path

import numpy as np
import tensorflow as tf

import dataset
import flatbuffer
import reference
from frontend import mfcc, quantise
from network import CLASSES
from train import INPUT_SCALE, INPUT_ZERO_POINT

VECTORS, VECTORS_WITH_LAYERS = 16, 2
SEED = 11


def shape_in_c(layer):
    """Dimensions of a layer's weights, row by row, in C and JSON."""
    if layer["name"] == "conv1":
        return [64, 10, 4, 1]
    return {"depthwise": [3, 3, 64], "fully_connected": [12, 64], "conv": [64, 64]}[layer["kind"]]


def array_in_c(kind, name, values, length):
    flat = [str(int(value)) for value in np.ravel(values)]
    lines, line = [], "   "
    for text in flat:
        if len(line) + len(text) + 2 > 110:
            lines.append(line)
            line = "   "
        line += f" {text},"
    body = "\n".join([*lines, line])
    return f"const {kind} {name}[{length}] = {{\n{body}\n}};\n"


def arrays(layer):
    """(C type, suffix, values, length) of a layer's tables."""
    channels = len(layer["bias"])
    return [("int8_t", "weights", layer["weights"], layer["weights"].size),
            ("int32_t", "bias", layer["bias"], channels),
            ("int32_t", "multiplier", layer["multiplier"], channels),
            ("int8_t", "shift", layer["shift"], channels)]


def constants(layers):
    """(name, value, comment) of every scalar."""
    softmax = layers[-1]
    points = [(f"KWS_{layer['name'].upper()}_OUTPUT_ZERO_POINT", layer["output_zero_point"],
               f"scale {layer['output_scale']:.9g}") for layer in layers if "weights" in layer]
    return [("KWS_INPUT_SCALE", f"{INPUT_SCALE}f", "float per step"),
            ("KWS_INPUT_ZERO_POINT", INPUT_ZERO_POINT, ""), *points,
            ("KWS_SOFTMAX_INPUT_MULTIPLIER", softmax["multiplier"], "Q0.31, includes 2^26"),
            ("KWS_SOFTMAX_INPUT_LEFT_SHIFT", softmax["shift"], ""),
            ("KWS_SOFTMAX_DIFF_MIN", softmax["diff_min"], "logit difference below which the score is 0"),
            ("KWS_SCORE_ZERO_POINT", -128, "score = (int8 + 128) / 256"),
            ("KWS_CLASS_COUNT", len(CLASSES), "")]


def header_in_c(layers):
    defines = [f"#define {name} ({value})" + (f" /* {comment} */" if comment else "")
               for name, value, comment in constants(layers)]
    externs = []
    for layer in (layer for layer in layers if "weights" in layer):
        shape = "".join(f"[{size}]" for size in shape_in_c(layer))
        for kind, suffix, _, length in arrays(layer):
            note = f" /* {shape} */" if suffix == "weights" else ""
            externs.append(f"extern const {kind} {layer['name']}_{suffix}[{length}];{note}")
    return "\n".join([
        "/* Written by training/export.py from kws_int8.tflite. See README.md for the origin of the weights.",
        " * Requantisation: RoundingDivideByPOT(SaturatingRoundingDoublingHighMul(acc << left, multiplier), right);",
        " * a positive shift is to the left. Weights are row by row in the order of the comment's dimensions.",
        " * Every ReLU clamps to [its output zero point, 127].", " */",
        "#ifndef KWS_MODEL_H", "#define KWS_MODEL_H", "", "#include <stdint.h>", "", *defines, "", *externs, "",
        "/* In the order of the scores: " + " ".join(CLASSES) + " */",
        "extern const char *const kws_labels[KWS_CLASS_COUNT];", "", "#endif", ""])


def source_in_c(layers):
    parts = ["/* Written by training/export.py from kws_int8.tflite. */\n#include \"kws_model.h\"\n"]
    for layer in (layer for layer in layers if "weights" in layer):
        for kind, suffix, values, length in arrays(layer):
            parts.append(array_in_c(kind, f"{layer['name']}_{suffix}", values, length))
    names = ", ".join(f'"{name}"' for name in CLASSES)
    parts.append(f"const char *const kws_labels[KWS_CLASS_COUNT] = {{\n    {names},\n}};\n")
    return "\n".join(parts)


def encoded(array):
    return base64.b64encode(array.astype(np.int8).tobytes()).decode()


def layer_in_json(layer):
    plain = {key: value for key, value in layer.items()
             if isinstance(value, (str, int, float, list)) and key != "tensor"}
    if "weights" not in layer:
        return plain
    return {**plain, "shape": shape_in_c(layer), "weights": encoded(layer["weights"]),
            **{key: layer[key].tolist() for key in ("bias", "multiplier", "shift")}}


def model_in_json(layers, digest):
    return {"source": "kws_int8.tflite", "sha256": digest, "labels": CLASSES, "input_shape": [49, 10, 1],
            "input_scale": INPUT_SCALE, "input_zero_point": INPUT_ZERO_POINT,
            "layers": [layer_in_json(layer) for layer in layers]}


def vector_inputs(recordings):
    """(name, int8[49,10]): recordings of all classes, random and extreme features."""
    generator = np.random.default_rng(SEED)
    known = recordings.split == "validation"
    chosen = [generator.choice(np.flatnonzero(known & (recordings.label == number)))
              for number in range(len(CLASSES))]
    features = quantise(mfcc(recordings.audio[chosen]).numpy(), INPUT_SCALE, INPUT_ZERO_POINT)
    named = [(f"recording {recordings.name[row]}", feature) for row, feature in zip(chosen, features)]
    return named + [("uniform random", generator.integers(-128, 128, (49, 10)).astype(np.int8)),
                    ("normal random", np.clip(generator.normal(40, 12, (49, 10)), -128, 127).astype(np.int8)),
                    ("all -128", np.full((49, 10), -128, np.int8)),
                    ("all 127", np.full((49, 10), 127, np.int8))]


def vectors(layers, runner, named, digest):
    """Outputs of the interpreter, after checking that reference.py computes the same."""
    records = []
    for number, (name, features) in enumerate(named):
        outputs = flatbuffer.outputs(runner, layers, features)
        for layer, theirs, ours in zip(layers, outputs, reference.run(layers, features)):
            assert np.array_equal(theirs.ravel(), ours.ravel()), f"{name}: {layer['name']} differs"
        record = {"name": name, "features": encoded(features), "scores": outputs[-1].ravel().tolist(),
                  "label": CLASSES[int(outputs[-1].argmax())]}
        if number in (2, 12):
            record["layers"] = {layer["name"]: encoded(output) for layer, output in zip(layers, outputs)}
        records.append(record)
    assert len(records) == VECTORS and sum("layers" in record for record in records) == VECTORS_WITH_LAYERS
    return {"interpreter": f"TensorFlow {tf.__version__} tf.lite.Interpreter, OpResolverType.BUILTIN_REF",
            "recorder": "training/export.py", "seed": SEED, "model_sha256": digest,
            "encoding": "base64 of int8; features [49][10], layers [height][width][channel]",
            "vectors": records}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings")
    parser.add_argument("model")
    arguments = parser.parse_args()
    model = Path(arguments.model)
    digest = hashlib.sha256((model / "kws_int8.tflite").read_bytes()).hexdigest()
    layers, runner = flatbuffer.read(model / "kws_int8.tflite")
    (model / "kws_model.h").write_text(header_in_c(layers))
    (model / "kws_model.c").write_text(source_in_c(layers))
    (model / "model.json").write_text(json.dumps(model_in_json(layers, digest), indent=1) + "\n")
    named = vector_inputs(dataset.load(arguments.recordings))
    record = vectors(layers, runner, named, digest)
    (model / "reference_vectors.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
