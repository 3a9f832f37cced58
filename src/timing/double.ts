import type { StallCause } from "./timing.ts";

/** Operations on doubles whose time may depend on their operands. */
const TIMED = ["add64", "sub64", "mul64", "div64", "fma64"] as const;
export type TimedDouble = (typeof TIMED)[number];

export const isTimedDouble = (op: string): op is TimedDouble => (TIMED as readonly string[]).includes(op);

/** What the cycles that its operands cost are attributed to. */
export const causeOfDouble = (op: TimedDouble): StallCause => (op === "div64" ? "divide" : "interlock");
