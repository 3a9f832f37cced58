"""The int8 network in NumPy integers, bit for bit TensorFlow Lite's reference kernels."""
import numpy as np

INT32_MAX, INT32_MIN = 2**31 - 1, -(2**31)
# exp(-2**e) for e = -2..4 as Q0.31: the factors of gemmlowp's exponential.
EXP_FACTORS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242]


def doubling_high_multiply(a, b):
    """gemmlowp's SaturatingRoundingDoublingHighMul of int32 (arrays or ints)."""
    product = np.asarray(a, np.int64) * np.asarray(b, np.int64)
    nudge = np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    total = product + nudge
    quotient = np.where(total >= 0, total >> 31, -(-total >> 31))  # C division truncates
    return np.where((np.asarray(a) == INT32_MIN) & (np.asarray(b) == INT32_MIN), INT32_MAX, quotient)


def divide_by_power(x, exponent):
    """gemmlowp's RoundingDivideByPOT: half goes away from zero."""
    x = np.asarray(x, np.int64)
    mask = (np.int64(1) << exponent) - 1
    threshold = (mask >> 1) + (x < 0)
    return (x >> exponent) + ((x & mask) > threshold)


def requantise(accumulator, multiplier, shift):
    """MultiplyByQuantizedMultiplier with double rounding; a positive shift is to the left."""
    left, right = np.maximum(shift, 0), np.maximum(-np.asarray(shift, np.int64), 0)
    return divide_by_power(doubling_high_multiply(accumulator * (np.int64(1) << left), multiplier), right)


def finish(accumulator, layer):
    """Accumulator to int8 output with the layer's scale, zero point and activation."""
    scaled = requantise(accumulator + layer["bias"], layer["multiplier"], layer["shift"])
    scaled = scaled + layer["output_zero_point"]
    return np.clip(scaled, layer["activation_min"], layer["activation_max"]).astype(np.int8)


def windows(image, kernel, stride, pads, zero_point):
    """int64[H',W',KH,KW,C] patches of int8[H,W,C] padded with the zero point; less the zero point."""
    top, bottom, left, right = pads
    padded = np.pad(image.astype(np.int64) - zero_point, ((top, bottom), (left, right), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, kernel, (0, 1))
    return view[::stride[0], ::stride[1]].transpose(0, 1, 3, 4, 2)


def run_layer(layer, x):
    kind = layer["kind"]
    if kind == "average_pool":
        total = x.astype(np.int64).sum((0, 1))
        count = x.shape[0] * x.shape[1]
        half = np.where(total > 0, count // 2, -(count // 2))
        return np.trunc((total + half) / count).astype(np.int8)
    if kind == "softmax":
        return softmax(x, layer)
    weights = layer["weights"].astype(np.int64)
    if kind == "fully_connected":
        weights = weights.reshape(len(weights), -1)
        return finish(weights @ (x.astype(np.int64) - layer["input_zero_point"]), layer)
    patches = windows(x, weights.shape[1:3], layer["stride"], layer["pads"], layer["input_zero_point"])
    if kind == "depthwise":
        return finish((patches * weights[0]).sum((2, 3)), layer)
    return finish(np.einsum("hwijc,oijc->hwo", patches, weights, optimize=True), layer)


def run(layers, features):
    """Every layer's int8 output for int8[49,10] features."""
    outputs, x = [], features.reshape(49, 10, 1)
    for layer in layers:
        x = run_layer(layer, x)
        outputs.append(x)
    return outputs


def saturate(x):
    return int(min(max(x, INT32_MIN), INT32_MAX))


def multiply(a, b):
    return int(doubling_high_multiply(a, b))


def exp_negative(a):
    """exp of a negative Q5.26 as Q0.31 (gemmlowp's exp_on_negative_values)."""
    if a == 0:
        return INT32_MAX
    quarter = 1 << 24
    below = (a & (quarter - 1)) - quarter
    x = saturate(below << 5) + (1 << 28)
    x2 = multiply(x, x)
    x3, x4 = multiply(x2, x), multiply(x2, x2)
    series = multiply(int(divide_by_power(x4, 2)) + x3, 715827883) + x2
    result = 1895147668 + multiply(1895147668, x + int(divide_by_power(series, 1)))
    for bit, factor in enumerate(EXP_FACTORS, 24):
        if (below - a) & (1 << bit):
            result = multiply(result, factor)
    return result


def reciprocal(total):
    """(1 / total as Q0.31, bits over unit) of a positive Q12.19 sum."""
    headroom = 32 - total.bit_length()
    half = ((total << headroom) - (1 << 31) + INT32_MAX + 1) // 2
    x = 1515870810 + multiply(half, -1010580540)
    for _ in range(3):
        x += saturate(multiply(x, (1 << 29) - multiply(half, x)) << 2)
    return saturate(x << 1), 12 - headroom


def softmax(logits, layer):
    """int8[12] logits to int8[12] scores of scale 1/256, zero point -128."""
    differences = [int(x) - int(logits.max()) for x in logits]
    exponentials = [exp_negative(multiply(d << layer["shift"], layer["multiplier"])) if d >= layer["diff_min"]
                    else None for d in differences]
    total = sum(int(divide_by_power(e, 12)) for e in exponentials if e is not None)
    scale, over = reciprocal(total)
    scores = [-128 if e is None else int(divide_by_power(multiply(scale, e), over + 31 - 8)) - 128
              for e in exponentials]
    return np.clip(scores, -128, 127).astype(np.int8)
