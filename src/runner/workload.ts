/** What goes into unmodified firmware and what comes out of it, by symbol; see docs/cli.md, "Workload file". */
export interface Workload {
  readonly input?: WorkloadInput;
  readonly output?: WorkloadOutput;
  readonly labels?: readonly string[];
  /** The stretch of the run that counts as one inference. */
  readonly measure?: Measure;
  /** Where inputs are written: when control first arrives there. */
  readonly ready?: { readonly symbol: string };
  /** Where the answer is there and `eval` goes on to the next input; the end of the run when absent. */
  readonly done?: Done;
  readonly layers?: readonly WorkloadLayer[];
  readonly expect?: { readonly label: string };
}

export type ElementType = "int8" | "uint8" | "int16" | "int32" | "float32";

export interface WorkloadInput {
  readonly symbol: string;
  /** `wav`: 16 kHz mono 16-bit samples; `raw`: bytes as they are. */
  readonly format: "wav" | "raw";
  readonly type: ElementType;
  /** Elements. */
  readonly length: number;
}

export interface WorkloadOutput {
  readonly symbol: string;
  readonly type: ElementType;
  readonly length: number;
  /** Real value = scale * (stored - zeroPoint). */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

export type Measure = { readonly function: string } | { readonly from: string; readonly to: string };

/** Control arrives at a symbol, or a call of a function has returned. */
export type Done = { readonly symbol: string } | { readonly function: string };

export interface WorkloadLayer {
  readonly name: string;
  readonly function: string;
  /** Which call of the function, from 1, when it is called for several layers. */
  readonly call?: number;
  /** Multiply-accumulates of one call. */
  readonly macs?: number;
}

/** Bytes of one element. */
export const ELEMENT_BYTES = { int8: 1, uint8: 1, int16: 2, int32: 4, float32: 4 } as const satisfies Record<
  ElementType,
  number
>;
