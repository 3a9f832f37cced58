import { readdirSync } from "node:fs";
import { setPriority } from "node:os";
import { isMainThread } from "node:worker_threads";

/** A step of Linux's priorities that leaves a tenth of a contended core. */
const LOWER = 10;

/**
 * V8's own threads, which compile in the background, are not to hold up the one that simulates where cores are few. Only
 * for a process that simulates on this thread alone: others would wait for their code. Each thread of Linux has a
 * priority; elsewhere nothing is changed.
 */
export function preferThisThread(): void {
  if (process.platform !== "linux" || !isMainThread) return;
  try {
    for (const thread of readdirSync("/proc/self/task").map(Number))
      if (thread !== process.pid) setPriority(thread, LOWER);
  } catch {
    // Only a matter of speed.
  }
}
