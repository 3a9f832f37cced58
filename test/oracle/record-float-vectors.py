"""Records what QEMU's FPU, as packaged in unicorn, answers to each operation of src/core/float.ts.

Needs `pip install unicorn` and arm-none-eabi-as/objcopy. Two uses:
  record-float-vectors.py vectors DIR [--seed N]         the JSON files that test/core/float-vectors.test.ts reads
  record-float-vectors.py sweep DIR --cases N [--seed N] binary files for test/oracle/compare-float-sweep.ts
"""

import argparse
import importlib.metadata
import json
import os
import random
import struct
import subprocess
import tempfile

from unicorn import UC_ARCH_ARM, UC_MODE_THUMB, Uc
from unicorn.arm_const import (
    UC_ARM_REG_CP_REG,
    UC_ARM_REG_FPEXC,
    UC_ARM_REG_R0,
    UC_ARM_REG_R1,
    UC_ARM_REG_R2,
    UC_CPU_ARM_MAX,
)

from float_operands import operands_for

# The cortex-m7 model has no double precision; "max" runs the same instructions on the same softfloat.
CPU = "max, Thumb"
CODE, INPUT, OUTPUT = 0x10000, 0x100000, 0x800000
BATCH = 50_000
IN_ROW, OUT_ROW = 32, 16
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26
RMODES = [n << 22 for n in range(4)]
FLAGS = 0x9F

# Guest loop: FPSCR and three 64-bit operands in, d3 and FPSCR out. Operands are in d0-d2 (s0, s2, s4).
LOOP = """
  .syntax unified
  .cpu cortex-m7
  .fpu fpv5-d16
  .thumb
loop:
  vldr d3, zero
  ldr r3, [r0]
  vldr d0, [r0, #8]
  vldr d1, [r0, #16]
  vldr d2, [r0, #24]
  vmsr fpscr, r3
  {instructions}
  vmrs r4, fpscr
  vstr d3, [r1]
  str r4, [r1, #8]
  adds r0, #32
  adds r1, #16
  subs r2, #1
  bne loop
done:
  b done
  .balign 8
zero:
  .quad 0
"""


class Operation:
    """One call of the library and the instructions that do the same."""

    def __init__(self, call, arguments, operands, result, instructions, modes="all"):
        self.call, self.arguments = call, arguments
        self.operands, self.result = operands, result
        self.instructions = instructions
        self.modes = modes  # which FPSCR modes matter: all, nan (no rounding) or half (all and AHP)


def arithmetic():
    for n, t, d, a, b, c in (("32", "f32", "s6", "s0", "s2", "s4"), ("64", "f64", "d3", "d0", "d1", "d2")):
        for name in ("add", "sub", "mul", "div"):
            yield Operation(name + n, [], [t, t], t, f"v{name}.{t} {d}, {a}, {b}")
        yield Operation("sqrt" + n, [], [t], t, f"vsqrt.{t} {d}, {a}")
        yield Operation("fma" + n, [], [t, t, t], t, f"vmov.{t} {d}, {a}\n vfma.{t} {d}, {b}, {c}")
        for name in ("neg", "abs"):
            yield Operation(name + n, [], [t], t, f"v{name}.{t} {d}, {a}", "nan")
        for exc, name in ((False, "vcmp"), (True, "vcmpe")):
            yield Operation("compare" + n, [exc], [t, t], "nzcv", f"{name}.{t} {a}, {b}", "nan")
        for name in ("max", "min"):
            yield Operation(name + "Num" + n, [], [t, t], t, f"v{name}nm.{t} {d}, {a}, {b}", "nan")


DIRECTED = [("n", "nearest"), ("a", "ties-away"), ("p", "plusInf"), ("m", "minusInf")]


def to_integers():
    for n, t, d, a in (("32", "f32", "s6", "s0"), ("64", "f64", "d3", "d0")):
        for letter, rounding in [*DIRECTED, ("z", "zero"), ("r", "fpscr"), ("x", "fpscr")]:
            modes = "all" if rounding == "fpscr" else "nan"
            yield Operation("roundInt" + n, [rounding, letter == "x"], [t], t, f"vrint{letter}.{t} {d}, {a}", modes)
        for unsigned, u in ((False, "s32"), (True, "u32")):
            def whole(name, rounding, modes="nan"):
                return Operation("toFixed" + n, [0, unsigned, 32, rounding], [t], "i32", f"{name}.{u}.{t} s6, {a}", modes)
            yield whole("vcvt", "zero")
            yield whole("vcvtr", "fpscr", "all")
            for letter, rounding in DIRECTED:
                yield whole("vcvt" + letter, rounding)


def fixed_point(fractions):
    """Fixed-point and integer conversions; `fractions(size, unsigned)` gives the fraction lengths to try."""
    for n, t, d, a in (("32", "f32", "s6", "s0"), ("64", "f64", "d3", "d0")):
        for unsigned in (False, True):
            u = "u" if unsigned else "s"
            source = ("u" if unsigned else "i") + "32"
            yield Operation("fromFixed" + n, [0, unsigned, "fpscr"], [source], t, f"vcvt.{t}.{u}32 {d}, s0")
            for size in (16, 32):
                for fraction in fractions(size, unsigned):
                    move = f"vmov.{t} {d}, {a}\n "
                    yield Operation("toFixed" + n, [fraction, unsigned, size, "zero"], [t], "i32",
                                    f"{move}vcvt.{u}{size}.{t} {d}, {d}, #{fraction}", "nan")
                    operand = ("u" if unsigned else "i") + str(size)
                    yield Operation("fromFixed" + n, [fraction, unsigned, "nearest"], [operand], t,
                                    f"{move}vcvt.{t}.{u}{size} {d}, {d}, #{fraction}", "nan")


def conversions():
    yield Operation("f32To64", [], ["f32"], "f64", "vcvt.f64.f32 d3, s0", "nan")
    yield Operation("f64To32", [], ["f64"], "f32", "vcvt.f32.f64 s6, d0")
    yield Operation("f16To32", [], ["f16"], "f32", "vcvtb.f32.f16 s6, s0", "half")
    yield Operation("f32To16", [], ["f32"], "f16", "vcvtb.f16.f32 s6, s0", "half")
    yield Operation("f16To64", [], ["f16"], "f64", "vcvtb.f64.f16 d3, s0", "half")
    yield Operation("f64To16", [], ["f64"], "f16", "vcvtb.f16.f64 s6, d0", "half")


def assemble(instructions):
    with tempfile.TemporaryDirectory() as folder:
        source, obj, binary = (os.path.join(folder, n) for n in ("a.s", "a.o", "a.bin"))
        with open(source, "w") as file:
            file.write(LOOP.format(instructions=instructions))
        subprocess.run(["arm-none-eabi-as", "-o", obj, source], check=True)
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", obj, binary], check=True)
        with open(binary, "rb") as file:
            return file.read()


class Oracle:
    def __init__(self):
        self.uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB)
        self.uc.ctl_set_cpu_model(UC_CPU_ARM_MAX)
        # CPACR = p15, 0, c1, c0, 2: full access to cp10 and cp11; then FPEXC.EN.
        self.uc.reg_write(UC_ARM_REG_CP_REG, (15, 0, 0, 1, 0, 0, 2, 0xF << 20))
        self.uc.reg_write(UC_ARM_REG_FPEXC, 1 << 30)
        self.uc.mem_map(CODE, 0x1000)
        self.uc.mem_map(INPUT, 0x400000)
        self.uc.mem_map(OUTPUT, 0x400000)

    def run(self, operation, cases):
        """`cases` is a list of (fpscr, operands); gives a list of (result, fpscr)."""
        code = assemble(operation.instructions)
        done = code.index(b"\xfe\xe7")
        self.uc.ctl_remove_cache(CODE, CODE + 0x1000)
        self.uc.mem_write(CODE, code)
        answers = []
        for start in range(0, len(cases), BATCH):
            batch = cases[start:start + BATCH]
            rows = b"".join(struct.pack("<IIQQQ", f, 0, *(x & (2**64 - 1) for x in [*ops, 0, 0][:3])) for f, ops in batch)
            self.uc.mem_write(INPUT, rows)
            for register, value in ((UC_ARM_REG_R0, INPUT), (UC_ARM_REG_R1, OUTPUT), (UC_ARM_REG_R2, len(batch))):
                self.uc.reg_write(register, value)
            self.uc.emu_start(CODE | 1, CODE + done)
            out = bytes(self.uc.mem_read(OUTPUT, OUT_ROW * len(batch)))
            answers += [(d, f) for d, f, _ in struct.iter_unpack("<QII", out)]
        return answers


def result_of(operation, answer):
    value, fpscr = answer
    if operation.result == "nzcv":
        return fpscr >> 28
    return value if operation.result == "f64" else value & 0xFFFFFFFF


def vector_modes(operation):
    """The FPSCR modes under which an operation is recorded: those that can make a difference to it."""
    if operation.call[:3] in ("neg", "abs"):
        return [FZ | DN]
    if operation.call.startswith("fromFixed"):
        # QEMU 5 rounds VCVT from fixed point by RMode; only in RN does it answer as the Arm ARM says.
        return RMODES if operation.arguments[2] == "fpscr" and operation.result == "f32" else [0]
    if operation.modes == "nan":
        return [0, FZ] if operation.result in ("nzcv", "i32") else [0, FZ | DN]
    if operation.modes == "half":
        return [*RMODES, FZ | DN, AHP, AHP | RMODES[1]] if operation.result == "f16" else [0, FZ, DN, AHP]
    if operation.result == "i32" or operation.call.startswith("roundInt"):
        return [*RMODES, FZ | DN]
    return [*RMODES, FZ, FZ | DN | RMODES[3]]


WIDTH = {"f64": 16, "nzcv": 1, "f16": 4}


def hex_row(operation, operands, answer):
    fields = [f"{x & (2**64 - 1 if k == 'f64' else 2**32 - 1):0{WIDTH.get(k, 8)}x}" for k, x in zip(operation.operands, operands)]
    fields.append(f"{result_of(operation, answer):0{WIDTH.get(operation.result, 8)}x}")
    return "".join(fields) + f"{answer[1] & FLAGS:02x}"


def record_vectors(oracle, folder, seed, per_mode):
    source = {"oracle": "unicorn " + importlib.metadata.version("unicorn"), "cpu": CPU, "seed": seed}
    families = {
        "arithmetic": list(arithmetic()),
        "integer": [*to_integers(), *fixed_point(lambda size, unsigned: [size // 2 if unsigned else size - 1])],
        "conversion": list(conversions()),
    }
    for family, operations in families.items():
        rng = random.Random(f"{seed} {family}")
        groups = []
        for operation in operations:
            for mode in vector_modes(operation):
                cases = [(mode, operands_for(rng, operation, i)) for i in range(per_mode)]
                answers = oracle.run(operation, cases)
                rows = [hex_row(operation, ops, answer) for (_, ops), answer in zip(cases, answers)]
                groups.append({"call": operation.call, "arguments": operation.arguments, "operands": operation.operands,
                               "result": operation.result, "fpscr": f"{mode:08x}", "rows": " ".join(rows)})
        with open(os.path.join(folder, family + ".json"), "w") as file:
            json.dump({"source": source, "groups": groups}, file, indent=0)
            file.write("\n")


def record_sweep(oracle, folder, seed, cases_in_all):
    operations = [*arithmetic(), *to_integers(), *fixed_point(lambda size, unsigned: range(1, size + 1, 5)), *conversions()]
    rng = random.Random(f"{seed} sweep")
    # Operations that round get eight times the cases of the others.
    weights = [8 if operation.modes != "nan" and not operation.arguments else 1 for operation in operations]
    index = []
    for number, (operation, weight) in enumerate(zip(operations, weights)):
        count = cases_in_all * weight // sum(weights) + 1
        cases = []
        for i in range(count):
            sticky = rng.getrandbits(8) & FLAGS if rng.random() < 0.25 else 0
            modes = rng.choice(RMODES) | rng.choice((0, FZ)) | rng.choice((0, DN)) | rng.choice((0, AHP))
            cases.append((modes | sticky, operands_for(rng, operation, i)))
        answers = oracle.run(operation, cases)
        name = f"{number:03}.bin"
        with open(os.path.join(folder, name), "wb") as file:
            for (fpscr, ops), answer in zip(cases, answers):
                ops = [x & (2**64 - 1) for x in [*ops, 0, 0][:3]]
                file.write(struct.pack("<QQQQII", *ops, result_of(operation, answer), fpscr, answer[1] & 0x0FFFFFFF))
        index.append({"call": operation.call, "arguments": operation.arguments, "operands": operation.operands,
                      "result": operation.result, "file": name})
    with open(os.path.join(folder, "index.json"), "w") as file:
        json.dump(index, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("vectors", "sweep"))
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--per-mode", type=int, default=200)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    oracle = Oracle()
    if options.what == "vectors":
        record_vectors(oracle, options.folder, options.seed, options.per_mode)
    else:
        record_sweep(oracle, options.folder, options.seed, options.cases)


if __name__ == "__main__":
    main()
