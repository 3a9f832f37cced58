import type { FunctionBody } from "./wasm-module.ts";

/** Where a flash array keeps when it is free and until when it is busy, and what a read of it takes, see `FLASH_DATA`. */
export interface FlashArrayPlace {
  readonly freeAt: number;
  readonly busyUntil: number;
  readonly readCycles: number;
  readonly step: number;
}

/** Reads of the flash cells, as `FlashArray` makes them. */
export class FlashArrayEmitter {
  readonly #body: FunctionBody;
  readonly #place: FlashArrayPlace;
  readonly #start: number;
  /** When the read is done. */
  readonly end: number;

  constructor(body: FunctionBody, place: FlashArrayPlace) {
    this.#body = body;
    this.#place = place;
    this.#start = body.local("f64");
    this.end = body.local("f64");
  }

  /** Sets `end` for a read asked for at the cycle in the local; it has not begun yet. */
  read(asked: number): void {
    const body = this.#body;
    const start = this.#start;
    const { freeAt, busyUntil, readCycles, step } = this.#place;
    body.get(asked);
    this.#time(freeAt).op("f64.max");
    this.#time(busyUntil).op("f64.max").set(start);
    this.#time(step).f64(1).op("f64.ne").begin("if");
    body.get(start);
    this.#time(step).op("f64.div", "f64.ceil");
    this.#time(step).op("f64.mul").set(start);
    body.end();
    body.get(start);
    this.#time(readCycles).op("f64.add").set(this.end);
  }
  /** The read begins. */
  begin(): void {
    this.#body.i32(0).get(this.end).memory("f64.store", this.#place.freeAt);
  }

  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
}
