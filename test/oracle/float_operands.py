"""Operands that hit the corners of an operation: special values, halfway cases, cancellation, under- and overflow."""

import struct

EXPONENT_BITS = {"f16": 5, "f32": 8, "f64": 11}
WIDTH = {"f16": 16, "f32": 32, "f64": 64}


def layout(kind):
    bits = WIDTH[kind]
    fraction = bits - EXPONENT_BITS[kind] - 1
    top = (1 << EXPONENT_BITS[kind]) - 1
    return bits, fraction, top, top >> 1


def pack(kind, sign, exponent, fraction_value):
    bits, fraction, top, _ = layout(kind)
    exponent = max(0, min(top, exponent))
    return sign << (bits - 1) | exponent << fraction | fraction_value & ((1 << fraction) - 1)


def corners(kind):
    _, fraction, top, bias = layout(kind)
    ones = (1 << fraction) - 1
    quiet = 1 << (fraction - 1)
    magnitudes = [
        (0, 0), (0, 1), (0, 2), (0, quiet), (0, ones), (1, 0), (1, 1), (1, ones), (2, 0),
        (bias - 1, 0), (bias - 1, ones), (bias, 0), (bias, 1), (bias, quiet), (bias + 1, 0), (bias + 1, quiet),
        (bias - fraction - 1, 0), (bias - fraction - 1, 1), (bias - fraction - 2, ones), (bias + fraction, 1),
        (top - 1, ones), (top - 1, ones - 1), (top - 1, 0), (top, 0),
        (top, quiet), (top, quiet | 0x15), (top, 1), (top, quiet - 1), (top, quiet >> 1 | 3),
    ]
    return [pack(kind, sign, e, f) for sign in (0, 1) for e, f in magnitudes]


CORNERS = {kind: corners(kind) for kind in WIDTH}


def any_fraction(rng, fraction):
    """Random bits, or few ones, or a run of ones: the latter two make exact and halfway results."""
    choice = rng.random()
    if choice < 0.5:
        return rng.getrandbits(fraction)
    if choice < 0.75:
        return sum(1 << rng.randrange(fraction) for _ in range(rng.randrange(3)))
    low = rng.randrange(fraction)
    return (1 << fraction) - (1 << low)


def any_number(rng, kind):
    _, fraction, top, bias = layout(kind)
    choice = rng.random()
    if choice < 0.15:
        return rng.choice(CORNERS[kind])
    if choice < 0.65:
        exponent = bias + rng.randint(-fraction - 2, fraction + 2)
    elif choice < 0.75:
        exponent = 0
    elif choice < 0.85:
        exponent = rng.choice((1, 2, 3, top - 3, top - 2, top - 1))
    else:
        exponent = rng.randint(0, top)
    return pack(kind, rng.getrandbits(1), exponent, any_fraction(rng, fraction))


def parts(kind, bits):
    width, fraction, top, _ = layout(kind)
    return bits >> (width - 1), bits >> fraction & top, bits & ((1 << fraction) - 1)


def real(kind, bits):
    if kind == "f32":
        return struct.unpack("<f", struct.pack("<I", bits))[0]
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def bits_near(kind, value, default):
    try:
        if kind == "f32":
            return struct.unpack("<I", struct.pack("<f", value))[0]
        return struct.unpack("<Q", struct.pack("<d", value))[0]
    except (OverflowError, ValueError):
        return default


def shaken(rng, kind, bits):
    """The same number, or one a few units in the last place away."""
    return (bits + rng.randint(-2, 2)) % (1 << WIDTH[kind])


def partner(rng, call, kind, first):
    """A second operand at an interesting distance from the first."""
    _, fraction, top, bias = layout(kind)
    sign, exponent, _ = parts(kind, first)
    choice = rng.random()
    if choice < 0.3:
        return any_number(rng, kind)
    if call[:3] in ("add", "sub", "com", "max", "min"):
        if choice < 0.5:
            return shaken(rng, kind, first ^ (rng.getrandbits(1) << (WIDTH[kind] - 1)))
        near = exponent + rng.choice((0, 1, -1, fraction, fraction + 1, fraction + 2, -fraction, -fraction - 1, -fraction - 2))
        return pack(kind, rng.getrandbits(1), near, any_fraction(rng, fraction))
    # A product or quotient near one, near the smallest normal or near the largest number.
    goal = rng.choice((bias, 1, 0, -1, -fraction, 2, top - 1, top, top - 2)) + rng.choice((-1, 0, 1))
    other = goal - exponent + bias if call[:3] != "div" else exponent - goal + bias
    return pack(kind, rng.getrandbits(1), other, any_fraction(rng, fraction))


def fma_operands(rng, kind):
    op1 = any_number(rng, kind)
    op2 = partner(rng, "mul", kind, op1)
    product = bits_near(kind, real(kind, op1) * real(kind, op2), 0)
    choice = rng.random()
    if choice < 0.35:
        addend = shaken(rng, kind, product ^ 1 << (WIDTH[kind] - 1))
    elif choice < 0.8:
        addend = partner(rng, "add", kind, product)
    else:
        addend = any_number(rng, kind)
    return [addend, op1, op2]


def integer_edge(rng, kind, fraction_bits, size):
    """A number whose fixed-point value lies about a half-integer or about the limits of `size` bits."""
    limit = rng.choice((size, size - 1, rng.randrange(1, size)))
    whole = rng.choice((0, 1, 2, 3, 2**limit, rng.getrandbits(limit)))
    value = (whole + rng.choice((0, 0.25, 0.5, 0.75, -0.5, -0.25, -1))) * 2.0**-fraction_bits
    return shaken(rng, kind, bits_near(kind, value if rng.getrandbits(1) else -value, 0))


def narrowing(rng, kind, target):
    """A number within reach of the target format's range, with a cut-off part that is a half, or next to one."""
    _, fraction, _, bias = layout(kind)
    _, short, short_top, short_bias = layout(target)
    exponent = rng.choice((rng.randint(-short - 2, short_top), rng.randint(-short - 2, 2), short_top - 1, short_top))
    cut = fraction - short + max(0, 1 - exponent)
    kept = any_fraction(rng, short) << (fraction - short)
    if cut <= fraction:
        kept = kept >> cut << cut
        kept |= (1 << (cut - 1)) + rng.choice((0, 0, 1, -1, -(1 << (cut - 1))))
    return pack(kind, rng.getrandbits(1), exponent - short_bias + bias, kept)


def square(rng, kind):
    root = pack(kind, 0, layout(kind)[3] + rng.randint(-20, 20), any_fraction(rng, layout(kind)[1]) & ~0xFFFF)
    return shaken(rng, kind, bits_near(kind, real(kind, root) ** 2, 0))


def fixed_operand(rng, kind):
    unsigned, size = kind[0] == "u", int(kind[1:])
    value = rng.choice((0, 1, 2**size - 1, 2 ** (size - 1), 2 ** (size - 1) - 1, rng.getrandbits(size)))
    value >>= rng.choice((0, 0, 0, rng.randrange(size)))
    if not unsigned and value >> (size - 1):
        value -= 1 << size
    return value & 0xFFFFFFFF


def single_operand(rng, operation):
    kind, call = operation.operands[0], operation.call
    if kind[0] != "f":
        return fixed_operand(rng, kind)
    if rng.random() < 0.5:
        if call.startswith("sqrt"):
            return square(rng, kind)
        if call.startswith("toFixed"):
            return integer_edge(rng, kind, operation.arguments[0], operation.arguments[2])
        if call.startswith("roundInt"):
            return integer_edge(rng, kind, 0, 32)
        if call in ("f64To32", "f64To16", "f32To16"):
            return narrowing(rng, kind, operation.result)
    if kind == "f16":
        return rng.getrandbits(16)
    return any_number(rng, kind)


def operands_for(rng, operation, number):
    """Operands of case `number`: the corners first (all of them, or a scatter of pairs), then random ones."""
    kinds = operation.operands
    if kinds[0][0] == "f" and number < len(CORNERS[kinds[0]]):
        first = CORNERS[kinds[0]][number]
        return [first] + [rng.choice(CORNERS[kind]) for kind in kinds[1:]]
    if len(kinds) == 3:
        return fma_operands(rng, kinds[0])
    if len(kinds) == 1:
        return [single_operand(rng, operation)]
    first = any_number(rng, kinds[0])
    second = partner(rng, operation.call, kinds[0], first)
    return [first, second] if rng.getrandbits(1) else [second, first] if operation.call[:3] != "div" else [first, second]
