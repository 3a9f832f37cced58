import { EXIT } from "../core/layout.ts";
import type { Machine } from "./machine.ts";

/** One call of a watched function. */
export interface Call {
  /** False for a call that the end of the run cut off. */
  readonly complete: boolean;
  readonly cycles: number;
  readonly instructions: number;
  readonly seconds: number;
}

/** Where the run was when something began. */
interface Moment {
  readonly cycle: number;
  readonly instructions: number;
  readonly seconds: number;
}

interface OpenCall extends Moment {
  readonly address: number;
  readonly returnAddress: number;
  /** SP at entry: a return has to come back to at least this. */
  readonly sp: number;
}

interface SavedProbes {
  /** Finished calls by function address. */
  readonly calls: ReadonlyMap<number, number>;
  readonly stretches: number;
  readonly begun: readonly (readonly [number, Moment])[];
  readonly open: readonly OpenCall[];
}

/**
 * Watches functions from call to return, whatever they call in between. A function that is jumped to at its end by
 * another one (a tail call) returns for both.
 */
export class Probes {
  readonly #machine: Machine;
  /** Finished calls by function address, in order of their return. */
  readonly calls = new Map<number, Call[]>();
  /** Finished stretches of `watchStretch`. */
  readonly stretches: Call[] = [];
  readonly #arrivals = new Map<number, (() => void)[]>();
  /** Beginnings of stretches that have not ended, by the address they began at. */
  readonly #begun = new Map<number, Moment>();
  readonly #returns = new Map<number, () => void>();
  #open: OpenCall[] = [];
  #pauseAt: number | undefined;

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
  /** Measures from each arrival at `from` to the next arrival at `to`. */
  watchStretch(from: number, to: number): void {
    this.onArrival(to, () => {
      const begun = this.#begun.get(from);
      if (begun === undefined) return;
      this.stretches.push(this.#since(begun, true));
      this.#begun.delete(from);
    });
    this.onArrival(from, () => {
      if (!this.#begun.has(from)) this.#begun.set(from, this.#moment());
    });
  }
  /** Calls `action` whenever a call of the function at `address` has returned. */
  onReturn(address: number, action: () => void): void {
    this.watchFunction(address);
    this.#returns.set(address, action);
  }
  /** Stops the machine's run at the next arrival at `address`, before anyone is told of it: they are when it goes on. */
  pauseAt(address: number): void {
    this.#pauseAt = address;
    this.#watch(address);
  }
  /** Whether the run has come to the place of `pauseAt`. */
  get isPaused(): boolean {
    return this.#pauseAt === undefined;
  }

  save(): SavedProbes {
    return {
      calls: new Map([...this.calls].map(([address, calls]) => [address, calls.length])),
      stretches: this.stretches.length,
      begun: [...this.#begun],
      open: [...this.#open],
    };
  }
  restore(saved: SavedProbes): void {
    for (const [address, calls] of this.calls) calls.length = saved.calls.get(address) ?? 0;
    this.stretches.length = saved.stretches;
    this.#begun.clear();
    for (const [address, moment] of saved.begun) this.#begun.set(address, moment);
    this.#open = [...saved.open];
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
    while (this.#open.length > 0) this.#finish(this.#open.pop()!, false);
  }

  #watch(address: number): void {
    const { blocks } = this.#machine;
    if (blocks.watched.has(address)) return;
    blocks.watch(address);
    blocks.clear(); // blocks that run across it are no longer right
  }

  #arrived(pc: number): void {
    if (pc === this.#pauseAt) {
      this.#pauseAt = undefined;
      this.#machine.state.requestExit(EXIT.stop);
      return;
    }
    const sp = this.#machine.state.words[13]! >>> 0;
    for (let top = this.#open.at(-1); top?.returnAddress === pc && sp >= top.sp; top = this.#open.at(-1)) {
      this.#open.pop();
      this.#finish(top, true);
    }
    for (const action of this.#arrivals.get(pc) ?? []) action();
    if (this.calls.has(pc)) this.#begin(pc, sp);
  }

  #begin(address: number, sp: number): void {
    const { state, blocks } = this.#machine;
    const returnAddress = (state.words[14]! & ~1) >>> 0;
    // A return address follows a call, where a block ends anyway: nothing has to be translated again.
    blocks.watch(returnAddress);
    this.#open.push({ address, returnAddress, sp, ...this.#moment() });
  }
  #finish(call: OpenCall, complete: boolean): void {
    this.calls.get(call.address)!.push(this.#since(call, complete));
    if (complete) this.#returns.get(call.address)?.();
  }
  #moment(): Moment {
    const { state, executor, time } = this.#machine;
    const cycle = state.cycles;
    return { cycle, instructions: executor.instructions, seconds: time.seconds(cycle) };
  }
  #since(begun: Moment, complete: boolean): Call {
    const now = this.#moment();
    return {
      complete,
      cycles: now.cycle - begun.cycle,
      instructions: now.instructions - begun.instructions,
      seconds: now.seconds - begun.seconds,
    };
  }
}
