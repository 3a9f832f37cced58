import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine } from "../../src/runner/machine.ts";
import { CONTROL, W } from "../../src/core/state.ts";
import { System } from "../peripherals/cortex-m/system-fixture.ts";
import { RAM } from "./exceptions-fixture.ts";

const SOURCES = new URL("../oracle/exceptions/", import.meta.url).pathname;
const RECORDED = new URL("../vectors/exceptions/mps2-an386.txt", import.meta.url).pathname;
const QEMU = ["-M", "mps2-an386", "-nographic", "-semihosting", "-monitor", "none", "-serial", "none"];
const COMPILER = [
  "-mcpu=cortex-m4",
  "-mthumb",
  "-mfpu=fpv4-sp-d16",
  "-mfloat-abi=softfp",
  "-mgeneral-regs-only",
];

const isInstalled = (tool: string): boolean =>
  (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, tool)));

const SHCSR = 0xe000_ed24;
const ICSR = 0xe000_ed04;
const ISPR = 0xe000_e200;
const THIS = 0x800;

interface Step {
  readonly act?: (frame: number) => void;
  readonly returnWith?: number;
  readonly skip?: number;
}

/** Plays the scenarios of test/oracle/exceptions/exceptions.c on the exception model and prints the same lines. */
class Replay extends System {
  readonly lines: string[] = [];
  #scenario = "";
  #plan: readonly Step[] = [];
  #step = 0;
  #spBefore = 0;

  constructor() {
    super({ fpu: "fpv4-sp-d16" });
  }
  begin(scenario: string, ...plan: Step[]): void {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#step = 0;
  }
  print(kind: string, ...values: number[]): void {
    this.lines.push([this.#scenario, kind, ...values.map((value) => (value >>> 0).toString(16))].join(" "));
  }

  /** One instruction at `THIS` with SP lowered; then whatever exceptions follow, until Thread mode goes on. */
  trigger(misalign: number, instruction: () => void): void {
    const sp = this.sp;
    this.w[13] = sp - misalign;
    this.#spBefore = this.sp;
    this.w[15] = THIS;
    instruction();
    for (;;) {
      const { fault } = this.state;
      if (fault !== undefined) {
        this.state.fault = undefined;
        this.ex.raiseFault(fault);
      }
      if (this.ex.takePending() === undefined) break;
      this.#handle();
    }
    this.w[13] = sp;
  }
  #handle(): void {
    for (;;) {
      const excReturn = this.#onException();
      if (this.ex.exceptionReturn(excReturn).kind === "return") return;
    }
  }
  #onException(): number {
    const { lr } = this;
    const fromThread = (lr & 0xf) !== 1;
    const frame = (lr & 0xf) === 0xd ? this.state.processSP >>> 0 : this.sp;
    const xpsr = this.peek(frame + 28);
    const step = this.#plan[this.#step++] ?? {};
    const { CFSR, HFSR } = this.ex.registers;
    const place = fromThread ? [this.#spBefore - frame, this.peek(frame + 24) - THIS] : [0, 0];
    const status = [CFSR, HFSR, this.get(SHCSR)!, this.get(ICSR)!];
    this.print("take", this.ipsr, lr, ...place, (xpsr >>> 24) & 1, (xpsr >>> 9) & 1, ...status);
    Object.assign(this.ex.registers, { CFSR: 0, HFSR: 0, DFSR: 0 });
    step.act?.(frame);
    if (step.skip !== undefined) this.poke(frame + 24, this.peek(frame + 24) + step.skip);
    return step.returnWith ?? lr;
  }

  svc(misalign = 0): void {
    this.trigger(misalign, () => {
      this.w[15] = THIS + 2;
      this.ex.supervisorCall(THIS);
    });
  }
  udf(): void {
    this.trigger(0, () => this.state.raise({ kind: "UNDEFINSTR" }));
  }
  pendMasked(mask: number): void {
    this.ex.changeProcessorState(true, true, false);
    this.set(ISPR, mask);
    this.trigger(0, () => {
      this.w[15] = THIS + 2;
      this.ex.changeProcessorState(false, true, false);
    });
  }
  svcOnPSP(psp: number, control: number): void {
    this.state.processSP = psp;
    this.ex.writeSpecial(20, 0, control);
    this.svc();
    this.ex.writeSpecial(20, 0, 0);
  }
}

function faults(r: Replay): void {
  r.begin("svc");
  r.svc();
  r.svc(4);
  r.begin("svc-without-STKALIGN");
  r.ex.registers.CCR = 0;
  r.svc(4);
  r.ex.registers.CCR = 0x200;
  r.begin("udf-disabled", { skip: 2 });
  r.udf();
  r.enableFaults();
  r.begin("udf-enabled", { skip: 2 });
  r.udf();
  r.begin("udf-below-BASEPRI", { skip: 2 });
  r.ex.setPriority(6, 0x80);
  r.ex.writeSpecial(17, 0, 0x40);
  r.udf();
  r.ex.writeSpecial(17, 0, 0);
  r.ex.setPriority(6, 0);
  r.begin("to-arm-state", { act: (frame) => r.poke(frame + 28, r.peek(frame + 28) | (1 << 24)) });
  r.trigger(0, () => r.state.raise({ kind: "INVSTATE" }));
  r.begin("no-coprocessor", { skip: 4 });
  r.trigger(0, () => {
    const check = r.ex.executeFPCheck();
    if (typeof check !== "string") r.state.raise(check);
  });
}

function priorities(r: Replay): void {
  const pend29 = { act: () => void r.set(ISPR, 1 << 29) };
  for (const [irq, priority] of [
    [28, 0x80],
    [29, 0x40],
    [30, 0x40],
  ] as const) {
    r.irq(irq, priority);
  }
  r.begin("chain");
  r.pendMasked(7 << 28);
  // The nested one is entered and left while the first handler runs.
  const nested = {
    act: () => {
      pend29.act();
      r.ex.takePending();
      const [frame, xpsr] = [r.sp, r.peek(r.sp + 28)];
      expect(frame).toBeLessThan(RAM + 0x1000);
      const status = [r.ex.registers.CFSR, r.ex.registers.HFSR, r.get(SHCSR)!, r.get(ICSR)!];
      r.print("take", r.ipsr, r.lr, 0, 0, (xpsr >>> 24) & 1, (xpsr >>> 9) & 1, ...status);
      r.ex.exceptionReturn(r.lr);
    },
  };
  r.begin("nest", nested);
  r.pendMasked(1 << 28);
  r.begin("same-group", {
    act: () => {
      pend29.act();
      expect(r.ex.takePending()).toBeUndefined();
    },
  });
  r.set(0xe000_ed0c, 0x05fa_0700);
  r.pendMasked(1 << 28);
  r.set(0xe000_ed0c, 0x05fa_0000);
}

function returns(r: Replay): void {
  const setXPSR = (change: (xpsr: number) => number) => (frame: number) =>
    r.poke(frame + 28, change(r.peek(frame + 28)));
  for (const returnWith of [0xffff_fff3, 0xffff_fff5, 0xffff_ffff]) {
    r.begin("illegal-return", { returnWith }, { returnWith: 0xffff_fff9 });
    r.svc();
  }
  r.begin(
    "handler-frame-to-thread",
    { act: setXPSR((xpsr) => xpsr | 11) },
    { act: setXPSR((xpsr) => xpsr & ~0x1ff) },
  );
  r.svc();
  r.begin("thread-frame-to-handler", { returnWith: 0xffff_fff1 }, { returnWith: 0xffff_fff9 });
  r.svc();
  const toThis = (frame: number): void => r.poke(frame + 24, THIS);
  const clearT = setXPSR((xpsr) => xpsr & ~(1 << 24));
  const clear = (frame: number): void => [toThis, clearT].forEach((act) => act(frame));
  r.begin("return-without-T", { act: clear }, { act: setXPSR((xpsr) => xpsr | (1 << 24)) });
  r.svc();
}

function processStack(r: Replay): void {
  r.begin("psp");
  r.svcOnPSP(RAM + 0x800, CONTROL.SPSEL);
  r.svcOnPSP(RAM + 0x7fc, CONTROL.SPSEL);
  r.begin("psp-unprivileged", { act: () => r.ex.writeSpecial(20, 0, 0) });
  r.svcOnPSP(RAM + 0x800, CONTROL.SPSEL | CONTROL.nPRIV);
}

function specialRegisters(r: Replay): void {
  r.begin("basepri-max");
  for (const value of [0x00, 0x80, 0xa0, 0x00, 0x40, 0x60]) {
    r.ex.writeSpecial(18, 0, value);
    r.print("basepri", r.ex.readSpecial(17));
  }
  r.ex.writeSpecial(17, 0, 0);
  r.begin("masks");
  r.ex.changeProcessorState(true, true, true);
  r.print("set", r.ex.readSpecial(19), r.ex.readSpecial(16));
  r.ex.changeProcessorState(false, true, true);
  r.print("clear", r.ex.readSpecial(19), r.ex.readSpecial(16));
}

function floatingPoint(r: Replay): void {
  const { registers } = r.ex;
  const control = (): number => r.ex.readSpecial(20);
  r.enableFPU();
  r.begin("fp-frame");
  r.ex.executeFPCheck();
  r.w[W.S + 15] = 0x1234;
  r.state.fpscr = 0x10;
  r.print("control", control());
  const spBefore = r.sp - 4;
  r.svc(4);
  r.print("after", control(), registers.FPCCR, spBefore - registers.FPCAR);
  r.begin("fp-eager");
  registers.FPCCR = 0x8000_0000;
  r.svc();
  r.print("after", control(), registers.FPCCR);
  registers.FPCCR = 0xc000_0000;
  const inHandler = (frame: number): void => {
    const before = [registers.FPCCR, control()];
    r.ex.executeFPCheck();
    const saved = [r.peek(frame + 4 * 23), r.peek(frame + 4 * 24)];
    r.print("lazy", ...before, registers.FPCCR, ...saved);
    r.w[W.S + 15] = 0;
    r.state.fpscr = 0;
  };
  r.begin("fp-lazy", { act: inHandler });
  r.svc();
  r.print("after", r.w[W.S + 15]!, r.state.fpscr, control(), registers.FPCCR);
}

/** The model's lines. */
function replay(): string[] {
  const r = new Replay();
  for (const scenario of [faults, priorities, returns, processStack, specialRegisters, floatingPoint])
    scenario(r);
  r.begin("svc-masked", { act: (frame) => r.poke(frame + 24, THIS + 2) });
  r.ex.changeProcessorState(true, true, false);
  r.svc();
  return r.lines;
}

/**
 * QEMU gives the HardFault of a masked SVC the address after the SVC; the Armv7-M ARM's ReturnAddress() gives
 * synchronous HardFaults that of the instruction.
 */
const asArchitecture = (line: string): string =>
  line.replace(/^(svc-masked take 3 \S+ \S+) 2 /, (_all, start: string) => `${start} 0 `);

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Compiles the scenarios and gives the path of the ELF file, which lasts as long as `use`. */
function withFirmware(use: (elf: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "exceptions-"));
  try {
    const elf = join(folder, "exceptions.elf");
    const files = ["-T", join(SOURCES, "exceptions.ld"), join(SOURCES, "exceptions.c"), "-o", elf];
    execFileSync("arm-none-eabi-gcc", [...COMPILER, "-O1", "-ffreestanding", "-nostdlib", ...files]);
    use(elf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the scenarios' firmware; SYS_WRITE0 is the only semihosting call that it makes before it exits. */
function runMachine(elf: string, engine: "reference" | "handlers"): { text: string; cycles: number } {
  const board = shippedBoard("mps2-an386");
  const image = readImage(readFileSync(elf), "exceptions.elf");
  const machine = new Machine({ board, image, firmware: "exceptions.elf", engine, console: () => undefined });
  const SYS_WRITE0 = 4;
  let text = "";
  machine.semihosting = () => {
    const [operation, argument] = machine.state.words.subarray(0, 2);
    if (operation !== SYS_WRITE0) {
      machine.requestStop({ reason: "breakpoint", imm: 0xab });
      return true;
    }
    for (let at = argument! >>> 0; machine.bus.peek(at, 1) !== 0; at++) {
      text += String.fromCharCode(machine.bus.peek(at, 1)!);
    }
    return true;
  };
  machine.run(1_000_000);
  return { text, cycles: machine.state.cycles };
}

describe("the exception model against QEMU's mps2-an386", () => {
  it("agrees with the recorded run", () => {
    const recorded = readFileSync(RECORDED, "utf8").split("\n");
    const lines = recorded.filter((line) => line !== "" && !line.startsWith("#")).map(asArchitecture);
    expect(lines.length).toBeGreaterThan(40);
    expect(replay()).toEqual(lines);
  });

  const compiler = "arm-none-eabi-gcc";
  const qemu = "qemu-system-arm";

  it.skipIf(![compiler, qemu].every(isInstalled))(
    `agrees with a live run (needs ${compiler}, ${qemu})`,
    () => {
      withFirmware((elf) => {
        const options = { encoding: "utf8", timeout: 20_000 } as const;
        // Semihosting writes to stderr.
        const run = execFileSync(
          "sh",
          ["-c", `exec ${qemu} "$@" 2>&1`, "sh", ...QEMU, "-kernel", elf],
          options,
        );
        expect(linesOf(run).map(asArchitecture)).toEqual(replay());
      });
    },
  );

  it.skipIf(!isInstalled(compiler))(
    `is what the whole machine does, on each engine (needs ${compiler})`,
    () => {
      withFirmware((elf) => {
        const runs = (["reference", "handlers"] as const).map((engine) => runMachine(elf, engine));
        for (const { text } of runs) expect(linesOf(text)).toEqual(replay());
        expect(runs[0]!.cycles).toBe(runs[1]!.cycles);
      });
    },
  );
});
