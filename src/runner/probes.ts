import type { Machine } from "./machine.ts";

/** One finished call of a watched function. */
export interface Call {
  readonly cycles: number;
  readonly instructions: number;
  readonly seconds: number;
}

interface OpenCall {
  readonly address: number;
  readonly returnAddress: number;
  /** SP at entry: a return has to come back to at least this. */
  readonly sp: number;
  readonly cycle: number;
  readonly instructions: number;
  readonly seconds: number;
}

/**
 * Watches functions from call to return, whatever they call in between. A function that is jumped to at its end by
 * another one (a tail call) returns for both.
 */
export class Probes {
  readonly #machine: Machine;
  /** Finished calls by function address, in order of their return. */
  readonly calls = new Map<number, Call[]>();
  readonly #arrivals = new Map<number, (() => void)[]>();
  #open: OpenCall[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
    machine.onArrival = (pc) => this.#arrived(pc);
  }

  /** Measures every call of the function at `address`. */
  watchFunction(address: number): void {
    if (this.calls.has(address)) return;
    this.calls.set(address, []);
    this.#watch(address);
  }
  /** Calls `action` whenever control arrives at `address`, before the instruction there. */
  onArrival(address: number, action: () => void): void {
    const actions = this.#arrivals.get(address);
    if (actions === undefined) this.#arrivals.set(address, [action]);
    else actions.push(action);
    this.#watch(address);
  }

  /** Ends the calls that are still open, as when the program stops inside them. */
  close(): void {
    while (this.#open.length > 0) this.#finish(this.#open.pop()!);
  }

  #watch(address: number): void {
    const { blocks } = this.#machine;
    if (blocks.watched.has(address)) return;
    blocks.watched.add(address);
    blocks.clear(); // blocks that run across it are no longer right
  }

  #arrived(pc: number): void {
    const sp = this.#machine.state.words[13]! >>> 0;
    for (let top = this.#open.at(-1); top?.returnAddress === pc && sp >= top.sp; top = this.#open.at(-1)) {
      this.#open.pop();
      this.#finish(top);
    }
    for (const action of this.#arrivals.get(pc) ?? []) action();
    if (this.calls.has(pc)) this.#begin(pc, sp);
  }

  #begin(address: number, sp: number): void {
    const { state, executor, blocks } = this.#machine;
    const returnAddress = (state.words[14]! & ~1) >>> 0;
    // A return address follows a call, where a block ends anyway: nothing has to be translated again.
    blocks.watched.add(returnAddress);
    this.#open.push({
      address,
      returnAddress,
      sp,
      cycle: state.cycles,
      instructions: executor.instructions,
      seconds: this.#machine.time.seconds(state.cycles),
    });
  }
  #finish({ address, cycle, instructions, seconds }: OpenCall): void {
    const { state, executor, time } = this.#machine;
    this.calls.get(address)!.push({
      cycles: state.cycles - cycle,
      instructions: executor.instructions - instructions,
      seconds: time.seconds(state.cycles) - seconds,
    });
  }
}
