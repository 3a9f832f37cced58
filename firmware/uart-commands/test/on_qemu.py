#!/usr/bin/env python3
"""Talks 100 commands with uart-commands-mps2-*.elf in qemu-system-arm and checks every answer."""
import pathlib
import subprocess
import sys

PREBUILT = pathlib.Path(__file__).resolve().parent.parent / "prebuilt"


def dialogue(board):
    """(command, answers before "m-ready"); the last one ends the program."""
    yield "", []
    for i in range(24):
        yield f"add {i} -{i * 1000}", [f"m-sum-[{i - i * 1000}]"]
        yield f"echo hello {i}", [f"m-echo-[hello {i}]"]
        yield "name", [f"m-name-[{board}]"]
        yield "count", [f"m-count-[{4 * i + 4}]"]
    yield "bogus", ["e-[unknown command: bogus]"]
    yield "add 1", ["e-[add needs two numbers]"]
    yield "lost", ["m-lost-[0]"]
    yield "exit", ["m-bye"]


def talk(board):
    machine = subprocess.Popen(
        ["timeout", "60", "qemu-system-arm", "-M", board, "-nographic", "-monitor", "none",
         "-serial", "stdio", "-semihosting-config", "enable=on,target=native",
         "-kernel", PREBUILT / f"uart-commands-{board}.elf"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for command, answers in dialogue(board):
        if command:
            machine.stdin.write(f"{command}%".encode())
            machine.stdin.flush()
        for expected in answers + ([] if command == "exit" else ["m-ready"]):
            got = machine.stdout.readline().decode().strip()
            if got != expected:
                machine.terminate()
                return f"{board}: {got!r} instead of {expected!r} after {command!r}"
    return None if machine.wait() == 0 else f"{board}: exit code {machine.returncode}"


def main():
    wrong = [problem for board in ("mps2-an386", "mps2-an500") if (problem := talk(board))]
    print("\n".join(wrong) or "100 commands answered on mps2-an386 and mps2-an500")
    return 1 if wrong else 0


sys.exit(main())
