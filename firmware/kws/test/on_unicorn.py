#!/usr/bin/env python3
"""Runs the network of kws-mps2-an386.elf in unicorn (PyPI: unicorn) on the model's reference vectors.

usage: on_unicorn.py ELF
Prints how many instructions each function executes in one inference, then compares the scores.
"""
import base64
import collections
import json
import pathlib
import struct
import sys

import unicorn
from unicorn import arm_const as arm

FLASH, RAM, SIZE, STACK, RETURN = 0, 0x20000000, 4 << 20, 0x20300000, 0x3F0000
INPUT, OUTPUT = 0x20200000, 0x20210000


def read_elf(data):
    """(loadable segments, {name: (address, size)} of functions)."""
    phoff, shoff = struct.unpack_from("<II", data, 28)
    phnum, _, shnum = struct.unpack_from("<HHH", data, 44)
    segments = []
    for i in range(phnum):
        kind, offset, _, physical, size = struct.unpack_from("<5I", data, phoff + 32 * i)
        if kind == 1:
            segments.append((physical, data[offset:offset + size]))
    sections = [struct.unpack_from("<10I", data, shoff + 40 * i) for i in range(shnum)]
    functions = {}
    for section in sections:
        if section[1] != 2:
            continue
        names = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], 16):
            name, value, size, info = struct.unpack_from("<IIIB", data, at)
            if info & 15 == 2:
                end = data.index(0, names + name)
                functions[data[names + name:end].decode()] = (value & ~1, size)
    return segments, functions


def infer(machine, entry, features):
    machine.mem_write(INPUT, features)
    machine.reg_write(arm.UC_ARM_REG_R0, INPUT)
    machine.reg_write(arm.UC_ARM_REG_R1, OUTPUT)
    machine.reg_write(arm.UC_ARM_REG_SP, STACK)
    machine.reg_write(arm.UC_ARM_REG_LR, RETURN | 1)
    machine.emu_start(entry | 1, RETURN)
    return list(struct.unpack("12b", machine.mem_read(OUTPUT, 12)))


def count(machine, entry, functions, features):
    counts = collections.Counter()
    hook = machine.hook_add(unicorn.UC_HOOK_CODE, lambda _m, pc, _size, _user: counts.update((pc,)))
    infer(machine, entry, features)
    machine.hook_del(hook)
    machine.ctl_flush_tb()  # else the blocks stay slow
    for name, (start, size) in functions.items():
        own = sum(n for pc, n in counts.items() if start <= pc < start + size)
        if own:
            print(f"{own:9} {name}")
    print(f"{counts.total():9} in all")


def main():
    segments, functions = read_elf(pathlib.Path(sys.argv[1]).read_bytes())
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    machine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    machine.mem_map(FLASH, SIZE)
    machine.mem_map(RAM, SIZE)
    for address, content in segments:
        machine.mem_write(address, content)
    recorded = pathlib.Path(__file__).parent / "../model/reference_vectors.json"
    vectors = json.loads(recorded.read_text())["vectors"]
    entry = functions["kws_infer"][0]
    features = [base64.b64decode(vector["features"]) for vector in vectors]
    count(machine, entry, functions, features[0])
    wrong = [v["name"] for v, f in zip(vectors, features) if infer(machine, entry, f) != v["scores"]]
    print(f"{len(vectors)} vectors, {len(wrong)} with other scores", *wrong)
    return 1 if wrong else 0


sys.exit(main())
