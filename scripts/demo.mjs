// The README's first command: the keyword spotter on a simulated NUCLEO-F746ZG, once in full, then for every clip.
import { execFile, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";

const mcusim = "dist/cli/main.js";
const firmware = "firmware/kws/prebuilt/kws-nucleo-f746zg.elf";
const clips = "firmware/kws/clips";
const command = [mcusim, "run", firmware, "--board", "nucleo-f746zg"];

const full = spawnSync(process.execPath, command, { stdio: "inherit" });
if (full.status !== 0) process.exit(full.status ?? 1);

const cell = (text, width) => String(text).padStart(width);
console.log(`\nEvery clip of ${clips}`);
console.log(
  `  ${"clip".padEnd(10)}${"heard".padEnd(10)}${cell("score", 7)}${cell("cycles", 12)}${cell("ms", 8)}${cell("RAM", 9)}`,
);
const names = readdirSync(clips).filter((name) => name.endsWith(".wav"));
const reports = new Map();
const queue = [...names];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift())
      reports.set(name, await hear(name));
  }),
);
let right = 0;
for (const name of names) {
  const word = name.replace(/\.wav$/, "");
  const { classification, cycles, timeMs, memory } = reports.get(name);
  if (classification.label === word) right++;
  const score = classification.score.toFixed(3);
  const kilobytes = `${(memory.ram.used / 1024).toFixed(1)} KB`;
  console.log(
    `  ${word.padEnd(10)}${classification.label.padEnd(10)}${cell(score, 7)}${cell(cycles.toLocaleString("en"), 12)}${cell(timeMs.toFixed(2), 8)}${cell(kilobytes, 9)}`,
  );
}
console.log(`${right} of ${names.length} clips understood`);

/** The JSON report of a run that hears one clip. */
function hear(name) {
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, "--input", `${clips}/${name}`, "--json"], (_, stdout, stderr) => {
      if (stdout !== "") return resolve(JSON.parse(stdout));
      process.stderr.write(stderr);
      process.exit(1);
    });
  });
}
