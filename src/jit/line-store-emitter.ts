import type { PortGeometry } from "../memory/flash-port.ts";
import { HINTS } from "../memory/line-store.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Where a `LineStore` is in the linear memory; `hints` only where those are there too. */
export interface LineStorePlace {
  readonly lines: number;
  readonly sectors: number;
  readonly oldest: number;
  readonly hints?: number;
}

/** Lines of a few reads of flash each, as in `LineStore`. */
export class LineStoreEmitter {
  readonly #body: FunctionBody;
  readonly #place: LineStorePlace;
  readonly #geometry: PortGeometry;
  readonly #line: number;
  /** Slot of the line, -1 when it is not there. */
  readonly #slot: number;
  readonly #at: number;
  readonly #end: number;

  constructor(body: FunctionBody, place: LineStorePlace, geometry: PortGeometry) {
    this.#body = body;
    this.#place = place;
    this.#geometry = geometry;
    this.#line = body.local("i32");
    this.#slot = body.local("i32");
    this.#at = body.local("i32");
    this.#end = body.local("i32");
  }

  /** Leaves whether the read of the array whose number is in the local is there. */
  has(read: number): FunctionBody {
    const body = this.#body;
    const { sectorShift, ways } = this.#geometry;
    body.get(read).i32(sectorShift).op("i32.shr_u").set(this.#line);
    body.i32(-1).set(this.#slot);
    if (ways > 0) this.#find();
    body.get(this.#slot).i32(0).op("i32.ge_s").begin("if", "i32");
    body.get(this.#slot).memory("i32.load8_u", this.#place.sectors);
    this.#sectorBit(read).op("i32.and").i32(0).op("i32.ne");
    body.else().i32(0);
    return body.end();
  }

  /**
   * Puts the read in that `has` was last asked for.
   * @param onVictim gets a local with the line that goes for it, -1 for none
   */
  add(read: number, onVictim: (line: number) => void): void {
    const body = this.#body;
    const { lines, sectors, oldest, hints } = this.#place;
    const { sets, ways } = this.#geometry;
    const [set, way, old] = [body.local("i32"), body.local("i32"), body.local("i32")];
    body.get(this.#slot).i32(0).op("i32.lt_s").begin("if");
    body.get(this.#line).i32(sets).op("i32.rem_u").tee(set);
    body.i32(1).op("i32.shl").memory("i32.load16_u", oldest).set(way);
    body.get(set).i32(ways).op("i32.mul").get(way).op("i32.add").set(this.#slot);
    body.get(set).i32(1).op("i32.shl");
    body.get(way).i32(1).op("i32.add").i32(ways).op("i32.rem_u").memory("i32.store16", oldest);
    body.get(this.#slot).i32(2).op("i32.shl").memory("i32.load", lines).set(old);
    onVictim(old);
    body.get(this.#slot).i32(2).op("i32.shl").get(this.#line).memory("i32.store", lines);
    body.get(this.#slot).i32(0).memory("i32.store8", sectors);
    if (hints !== undefined) this.#hint().get(this.#slot).memory("i32.store16", hints);
    body.end();
    body.get(this.#slot).get(this.#slot).memory("i32.load8_u", sectors);
    this.#sectorBit(read).op("i32.or").memory("i32.store8", sectors);
  }

  /** Where the line was found last, else in any way of its set. */
  #find(): void {
    const body = this.#body;
    const { hints } = this.#place;
    const { sets, ways } = this.#geometry;
    const at = this.#at;
    body.begin("block");
    const found = body.depth;
    if (hints !== undefined) {
      this.#hint().memory("i32.load16_u", hints).set(at);
      this.#isAt().begin("if").get(at).set(this.#slot).branch("br", found).end();
    }
    body.get(this.#line).i32(sets).op("i32.rem_u").i32(ways).op("i32.mul").tee(at);
    body.i32(ways).op("i32.add").set(this.#end);
    body.begin("loop");
    const next = body.depth;
    this.#isAt().begin("if");
    body.get(at).set(this.#slot);
    if (hints !== undefined) this.#hint().get(at).memory("i32.store16", hints);
    body.branch("br", found).end();
    body.get(at).i32(1).op("i32.add").tee(at).get(this.#end).op("i32.lt_u").branch("br_if", next);
    body.end().end();
  }
  #isAt(): FunctionBody {
    const { lines } = this.#place;
    return this.#body
      .get(this.#at)
      .i32(2)
      .op("i32.shl")
      .memory("i32.load", lines)
      .get(this.#line)
      .op("i32.eq");
  }
  #hint(): FunctionBody {
    return this.#body
      .get(this.#line)
      .i32(HINTS - 1)
      .op("i32.and")
      .i32(1)
      .op("i32.shl");
  }
  #sectorBit(read: number): FunctionBody {
    const last = (1 << this.#geometry.sectorShift) - 1;
    return this.#body.i32(1).get(read).i32(last).op("i32.and", "i32.shl");
  }
}
