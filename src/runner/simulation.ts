import { UsageError } from "../errors.ts";
import { UartFeeder } from "../peripherals/console-line.ts";
import { UartScriptPlayer } from "../peripherals/console-line-player.ts";
import type { ScriptStep } from "../peripherals/console-line-script.ts";
import { bootAtTopSpeed, pinClock, type Boot } from "./boot.ts";
import { classify } from "./classification.ts";
import type { Classification, RegionCost, RunResult } from "./counters.ts";
import { allowAbsentPeripherals } from "./lenient.ts";
import { Machine, type MachineOptions, type MachineSnapshot } from "./machine.ts";
import { memoryUse } from "./memory-use.ts";
import { Probes, type Call } from "./probes.ts";
import { Profile, stallsOf } from "./profile.ts";
import { Semihosting } from "./semihosting.ts";
import { describeFaults, describeStop } from "./stop-info.ts";
import { symbolAddress } from "./symbols.ts";
import { ELEMENT_BYTES, type Measure, type Workload, type WorkloadInput } from "./workload.ts";

export interface SimulationOptions extends Omit<MachineOptions, "console"> {
  readonly workload?: Workload;
  /** Bytes for the workload's input buffer. */
  readonly input?: Uint8Array;
  /** How the run begins; `reset` when absent. */
  readonly boot?: Boot;
  /** Core clock to keep, whatever the firmware sets. */
  readonly clockHz?: number;
  /** Peripherals that the board does not have read as 0 instead of a bus fault. */
  readonly lenient?: boolean;
  /** Semihosting: the firmware's command line, and the directory of its files. */
  readonly commandLine?: string;
  readonly semihostingDirectory?: string;
  /** Simulated limits; undefined is none. */
  readonly maxCycles?: number;
  readonly maxInstructions?: number;
  readonly timeoutSeconds?: number;
  readonly uartInput?: Uint8Array;
  readonly uartScript?: readonly ScriptStep[];
  /** Ends the run well, or as failed, once the console's text matches. */
  readonly expectText?: RegExp;
  readonly failText?: RegExp;
  /** Receives the guest's console as it appears. */
  readonly console: (byte: number) => void;
}

/** State of a simulation, to come back to. */
export interface SimulationSnapshot {
  readonly machine: MachineSnapshot;
  readonly probes: ReturnType<Probes["save"]>;
  readonly semihosting: ReturnType<Semihosting["save"]>;
  readonly text: string;
}

/** Cycles between two looks at the host's clock and signals. */
const SLICE = 20_000_000;
/** Console text that is kept for `expectText` and for the result line. */
const KEPT_TEXT = 65536;

/** One run of firmware on a board, with what the user asked to see of it. */
export class Simulation {
  readonly machine: Machine;
  readonly #options: SimulationOptions;
  readonly #probes: Probes;
  readonly #semihosting: Semihosting;
  #text = "";

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.machine = new Machine({ ...options, console: (byte) => this.#console(byte) });
    this.#probes = new Probes(this.machine);
    if (options.lenient === true) allowAbsentPeripherals(this.machine);
    if (options.boot === "max") bootAtTopSpeed(this.machine);
    if (options.clockHz !== undefined) pinClock(this.machine, options.clockHz);
    const { semihostingDirectory: directory } = options;
    this.#semihosting = new Semihosting(this.machine, {
      commandLine: options.commandLine ?? options.firmware,
      ...(directory === undefined ? {} : { directory }),
      console: (byte) => this.#console(byte),
    });
    this.#watchWorkload();
    this.#connectUart();
    this.#limitTime();
  }

  /** Runs at most `cycles` more. @returns true when the run has ended */
  advance(cycles = SLICE): boolean {
    const { machine } = this;
    const { maxCycles = Infinity, maxInstructions = Infinity } = this.#options;
    machine.run(
      Math.min(machine.state.cycles + cycles, maxCycles),
      maxInstructions - machine.executor.instructions,
    );
    if (machine.stop !== undefined) {
      // What the firmware sent before it exited is on the line and arrives, whoever looks on.
      if (machine.stop.reason === "exit") machine.parts.serialPort(machine.board.console)?.deliver();
      return true;
    }
    if (machine.state.cycles >= maxCycles)
      machine.requestStop({ reason: "limit", what: `${maxCycles} cycles` });
    else if (machine.executor.instructions >= maxInstructions) {
      machine.requestStop({ reason: "limit", what: `${maxInstructions} instructions` });
    }
    return machine.hasStopped;
  }

  /** Runs to the place where inputs are written, and stops before it. @returns false when the run has ended before */
  runToReady(): boolean {
    this.#probes.pauseAt(this.#readyAddress());
    while (!this.#probes.isPaused) if (this.advance()) return false;
    return true;
  }
  /** Ends the run when the answer is there, where the workload says that; otherwise it goes to its end. */
  stopWhenDone(): void {
    const done = this.#options.workload?.done;
    if (done === undefined) return;
    const { machine } = this;
    const stop = (): void => {
      machine.requestStop({ reason: "condition", what: "the answer is there", failed: false });
    };
    if ("function" in done) {
      const address = symbolAddress(machine.image, done.function, "done.function of the workload file");
      this.#probes.onReturn(address, stop);
    } else {
      this.#probes.onArrival(
        symbolAddress(machine.image, done.symbol, "done.symbol of the workload file"),
        stop,
      );
    }
  }

  snapshot(): SimulationSnapshot {
    return {
      machine: this.machine.snapshot(),
      probes: this.#probes.save(),
      semihosting: this.#semihosting.save(),
      text: this.#text,
    };
  }
  restore(snapshot: SimulationSnapshot): void {
    this.machine.restore(snapshot.machine);
    this.#probes.restore(snapshot.probes);
    this.#semihosting.restore(snapshot.semihosting);
    this.#text = snapshot.text;
  }

  /** Ends the run from outside: Ctrl-C, or a limit of wall-clock time. */
  stop(reason: "interrupted" | "wall-timeout"): void {
    this.machine.requestStop(
      reason === "interrupted" ? { reason } : { reason: "limit", what: "the wall-clock time allowed" },
    );
  }

  /** What the run measured. */
  result(): RunResult {
    const { machine } = this;
    this.#probes.close();
    this.#semihosting.close();
    machine.compiler?.flushCounts();
    const profile = new Profile(machine.blocks.all);
    const causes = profile.causes;
    machine.outside.forEach((n, i) => (causes[i]! += n));
    const { state, time } = machine;
    let addresses: RunResult["addresses"] | undefined;
    return {
      stop: describeStop(machine),
      cycles: state.cycles,
      instructions: machine.executor.instructions,
      timeMs: time.seconds(state.cycles) * 1000,
      stalls: stallsOf(causes),
      counters: {
        ...machine.timing.counters(),
        ...(machine.board.core.type === "cortex-m7" ? { dualIssued: profile.dualIssued } : {}),
      },
      functions: profile.functions(machine.image),
      get addresses() {
        return (addresses ??= profile.addresses()); // most reports do not ask
      },
      regions: this.#regions(),
      memory: memoryUse(machine),
      clockHz: machine.parts.clocks.coreHz,
      clockSource: machine.clockSource,
      cycleModel: machine.timing.core.version,
      faults: describeFaults(machine),
      notices: [...machine.parts.notices].map(([what, times]) => ({ what, times })),
    };
  }

  /**
   * The firmware's answer, when the workload or the console tells. None before the stretch that counts as an inference
   * has been left: what the output holds until then is no answer.
   */
  classification(): Classification | undefined {
    const { workload } = this.#options;
    const measured = workload?.measure === undefined ? undefined : this.#measuredCalls(workload.measure);
    if (measured?.some((call) => call.complete) === false) return undefined;
    return classify(this.machine, this.#options.workload ?? {}, this.#text);
  }

  /** Cost of the stretch that the workload measures; undefined when it measures none or that was not left. */
  measured(): { readonly cycles: number; readonly timeMs: number } | undefined {
    const measure = this.#options.workload?.measure;
    const calls = measure === undefined ? [] : this.#measuredCalls(measure).filter((c) => c.complete);
    if (calls.length === 0) return undefined;
    const seconds = calls.reduce((sum, call) => sum + call.seconds, 0);
    return { cycles: calls.reduce((sum, call) => sum + call.cycles, 0), timeMs: seconds * 1000 };
  }

  #console(byte: number): void {
    this.#options.console(byte);
    this.#text = (this.#text + String.fromCharCode(byte)).slice(-KEPT_TEXT);
    const { expectText, failText } = this.#options;
    if (failText?.test(this.#text) === true) {
      this.machine.requestStop({
        reason: "condition",
        what: `the console matched ${String(failText)}`,
        failed: true,
      });
    } else if (expectText?.test(this.#text) === true) {
      this.machine.requestStop({
        reason: "condition",
        what: `the console matched ${String(expectText)}`,
        failed: false,
      });
    }
  }

  #watchWorkload(): void {
    const { workload, input } = this.#options;
    const { image } = this.machine;
    for (const layer of workload?.layers ?? []) {
      this.#probes.watchFunction(
        symbolAddress(image, layer.function, `layer ${layer.name} of the workload file`),
      );
    }
    const measure = workload?.measure;
    if (measure !== undefined && "function" in measure) {
      this.#probes.watchFunction(
        symbolAddress(image, measure.function, "measure.function of the workload file"),
      );
    } else if (measure !== undefined) {
      this.#probes.watchStretch(
        symbolAddress(image, measure.from, "measure.from of the workload file"),
        symbolAddress(image, measure.to, "measure.to of the workload file"),
      );
    }
    if (input !== undefined) this.#placeInput(input);
  }

  #placeInput(input: Uint8Array): void {
    this.#checkInput(input);
    let written = false;
    this.#probes.onArrival(this.#readyAddress(), () => {
      if (written) return;
      written = true;
      this.writeInput(input);
    });
  }
  /** Puts an input where the workload says; what it does not fill is zero. Throws UsageError when it does not fit. */
  writeInput(input: Uint8Array): void {
    const { machine } = this;
    const place = this.#checkInput(input);
    const address = symbolAddress(machine.image, place.symbol, "input.symbol of the workload file");
    const bytes = new Uint8Array(place.length * ELEMENT_BYTES[place.type]);
    bytes.set(input);
    bytes.forEach((byte, i) => {
      if (!machine.bus.poke(address + i, 1, byte)) {
        throw new UsageError(`input.symbol ${place.symbol} is not in writable memory of the board`);
      }
    });
  }
  #checkInput(input: Uint8Array): WorkloadInput {
    const { workload } = this.#options;
    const place = workload?.input;
    if (place === undefined)
      throw new UsageError("--input needs a workload file with an `input` entry, to know where it goes");
    const size = place.length * ELEMENT_BYTES[place.type];
    if (input.length > size) {
      throw new UsageError(`the input has ${input.length} bytes, more than the ${size} of ${place.symbol}`);
    }
    symbolAddress(this.machine.image, place.symbol, "input.symbol of the workload file");
    return place;
  }
  #readyAddress(): number {
    const symbol = this.#options.workload?.ready?.symbol ?? "main";
    return symbolAddress(this.machine.image, symbol, "ready.symbol of the workload file");
  }

  #connectUart(): void {
    const { uartInput, uartScript } = this.#options;
    if (uartInput === undefined && uartScript === undefined) return;
    const { machine } = this;
    const { parts, scheduler, board } = machine;
    const port = parts.serialPort(board.console);
    if (port === undefined) throw new UsageError(`board ${board.id} has no UART that mcusim can talk to`);
    const time = { scheduler, clocks: parts.clocks };
    if (uartInput !== undefined) new UartFeeder(port, time).feed(uartInput);
    if (uartScript === undefined) return;
    new UartScriptPlayer(uartScript, port, time, (result) => {
      if (result.status === "finished") {
        machine.requestStop({ reason: "condition", what: "the UART script is finished", failed: false });
        return;
      }
      const what = `line ${result.line} of the UART script: no ${result.pattern} in time; last received ${JSON.stringify(result.received)}`;
      machine.requestStop({ reason: "condition", what, failed: true });
    }).start();
  }

  /** Simulated time is bounded by an event that follows changes of the clock. */
  #limitTime(): void {
    const { timeoutSeconds } = this.#options;
    if (timeoutSeconds === undefined) return;
    const { machine } = this;
    const { time, scheduler } = machine;
    const check = (): void => {
      if (time.seconds(machine.state.cycles) >= timeoutSeconds) {
        machine.requestStop({ reason: "limit", what: `${timeoutSeconds} s of simulated time` });
      } else event = scheduler.at(time.cycleAt(timeoutSeconds), check);
    };
    let event = scheduler.at(time.cycleAt(timeoutSeconds), check);
    machine.parts.clocks.onChange(() => {
      scheduler.cancel(event);
      event = scheduler.at(time.cycleAt(timeoutSeconds), check);
    });
  }

  #regions(): readonly RegionCost[] {
    const { workload } = this.#options;
    const regions: RegionCost[] = [];
    const add = (name: string, kind: RegionCost["kind"], calls: readonly Call[], macs?: number): void => {
      const sum = (pick: (call: Call) => number): number =>
        calls.reduce((total, call) => total + pick(call), 0);
      regions.push({
        name,
        kind,
        calls: calls.length,
        cycles: sum((c) => c.cycles),
        instructions: sum((c) => c.instructions),
        timeMs: sum((c) => c.seconds) * 1000,
        ...(macs === undefined ? {} : { macs }),
      });
    };
    const measure = workload?.measure;
    if (measure !== undefined) {
      const name = "function" in measure ? measure.function : `${measure.from}..${measure.to}`;
      add(name, "measure", this.#measuredCalls(measure));
    }
    for (const { name, function: symbol, call, macs } of workload?.layers ?? []) {
      const calls = this.#callsOf(symbol);
      add(name, "layer", call === undefined ? calls : calls.slice(call - 1, call), macs);
    }
    return regions;
  }

  #measuredCalls(measure: Measure): readonly Call[] {
    return "function" in measure ? this.#callsOf(measure.function) : this.#probes.stretches;
  }
  #callsOf(symbol: string): readonly Call[] {
    return this.#probes.calls.get(symbolAddress(this.machine.image, symbol, "workload file")) ?? [];
  }
}
