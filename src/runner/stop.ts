import type { Lockup } from "../core/exceptions-host.ts";

/** Why a run ended, as the part that asked for it knows it. */
export type StopRequest =
  /** The firmware's own exit code through semihosting. */
  | { readonly reason: "exit"; readonly exitCode: number }
  /** BKPT or a debugger's breakpoint. */
  | { readonly reason: "breakpoint" }
  /** A stop condition of the user was met; `failed` for `--fail-text` and a script step that timed out. */
  | { readonly reason: "condition"; readonly what: string; readonly failed: boolean }
  /** A fault that the firmware does not handle. */
  | { readonly reason: "fault"; readonly what: string }
  | { readonly reason: "lockup"; readonly lockup: Lockup }
  | { readonly reason: "limit"; readonly what: string }
  /** WFI or WFE with nothing left that could wake the core. */
  | { readonly reason: "sleeps-forever" }
  | { readonly reason: "interrupted" };
