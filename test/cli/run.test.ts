import { readFileSync, existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";

import { findWorkload } from "../../src/cli/load.ts";
import type { Report } from "../../src/report/report.ts";
import { violations, type Schema } from "../report/schema.ts";
import { mcusim, scratch, type Ended } from "./command.ts";
import { exitWell, semihostingCall, T, tinyFirmware } from "./tiny-firmware.ts";

const files = scratch();
const kws = "firmware/kws/prebuilt/kws-nucleo-f746zg.elf";
const hello = "firmware/hello/prebuilt/hello-nucleo-f446re.elf";
const schema = JSON.parse(readFileSync("schema/report.schema.json", "utf8")) as Schema;
const reportOf = (ended: Ended): Report => JSON.parse(ended.stdout) as Report;
const runBin = async (name: string, program: readonly number[], ...options: string[]) =>
  await mcusim(
    "run",
    files.file(`${name}.bin`, tinyFirmware(program)),
    "--board",
    "nucleo-f446re",
    ...options,
  );

describe("the keyword spotter on the board that it was built for", () => {
  let ended: Ended;
  let report: Report;
  beforeAll(async () => {
    ended = await mcusim("run", kws, "--board", "NUCLEO_F746ZG", "--json");
    report = reportOf(ended);
  });

  it("answers what its workload file expects, with exit code 0", () => {
    expect(ended.code).toBe(0);
    expect(report.classification).toMatchObject({ label: "yes", index: 2, expected: "yes", ok: true });
    expect(report.stop).toMatchObject({ reason: "exit", exitCode: 0 });
  });
  it("prints JSON on stdout and its console on stderr", () => {
    expect(ended.stderr).toMatch(/Detected yes \(\d+%\)/);
  });
  it("gives a report that keeps to the schema", () => {
    expect(violations(report, schema)).toEqual([]);
  });
  it("has stall causes that sum to the cycles, and functions that sum to no more", () => {
    const causes = Object.values(report.stalls).reduce((a, b) => a + b, 0);
    expect(causes).toBe(report.cycles);
    const functions = report.regions.filter((r) => r.kind === "function");
    const own = functions.reduce((sum, r) => sum + r.cycles, 0);
    expect(own + report.stalls.exception + report.stalls.sleep).toBeGreaterThanOrEqual(report.cycles);
    expect(own).toBeLessThanOrEqual(report.cycles);
    expect(functions.reduce((sum, r) => sum + r.instructions, 0)).toBe(report.instructions);
  });
  it("runs at the clock that the firmware sets", () => {
    expect(report.board).toMatchObject({
      id: "nucleo-f746zg",
      clockHz: 216_000_000,
      clockSource: "firmware",
    });
  });
  it("agrees with the firmware's own reading of CYCCNT to within the cost of the reads", () => {
    const [, mfcc, network] = /cycles mfcc (\d+) network (\d+)/.exec(ended.stderr)!.map(Number);
    const cyclesOf = (name: string): number =>
      report.regions.find((r) => r.name === name && r.kind !== "function")!.cycles;
    expect(Math.abs(cyclesOf("mfcc") - mfcc!)).toBeLessThan(200);
    expect(Math.abs(cyclesOf("kws_infer") - network!)).toBeLessThan(200);
  });
  it("has every layer of the workload file, called once", () => {
    const layers = report.regions.filter((r) => r.kind === "layer");
    expect(layers.map((l) => l.calls)).toEqual(layers.map(() => 1));
    expect(layers).toHaveLength(13);
  });
  it("classifies a clip given with --input, and judges it by --expect-label alone", async () => {
    const clip = ["--input", "firmware/kws/clips/left.wav"];
    const plain = await mcusim("run", kws, "--board", "nucleo-f746zg", ...clip, "--json");
    expect(plain.code).toBe(0);
    expect(reportOf(plain).classification).toMatchObject({ label: "left" });
    expect(reportOf(plain).classification).not.toHaveProperty("expected");
    const wrong = await mcusim(
      "run",
      kws,
      "--board",
      "nucleo-f746zg",
      ...clip,
      "--expect-label",
      "right",
      "--quiet",
    );
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toBe("mcusim: wrong answer: left, expected right\n");
  });
  it("has no answer before the inference has been finished", async () => {
    const early = await mcusim("run", kws, "--board", "nucleo-f746zg", "--max-cycles", "500k", "--json");
    expect(early.code).toBe(5);
    expect(reportOf(early)).not.toHaveProperty("classification");
    expect(violations(reportOf(early), schema)).toEqual([]);
  });
});

describe("the workload file beside the firmware", () => {
  it.each([
    ["firmware/kws/prebuilt/kws-nucleo-f746zg.elf", "firmware/kws/prebuilt/kws.workload.yaml"],
    ["firmware/hello/prebuilt/hello-nucleo-f446re.elf", undefined],
  ])("of %s is %s", (firmware, workload) => {
    expect(findWorkload(firmware)).toBe(workload);
  });
  it("of the longest name counts", () => {
    files.file("a.workload.yaml", "");
    const longer = files.file("a-b.workload.yaml", "");
    expect(findWorkload(files.path("a-b-c.elf"))).toBe(longer);
  });
});

describe("newlib over semihosting", () => {
  it("prints, and is refused files without a directory", async () => {
    const { code, stdout } = await mcusim("run", hello, "--board", "nucleo-f446re");
    expect(stdout).toMatch(/^hello from nucleo-f446re\ninteger ok\nfloat ok\nheap ok\nfile ok\n/);
    expect(stdout).toMatch(/file "hello.txt" is refused: no --semihosting-dir was given/);
    expect(code).toBe(0);
  });
  it("writes, reads and removes a file in the directory that it is given", async () => {
    const directory = files.path(".");
    const { code, stdout } = await mcusim(
      "run",
      hello,
      "--board",
      "nucleo-f446re",
      "--semihosting-dir",
      directory,
    );
    expect(stdout).toMatch(/file ok\n/);
    expect(stdout).not.toMatch(/refused/);
    expect(existsSync(files.path("hello.txt"))).toBe(false);
    expect(code).toBe(0);
  });
});

describe("how a run ends", () => {
  it("with the firmware's own exit code", async () => {
    const { code, stderr } = await runBin("fails", semihostingCall(0x18, 0x2_0023));
    expect(code).toBe(1);
    expect(stderr).toBe("mcusim: firmware exited with code 1\n");
  });
  it("well, when nothing is left to do", async () => {
    const { code, stdout } = await runBin("idle", [T.loop]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/idle: nothing is left that could wake the core/);
  });
  it("well with --expect-text, and with exit code 3 with --fail-text", async () => {
    const uart = "firmware/uart-commands/prebuilt/uart-commands-nucleo-f446re.elf";
    const options = ["--board", "nucleo-f446re", "--quiet"];
    const good = await mcusim("run", uart, ...options, "--expect-text", "m-ready");
    expect(good).toMatchObject({ code: 0, stderr: "" });
    const bad = await mcusim("run", uart, ...options, "--fail-text", "/M-READY/i");
    expect(bad).toMatchObject({ code: 3, stderr: "mcusim: the console matched /M-READY/i\n" });
  });
});

describe("the serial line", () => {
  const uart = "firmware/uart-commands/prebuilt/uart-commands-nucleo-f446re.elf";
  const options = ["--board", "nucleo-f446re", "--quiet"];

  it("carries a hundred commands of a script, each answered", async () => {
    const commands = Array.from(
      { length: 100 },
      (_, i) => `send add ${i} 1%\nexpect m-sum-\\[${i + 1}\\]\nexpect m-ready`,
    );
    const script = files.file(
      "hundred.txt",
      `timeout 1s\nexpect m-ready\n${commands.join("\n")}\nsend lost%\nexpect m-lost-\\[0\\]\n`,
    );
    const { code, stdout } = await mcusim("run", uart, ...options, "--uart-script", script);
    expect(stdout.match(/m-sum-/g)).toHaveLength(100);
    expect(code).toBe(0);
  });
  it("ends with exit code 3 where a step of the script times out, and says which", async () => {
    const script = files.file("wrong.txt", "timeout 10ms\nexpect m-ready\nsend name%\nexpect never\n");
    const { code, stderr } = await mcusim("run", uart, ...options, "--uart-script", script);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^mcusim: line 4 of the UART script: no never in time; last received .*m-name/);
  });
  it("takes bytes of a file and logs what is printed", async () => {
    const input = files.file("input.txt", "name%exit%");
    const log = files.path("uart.log");
    const { code, stdout } = await mcusim("run", uart, ...options, "--uart-input", input, "--uart-log", log);
    expect(stdout).toMatch(/m-name-\[nucleo-f446re\]/);
    expect(readFileSync(log, "utf8")).toBe(stdout);
    expect(code).toBe(0);
  });
});

describe("how a run begins", () => {
  it("as after reset: reset clock, as the silicon does", async () => {
    const { board } = reportOf(await runBin("reset", exitWell(), "--json"));
    expect(board).toMatchObject({ clockHz: 16_000_000, clockSource: "reset", boot: "reset" });
  });
  it("with --boot max at the board's top clock and wait states", async () => {
    const { board } = reportOf(await runBin("max", exitWell(), "--boot", "max", "--json"));
    expect(board).toMatchObject({ clockHz: 180_000_000, clockSource: "boot-max", boot: "max" });
  });
  it.each(["nucleo-f446re", "nucleo-f746zg", "nucleo-l4r5zi", "nucleo-h743zi2", "frdm-k64f", "mps2-an500"])(
    "--boot max works on %s",
    async (id) => {
      const { code, stdout } = await mcusim("board", "show", id, "--json");
      expect(code).toBe(0);
      const board = JSON.parse(stdout) as { readonly clocks: { readonly max: { readonly coreHz: number } } };
      const firmware = files.file("m.bin", tinyFirmware([T.loop]));
      const ended = await mcusim(
        "run",
        firmware,
        "--board",
        id,
        "--boot",
        "max",
        "--json",
        "--max-cycles",
        "1000",
      );
      expect(reportOf(ended).board.clockHz).toBe(board.clocks.max.coreHz);
    },
  );
  it("with --clock at that clock, whatever the firmware sets", async () => {
    const uart = "firmware/uart-commands/prebuilt/uart-commands-nucleo-f446re.elf";
    const { board } = reportOf(
      await mcusim(
        "run",
        uart,
        "--board",
        "nucleo-f446re",
        "--clock",
        "100MHz",
        "--timeout",
        "1ms",
        "--json",
      ),
    );
    expect(board).toMatchObject({ clockHz: 100_000_000, clockSource: "option" });
  });
});

describe("--lenient", () => {
  const program = [T.ldrLiteral(0, 1), T.ldr(1, 0), 0xe001, T.nop, ...[0, 0x5fff], ...exitWell()];
  it("without it, a peripheral that is not there is a bus fault", async () => {
    expect((await runBin("absent", program)).code).toBe(4);
  });
  it("with it, it reads as 0 and the report says where", async () => {
    const { code, stdout } = await runBin("absent", program, "--lenient");
    expect(code).toBe(0);
    expect(stdout).toMatch(/0x5fff0000 \(read\): nothing is there; allowed by --lenient/);
  });
});

describe("what is shown", () => {
  it("headings are bold with --color always, and plain where stdout is no terminal", async () => {
    expect((await runBin("bold", exitWell(), "--color", "always")).stdout).toMatch(
      /^\u001b\[1mMemory\u001b\[0m$/m,
    );
    expect((await runBin("plain", exitWell())).stdout).not.toContain("\u001b");
  });

  it("the report follows the console, and --quiet leaves it out", async () => {
    const program = [
      ...semihostingCall(0x04, 0x0800_0064),
      ...semihostingCall(0x18, 0x2_0026),
      T.nop,
      T.nop,
      T.nop,
      T.nop,
      T.nop,
      T.nop,
      0x6968,
      0,
    ];
    const shown = await runBin("shown", program);
    expect(shown.stdout).toMatch(
      /^hi\n\n\S+shown\.bin on nucleo-f446re \(STM32F446RET6, cortex-m4 at 16 MHz/,
    );
    const quiet = await runBin("quiet", program, "--quiet");
    expect(quiet.stdout).toBe("hi\n");
  });
  it("--json=FILE writes the report beside the text", async () => {
    const json = files.path("report.json");
    const { stdout } = await runBin("both", exitWell(), `--json=${json}`);
    expect(stdout).toMatch(/Where the cycles go/);
    expect(violations(JSON.parse(readFileSync(json, "utf8")), schema)).toEqual([]);
  });
  it("is the same on every run and on every engine, but for the host", async () => {
    const run = async (engine: string): Promise<object> => {
      const report = reportOf(
        await mcusim("run", hello, "--board", "nucleo-f446re", "--engine", engine, "--json"),
      );
      return { ...report, host: undefined };
    };
    const first = await run("handlers");
    expect(await run("handlers")).toEqual(first);
    expect(await run("reference")).toEqual(first);
    expect(await run("wasm")).toEqual(first);
  });
  it("two engines in lockstep agree", async () => {
    const { code } = await mcusim(
      "run",
      hello,
      "--board",
      "nucleo-f446re",
      "--engine",
      "wasm",
      "--compare",
      "reference",
      "--quiet",
    );
    expect(code).toBe(0);
  });
});
