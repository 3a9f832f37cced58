import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { mcusim, scratch } from "./command.ts";
import { exitWell, FLASH, T, tinyFirmware, word } from "./tiny-firmware.ts";

const files = scratch();
const board = ["--board", "nucleo-f446re"];
const kws = "firmware/kws/prebuilt/kws-nucleo-f746zg.elf";

/** Runs bytes as raw firmware on a small board. */
const runBin = async (name: string, bytes: Uint8Array, ...options: string[]) =>
  await mcusim("run", files.file(`${name}.bin`, bytes), ...board, ...options);

/** Runs that could not begin: nothing on stdout, one line on stderr. */
const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["a missing file", ["run", "nosuch.elf", ...board], /nosuch\.elf cannot be read: there is no such file/],
  ["a directory as firmware", ["run", "firmware", ...board], /firmware is a directory/],
  ["a typo in the board's id", ["run", kws, "--board", "nucleo-f764zg"], /did you mean nucleo-f746zg/],
  ["no board", ["run", kws], /--board ID is missing/],
  ["a number that is none", ["run", kws, ...board, "--max-cycles", "lots"], /must be a whole number/],
  ["a negative number", ["run", kws, ...board, "--max-cycles=-5"], /must be a whole number/],
  ["a time without digits", ["run", kws, ...board, "--timeout", "soon"], /must be a time/],
  ["a broken expression", ["run", kws, ...board, "--expect-text", "("], /must be a regular expression/],
  ["an unknown engine", ["run", kws, ...board, "--engine", "warp"], /Allowed choices are auto/],
  ["an unknown option", ["run", kws, ...board, "--max-cycle", "5"], /Did you mean --max-cycles\?/],
  ["a file behind --json", ["run", kws, ...board, "--json", "x.json"], /--json is named so: --json=FILE/],
  ["an unknown command", ["rum", kws], /Did you mean run\?/],
  ["firmware of another board", ["run", kws, "--board", "mps2-an386"], /./],
  [
    "a missing workload file",
    ["run", kws, ...board, "--workload", "no.yaml"],
    /workload file no\.yaml cannot be read/,
  ],
  [
    "a missing baseline",
    ["check", kws, ...board, "--baseline", "no.json"],
    /baseline no\.json cannot be read/,
  ],
  [
    "a limit without a value",
    ["check", kws, ...board, "--limit", "cycles"],
    /there is no metric|is no limit/,
  ],
  ["check without anything to check", ["check", kws, ...board], /check needs --baseline/],
  [
    "a label that does not exist",
    ["run", kws, "--board", "nucleo-f746zg", "--expect-label", "maybe"],
    /none of the labels/,
  ],
  ["an encoding that is none", ["explain", "xyz"], /is no encoding/],
  [
    "an engine compared with itself",
    ["run", kws, "--board", "nucleo-f746zg", "--engine", "handlers", "--compare", "handlers"],
    /is on this engine/,
  ],
];

describe("what cannot begin is refused with one line and exit code 2", () => {
  it.each(refused)("%s", async (_name, args, message) => {
    const { code, stdout, stderr } = await mcusim(...args);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^mcusim: error: /);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("ELF files cut off anywhere in their headers", async () => {
    const elf = readFileSync(kws);
    for (const length of [0, 1, 3, 4, 15, 16, 19, 40, 51, 52, 60, 84, 100, 115, 116, 147, 1000]) {
      const { code, stderr } = await mcusim(
        "run",
        files.file("cut.elf", elf.subarray(0, length)),
        "--board",
        "nucleo-f746zg",
      );
      expect({ length, code, lines: stderr.trimEnd().split("\n").length }).toEqual({
        length,
        code: 2,
        lines: 1,
      });
    }
  });
  it.each<[string, number, number]>([
    ["another machine", 18, 0x3e],
    ["64 bits", 4, 2],
    ["big endian", 5, 2],
  ])("an ELF file for %s", async (_name, offset, value) => {
    const elf = Uint8Array.from(readFileSync(kws));
    elf[offset] = value;
    expect(await mcusim("run", files.file("other.elf", elf), "--board", "nucleo-f746zg")).toMatchObject({
      code: 2,
      stdout: "",
    });
  });
  it("a board file with an unknown key", async () => {
    const { code, stderr } = await mcusim(
      "run",
      kws,
      "--board",
      files.file("b.yaml", "name: x\nnonsense: 1\n"),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/nonsense/);
  });
  it("WAV files of another rate", async () => {
    const wav = Uint8Array.from(readFileSync("firmware/kws/clips/yes.wav"));
    new DataView(wav.buffer).setUint32(24, 44_100, true);
    const { code, stderr } = await mcusim(
      "run",
      kws,
      "--board",
      "nucleo-f746zg",
      "--input",
      files.file("x.wav", wav),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/its rate is 44100 Hz; 16000 Hz, one channel, 16 bit PCM is needed/);
  });
});

describe("firmware that breaks ends with exit code 4 and says where", () => {
  it("jumps to nowhere", async () => {
    const program = [T.ldrLiteral(0, 0), T.bx(0), ...word(0x6000_0001)];
    const { code, stderr } = await runBin("nowhere", tinyFirmware(program));
    expect(code).toBe(4);
    expect(stderr).toMatch(/^mcusim: 0x60000000: execution where there is no memory \[IBUSERR\]/);
  });
  it("jumps without the Thumb bit", async () => {
    const { code, stderr } = await runBin(
      "thumb",
      tinyFirmware([T.ldrLiteral(0, 0), T.bx(0), ...word(FLASH)]),
    );
    expect(code).toBe(4);
    expect(stderr).toMatch(/INVSTATE/);
  });
  it("executes an undefined word", async () => {
    const { code, stderr } = await runBin("undefined", tinyFirmware([T.udf]));
    expect(code).toBe(4);
    expect(stderr).toMatch(/0x08000040: undefined instruction \[UNDEFINSTR\]/);
  });
  it("recurses off the stack", async () => {
    // push {r0-r7, lr}; b back to it
    const { code, stderr } = await runBin("recursion", tinyFirmware([0xb5ff, 0xe7fd]));
    expect(code).toBe(4);
    expect(stderr).toMatch(/the stack has run off its memory/);
  });
  it("reads where nothing is", async () => {
    const { code, stderr } = await runBin(
      "read",
      tinyFirmware([T.ldrLiteral(0, 0), T.ldr(1, 0), ...word(0x6000_0000)]),
    );
    expect(code).toBe(4);
    expect(stderr).toMatch(/0x60000000.*PRECISERR/);
  });
  it("has a vector table of zeros", async () => {
    expect((await runBin("zeros", new Uint8Array(64))).code).toBe(4);
  });
});

it("a store to locked flash changes nothing and is told", async () => {
  const program = [T.ldrLiteral(0, 1), T.str(0, 0), T.nop, T.nop, ...word(FLASH + 0x100), ...exitWell()];
  const branched = [T.ldrLiteral(0, 1), T.str(0, 0), 0xe001, T.nop, ...program.slice(4)];
  const { code, stdout } = await runBin("flash", tinyFirmware(branched));
  expect(code).toBe(0);
  expect(stdout).toMatch(/write to flash at 0x08000100 refused: FLASH_CR is locked/);
});

describe("limits end a run that would go on for ever, with exit code 5", () => {
  /** Toggles between two instructions, so that it is not seen as idle. */
  const forever = tinyFirmware([T.nop, 0xe7fd]);

  it.each([
    ["cycles", ["--max-cycles", "100k"], /limit reached: 100000 cycles/],
    ["instructions", ["--max-instructions", "1000"], /limit reached: 1000 instructions/],
    ["simulated time", ["--timeout", "2ms"], /limit reached: 0.002 s of simulated time/],
    ["wall-clock time", ["--wall-timeout", "100ms"], /limit reached: the wall-clock time allowed/],
  ])("%s", async (_name, options, message) => {
    const { code, stdout, stderr } = await runBin("forever", forever, ...options);
    expect(code).toBe(5);
    expect(stderr).toMatch(message);
    expect(stdout).toMatch(/^\n.*on nucleo-f446re/);
  });
  it("with the exit code that the user wants for them", async () => {
    expect((await runBin("forever", forever, "--max-cycles", "1000", "--timeout-exit-code", "0")).code).toBe(
      0,
    );
  });
});

it("a broken file takes less than 256 MB and no stack trace is shown", () => {
  const script = `const { runCommandLine } = await import("./src/cli/command-line.ts");
    const code = await runCommandLine(["node", "mcusim", "run", process.argv[1], "--board", "nucleo-f446re"]);
    console.error("PEAK", process.resourceUsage().maxRSS, code);`;
  const file = files.file("recursion.bin", tinyFirmware([0xb5ff, 0xe7fd]));
  const { stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", script, file],
    { encoding: "utf8" },
  );
  const [, kilobytes = "", code = ""] = /PEAK (\d+) (\d+)/.exec(stderr) ?? [];
  expect(code).toBe("4");
  expect(Number(kilobytes)).toBeLessThan(256 * 1024);
  expect(stderr).not.toMatch(/^ +at /m);
});
