import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

import { mcusim, scratch } from "./command.ts";
import { T, tinyFirmware } from "./tiny-firmware.ts";

const files = scratch();
const hello = "firmware/hello/prebuilt/hello-nucleo-f446re.elf";
const ids = readdirSync("src/board/boards").map((name) => name.replace(/\.json$/, ""));
const hasObjdump = ((): boolean => {
  try {
    execFileSync("arm-none-eabi-objdump", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("boards", () => {
  it("lists every board that ships", async () => {
    const { stdout, code } = await mcusim("boards");
    expect(code).toBe(0);
    expect(ids.filter((id) => !stdout.includes(`\n${id} `))).toEqual([]);
  });
  it("lists them as JSON with sizes and aliases", async () => {
    const list = JSON.parse((await mcusim("boards", "--json")).stdout) as {
      readonly id: string;
      readonly flashBytes: number;
    }[];
    expect(list.find((b) => b.id === "nucleo-f746zg")).toMatchObject({
      flashBytes: 1024 * 1024,
      core: "cortex-m7",
    });
  });
  it.each(ids)("shows %s", async (id) => {
    const { stdout, code } = await mcusim("board", "show", id);
    expect(code).toBe(0);
    expect(stdout.startsWith(`${id}: `)).toBe(true);
  });
});

describe("compare", () => {
  it("puts several boards into one table, those that cannot run it with the reason", async () => {
    const firmware = "firmware/systick/prebuilt/systick-{board}.elf";
    const { code, stdout } = await mcusim(
      "compare",
      firmware,
      "--boards",
      "nucleo-f446re,NUCLEO_F746ZG,nosuch",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^nucleo-f446re +cortex-m4 +180 /m);
    expect(stdout).toMatch(/^nucleo-f746zg +cortex-m7 +216 /m);
    expect(stdout).toMatch(/^nosuch +not run \[3\]$/m);
    expect(stdout).toMatch(/^\[3\] unknown board "nosuch"/m);
  });
  it("says the same whatever the number of threads", async () => {
    const boards = "nucleo-f746zg,nosuch,nucleo-f446re,nucleo-l4r5zi";
    const compared = async (jobs: string): Promise<unknown> => {
      const firmware = "firmware/systick/prebuilt/systick-{board}.elf";
      const { code, stdout } = await mcusim(
        "compare",
        firmware,
        "--boards",
        boards,
        "--jobs",
        jobs,
        "--json",
      );
      expect(code).toBe(0);
      const { boards: rows } = JSON.parse(stdout) as { boards: { report?: Record<string, unknown> }[] };
      for (const { report } of rows) delete report?.["host"];
      return rows;
    };
    const alone = await compared("1");
    expect(alone).toMatchObject([
      { board: "nucleo-f746zg", report: { stop: { reason: "exit" } } },
      { board: "nosuch", exitCode: 2 },
      { board: "nucleo-f446re" },
      { board: "nucleo-l4r5zi" },
    ]);
    expect(await compared("3")).toEqual(alone);
  });
  it("reads stdin for one board only", async () => {
    const options = ["--boards", "mps2-an386,mps2-an500", "--uart-input", "-"];
    const { code, stderr } = await mcusim("compare", hello, ...options);
    expect(code).toBe(2);
    expect(stderr).toContain("stdin can be read only once");
  });
  it("fails when no board can run it", async () => {
    const { code, stdout } = await mcusim("compare", hello, "--boards", "mps2-an386", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ boards: [{ board: "mps2-an386", exitCode: 2 }] });
  });
});

describe("disasm", () => {
  it.runIf(hasObjdump)("has the lines of objdump for a whole firmware file", async () => {
    const { stdout } = await mcusim("disasm", hello, "--board", "nucleo-f446re");
    const objdump = execFileSync("arm-none-eabi-objdump", ["-d", "-M", "force-thumb", hello], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const mine = new Map(stdout.split("\n").map((line) => [line.slice(0, 8), line]));
    let compared = 0;
    for (const line of objdump.split("\n")) {
      const [, address = "", words = "", text = ""] =
        /^ *([0-9a-f]+):\t([0-9a-f ]+?) *\t(\S+)/.exec(line) ?? [];
      if (address === "" || text.startsWith(".")) continue;
      compared++;
      const own = mine.get(address.padStart(8, "0"))?.replaceAll(/\s+/g, " ") ?? "";
      expect(
        own.startsWith(`${address.padStart(8, "0")}: ${words.trim()} ${text}`),
        `${own} for ${line}`,
      ).toBe(true);
    }
    expect(compared).toBeGreaterThan(3000);
  });
  it("shows one function with its literals", async () => {
    const { stdout } = await mcusim(
      "disasm",
      "firmware/kws/prebuilt/kws-nucleo-f746zg.elf",
      "--function",
      "kws_infer",
    );
    expect(stdout).toMatch(/^[0-9a-f]{8} <kws_infer>:\n/);
    expect(stdout).toMatch(/\.word\t0x2000/);
    expect(stdout.match(/>:$/gm)).toHaveLength(1);
  });
  it("refuses a function that does not exist", async () => {
    const { code, stderr } = await mcusim("disasm", hello, "--function", "mainn");
    expect(code).toBe(2);
    expect(stderr).toMatch(/there are .*main/);
  });
});

describe("explain", () => {
  it.each([[["fb21", "3002"]], [["fb213002"]], [["0xfb21_3002"]]])("%j", async (words) => {
    const { stdout, code } = await mcusim("explain", ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^smlad r0, r1, r2, r3\n {2}row {7}SMLAD, SMLADX, encoding T1, DSP\n/);
    expect(stdout).toMatch(/reads +R1 R2 R3 Q\n/);
    expect(stdout).toMatch(/writes +R0 Q\n/);
    expect(stdout).toMatch(/cortex-m4 +1 cycle \(TRM/);
  });
  it("says that a word is UNDEFINED", async () => {
    expect((await mcusim("explain", "de00")).stdout).toMatch(/udf/);
    expect((await mcusim("explain", "ffffffff")).stdout).toBe(
      "0xffffffff is UNDEFINED on every Cortex-M4 and Cortex-M7\n",
    );
  });
  it.each([["fb21"], ["47704770"], ["4770477"]])("refuses %s", async (word) => {
    expect((await mcusim("explain", word)).code).toBe(2);
  });
});

describe("size", () => {
  it("gives the sums of binutils' size, by region of the board", async () => {
    const { stdout } = await mcusim(
      "size",
      "firmware/kws/prebuilt/kws-nucleo-f746zg.elf",
      "--board",
      "nucleo-f746zg",
      "--json",
    );
    const report = JSON.parse(stdout) as {
      readonly flash: { readonly used: number };
      readonly ram: { readonly data: number };
      readonly regions: readonly { readonly name: string; readonly used: number }[];
    };
    expect(report.regions.find((r) => r.name === "FLASH_AXI")?.used).toBe(report.flash.used);
    expect(report.regions.find((r) => r.name === "SRAM1")?.used).toBe(report.ram.data);
  });
});

describe("the command itself", () => {
  it("prints its version and help with exit code 0", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect(await mcusim("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect((await mcusim("run", "--help")).stdout).toMatch(/--max-cycles <n>/);
  });
  it("ends a run on Ctrl-C with the report so far and exit code 130", async () => {
    const firmware = files.file("forever.bin", tinyFirmware([T.nop, 0xe7fd]));
    const child = spawn(process.execPath, [
      "--import",
      "tsx",
      "src/cli/main.ts",
      "run",
      firmware,
      "--board",
      "nucleo-f446re",
      "--log-level",
      "info",
      "--max-cycles",
      "1000G",
    ]);
    let stdout = "";
    let stderr = "";
    let sent = false;
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
      if (stderr.includes("run begins") && !sent) setTimeout(() => child.kill("SIGINT"), 300);
      sent ||= stderr.includes("run begins");
    });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(130);
    expect(stdout).toMatch(/ended +interrupted at 0x/);
    expect(stderr).toMatch(/"msg":"run begins"/);
  });
  it("is not troubled by a reader that closes the pipe", () => {
    const text = execFileSync(
      "sh",
      ["-c", `"$0" --import tsx src/cli/main.ts disasm ${hello} | head -1`, process.execPath],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    expect(text).toMatch(/^08000000: .*\n$/);
  });
});

describe("profile", () => {
  const uart = "firmware/systick/prebuilt/systick-nucleo-f446re.elf";

  it("lists every function with its cycles by cause", async () => {
    const { stdout, stderr, code } = await mcusim("profile", uart, "--board", "nucleo-f446re");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^function +calls +cycles +share +instructions +CPI +issue /);
    expect(stdout).toMatch(/^SysTick_Handler +10\d /m);
    expect(stderr).not.toBe("");
  });
  it("annotates one function with executions and cycles", async () => {
    const options = ["--board", "nucleo-f446re", "--annotate", "SysTick_Handler"];
    const { stdout } = await mcusim("profile", uart, ...options);
    expect(stdout).toMatch(/^ +10\d +\d+ +\d+\.\d % +\d+\.\d\d +>* +08[0-9a-f]{6} +4770 +bx lr/m);
  });
});
