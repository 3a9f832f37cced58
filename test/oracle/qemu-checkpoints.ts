import { spawn, spawnSync } from "node:child_process";
import { rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oracle } from "./oracle.ts";

/** Registers at the first arrival of control at an address: R0-R15 and NZCVQ of xPSR. */
export interface Checkpoint {
  readonly pc: number;
  readonly r: readonly number[];
  readonly nzcvq: number;
}

/** What a program did on QEMU. */
export interface QemuRun {
  readonly version: string;
  readonly console: string;
  readonly checkpoints: readonly Checkpoint[];
}

const NZCVQ = 0xf800_0000;
const TIMEOUT_MS = 60_000;
const REGISTERS = [
  "r0",
  "r1",
  "r2",
  "r3",
  "r4",
  "r5",
  "r6",
  "r7",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "sp",
  "lr",
  "pc",
];

/** Whether checkpoints can be had from QEMU. */
export function hasCheckpoints(): boolean {
  return oracle("qemu-system-arm") !== undefined && oracle("gdb-multiarch") !== undefined;
}

/** Runs `elf` on QEMU's `board` under gdb and notes the registers at the first arrival at each address. */
export async function qemuCheckpoints(
  elf: string,
  board: string,
  addresses: readonly number[],
): Promise<QemuRun> {
  const directory = mkdtempSync(join(tmpdir(), "mcusim-gdb-"));
  const socket = join(directory, "gdb");
  const qemu = spawn(
    "qemu-system-arm",
    ["-M", board, "-display", "none", "-monitor", "none", "-serial", "stdio", "-S"].concat(
      ["-semihosting-config", "enable=on,target=native", "-kernel", elf],
      ["-chardev", `socket,path=${socket},server=on,wait=off,id=gdb0`, "-gdb", "chardev:gdb0"],
    ),
    { cwd: directory, stdio: ["ignore", "pipe", "pipe"] },
  );
  let text = "";
  qemu.stdout.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  // newlib's standard error goes to QEMU's own.
  qemu.stderr.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  const closed = new Promise<void>((resolve) => qemu.on("close", () => resolve()));
  try {
    const stops = await debug(socket, addresses);
    qemu.kill();
    await closed;
    const { stdout } = spawnSync("qemu-system-arm", ["--version"], { encoding: "utf8" });
    const version = /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
    return { version, console: withoutNotes(text), checkpoints: stops };
  } finally {
    qemu.kill();
    rmSync(directory, { recursive: true });
  }
}

/** QEMU's own remark when it is ended by a signal. */
const withoutNotes = (text: string): string => text.replace(/^qemu-system-arm: .*\n?/gm, "");

async function debug(socket: string, addresses: readonly number[]): Promise<Checkpoint[]> {
  const script = join(socket, "..", "script");
  const hexOf = (n: number): string => `0x${n.toString(16)}`;
  writeFileSync(
    script,
    [
      "set pagination off",
      "set architecture armv7e-m",
      "set tcp connect-timeout 20",
      `target remote ${socket}`,
      ...addresses.map((address) => `tbreak *${hexOf(address)}`),
      ...addresses.flatMap(() => ["continue", "echo STOP\\n", `info registers ${REGISTERS.join(" ")} xpsr`]),
      "continue",
    ].join("\n"),
  );
  const output = await new Promise<string>((resolve, reject) => {
    const gdb = spawn("gdb-multiarch", ["-nx", "-batch", "-x", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    gdb.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
    const timer = setTimeout(() => gdb.kill(), TIMEOUT_MS);
    gdb.on("error", reject);
    gdb.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
  return output
    .split("STOP\n")
    .slice(1)
    .map(checkpointOf)
    .filter((c) => c !== undefined);
}

function checkpointOf(text: string): Checkpoint | undefined {
  const values = new Map<string, number>();
  for (const [, name, hex] of text.matchAll(/^(\w+)\s+0x([0-9a-f]+)/gm))
    values.set(name!, parseInt(hex!, 16) | 0);
  const r = REGISTERS.map((name) => values.get(name));
  const xpsr = values.get("xpsr");
  if (xpsr === undefined || !r.every((value) => value !== undefined)) return undefined;
  return { pc: r[15]! >>> 0, r, nzcvq: xpsr & NZCVQ };
}
