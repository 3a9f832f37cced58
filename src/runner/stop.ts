import type { Lockup } from "../core/exceptions-host.ts";

/** Why a run ended, as the part that asked for it knows it. */
export type StopRequest =
  /** The firmware's own exit code through semihosting. */
  | { readonly reason: "exit"; readonly exitCode: number }
  /** BKPT with this immediate. */
  | { readonly reason: "breakpoint"; readonly imm: number }
  /** A stop condition of the user was met; `failed` for `--fail-text` and a script step that timed out. */
  | { readonly reason: "condition"; readonly what: string; readonly failed: boolean }
  /** A fault whose handler only loops. */
  | { readonly reason: "fault" }
  | { readonly reason: "lockup"; readonly lockup: Lockup }
  | { readonly reason: "limit"; readonly what: string }
  /** The core sleeps or loops in place, and nothing is scheduled that could change that. */
  | { readonly reason: "idle" }
  | { readonly reason: "interrupted" };
