import { LAYOUT } from "../core/layout.ts";
import type { Fault } from "../core/fault.ts";
import { InternalError } from "../errors.ts";
import type { BlockCounts } from "../exec/block-cache.ts";
import { MODEL_AREA } from "../memory/model-area.ts";
import type { ClockTree } from "../peripherals/clock-tree.ts";
import type { Machine } from "./machine.ts";
import type { FaultNote } from "./parts.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import type { StopRequest } from "./stop.ts";

/** Parts of the linear memory that a snapshot holds; page tables and compiled code's own words are left out. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The whole state of a machine between two instructions. It belongs to the machine that it was taken of, and is good
 * for any number of restores; what listens from outside (a UART script) is no part of it.
 */
export interface Snapshot {
  readonly memory: readonly Uint8Array[];
  readonly fault: Fault | undefined;
  readonly instructions: number;
  readonly counts: BlockCounts;
  readonly outside: Float64Array;
  readonly clocks: ReturnType<ClockTree["save"]>;
  readonly time: ReturnType<SimulatedTime["save"]>;
  readonly peripherals: readonly unknown[];
  readonly cortexM: unknown;
  readonly timing: unknown;
  readonly events: readonly number[];
  readonly stop: StopRequest | undefined;
  readonly initialSP: number;
  readonly clockSource: Machine["clockSource"];
  readonly notices: readonly (readonly [string, number])[];
  readonly faults: readonly FaultNote[];
}

/** The registers and the models' tables come first: peripherals that are being restored disturb them. */
const ranges = ({ state }: Machine): readonly Range[] => [
  { start: 0, end: LAYOUT.modelArea },
  // The fetch epoch before the tables only ever goes forward.
  { start: MODEL_AREA.predictor, end: MODEL_AREA.readLines },
  { start: LAYOUT.guest, end: state.bytes.length },
];

export function takeSnapshot(machine: Machine): Snapshot {
  const { state, parts } = machine;
  machine.compiler?.flushCounts();
  return {
    memory: ranges(machine).map(({ start, end }) => state.bytes.slice(start, end)),
    fault: state.fault,
    instructions: machine.executor.instructions,
    counts: machine.blocks.saveCounts(),
    outside: machine.outside.slice(),
    clocks: parts.clocks.save(),
    time: machine.time.save(),
    peripherals: parts.peripherals.map((peripheral) => peripheral.save?.()),
    cortexM: parts.cortexM.save(),
    timing: machine.timing.save(),
    events: machine.scheduler.pending,
    stop: machine.stop,
    initialSP: machine.initialSP,
    clockSource: machine.clockSource,
    notices: [...parts.notices],
    faults: [...parts.faults],
  };
}

/**
 * Puts everything back. Translated and compiled code stays, unless bytes that it was made from differ. Events are
 * placed anew by the peripherals that wait for them.
 */
export function restoreSnapshot(machine: Machine, snapshot: Snapshot): void {
  const { state, parts } = machine;
  machine.compiler?.flushCounts(); // what compiled code has counted belongs to the run before
  machine.blocks.restoreCounts(snapshot.counts);
  machine.executor.instructions = snapshot.instructions;
  machine.outside.set(snapshot.outside);
  if (codeDiffers(machine, snapshot)) machine.blocks.clear();
  copyMemory(machine, snapshot); // with the cycle, on which all that follows counts
  parts.clocks.restore(snapshot.clocks);
  parts.peripherals.forEach((peripheral, i) => peripheral.restore?.(snapshot.peripherals[i]));
  parts.cortexM.restore(snapshot.cortexM);
  machine.timing.restore(snapshot.timing);
  machine.bus.flush();
  copyMemory(machine, snapshot);
  state.fault = snapshot.fault;
  machine.time.restore(snapshot.time);
  machine.stop = snapshot.stop;
  machine.initialSP = snapshot.initialSP;
  machine.clockSource = snapshot.clockSource;
  parts.notices.clear();
  for (const [what, times] of snapshot.notices) parts.notices.set(what, times);
  parts.faults.splice(0, Infinity, ...snapshot.faults);
  checkEvents(machine, snapshot);
}

function copyMemory(machine: Machine, { memory }: Snapshot): void {
  ranges(machine).forEach(({ start }, i) => {
    machine.state.bytes.set(memory[i]!, start);
  });
}

/** Whether a block has been translated from other bytes than those of the snapshot. */
function codeDiffers(machine: Machine, { memory }: Snapshot): boolean {
  const now = Buffer.from(machine.state.memory.buffer, LAYOUT.guest);
  const saved = memory.at(-1)!;
  const then = Buffer.from(saved.buffer, saved.byteOffset, saved.length);
  for (const { host, size } of machine.blocks.spans()) {
    const start = host - LAYOUT.guest;
    if (now.compare(then, start, start + size, start, start + size) !== 0) return true;
  }
  return false;
}

function checkEvents({ scheduler }: Machine, { events }: Snapshot): void {
  const { pending } = scheduler;
  if (pending.length === events.length && pending.every((cycle, i) => cycle === events[i])) return;
  throw new InternalError(
    `restoring a snapshot left events at cycles ${pending.join(", ") || "none"} instead of ${events.join(", ") || "none"}`,
  );
}
