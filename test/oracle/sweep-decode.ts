import {
  capstoneVerdicts,
  compareDecoding,
  objdumpVerdicts,
  type Comparison,
} from "../isa/decode-comparison.ts";
import { CAPSTONE_DIFFERENCES, OBJDUMP_DIFFERENCES } from "../isa/explained-differences.ts";
import { narrowWords, randomWideWords } from "../isa/random-words.ts";
import { oracle } from "./oracle.ts";

/**
 * Compares the decoder with objdump and capstone on every 16-bit word and on millions of random 32-bit words, and says
 * how many differ and why. Exit code 1 when a difference has no explanation.
 *
 *     npx tsx test/oracle/sweep-decode.ts [words, default 2000000] [seed, default 1]
 */

const BATCH = 250_000;
const count = Number(process.argv[2] ?? 2_000_000);
const seed = Number(process.argv[3] ?? 1);
const objdump = oracle("arm-none-eabi-objdump");

const total = { compared: 0, agreed: 0, unexplained: 0 };
const reasons = new Map<string, number>();

function add(judge: string, { compared, agreed, explained, unexplained }: Comparison): void {
  total.compared += compared;
  total.agreed += agreed;
  total.unexplained += unexplained.length;
  for (const [because, n] of explained) reasons.set(because, (reasons.get(because) ?? 0) + n);
  for (const line of unexplained.slice(0, 10)) process.stdout.write(`${judge}: ${line}\n`);
}

async function judge(words: readonly number[], size: 2 | 4): Promise<void> {
  add("capstone", compareDecoding(await capstoneVerdicts(words, size), CAPSTONE_DIFFERENCES));
  if (objdump) add("objdump", compareDecoding(objdumpVerdicts(objdump, words, size), OBJDUMP_DIFFERENCES));
}

await judge(narrowWords(), 2);
for (let done = 0, batch = 0; done < count; done += BATCH, batch++) {
  await judge(randomWideWords(Math.min(BATCH, count - done), seed + batch), 4);
}

for (const [because, n] of [...reasons].sort((a, b) => b[1] - a[1]))
  process.stdout.write(`${n}\t${because}\n`);
process.stdout.write(`${JSON.stringify(total)}\n`);
process.exitCode = total.unexplained === 0 ? 0 : 1;
