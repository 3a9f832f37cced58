import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { fuzzOne } from "./fuzz/compare.ts";
import { FUZZ_BOARDS } from "./fuzz/program.ts";

/**
 * Runs random programs on all engines until the time is over: `npx tsx test/jit/fuzz.ts --minutes 30 --seed 1`.
 * `--board` restricts it to one board, `--count` to a number of seeds. Prints every difference.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1000000000" },
    board: { type: "string" },
  },
});
const boards = FUZZ_BOARDS.filter(({ id }) => values.board === undefined || id === values.board);
const end = performance.now() + Number(values.minutes) * 60_000;
const first = Number(values.seed);
const last = first + Number(values.count);
let [programs, instructions, compiled, wrong] = [0, 0, 0, 0];
let seed = first;
for (; seed < last && performance.now() < end; seed++) {
  for (const board of boards) {
    try {
      const outcome = fuzzOne(seed, board);
      programs++;
      instructions += outcome.instructions;
      compiled += outcome.compiled;
      if (outcome.differences.length > 0) {
        wrong++;
        console.log(outcome.differences.join("\n"));
      }
    } catch (error) {
      wrong++;
      console.log(
        `${board.id}, seed ${seed}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
      );
    }
  }
}
console.log(
  `seeds ${first} to ${seed - 1}: ${programs} programs, ${instructions} instructions, ${compiled} compiled entries, ${wrong} with differences`,
);
if (wrong > 0) process.exitCode = 1;
