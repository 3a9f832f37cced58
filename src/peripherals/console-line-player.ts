import { Alarm, type TimeBase } from "./alarm.ts";
import { UartFeeder } from "./console-line.ts";
import type { ScriptStep } from "./console-line-script.ts";
import type { ConsoleLine, SerialPort } from "./serial.ts";

/** How a script ended. */
export type ScriptResult =
  | { readonly status: "finished" }
  | {
      readonly status: "failed";
      /** Line of the step that timed out. */
      readonly line: number;
      /** What it waited for. */
      readonly pattern: string;
      /** What was received since the step before, at most the last 200 characters. */
      readonly received: string;
    };

/** Time that an `expect` waits before a script says otherwise, seconds. */
const DEFAULT_TIMEOUT = 10;
/** Characters that an `expect` looks at, so that a long output stays cheap. */
const WINDOW = 8192;
const SHOWN = 200;

/**
 * Plays a UART script against a port in simulated time. An `expect` sees what was received since the step before it
 * began, so an answer that comes while a `send` is still going out counts; what it matches is used up.
 */
export class UartScriptPlayer implements ConsoleLine {
  readonly #steps: readonly ScriptStep[];
  readonly #feeder: UartFeeder;
  readonly #alarm: Alarm;
  readonly #onEnd: (result: ScriptResult) => void;
  #index = -1;
  #timeout = DEFAULT_TIMEOUT;
  #received = "";
  #ended = false;

  /** @param onEnd told once, when the last step is done or one has timed out */
  constructor(
    steps: readonly ScriptStep[],
    port: SerialPort,
    time: TimeBase,
    onEnd: (result: ScriptResult) => void,
  ) {
    this.#steps = steps;
    this.#onEnd = onEnd;
    this.#feeder = new UartFeeder(port, time, () => this.#stepDone("send"));
    this.#alarm = new Alarm(time, () => this.#timeUp());
    port.connect(this);
  }

  /** Begins with the first step. */
  start(): void {
    if (this.#index < 0) this.#advance();
  }
  /** The step being played; undefined before the start and after the end. */
  get current(): ScriptStep | undefined {
    return this.#ended ? undefined : this.#steps[this.#index];
  }

  onTransmit(byte: number): void {
    if (this.#ended) return;
    this.#received = (this.#received + String.fromCharCode(byte)).slice(-WINDOW);
    if (this.current?.kind === "expect" && this.#matches(this.current.pattern)) this.#stepDone("expect");
  }

  #advance(): void {
    for (;;) {
      const step = this.#steps[++this.#index];
      if (step === undefined) {
        this.#end({ status: "finished" });
        return;
      }
      if (step.kind === "timeout") this.#timeout = step.seconds;
      else if (!this.#begin(step)) return;
    }
  }

  /** True when the step is done at once. */
  #begin(step: Exclude<ScriptStep, { kind: "timeout" }>): boolean {
    switch (step.kind) {
      case "expect":
        if (this.#matches(step.pattern)) return true;
        this.#alarm.afterSeconds(this.#timeout);
        return false;
      case "send":
        this.#received = "";
        if (step.bytes.length === 0) return true;
        this.#feeder.feed(step.bytes);
        return false;
      case "wait":
        this.#received = "";
        this.#alarm.afterSeconds(step.seconds);
        return false;
    }
  }

  #matches(pattern: RegExp): boolean {
    const match = pattern.exec(this.#received);
    if (match === null) return false;
    this.#received = this.#received.slice(match.index + match[0].length);
    return true;
  }

  #stepDone(kind: ScriptStep["kind"]): void {
    if (this.current?.kind !== kind) return;
    this.#alarm.clear();
    this.#advance();
  }

  #timeUp(): void {
    const step = this.current;
    if (step?.kind !== "expect") {
      this.#stepDone("wait");
      return;
    }
    this.#end({
      status: "failed",
      line: step.line,
      pattern: step.pattern.source,
      received: this.#received.slice(-SHOWN),
    });
  }

  #end(result: ScriptResult): void {
    this.#ended = true;
    this.#alarm.clear();
    this.#feeder.stop();
    this.#onEnd(result);
  }
}
