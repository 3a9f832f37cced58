/** Operations on doubles whose time may depend on their operands. */
const TIMED = ["add64", "sub64", "mul64", "fma64"] as const;
export type TimedDouble = (typeof TIMED)[number];

export const isTimedDouble = (op: string): op is TimedDouble => (TIMED as readonly string[]).includes(op);
