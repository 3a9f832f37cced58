"""Reads the layers of an int8 .tflite file through TensorFlow Lite's interpreter."""
import math

import numpy as np

from network import same_padding
from quantise import interpreter

KINDS = {"CONV_2D": "conv", "DEPTHWISE_CONV_2D": "depthwise", "AVERAGE_POOL_2D": "average_pool",
         "SOFTMAX": "softmax"}
NAMES = ["conv1"] + [f"{kind}{n}" for n in range(1, 5) for kind in ("dw", "pw")] + ["pool", "fc", "softmax"]


def quantise_multiplier(real):
    """(int32 Q0.31 multiplier, shift) of a positive real."""
    fraction, shift = math.frexp(real)
    multiplier = round(fraction * 2**31)
    if multiplier == 2**31:
        multiplier, shift = multiplier // 2, shift + 1
    assert shift >= -31
    return multiplier, shift


def softmax_constants(scale):
    """Input multiplier, left shift and smallest difference of the int8 softmax (5 integer bits)."""
    multiplier, shift = quantise_multiplier(min(scale * 2**26, 2**31 - 1))
    return {"multiplier": multiplier, "shift": shift, "diff_min": -math.floor(31 * 2**26 / 2**shift)}


def geometry(kind, number):
    if kind not in ("conv", "depthwise"):
        return {}
    if number == 0:
        return {"stride": [2, 2], "pads": [*same_padding(49, 10, 2), *same_padding(10, 4, 2)]}
    return {"stride": [1, 1], "pads": [1, 1, 1, 1] if kind == "depthwise" else [0, 0, 0, 0]}


def weighted(tensors, values, details):
    """Weights, bias and requantisation of a convolution."""
    source, filters, bias, output = tensors
    in_scale, in_zero = details[source]["quantization"]
    out_scale, out_zero = details[output]["quantization"]
    scales = details[filters]["quantization_parameters"]["scales"]
    reals = [float(in_scale) * float(scale) / float(out_scale) for scale in scales]
    pairs = [quantise_multiplier(real) for real in reals]
    return {"weights": values[filters], "bias": values[bias].astype(np.int64),
            "multiplier": np.array([m for m, _ in pairs], np.int64),
            "shift": np.array([s for _, s in pairs], np.int64),
            "input_zero_point": int(in_zero), "output_zero_point": int(out_zero),
            "activation_min": int(out_zero), "activation_max": 127}


def read(path):
    """(layers in order, interpreter); each layer is a dictionary, see reference.py for its use."""
    with open(path, "rb") as file:
        runner = interpreter(file.read(), experimental_preserve_all_tensors=True)
    details = {detail["index"]: detail for detail in runner.get_tensor_details()}
    layers = []
    for operation in runner._get_ops_details():
        if operation["op_name"] not in KINDS:
            assert operation["op_name"] == "RESHAPE", operation["op_name"]
            continue
        kind, inputs, output = KINDS[operation["op_name"]], operation["inputs"], operation["outputs"][0]
        layer = {"name": NAMES[len(layers)], "kind": kind, "tensor": int(output),
                 "input_scale": float(details[inputs[0]]["quantization"][0]),
                 "output_scale": float(details[output]["quantization"][0]), **geometry(kind, len(layers))}
        if kind == "softmax":
            layer.update(softmax_constants(layer["input_scale"]))
        elif kind != "average_pool":
            values = {index: runner.get_tensor(index) for index in inputs}
            layer.update(weighted((*inputs, output), values, details))
        layers.append(layer)
    layers[-2]["kind"] = "fully_connected"  # a 1x1 convolution of one pixel
    layers[-2]["activation_min"] = -128
    assert [layer["name"] for layer in layers] == NAMES
    return layers, runner


def outputs(runner, layers, features):
    """Every layer's int8 output, computed by the interpreter."""
    runner.set_tensor(runner.get_input_details()[0]["index"], features.reshape(1, 49, 10, 1))
    runner.invoke()
    return [runner.get_tensor(layer["tensor"]).copy() for layer in layers]
