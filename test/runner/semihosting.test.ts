import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";

import { Semihosting } from "../../src/runner/semihosting.ts";
import type { Machine } from "../../src/runner/machine.ts";
import { scratch } from "../cli/command.ts";
import { machineFor } from "../exec/harness.ts";

const SYS = {
  OPEN: 1,
  CLOSE: 2,
  WRITEC: 3,
  WRITE0: 4,
  WRITE: 5,
  READ: 6,
  READC: 7,
  ISERROR: 8,
  ISTTY: 9,
  SEEK: 10,
  FLEN: 12,
  TMPNAM: 13,
  REMOVE: 14,
  RENAME: 15,
  CLOCK: 16,
  TIME: 17,
  SYSTEM: 18,
  ERRNO: 19,
  GET_CMDLINE: 21,
  HEAPINFO: 22,
  EXIT: 24,
  EXIT_EXTENDED: 32,
  ELAPSED: 48,
  TICKFREQ: 49,
} as const;
const MODE = { r: 0, "r+": 2, w: 4, a: 8 } as const;
/** Where the parameter block, names and buffers lie in the guest's RAM. */
const BLOCK = 0x2000_0000;
const NAME = 0x2000_0100;
const BUFFER = 0x2000_0400;

const files = scratch();
mkdirSync(files.path("inside"));
const directory = files.path("inside");

let machine: Machine;
let semihosting: Semihosting;
let console = "";

/** Performs an operation with R1 = `parameter`. @returns R0 */
function call(operation: number, parameter: number): number {
  machine.state.words[0] = operation;
  machine.state.words[1] = parameter;
  expect(machine.semihosting()).toBe(true);
  return machine.state.words[0];
}
/** Performs an operation with a parameter block. */
function callWith(operation: number, ...words: readonly number[]): number {
  words.forEach((word, i) => machine.bus.poke(BLOCK + 4 * i, 4, word));
  return call(operation, BLOCK);
}
function put(address: number, text: string): number {
  [...new TextEncoder().encode(`${text}\0`)].forEach((byte, i) => machine.bus.poke(address + i, 1, byte));
  return text.length;
}
const get = (address: number, length: number): string =>
  String.fromCharCode(...Array.from({ length }, (_, i) => machine.bus.peek(address + i, 1)! & 0xff));
const open = (name: string, mode: number): number => callWith(SYS.OPEN, NAME, mode, put(NAME, name));
function write(handle: number, text: string): number {
  return callWith(SYS.WRITE, handle, BUFFER, put(BUFFER, text));
}

beforeEach(() => {
  machine = machineFor("handlers");
  console = "";
  semihosting = new Semihosting(machine, {
    commandLine: "firmware.elf -v",
    directory,
    console: (byte) => (console += String.fromCharCode(byte)),
  });
});

describe("the console", () => {
  it("takes characters and strings", () => {
    put(BUFFER, "ab");
    call(SYS.WRITEC, BUFFER);
    call(SYS.WRITE0, BUFFER);
    expect(console).toBe("aab");
  });
  it("is :tt, for writing with modes w and a, for reading at its end", () => {
    const [input, output, error] = [open(":tt", MODE.r), open(":tt", MODE.w), open(":tt", MODE.a)];
    expect(new Set([input, output, error]).size).toBe(3);
    expect(write(output, "out")).toBe(0);
    expect(write(error, "err")).toBe(0);
    expect(console).toBe("outerr");
    expect(callWith(SYS.READ, input, BUFFER, 4)).toBe(4);
    expect(callWith(SYS.ISTTY, output)).toBe(1);
    expect(call(SYS.READC, 0)).toBe(-1);
  });
});

describe("features", () => {
  it("are those of SYS_EXIT_EXTENDED and of stdout and stderr apart", () => {
    const handle = open(":semihosting-features", MODE.r);
    expect(callWith(SYS.FLEN, handle)).toBe(5);
    expect(callWith(SYS.READ, handle, BUFFER, 5)).toBe(0);
    expect(get(BUFFER, 5)).toBe("SHFB\x03");
  });
});

describe("files", () => {
  it("are written, found again, read in parts and removed", () => {
    const out = open("a.txt", MODE.w);
    expect(write(out, "hello world")).toBe(0);
    expect(callWith(SYS.CLOSE, out)).toBe(0);
    expect(readFileSync(files.path("inside/a.txt"), "utf8")).toBe("hello world");
    const file = open("a.txt", MODE.r);
    expect(callWith(SYS.FLEN, file)).toBe(11);
    expect(callWith(SYS.ISTTY, file)).toBe(0);
    expect(callWith(SYS.SEEK, file, 6)).toBe(0);
    expect(callWith(SYS.READ, file, BUFFER, 8)).toBe(3);
    expect(get(BUFFER, 5)).toBe("world");
    expect(callWith(SYS.READ, file, BUFFER, 8)).toBe(8);
    callWith(SYS.CLOSE, file);
    put(NAME + 0x80, "b.txt");
    expect(callWith(SYS.RENAME, NAME, 5, NAME + 0x80, 5)).toBe(0);
    expect(existsSync(files.path("inside/b.txt"))).toBe(true);
    expect(callWith(SYS.REMOVE, NAME + 0x80, 5)).toBe(0);
    expect(existsSync(files.path("inside/b.txt"))).toBe(false);
  });
  it("grow at their end with mode a", () => {
    writeFileSync(files.path("inside/log"), "one ");
    const log = open("log", MODE.a);
    write(log, "two");
    callWith(SYS.CLOSE, log);
    expect(readFileSync(files.path("inside/log"), "utf8")).toBe("one two");
  });
  it("that do not exist cannot be read, and SYS_ERRNO says why", () => {
    expect(open("none", MODE.r)).toBe(-1);
    expect(call(SYS.ERRNO, 0)).toBe(2);
  });
  it("are closed when the run ends", () => {
    const file = open("left.txt", MODE.w);
    semihosting.close();
    expect(callWith(SYS.CLOSE, file)).toBe(-1);
  });
  it.each(["../outside.txt", "/etc/passwd", "link/outside.txt", "out-link", "sub/../../outside.txt", ""])(
    "outside the directory are refused: %j",
    (name) => {
      writeFileSync(files.path("outside.txt"), "secret");
      mkdirSync(files.path("inside/sub"), { recursive: true });
      if (!existsSync(files.path("inside/link"))) symlinkSync(files.path("."), files.path("inside/link"));
      if (!existsSync(files.path("inside/out-link")))
        symlinkSync(files.path("outside.txt"), files.path("inside/out-link"));
      for (const mode of Object.values(MODE)) expect(open(name, mode)).toBe(-1);
      expect(readFileSync(files.path("outside.txt"), "utf8")).toBe("secret");
    },
  );
  it("are refused without a directory, and the report says so", () => {
    semihosting = new Semihosting(machine, { commandLine: "", console: () => undefined });
    expect(open("a.txt", MODE.r)).toBe(-1);
    expect([...machine.parts.notices.keys()]).toEqual([
      'semihosting: file "a.txt" is refused: no --semihosting-dir was given',
    ]);
  });
  it("of lengths and handles that make no sense are refused without harm", () => {
    expect(callWith(SYS.READ, 77, BUFFER, 0xffff_ffff)).toBe(-1);
    expect(callWith(SYS.WRITE, 77, BUFFER, 4)).toBe(4);
    const file = open("big", MODE.w);
    expect(callWith(SYS.WRITE, file, 0x9000_0000, 0xffff_fff0) >>> 0).toBe(0xffff_fff0);
  });
});

describe("the rest", () => {
  it("tells the command line and refuses a buffer that is too short", () => {
    expect(callWith(SYS.GET_CMDLINE, BUFFER, 80)).toBe(0);
    expect(get(BUFFER, 16)).toBe("firmware.elf -v\0");
    expect(machine.bus.peek(BLOCK + 4, 4)).toBe(15);
    expect(callWith(SYS.GET_CMDLINE, BUFFER, 4)).toBe(-1);
  });
  it("leaves heap and stack to the program", () => {
    put(BUFFER, "0123456789abcdef");
    expect(callWith(SYS.HEAPINFO, BUFFER)).toBe(0);
    expect(get(BUFFER, 16)).toBe("\0".repeat(16));
  });
  it("counts simulated time", () => {
    machine.state.cycles = 2.5e6 * 25;
    expect(call(SYS.CLOCK, 0)).toBe(250);
    expect(call(SYS.TIME, 0)).toBe(2);
    expect(call(SYS.ELAPSED, BUFFER)).toBe(0);
    expect(machine.bus.peek(BUFFER, 4)! >>> 0).toBe(2.5e6 * 25);
    expect(call(SYS.TICKFREQ, 0)).toBe(25_000_000);
  });
  it("tells errors from other values", () => {
    expect(callWith(SYS.ISERROR, 0xffff_ffff)).toBe(1);
    expect(callWith(SYS.ISERROR, 5)).toBe(0);
  });
  it("names temporary files by their number", () => {
    expect(callWith(SYS.TMPNAM, BUFFER, 7, 32)).toBe(0);
    expect(get(BUFFER, 12)).toBe("mcusim-7.tmp");
    expect(callWith(SYS.TMPNAM, BUFFER, 7, 4)).toBe(-1);
  });
  it("runs no commands, and knows no operation that does not exist", () => {
    expect(callWith(SYS.SYSTEM, BUFFER, 2)).toBe(-1);
    expect(call(0x99, 0)).toBe(-1);
    expect(machine.parts.notices.size).toBe(2);
  });
});

describe("the end", () => {
  it.each([
    ["SYS_EXIT, ADP_Stopped_ApplicationExit", SYS.EXIT, 0x2_0026, 0],
    ["SYS_EXIT, anything else", SYS.EXIT, 0x2_0023, 1],
  ])("%s", (_name, operation, parameter, exitCode) => {
    call(operation, parameter);
    expect(machine.stop).toEqual({ reason: "exit", exitCode });
  });
  it.each([
    [0x2_0026, 7, 7],
    [0x2_0026, 300, 125],
    [0x2_0023, 7, 1],
  ])("SYS_EXIT_EXTENDED 0x%x with code %i gives %i", (reason, code, exitCode) => {
    callWith(SYS.EXIT_EXTENDED, reason, code);
    expect(machine.stop).toEqual({ reason: "exit", exitCode });
  });
});
