"""Runs cases of test/exec/cases.ts in unicorn: requests on standard input, outcomes on standard output.

A request is a stream of little-endian words: number of groups, then for each group PC, instructions to execute, bytes
of code, number of states, the code padded to words, and for each state R0-R14 and APSR. The first message is the
contents of the two windows. An outcome is: 0 or 1 + the exception number that stopped it, R0-R15, XPSR, number of
changed words, and address and value of each.
"""

import array
import struct
import sys

import unicorn
from unicorn import UC_ARCH_ARM, UC_HOOK_INTR, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, UcError
from unicorn import arm_const as arm

CODE, DATA, WINDOW = 0x0100_0000, 0x2000_8000, 0x4000
LOW_MEMORY = 0x0201_0000
REGISTERS = [arm.UC_ARM_REG_R0 + n for n in range(13)] + [arm.UC_ARM_REG_SP, arm.UC_ARM_REG_LR]


class Oracle:
    def __init__(self, code, data):
        self.uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self.uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M7)
        self.uc.mem_map(0, LOW_MEMORY)
        self.uc.mem_map(DATA, WINDOW)
        self.uc.hook_add(UC_HOOK_INTR, self.interrupted)
        self.code, self.data = code, data
        self.words = array.array("I", data)
        self.uc.mem_write(CODE, code)
        self.uc.mem_write(DATA, data)
        self.stopped = 0
        self.start = self.uc.context_save()

    def interrupted(self, uc, number, _):
        self.stopped = 1 + number
        uc.emu_stop()

    def run(self, pc, count, size, state, special):
        uc = self.uc
        if special:
            uc.context_restore(self.start)
        uc.reg_write_batch(list(zip(REGISTERS, state)))
        uc.reg_write(arm.UC_ARM_REG_XPSR_NZCVQG, state[15])
        self.stopped = 0
        try:
            uc.emu_start(pc | 1, pc + size, count=count)
        except UcError as error:
            self.stopped = self.stopped or 0x100 + error.errno
        out = [self.stopped, *uc.reg_read_batch(REGISTERS), uc.reg_read(arm.UC_ARM_REG_PC),
               uc.reg_read(arm.UC_ARM_REG_XPSR)]
        now = uc.mem_read(DATA, WINDOW)
        if now == self.data:
            return [*out, 0]
        uc.mem_write(DATA, self.data)
        changed = [(DATA + 4 * n, value) for n, value in enumerate(array.array("I", bytes(now))) if value != self.words[n]]
        return [*out, len(changed), *(word for pair in changed for word in pair)]


def main():
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    oracle = Oracle(source.read(WINDOW), source.read(WINDOW))
    sink.write(struct.pack("<3I", *map(int, unicorn.__version__.split(".")[:3])))
    sink.flush()
    words = lambda n: struct.unpack(f"<{n}I", source.read(4 * n))
    while head := source.read(4):
        out = array.array("I")
        for _ in range(struct.unpack("<I", head)[0]):
            pc, count, size, states = words(4)
            code = source.read(size + 3 & ~3)[:size]
            oracle.uc.mem_write(pc, code)
            oracle.uc.ctl_remove_cache(pc - 64, pc + size + 64)
            special = any(code[n] & 0x80 and code[n + 1] == 0xf3 or code[n + 1] == 0xb6 for n in range(0, size - 1, 2))
            for _ in range(states):
                out.extend(oracle.run(pc, count, size, words(16), special))
            if special:
                oracle.uc.context_restore(oracle.start)
            oracle.uc.mem_write(pc, oracle.code[pc - CODE:pc - CODE + size])
        sink.write(struct.pack("<I", len(out)))
        sink.write(out.tobytes())
        sink.flush()


main()
