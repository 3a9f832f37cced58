// Runs a firmware with the built script and writes what V8 compiled on the way beside it.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import launch from "../dist/cli/launch.cjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const firmware = join(root, "firmware/kws/prebuilt/kws-nucleo-f746zg.elf");

const { start, file, cache } = launch.recordBundle(join(root, "dist/cli/launch.cjs"));
process.argv = [process.argv[0], "mcusim", "run", firmware, "--board", "nucleo-f746zg"];
await start("cli/main");
process.once("exit", (code) => {
  if (code === 0) writeFileSync(file, cache());
});
