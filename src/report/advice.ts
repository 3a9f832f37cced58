import type { Report } from "./report.ts";

/** Share of the cycles from which a cause is worth a word. */
const NOTABLE = 0.2;

/** What would plainly make this run faster; empty when nothing stands out. */
export function advice(report: Report): readonly string[] {
  const { stalls, cycles, counters, board } = report;
  if (cycles === 0) return [];
  const share = (n: number): number => n / cycles;
  const percentage = (n: number): string => `${Math.round(100 * share(n))} % of the cycles`;
  const lines: string[] = [];
  if (share(stalls.fetch) > NOTABLE) {
    const misses = board.core === "cortex-m7" && (counters.icacheMisses ?? 0) === 0;
    const why = misses ? "the instruction cache is off: " : "";
    lines.push(`${why}${percentage(stalls.fetch)} wait for instructions from memory`);
  }
  if (share(stalls.data) > NOTABLE) {
    const misses = board.core === "cortex-m7" && (counters.dcacheMisses ?? 0) === 0;
    const why = misses ? "the data cache is off or not in use: " : "";
    lines.push(`${why}${percentage(stalls.data)} wait for data from memory`);
  }
  if (share(stalls.divide) > NOTABLE)
    lines.push(`${percentage(stalls.divide)} go into divisions and square roots`);
  if (share(stalls.sleep) > NOTABLE) lines.push(`${percentage(stalls.sleep)} are spent asleep`);
  if (board.clockSource === "reset") {
    lines.push(`the firmware never set a clock: the core runs at ${board.clockHz / 1e6} MHz as after reset`);
  }
  return lines;
}
