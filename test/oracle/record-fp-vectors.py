"""Records what QEMU, as packaged in unicorn, does on each floating-point instruction: for test/isa/fp-semantics.test.ts.

Needs `pip install -r requirements.txt` and arm-none-eabi-as/objcopy.
  record-fp-vectors.py DIR [--seed N] [--cases N]     writes the JSON files; the README there says how to read them

The instructions are assembled from the texts below, so that the decoder is judged too.
"""

import argparse
import base64
import importlib.metadata
import json
import os
import random
import re
import struct
import subprocess
import tempfile
import zlib
from types import SimpleNamespace

from unicorn import UC_ARCH_ARM, UC_ERR_EXCEPTION, UC_ERR_INSN_INVALID, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, UcError
from unicorn.arm_const import (
    UC_ARM_REG_APSR,
    UC_ARM_REG_CP_REG,
    UC_ARM_REG_FPEXC,
    UC_ARM_REG_FPSCR,
    UC_ARM_REG_LR,
    UC_ARM_REG_PC,
    UC_ARM_REG_R0,
    UC_ARM_REG_S0,
    UC_ARM_REG_SP,
    UC_CPU_ARM_CORTEX_M7,
    UC_CPU_ARM_MAX,
)

from float_operands import operands_for

BASE, SIZE, PC = 0x20000000, 0x2000, 0x20000800
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26
FLAGS = 0x9F
REGISTERS = [*(UC_ARM_REG_R0 + n for n in range(13)), UC_ARM_REG_SP, UC_ARM_REG_LR]
VMRS_R0 = 0xEEF10A10


def background(index):
    """What a register or memory word holds unless a case says otherwise: S0-S31, R0-R14, then memory from 64 on."""
    return (index * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF


MEMORY = b"".join(struct.pack("<I", background(64 + n)) for n in range(SIZE // 4))


class Form:
    """An instruction text with `{S0}`, `{D1}`, `{R2}`, ... for registers and `{name}` for what `choose` gives.

    `operands` says which placeholders get the values that `float_operands` makes for `call`.
    """

    def __init__(self, text, operands=(), call=None, kinds=(), arguments=(), result=None, cpu="m7", choose=None, modes="all"):
        self.text, self.operands, self.cpu, self.choose, self.modes = text, operands, cpu, choose, modes
        self.call = call and SimpleNamespace(call=call, operands=list(kinds), arguments=list(arguments), result=result)

    def name(self):
        plain = {"P": "s", "Q": "s", "B": "r", "imm": "imm" if "#{imm}" in self.text else ", #imm",
                 "slist": "singles", "dlist": "doubles"}
        return self.text.format(**plain, **{f"{letter}{n}": letter.lower() for letter in "SDR" for n in range(3)})


def arithmetic():
    for t, p, n, cpu in (("f32", "S", "32", "m7"), ("f64", "D", "64", "max")):
        r = [f"{{{p}{i}}}" for i in range(3)]
        names = [f"{p}{i}" for i in range(3)]

        def form(mnemonic, count, operands, call, **more):
            return Form(f"{mnemonic}.{t} {', '.join(r[:count])}", operands, call + n, [t] * len(operands), cpu=cpu, **more)

        for mnemonic, call in (("vadd", "add"), ("vsub", "sub"), ("vmul", "mul"), ("vnmul", "mul"), ("vdiv", "div"),
                               ("vmaxnm", "maxNum"), ("vminnm", "minNum"),
                               *(("vsel" + c, "add") for c in ("eq", "vs", "ge", "gt"))):
            yield form(mnemonic, 3, names[1:], call)
        for mnemonic in ("vmla", "vmls", "vnmla", "vnmls", "vfma", "vfms", "vfnma", "vfnms"):
            yield form(mnemonic, 3, names, "fma")
        for mnemonic in ("vabs", "vneg", "vsqrt", "vmov"):
            yield form(mnemonic, 2, names[1:2], "sqrt")
        for mnemonic in ("vcmp", "vcmpe"):
            yield form(mnemonic, 2, names[:2], "compare")
            yield Form(f"{mnemonic}.{t} {r[0]}, #0", names[:1], "sqrt" + n, [t], cpu=cpu)
        yield Form(f"vmov.{t} {r[0]}, #{{imm}}", cpu=cpu, choose=immediate)


def immediate(rng):
    imm8 = rng.getrandbits(8)
    value = (16 + (imm8 & 15)) / 16 * 2.0 ** ((((imm8 >> 4) & 7) ^ 4) - 3)
    return {"imm": repr(-value if imm8 >> 7 else value)}


def conversion():
    for t, p, n, cpu in (("f32", "S", "32", "m7"), ("f64", "D", "64", "max")):
        dest, source = f"{{{p}0}}", f"{{{p}1}}"
        for letter in "anpmzrx":
            yield Form(f"vrint{letter}.{t} {dest}, {source}", [p + "1"], "roundInt" + n, [t], cpu=cpu)
        for u, unsigned in (("s32", False), ("u32", True)):
            for mnemonic in ("vcvt", "vcvtr", "vcvta", "vcvtn", "vcvtp", "vcvtm"):
                yield Form(f"{mnemonic}.{u}.{t} {{S0}}, {source}", [p + "1"], "toFixed" + n, [t], [0, unsigned, 32], cpu=cpu)
            yield Form(f"vcvt.{t}.{u} {dest}, {{S1}}", ["S1"], "fromFixed", [u.replace("s", "i")], cpu=cpu)
        for u in ("s16", "u16", "s32", "u32"):
            size = int(u[1:])

            def fraction(rng, size=size):
                return {"imm": str(rng.randint(1, size))}

            yield Form(f"vcvt.{u}.{t} {dest}, {dest}, #{{imm}}", [p + "0"], "toFixed" + n, [t],
                       [size // 2, u[0] == "u", size], cpu=cpu, choose=fraction)
            # QEMU 5 rounds VCVT from fixed point by RMode; only in RN does it answer as the Arm ARM says.
            yield Form(f"vcvt.{t}.{u} {dest}, {dest}, #{{imm}}", ["S0" if p == "S" else "low D0"], "fromFixed",
                       [u.replace("s", "i")], cpu=cpu, choose=fraction, modes="nearest")
        for half in "bt":
            yield Form(f"vcvt{half}.{t}.f16 {dest}, {{S1}}", ["both S1"], "f16To" + n, ["f16"], cpu=cpu)
            yield Form(f"vcvt{half}.f16.{t} {{S0}}, {source}", [p + "1"], f"f{n}To16", [t], result="f16", cpu=cpu)
    yield Form("vcvt.f64.f32 {D0}, {S1}", ["S1"], "f32To64", ["f32"], result="f64", cpu="max")
    yield Form("vcvt.f32.f64 {S0}, {D1}", ["D1"], "f64To32", ["f64"], result="f32", cpu="max")


def pair_of_singles(rng):
    first = rng.randrange(31)
    return {"P": f"s{first}", "Q": f"s{first + 1}"}


def move():
    yield Form("vmov {S0}, {R1}")
    yield Form("vmov {R0}, {S1}")
    yield Form("vmov {P}, {Q}, {R0}, {R1}", choose=pair_of_singles)
    yield Form("vmov {R0}, {R1}, {P}, {Q}", choose=pair_of_singles)
    yield Form("vmov {D0}, {R0}, {R1}")
    yield Form("vmov {R0}, {R1}, {D0}")
    for x in (0, 1):
        yield Form(f"vmov.32 {{D0}}[{x}], {{R1}}")
        yield Form(f"vmov.32 {{R0}}, {{D1}}[{x}]")
    yield Form("vmrs {R0}, fpscr")
    yield Form("vmrs apsr_nzcv, fpscr")
    yield Form("vmsr fpscr, {R0}", ["R0"], "fromFixed", ["u32"])


def offset(rng):
    return {"imm": rng.choice(("", f", #{4 * rng.randint(-255, 255)}")), "base": BASE + 0x1400 + 4 * rng.randrange(128)}


def literal(rng):
    return {"imm": f"{4 * rng.randint(-250, 250)}", "pc": PC + 2 * rng.randrange(8)}


def registers(letter, count):
    def choose(rng):
        first = rng.randrange(count)
        most = min(count - first, 16)
        last = first + rng.choice((1, 2, 3, 4, most, rng.randint(1, most)))
        last = min(last, first + most) - 1
        list_text = f"{letter}{first}" + (f"-{letter}{last}" if last > first else "")
        return {f"{letter}list": list_text, "base": BASE + 0x1400 + 4 * rng.randrange(128)}
    return choose


def memory():
    for p in "SD":
        for mnemonic in ("vldr", "vstr"):
            yield Form(f"{mnemonic} {{{p}0}}, [{{B}}{{imm}}]", choose=offset)
        yield Form(f"vldr {{{p}0}}, [pc, #{{imm}}]", choose=literal)
        choose, regs = registers(p.lower(), 32 if p == "S" else 16), f"{{{{{{{p.lower()}list}}}}}}"
        for mnemonic in ("vldm", "vstm"):
            yield Form(f"{mnemonic}ia {{B}}, {regs}", choose=choose)
            yield Form(f"{mnemonic}ia {{B}}!, {regs}", choose=choose)
            yield Form(f"{mnemonic}db {{B}}!, {regs}", choose=choose)
        for mnemonic in ("vpush", "vpop"):
            yield Form(f"{mnemonic} {regs}", choose=choose)
    for mnemonic in ("fldm", "fstm"):
        yield Form(f"{mnemonic}iax {{B}}!, {{{{{{dlist}}}}}}", choose=registers("d", 16))
        yield Form(f"{mnemonic}dbx {{B}}!, {{{{{{dlist}}}}}}", choose=registers("d", 16))


def fpscr_for(rng, modes):
    sticky = rng.getrandbits(8) & FLAGS if rng.random() < 0.25 else 0
    rmode = 0 if modes == "nearest" else rng.getrandbits(2) << 22
    return rng.getrandbits(4) << 28 | sticky | rmode | rng.choice((0, FZ)) | rng.choice((0, 0, DN)) | rng.choice((0, 0, 0, AHP))


def make_case(rng, form, number):
    """Instruction text and the state before it: a dictionary of the keys that rows of the files have."""
    chosen = form.choose(rng) if form.choose else {}
    before = {"f": fpscr_for(rng, form.modes), "n": rng.getrandbits(4)}
    if "pc" in chosen:
        before["pc"] = chosen["pc"]
    names = dict(chosen)
    for name in sorted(set(re.findall(r"\{([SDR]\d)\}", form.text))):
        limit = {"S": 32, "D": 16, "R": 13}[name[0]]
        names[name] = f"{name[0].lower()}{rng.randrange(limit)}"
    if "R1" in names and names.get("R0") == names["R1"]:
        names["R1"] = f"r{(int(names['R0'][1:]) + 1) % 13}"
    if "base" in chosen:
        base = rng.choice([*range(13), 14]) if "{B}" in form.text else 13
        names["B"] = f"r{base}"
        before[f"r{base}"] = chosen["base"]
    values = operands_for(rng, form.call, number) if form.call else []
    for where, value in zip(form.operands, values):
        how, _, name = where.rpartition(" ")
        register, n = names[name][0], int(names[name][1:])
        if how == "both":
            value |= rng.getrandbits(16) << 16 if rng.getrandbits(1) else value << 16
        if how == "low":
            before[f"s{2 * n}"] = value & 0xFFFFFFFF
        elif register == "d":
            before[f"s{2 * n}"], before[f"s{2 * n + 1}"] = value & 0xFFFFFFFF, value >> 32
        else:
            before[f"{register}{n}"] = value & 0xFFFFFFFF
    return form.text.format(**names), before


def assemble(texts):
    """Machine words, first halfword in the upper half, of 32-bit instructions."""
    with tempfile.TemporaryDirectory() as folder:
        source, obj, binary = (os.path.join(folder, n) for n in ("a.s", "a.o", "a.bin"))
        with open(source, "w") as file:
            file.write(".syntax unified\n.cpu cortex-m7\n.fpu fpv5-d16\n.thumb\n" + "\n".join(texts) + "\n")
        subprocess.run(["arm-none-eabi-as", "-o", obj, source], check=True)
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", obj, binary], check=True)
        with open(binary, "rb") as file:
            return [a << 16 | b for a, b in struct.iter_unpack("<HH", file.read())]


class Machine:
    """One core of unicorn with the window of memory that the cases use."""

    def __init__(self, cpu):
        m_profile = cpu != "max"
        self.uc = uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | (UC_MODE_MCLASS if m_profile else 0))
        uc.ctl_set_cpu_model({"m7": UC_CPU_ARM_CORTEX_M7, "max": UC_CPU_ARM_MAX}[cpu])
        if not m_profile:
            uc.reg_write(UC_ARM_REG_CP_REG, (15, 0, 0, 1, 0, 0, 2, 0xF << 20))
            uc.reg_write(UC_ARM_REG_FPEXC, 1 << 30)
        uc.mem_map(BASE, SIZE)
        # The first FP instruction of an M-profile core resets FPSCR: let that be done.
        self.execute(VMRS_R0, {})

    def execute(self, word, before):
        uc, pc = self.uc, before.get("pc", PC)
        memory = bytearray(MEMORY)
        memory[pc - BASE:pc - BASE + 4] = struct.pack("<HH", word >> 16, word & 0xFFFF)
        uc.mem_write(BASE, bytes(memory))
        uc.ctl_remove_cache(BASE, BASE + SIZE)
        old = {f"s{n}": before.get(f"s{n}", background(n)) for n in range(32)}
        old |= {f"r{n}": before.get(f"r{n}", background(32 + n) & (~3 if n == 13 else ~0)) for n in range(15)}
        for n in range(32):
            uc.reg_write(UC_ARM_REG_S0 + n, old[f"s{n}"])
        for n, register in enumerate(REGISTERS):
            uc.reg_write(register, old[f"r{n}"])
        old["n"], old["f"] = before.get("n", 0), before.get("f", 0)
        uc.reg_write(UC_ARM_REG_APSR, old["n"] << 28)
        uc.reg_write(UC_ARM_REG_FPSCR, old["f"])
        uc.emu_start(pc | 1, pc + 4, count=1)
        new = {f"s{n}": uc.reg_read(UC_ARM_REG_S0 + n) for n in range(32)}
        new |= {f"r{n}": uc.reg_read(register) for n, register in enumerate(REGISTERS)}
        new["n"], new["f"] = uc.reg_read(UC_ARM_REG_APSR) >> 28, uc.reg_read(UC_ARM_REG_FPSCR)
        after = {key: value for key, value in new.items() if value != old[key]}
        if uc.reg_read(UC_ARM_REG_PC) & ~1 != pc + 4:
            after["pc"] = uc.reg_read(UC_ARM_REG_PC)
        stored = uc.mem_read(BASE, SIZE)
        if stored != memory:
            for i in range(0, SIZE, 4):
                if stored[i:i + 4] != memory[i:i + 4]:
                    after[f"m{i:x}"] = struct.unpack("<I", stored[i:i + 4])[0]
        return after


def items(state):
    return "".join(f" {key}:{value:x}" for key, value in state.items())


def packed(text):
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def record(machines, forms, rng, count, valid):
    """Groups of a file; the words that are assembled are added to `valid`."""
    groups = []
    for form in forms:
        cases = [make_case(rng, form, number) for number in range(count)]
        words = assemble([text for text, _ in cases])
        assert len(words) == count, form.name()
        valid += words
        rows = [f"{word:08x}{items(before)} >{items(machines[form.cpu].execute(word, before))}"
                for word, (_, before) in zip(words, cases)]
        groups.append({"form": form.name(), "cpu": form.cpu, "rows": packed("\n".join(rows))})
    return groups


def flipped(rng, word):
    """`word` with a few bits turned over, not those that say coprocessor 10 or 11."""
    for _ in range(rng.randint(1, 3)):
        word ^= 1 << rng.choice([bit for bit in range(29) if bit not in (9, 10, 11)])
    return word


def undefined_words(machine, valid, rng, count):
    """Words of the FP space, those followed by `!` UNDEFINED on the M7 without double precision.

    Half of them are near to instructions, half are random. Those that write to R15 are left out.
    """
    centre = {f"r{n}": BASE + 0x1000 for n in range(15)}
    rows = []
    while len(rows) < count:
        first = rng.choice((0xEC00, 0xED00, 0xEE00, 0xEE80, 0xFE00, 0xFE80)) | rng.getrandbits(8)
        word = first << 16 | rng.getrandbits(16) & ~0xF00 | rng.choice((0xA00, 0xB00))
        if rng.getrandbits(1):
            word = flipped(rng, rng.choice(valid))
        if word >> 26 & ~4 != 0x3B or word & 0xF000 == 0xF000:
            continue
        try:
            machine.execute(word, centre)
            rows.append(f"{word:08x}")
        except UcError as error:
            if error.errno in (UC_ERR_INSN_INVALID, UC_ERR_EXCEPTION):
                rows.append(f"{word:08x}!")
    return [{"cpu": "m7", "rows": packed("\n".join(rows))}]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--cases", type=int, default=200)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    machines = {cpu: Machine(cpu) for cpu in ("m7", "max")}
    source = {"oracle": "unicorn " + importlib.metadata.version("unicorn"), "seed": options.seed}
    families = {"arithmetic": arithmetic, "conversion": conversion, "move": move, "memory": memory}
    valid = []
    for family, forms in families.items():
        rng = random.Random(f"{options.seed} {family}")
        write(options.folder, family, source, record(machines, forms(), rng, options.cases, valid))
    rng = random.Random(f"{options.seed} undefined")
    write(options.folder, "undefined", source, undefined_words(machines["m7"], valid, rng, 20 * options.cases))


def write(folder, family, source, groups):
    with open(os.path.join(folder, family + ".json"), "w") as file:
        json.dump({"source": source, "groups": groups}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
