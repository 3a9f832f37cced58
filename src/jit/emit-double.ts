import type { F64, FpOp, RoundingMode } from "../isa/ir.ts";
import {
  causeOfDouble,
  EXPONENT_64,
  isTimedDouble,
  type SumCosts,
  type TimedDouble,
} from "../timing/double.ts";
import { FpHostEmitter } from "./emit-fp-host.ts";
import { emitFused } from "./fused.ts";
import type { FunctionBody, Opcode } from "./wasm-module.ts";

/** Magnitudes below which a single or a double is subnormal. */
const NORMAL_32 = 2 ** -126;
const NORMAL_64 = 2 ** -1022;
/** Between these, a product can be taken apart into two doubles without loss. */
const SPLIT = { smallest: 2 ** -900, largest: 2 ** 990 } as const;
/** Veltkamp's factor: halves of 26 bits. */
const SPLITTER = 2 ** 27 + 1;

/** Rounding to an integral value in the modes that wasm has; `fpscr` is nearest in the usual state. */
const ROUND: Partial<Record<RoundingMode, Opcode>> = {
  nearest: "f64.nearest",
  fpscr: "f64.nearest",
  plusInf: "f64.ceil",
  minusInf: "f64.floor",
  zero: "f64.trunc",
};

type Op<Name extends FpOp["op"]> = Extract<FpOp, { op: Name }>;

/** Emits arithmetic on doubles: native on the same terms as that on singles (`FpEmitter`). */
export abstract class DoubleEmitter extends FpHostEmitter {
  /** @returns false for an operation that has no native form */
  protected double(id: number, fp: FpOp): boolean {
    if (isTimedDouble(fp.op)) this.#charge(fp.op, fp.args as readonly F64[]);
    switch (fp.op) {
      case "add64":
      case "sub64":
        this.#native(id, fp, fp.args, fp.op === "add64" ? "f64.add" : "f64.sub", 0);
        return true;
      case "mul64":
        this.#product(id, fp, fp.args);
        return true;
      case "div64":
        this.#native(id, fp, fp.args, "f64.div", NORMAL_64);
        return true;
      case "sqrt64":
        this.#native(id, fp, fp.args, "f64.sqrt", 0);
        return true;
      case "maxNum64":
      case "minNum64":
        this.#native(id, fp, fp.args, fp.op === "maxNum64" ? "f64.max" : "f64.min", 0);
        return true;
      case "fma64":
        this.#fma(id, fp);
        return true;
      case "compare64":
        this.#compare(id, fp);
        return true;
      case "f32To64":
        this.#widen(id, fp);
        return true;
      case "f64To32":
        this.#narrow(id, fp);
        return true;
      case "roundInt64":
        return this.#roundInt(id, fp);
      case "toFixed64":
        return this.#toFixed(id, fp);
      case "fromFixed64":
        return this.#fromFixed(id, fp);
      default:
        return false;
    }
  }

  #keep(e: F64): number {
    const local = this.pool.take("f64");
    this.f64(e);
    this.body.set(local);
    return local;
  }

  #native(id: number, fp: FpOp, args: readonly F64[], op: Opcode, smallest: number): void {
    const { body } = this;
    const operands = args.map((a) => this.#keep(a));
    const result = this.define(id, "f64");
    for (const local of operands) body.get(local);
    body.op(op).set(result);
    this.unless(
      () => this.#isPlain(result, smallest),
      () => this.callHost(fp, result),
    );
  }

  #product(id: number, fp: FpOp, args: readonly F64[]): void {
    const { body } = this;
    const [a, b] = args.map((each) => this.#keep(each)) as [number, number];
    const result = this.define(id, "f64");
    body.get(a).get(b).op("f64.mul").set(result);
    const isExactZero = (): void => {
      body.get(a).f64(0).op("f64.eq").get(b).f64(0).op("f64.eq", "i32.or");
      body.get(result).f64(0).op("f64.eq", "i32.and");
      this.isUsual().op("i32.and");
    };
    this.unless(
      () => this.#isPlain(result, NORMAL_64),
      () => this.unless(isExactZero, () => this.callHost(fp, result)),
    );
  }

  /** Whether `result` may stand: FPSCR in its usual state, finite, and not below `smallest` where that is given. */
  #isPlain(result: number, smallest: number): void {
    const { body } = this;
    body.get(result).op("f64.abs").get(this.context.fpBounds.magnitude).op("f64.promote_f32", "f64.lt");
    if (smallest > 0) body.get(result).op("f64.abs").f64(smallest).op("f64.ge", "i32.and");
  }

  #fma(id: number, fp: Op<"fma64">): void {
    const { body } = this;
    const operands = fp.args.map((each) => this.#keep(each)) as [number, number, number];
    const result = this.define(id, "f64");
    const emulated = (): void => this.#emulatedFma(fp, operands, result);
    if (!this.context.fusesMultiplyAdd()) {
      emulated();
      return;
    }
    const [c, a, b] = operands;
    emitFused(body, "f64", a, b, c);
    body.set(result);
    this.unless(() => this.#isPlain(result, NORMAL_64), emulated);
  }

  /**
   * result := a b + c, rounded once: product and sum are taken apart into what doubles hold exactly; what the sum loses is rounded
   * to odd, so that the last sum rounds as if nothing had been lost.
   * @source Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", IEEE Trans. Computers 57 (2008)
   */
  #emulatedFma(fp: Op<"fma64">, [c, a, b]: readonly [number, number, number], result: number): void {
    const { body } = this;
    const [product, productLow, sum, sumLow] = [0, 0, 0, 0].map(() => this.pool.take("f64")) as Four;
    body.get(a).get(b).op("f64.mul").set(product);
    const isInside = (local: number): void => {
      body.get(local).op("f64.abs").f64(SPLIT.largest).op("f64.lt");
    };
    isInside(a);
    isInside(b);
    isInside(c);
    isInside(product);
    body.op("i32.and", "i32.and", "i32.and");
    body.get(product).op("f64.abs").f64(SPLIT.smallest).op("f64.gt", "i32.and").likely();
    this.#productError(a, b, product, productLow);
    this.#twoSum(c, productLow, sum, sumLow);
    this.#twoSum(product, sum, result, productLow);
    this.#sumToOdd(sumLow, productLow, sum);
    body.get(result).get(sum).op("f64.add").set(result);
    body.else();
    // Nothing is lost of a product that is zero; all others here are the host's.
    body.get(product).get(c).op("f64.add").f64(NaN);
    body.get(a).f64(0).op("f64.eq").get(b).f64(0).op("f64.eq", "i32.or", "select").set(result);
    body.end();
    this.unless(
      () => this.#isPlain(result, 0),
      () => this.callHost(fp, result),
    );
  }

  /** error := a b - product, exactly (Dekker). */
  #productError(a: number, b: number, product: number, error: number): void {
    const { body } = this;
    const [aHigh, aLow] = this.#split(a);
    const [bHigh, bLow] = this.#split(b);
    body.get(aHigh).get(bHigh).op("f64.mul").get(product).op("f64.sub");
    body.get(aHigh).get(bLow).op("f64.mul", "f64.add");
    body.get(aLow).get(bHigh).op("f64.mul", "f64.add");
    body.get(aLow).get(bLow).op("f64.mul", "f64.add").set(error);
  }
  /** Two locals that add up to `x`, each with half of its bits. */
  #split(x: number): readonly [number, number] {
    const { body } = this;
    const [high, low] = [this.pool.take("f64"), this.pool.take("f64")];
    body.get(x).f64(SPLITTER).op("f64.mul").tee(high);
    body.get(high).get(x).op("f64.sub", "f64.sub").set(high);
    body.get(x).get(high).op("f64.sub").set(low);
    return [high, low];
  }
  /** sum + error := a + b, exactly (Knuth). `sum` and `error` are neither `a` nor `b`, but `error` may be a product's. */
  #twoSum(a: number, b: number, sum: number, error: number): void {
    const { body } = this;
    const [total, part] = [this.pool.take("f64"), this.pool.take("f64")];
    body.get(a).get(b).op("f64.add").tee(total).get(a).op("f64.sub").set(part);
    body.get(a).get(total).get(part).op("f64.sub", "f64.sub");
    body.get(b).get(part).op("f64.sub", "f64.add").set(error);
    body.get(total).set(sum);
  }
  /** sum := a + b, rounded to odd: where something is lost, the last bit is 1. */
  #sumToOdd(a: number, b: number, sum: number): void {
    const { body } = this;
    const error = this.pool.take("f64");
    const bits = this.pool.take("i64");
    this.#twoSum(a, b, sum, error);
    body.get(error).f64(0).op("f64.ne").begin("if");
    body.get(sum).op("i64.reinterpret_f64").tee(bits).i64(1).op("i64.and").i64(0).op("i64.eq").begin("if");
    // A step away from zero when what is lost has the sum's sign, else towards it.
    body.get(bits).i64(1).i64(-1);
    body.get(error).f64(0).op("f64.gt").get(sum).f64(0).op("f64.gt", "i32.eq", "select");
    body.op("i64.add", "f64.reinterpret_i64").set(sum);
    body.end().end();
  }

  /** NZCV nibble as for singles. */
  #compare(id: number, fp: Op<"compare64">): void {
    const { body } = this;
    const [a, b] = fp.args.map((each) => this.#keep(each)) as [number, number];
    const result = this.define(id, "i32");
    this.#isPlain(a, 0);
    this.#isPlain(b, 0);
    body.op("i32.and").likely();
    body.i32(8).i32(6).i32(2).get(a).get(b).op("f64.eq", "select");
    body.get(a).get(b).op("f64.lt", "select").set(result);
    body.else();
    this.callHost(fp, result);
    body.end();
  }

  #widen(id: number, fp: Op<"f32To64">): void {
    const result = this.define(id, "f64");
    this.f32(fp.args[0]);
    this.body.op("f64.promote_f32").set(result);
    this.unless(
      () => this.#isPlain(result, 0),
      () => this.callHost(fp, result),
    );
  }

  #narrow(id: number, fp: Op<"f64To32">): void {
    const { body } = this;
    const operand = this.#keep(fp.args[0]);
    const result = this.define(id, "f32");
    body.get(operand).op("f32.demote_f64").set(result);
    const isPlain = (): void => {
      body.get(result).op("f32.abs").get(this.context.fpBounds.magnitude).op("f32.lt");
      body.get(result).op("f32.abs").f32(NORMAL_32).op("f32.ge");
      body.get(operand).f64(0).op("f64.eq", "i32.or", "i32.and");
    };
    this.unless(isPlain, () => this.callHost(fp, result));
  }

  #roundInt(id: number, fp: Op<"roundInt64">): boolean {
    const round = ROUND[fp.rmode];
    if (round === undefined) return false;
    this.#native(id, fp, fp.args, round, 0);
    return true;
  }

  #toFixed(id: number, fp: Op<"toFixed64">): boolean {
    const round = ROUND[fp.rmode];
    if (round === undefined || fp.size !== 32) return false;
    const { body } = this;
    const scaled = this.#keep(fp.args[0]);
    const result = this.define(id, "i32");
    body.get(scaled);
    if (fp.fracBits !== 0) body.f64(2 ** fp.fracBits).op("f64.mul");
    body.op(round).set(scaled);
    if (fp.unsigned) {
      body.get(scaled).f64(0).op("f64.ge").get(scaled);
      body.f64(2 ** 32).op("f64.lt", "i32.and");
    } else {
      body.get(scaled).op("f64.abs");
      body.f64(2 ** 31).op("f64.lt");
    }
    this.isUsual().op("i32.and").likely();
    body
      .get(scaled)
      .op(fp.unsigned ? "i32.trunc_f64_u" : "i32.trunc_f64_s")
      .set(result);
    body.else();
    this.callHost(fp, result);
    body.end();
    return true;
  }

  /** Exact: a double holds every word, and the smallest that is not zero is 2^-32. */
  #fromFixed(id: number, fp: Op<"fromFixed64">): boolean {
    const { body } = this;
    const result = this.define(id, "f64");
    this.i32(fp.args[0]);
    body.op(fp.unsigned ? "f64.convert_i32_u" : "f64.convert_i32_s");
    if (fp.fracBits !== 0) body.f64(2 ** -fp.fracBits).op("f64.mul");
    body.set(result);
    return true;
  }

  /** As `doubleCycles`. */
  #charge(op: TimedDouble, args: readonly F64[]): void {
    const costs = this.context.double;
    if (costs === undefined) return;
    const { body } = this;
    const operands = args.map((a) => this.#keep(a));
    if (op === "mul64" || op === "div64") {
      body.i32(0).i32(op === "mul64" ? costs.multiply : costs.divide);
      this.#any(operands, (local) => body.get(local).f64(0).op("f64.eq"));
      body.op("select");
    } else this.#sumCycles(operands, op === "fma64" ? costs.fma : costs.add);
    this.context.chargeStacked(this.index, causeOfDouble(op));
    this.looksBehind();
  }
  /** Leaves the cycles of a sum on the stack; three operands are addend and factors. */
  #sumCycles(operands: readonly number[], { same, different, subnormal, zero }: SumCosts): void {
    const { body } = this;
    const [a, b, c] = operands.map((local) => {
      const exponent = this.pool.take("i32");
      body
        .get(local)
        .op("i64.reinterpret_f64")
        .i64(EXPONENT_64.shift)
        .op("i64.shr_u", "i32.wrap_i64")
        .i32(EXPONENT_64.mask)
        .op("i32.and")
        .set(exponent);
      return exponent;
    }) as [number, number, number | undefined];
    body.i32(zero).i32(subnormal).i32(same).i32(different).get(a).get(b);
    if (c !== undefined) body.get(c).op("i32.add").i32(EXPONENT_64.bias).op("i32.sub");
    body.op("i32.eq", "select");
    this.#any(
      [a, b, c].filter((each) => each !== undefined),
      (exponent) => body.get(exponent).op("i32.eqz"),
    );
    body.op("select");
    this.#any(operands, (local) => body.get(local).f64(0).op("f64.eq"));
    body.op("select");
  }
  /** Leaves on the stack whether the condition holds for any of the locals. */
  #any(locals: readonly number[], condition: (local: number) => FunctionBody): void {
    locals.forEach((local, i) => {
      condition(local);
      if (i > 0) this.body.op("i32.or");
    });
  }
}

type Four = [number, number, number, number];
