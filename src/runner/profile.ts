import type { Image, ImageSymbol } from "../elf/image.ts";
import type { Block } from "../exec/block.ts";
import type { ScheduleRecord } from "../exec/progress.ts";
import { CAUSE, CAUSES, STALL_CAUSES, type StallCause } from "../timing/timing.ts";
import type { AddressCost, FunctionCost, Stalls } from "./counters.ts";

interface AddressCounts {
  readonly size: 2 | 4;
  executed: number;
  readonly causes: number[];
}

/** Exact costs by instruction address, multiplied out from the counts of blocks. */
export class Profile {
  readonly #addresses = new Map<number, AddressCounts>();
  /** Direct jumps without link, by target: how often from where. Within a function they are no calls. */
  readonly #jumps = new Map<number, Map<number, number>>();
  /** Instructions issued in the same cycle as the one before. */
  dualIssued = 0;

  constructor(blocks: readonly Block[]) {
    for (const block of blocks) {
      for (const record of block.records) if (record.hasRun) this.#add(block, record);
    }
  }

  #add(block: Block, record: ScheduleRecord): void {
    const { schedule, partial, dynamic } = record;
    const { instructions } = block.code;
    const full = record.fallthrough + record.taken;
    let executed = full + (partial?.reduce((sum, n) => sum + n, 0) ?? 0);
    for (let i = 0; i < instructions.length; i++) {
      executed -= partial?.[i] ?? 0; // runs that ended before instruction i
      const { pc, size } = instructions[i]!;
      const counts = this.#at(pc, size);
      counts.executed += executed;
      if (schedule.paired?.[i] === 1) this.dualIssued += executed;
      // Most are 0.
      for (let cause = 0, k = i * CAUSES; cause < CAUSES; cause++, k++) {
        if (schedule.causes[k] !== 0) counts.causes[cause]! += executed * schedule.causes[k]!;
        if (dynamic !== undefined && dynamic[k] !== 0) counts.causes[cause]! += dynamic[k]!;
      }
    }
    const last = instructions[instructions.length - 1];
    if (last === undefined || record.taken === 0) return;
    this.#at(last.pc, last.size).causes[schedule.takenCause]! += record.taken * schedule.takenCycles;
    const { jump } = last.footprint;
    if (jump?.target !== undefined && !jump.link) {
      const from = this.#jumps.get(jump.target) ?? new Map<number, number>();
      this.#jumps.set(jump.target, from.set(last.pc, (from.get(last.pc) ?? 0) + record.taken));
    }
  }

  #at(pc: number, size: 2 | 4): AddressCounts {
    let counts = this.#addresses.get(pc);
    if (counts === undefined) {
      counts = { size, executed: 0, causes: [...NOTHING] };
      this.#addresses.set(pc, counts);
    }
    return counts;
  }

  /** Instructions executed. */
  get executed(): number {
    let total = 0;
    for (const { executed } of this.#addresses.values()) total += executed;
    return total;
  }
  /** Cycles inside instructions by cause. */
  get causes(): Float64Array {
    const total = new Float64Array(CAUSES);
    for (const { causes } of this.#addresses.values()) addTo(total, causes);
    return total;
  }

  /** By address, ascending. */
  addresses(): readonly AddressCost[] {
    return [...this.#addresses]
      .sort(([a], [b]) => a - b)
      .map(([address, { size, executed, causes }]) => ({
        address,
        size,
        executed,
        cycles: sum(causes),
        stalls: stallsOf(causes),
      }));
  }

  /** By function symbol, most cycles first; code without a symbol is named by its region of addresses. */
  functions(image: Image): readonly FunctionCost[] {
    const groups = new Map<string, { address: number; instructions: number; causes: number[] }>();
    for (const [pc, { executed, causes }] of this.#addresses) {
      const symbol = image.symbolAt(pc)?.symbol;
      const name = nameOf(symbol);
      const address = symbol?.address ?? 0;
      const key = `${address}:${name}`;
      const group = groups.get(key) ?? { address, instructions: 0, causes: [...NOTHING] };
      group.instructions += executed;
      addTo(group.causes, causes);
      groups.set(key, group);
    }
    return [...groups]
      .map(([key, { address, instructions, causes }]) => ({
        name: key.slice(key.indexOf(":") + 1),
        address,
        cycles: sum(causes),
        instructions,
        calls: (this.#addresses.get(address)?.executed ?? 0) - this.#jumpsWithin(image, address),
        stalls: stallsOf(causes),
      }))
      .sort((a, b) => b.cycles - a.cycles || a.address - b.address);
  }

  /** Jumps to `address` from inside the function that begins there. */
  #jumpsWithin(image: Image, address: number): number {
    let sum = 0;
    for (const [from, times] of this.#jumps.get(address) ?? []) {
      if (image.symbolAt(from)?.symbol.address === address) sum += times;
    }
    return sum;
  }
}

/** Name of code that no symbol covers. */
const NAMELESS = "(no symbol)";
const nameOf = (symbol: ImageSymbol | undefined): string => symbol?.name ?? NAMELESS;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** No cycles of any cause. */
const NOTHING: readonly number[] = STALL_CAUSES.map(() => 0);

function addTo(total: Float64Array | number[], causes: readonly number[]): void {
  for (let i = 0; i < CAUSES; i++) if (causes[i] !== 0) total[i]! += causes[i]!;
}

/** Counts by cause as a record in the order of the report. */
export function stallsOf(causes: ArrayLike<number>): Stalls {
  const of = (cause: StallCause): number => causes[CAUSE[cause]]!;
  return {
    issue: of("issue"),
    data: of("data"),
    fetch: of("fetch"),
    branch: of("branch"),
    interlock: of("interlock"),
    divide: of("divide"),
    exception: of("exception"),
    sleep: of("sleep"),
  };
}
