import { Worker } from "node:worker_threads";

/**
 * A worker thread from `file`, which is a `.ts` file of the sources or the `.js` file that the build makes of it. Node
 * does not read the sources: they go by way of the developers' loader.
 */
export function startWorker(file: URL, workerData: unknown): Worker {
  if (!file.href.endsWith(".ts")) return new Worker(file, { workerData });
  const load = `import("tsx/esm/api").then(({ register }) => (register(), import("${file.href}")));`;
  return new Worker(load, { workerData, eval: true });
}

/** The file beside `module`, as sources or as built: `module` tells which. @param module `import.meta.url` */
export const workerFile = (name: string, module: string): URL =>
  new URL(`./${name}${module.endsWith(".ts") ? ".ts" : ".js"}`, module);
