import { listing } from "../../isa/disassembler.ts";
import { UsageError } from "../../errors.ts";
import { renderAnnotated, renderFunctionProfile, type CostedLine } from "../../report/profile.ts";
import { decoderFor } from "../../runner/machine.ts";
import { describeAddress, symbolAddress } from "../../runner/symbols.ts";
import { execute, type Outcome } from "../execute.ts";
import { bytesAt } from "../image-bytes.ts";
import { load } from "../load.ts";
import { failureOf, type RunCommandOptions } from "./run.ts";

export interface ProfileOptions extends RunCommandOptions {
  readonly function?: string;
}

/** `mcusim profile`: every function by stall cause, or one function instruction by instruction. @returns the exit code */
export async function profile(firmware: string, options: ProfileOptions): Promise<number> {
  if (options.board === undefined) throw new UsageError("--board ID is missing; `mcusim boards` lists them");
  const loaded = await load(firmware, options.board, options);
  const name = options.function;
  if (name !== undefined) symbolAddress(loaded.image, name, "--function");
  const outcome = await execute(loaded, options, (bytes) => process.stderr.write(bytes));
  process.stdout.write(name === undefined ? renderFunctionProfile(outcome.report) : annotated(outcome, name));
  if (outcome.exitCode !== 0) process.stderr.write(`mcusim: ${failureOf(outcome)}\n`);
  return outcome.exitCode;
}

function annotated({ loaded: { image, board }, result }: Outcome, name: string): string {
  const start = symbolAddress(image, name, "--function");
  const size = image.findSymbol(name)?.size ?? 0;
  if (size === 0) throw new UsageError(`--function ${name}: the firmware does not tell its size`);
  const costs = new Map(result.addresses.map((cost) => [cost.address, cost]));
  const lines: CostedLine[] = [];
  for (const { address, text } of listing(
    bytesAt(image, start, start + size),
    start,
    decoderFor(board.core.fpu),
    {
      symbol: (target) => describeAddress(image, target),
    },
  )) {
    const mapping = image.mappings.findLast((m) => m.address <= address);
    if (mapping?.kind === "data") continue;
    const cost = costs.get(address);
    lines.push({ address, text, ...(cost === undefined ? {} : { cost }) });
  }
  return renderAnnotated(lines);
}
