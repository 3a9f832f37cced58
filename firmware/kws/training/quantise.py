"""Folds the batch norms of a trained DS-CNN and converts it to an int8 TensorFlow Lite model.

Usage: quantise.py RECORDINGS_DIRECTORY STUDENT.pt OUTPUT.tflite
Ranges of the activations come from recordings of the training speakers.
"""
import argparse

import numpy as np
import tensorflow as tf

import dataset
from frontend import mfcc
from network import same_padding
from train import INPUT_SCALE, INPUT_ZERO_POINT, load_network

CALIBRATION_CLIPS = 1000
SEED = 3


def fold(weights, norm):
    """Weights (outputs first) and bias of a convolution with its batch norm folded in."""
    gain = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach()
    return ((weights.detach() * gain.view(-1, 1, 1, 1)).numpy().astype(np.float32),
            (norm.bias - norm.running_mean * gain).detach().numpy().astype(np.float32))


def folded_layers(network):
    """[(kind, weights in PyTorch's order, bias)] from first to last."""
    layers = [("conv", *fold(network.conv1.weight * network.INPUT_SCALE, network.norm1))]
    for dw, dw_norm, pw, pw_norm in zip(network.depthwise, network.depthwise_norm, network.pointwise,
                                        network.pointwise_norm):
        layers += [("depthwise", *fold(dw.weight, dw_norm)), ("conv", *fold(pw.weight, pw_norm))]
    dense = network.classify
    return layers + [("dense", dense.weight.detach().numpy(), dense.bias.detach().numpy())]


def graph(layers):
    """The network as a TensorFlow function, float32[1,49,10,1] to float32[1,12] scores."""

    @tf.function(input_signature=[tf.TensorSpec([1, 49, 10, 1], tf.float32, name="mfcc")])
    def run(x):
        for number, (kind, weights, bias) in enumerate(layers[:-1]):
            if kind == "conv":
                stride = 2 if number == 0 else 1
                x = tf.nn.conv2d(x, weights.transpose(2, 3, 1, 0), stride, "SAME")
            else:
                x = tf.nn.depthwise_conv2d(x, weights.transpose(2, 3, 0, 1), [1, 1, 1, 1], "SAME")
            x = tf.nn.relu(tf.nn.bias_add(x, bias))
        x = tf.nn.avg_pool2d(x, [25, 5], 1, "VALID")
        _, weights, bias = layers[-1]
        # A 1x1 convolution, since TensorFlow Lite's dense kernel rounds once and is not per channel.
        x = tf.nn.bias_add(tf.nn.conv2d(x, weights.T[None, None], 1, "VALID"), bias)
        return tf.nn.softmax(tf.reshape(x, [1, 12]))

    return run


def calibration(features):
    """Representative inputs within the int8 input's range, the first one touching both of its ends."""
    low, high = (-128 - INPUT_ZERO_POINT) * INPUT_SCALE, (127 - INPUT_ZERO_POINT) * INPUT_SCALE
    features = np.clip(features, low, high).astype(np.float32)
    features[0, 0, 0], features[0, 1, 0] = low, high

    def inputs():
        for clip in features:
            yield [clip[None, :, :, None]]

    return inputs


def convert(layers, features):
    """The int8 flatbuffer: per-channel weights, int8 input and output."""
    function = graph(layers)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = calibration(features)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def interpreter(model, **options):
    """TensorFlow Lite's interpreter with the reference kernels."""
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
    runner = tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=resolver, **options)
    runner.allocate_tensors()
    return runner


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings")
    parser.add_argument("student")
    parser.add_argument("output")
    arguments = parser.parse_args()
    recordings = dataset.load(arguments.recordings)
    train = np.flatnonzero(recordings.split == "train")
    chosen = np.random.default_rng(SEED).choice(train, CALIBRATION_CLIPS, replace=False)
    layers = folded_layers(load_network(arguments.student))
    assert same_padding(49, 10, 2) == (4, 5) and same_padding(10, 4, 2) == (1, 1)
    model = convert(layers, mfcc(recordings.audio[chosen]).numpy())
    with open(arguments.output, "wb") as output:
        output.write(model)
    for detail in interpreter(model).get_tensor_details():
        print(detail["index"], detail["name"][:40], detail["shape"].tolist(), detail["dtype"].__name__,
              detail["quantization"])


if __name__ == "__main__":
    main()
