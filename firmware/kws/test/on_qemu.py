#!/usr/bin/env python3
"""Runs kws-mps2-*.elf in qemu-system-arm on every clip and compares with the portable C on this machine.

The clip replaces the initial value of audio_clip in the ELF. The scores must be equal bit for
bit, and so the features under them.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

from check_host import KWS, LABELS, build, run

SAMPLE_BYTES = 32000


def with_clip(elf, samples):
    """The ELF with other samples in the one segment that is copied to RAM at the start."""
    data = bytearray(elf.read_bytes())
    (offset,), (count,) = struct.unpack_from("<I", data, 28), struct.unpack_from("<H", data, 44)
    headers = [struct.unpack_from("<8I", data, offset + 32 * i) for i in range(count)]
    copied = [h[1] for h in headers if h[2] != h[3] and h[4] == len(samples)]
    assert len(copied) == 1, f"{elf.name}: {len(copied)} segments look like the clip"
    data[copied[0]:copied[0] + len(samples)] = samples
    return data


def scores_on_qemu(board, elf):
    console = subprocess.run(
        ["qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-serial", "stdio",
         "-semihosting-config", "enable=on,target=native", "-kernel", elf],
        stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
    line = next(line for line in console.splitlines() if line.startswith("scores "))
    return [int(word) for word in line.split()[1:]]


def main():
    wrong = []
    clips = sorted((KWS / "clips").glob("*.wav"))
    with tempfile.TemporaryDirectory() as directory:
        program = build(directory)
        for clip in clips:
            samples = clip.read_bytes()[44:44 + SAMPLE_BYTES]
            changed = pathlib.Path(directory, "changed.elf")
            expected = run(program, [b"a" + samples])[0][1]
            for board in ("mps2-an386", "mps2-an500"):
                changed.write_bytes(with_clip(KWS / f"prebuilt/kws-{board}.elf", samples))
                scores = scores_on_qemu(board, changed)
                verdict = "equal" if scores == expected else "DIFFERS"
                print(clip.name, board, LABELS[scores.index(max(scores))], verdict)
                if scores != expected:
                    wrong.append(clip.name)
    return 1 if wrong or not clips else 0


sys.exit(main())
