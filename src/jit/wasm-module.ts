/** Types of values, by their byte in the binary format. @source WebAssembly Core Specification, "Binary Format" */
export const TYPE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
export type ValueType = keyof typeof TYPE;

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Opcodes in use, by their names in the text format. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  return: 0x0f,
  call: 0x10,
  call_indirect: 0x11,
  return_call_indirect: 0x13,
  drop: 0x1a,
  select: 0x1b,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "i32.load": 0x28,
  "i64.load": 0x29,
  "f32.load": 0x2a,
  "f64.load": 0x2b,
  "i32.load8_s": 0x2c,
  "i32.load8_u": 0x2d,
  "i32.load16_s": 0x2e,
  "i32.load16_u": 0x2f,
  "i32.store": 0x36,
  "i64.store": 0x37,
  "f32.store": 0x38,
  "f64.store": 0x39,
  "i32.store8": 0x3a,
  "i32.store16": 0x3b,
  "i32.const": 0x41,
  "i64.const": 0x42,
  "f32.const": 0x43,
  "f64.const": 0x44,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c,
  "i32.le_u": 0x4d,
  "i32.ge_s": 0x4e,
  "i32.ge_u": 0x4f,
  "i64.eq": 0x51,
  "i64.ne": 0x52,
  "f32.eq": 0x5b,
  "f32.ne": 0x5c,
  "f32.lt": 0x5d,
  "f32.gt": 0x5e,
  "f32.le": 0x5f,
  "f32.ge": 0x60,
  "f64.eq": 0x61,
  "f64.ne": 0x62,
  "f64.lt": 0x63,
  "f64.gt": 0x64,
  "f64.le": 0x65,
  "f64.ge": 0x66,
  "i32.clz": 0x67,
  "i32.ctz": 0x68,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_s": 0x6d,
  "i32.div_u": 0x6e,
  "i32.rem_u": 0x70,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "i32.rotr": 0x78,
  "i64.add": 0x7c,
  "i64.sub": 0x7d,
  "i64.mul": 0x7e,
  "i64.and": 0x83,
  "i64.or": 0x84,
  "i64.xor": 0x85,
  "i64.shl": 0x86,
  "i64.shr_s": 0x87,
  "i64.shr_u": 0x88,
  "f32.abs": 0x8b,
  "f32.neg": 0x8c,
  "f32.ceil": 0x8d,
  "f32.floor": 0x8e,
  "f32.trunc": 0x8f,
  "f32.nearest": 0x90,
  "f32.sqrt": 0x91,
  "f32.add": 0x92,
  "f32.sub": 0x93,
  "f32.mul": 0x94,
  "f32.div": 0x95,
  "f32.min": 0x96,
  "f32.max": 0x97,
  "f64.abs": 0x99,
  "f64.neg": 0x9a,
  "f64.ceil": 0x9b,
  "f64.floor": 0x9c,
  "f64.trunc": 0x9d,
  "f64.nearest": 0x9e,
  "f64.sqrt": 0x9f,
  "f64.add": 0xa0,
  "f64.sub": 0xa1,
  "f64.mul": 0xa2,
  "f64.div": 0xa3,
  "f64.min": 0xa4,
  "f64.max": 0xa5,
  "i32.wrap_i64": 0xa7,
  "i32.trunc_f32_s": 0xa8,
  "i32.trunc_f32_u": 0xa9,
  "i32.trunc_f64_s": 0xaa,
  "i32.trunc_f64_u": 0xab,
  "i64.extend_i32_s": 0xac,
  "i64.extend_i32_u": 0xad,
  "f32.convert_i32_s": 0xb2,
  "f32.convert_i32_u": 0xb3,
  "f32.demote_f64": 0xb6,
  "f64.convert_i32_s": 0xb7,
  "f64.convert_i32_u": 0xb8,
  "f64.promote_f32": 0xbb,
  "i32.reinterpret_f32": 0xbc,
  "i64.reinterpret_f64": 0xbd,
  "f32.reinterpret_i32": 0xbe,
  "f64.reinterpret_i64": 0xbf,
  "i32.extend8_s": 0xc0,
  "i32.extend16_s": 0xc1,
  "i64.extend8_s": 0xc2,
  "i64.extend16_s": 0xc3,
} as const;
export type Opcode = keyof typeof OP;
/** Operations on vectors, of more than one byte. @source WebAssembly relaxed SIMD proposal */
const VECTOR = {
  "f32x4.splat": [0xfd, 0x13],
  "f32x4.extract_lane 0": [0xfd, 0x1f, 0],
  "f32x4.relaxed_madd": [0xfd, 0x85, 0x02],
  "f64x2.splat": [0xfd, 0x14],
  "f64x2.extract_lane 0": [0xfd, 0x21, 0],
  "f64x2.relaxed_madd": [0xfd, 0x87, 0x02],
} as const;

const { "local.get": LOCAL_GET, "local.set": LOCAL_SET, "i32.const": I32_CONST } = OP;
const EMPTY_BLOCK = 0x40;
const FUNCREF = 0x70;
/** Kinds of imports. */
const KIND = { function: 0, table: 1, memory: 2 } as const;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const SECTION = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** Most bytes of an instruction with one number. */
const INSTRUCTION_BYTES = 8;

/**
 * Growing bytes with the number formats of the binary format. Most code is compiled before V8 has optimized this: so each
 * instruction is written by one call.
 */
class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length * 2);
    this.#bytes[this.#length++] = value;
  }
  bytes(values: ArrayLike<number>): void {
    const needed = this.#length + values.length;
    if (needed > this.#bytes.length) this.#grow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.set(values, this.#length);
    this.#length = needed;
  }
  /** Unsigned LEB128. */
  unsigned(value: number): void {
    this.#length = appendUnsigned(this.#room(), this.#length, value);
  }
  /** An opcode and an index. */
  indexed(op: number, index: number): void {
    const bytes = this.#room();
    const at = this.#length;
    bytes[at] = op;
    this.#length = appendUnsigned(bytes, at + 1, index);
  }
  /** An opcode and a constant. */
  constant(op: number, value: number): void {
    const bytes = this.#room();
    const at = this.#length;
    bytes[at] = op;
    let end = at + 1;
    let rest = value | 0;
    for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes[end++] = (rest & 0x7f) | 0x80;
    bytes[end] = rest & 0x7f;
    this.#length = end + 1;
  }
  /** The opcode of an access to memory and its offset. */
  access(op: number, offset: number): void {
    const bytes = this.#room();
    const at = this.#length;
    bytes[at] = op;
    bytes[at + 1] = 0; // alignment is a hint that V8 does not use
    this.#length = appendUnsigned(bytes, at + 2, offset);
  }
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.bytes(encoded);
  }
  /** The bytes so far; a view that later writes may change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
  /** The bytes, with room for one more instruction. */
  #room(): Uint8Array {
    if (this.#length + INSTRUCTION_BYTES > this.#bytes.length) this.#grow(this.#bytes.length * 2);
    return this.#bytes;
  }
  #grow(size: number): void {
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Writes unsigned LEB128 at `at`. @returns where it ends */
function appendUnsigned(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes[end++] = (rest & 0x7f) | 0x80;
  bytes[end] = rest;
  return end + 1;
}

/** Whether the branch at a byte offset is likely to be taken. */
interface Hint {
  readonly offset: number;
  readonly taken: 0 | 1;
}

/** The body of one function: instructions are appended in order; locals may be added at any time. */
export class FunctionBody {
  readonly #code = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #parameters: number;
  readonly #hints: Hint[] = [];
  /** Blocks, loops and ifs that are open: the depth against which branches count. */
  depth = 0;

  /** @param parameters number of the function's parameters, which are its first locals */
  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** Bytes emitted so far, without the locals. */
  get size(): number {
    return this.#code.length;
  }
  /** Index of a new local, zero at entry. */
  local(type: ValueType): number {
    this.#locals.push(type);
    return this.#parameters + this.#locals.length - 1;
  }

  op(first: Opcode, second?: Opcode, third?: Opcode, fourth?: Opcode): this {
    const code = this.#code;
    code.byte(OP[first]);
    if (second !== undefined) code.byte(OP[second]);
    if (third !== undefined) code.byte(OP[third]);
    if (fourth !== undefined) code.byte(OP[fourth]);
    return this;
  }
  vector(op: keyof typeof VECTOR): this {
    this.#code.bytes(VECTOR[op]);
    return this;
  }
  get(local: number): this {
    this.#code.indexed(LOCAL_GET, local);
    return this;
  }
  set(local: number): this {
    this.#code.indexed(LOCAL_SET, local);
    return this;
  }
  tee(local: number): this {
    return this.#indexed("local.tee", local);
  }
  call(functionIndex: number): this {
    return this.#indexed("call", functionIndex);
  }
  /** Calls the function in the slot of the imported table that is on the stack. */
  callIndirect(type: number): this {
    return this.#throughTable("call_indirect", type);
  }
  /** Ends the function by such a call. */
  returnCallIndirect(type: number): this {
    return this.#throughTable("return_call_indirect", type);
  }
  i32(value: number): this {
    this.#code.constant(I32_CONST, value);
    return this;
  }
  /** An i64 constant that an int32 holds. */
  i64(value: number): this {
    this.#code.constant(OP["i64.const"], value);
    return this;
  }
  f32(value: number): this {
    this.#code.byte(OP["f32.const"]);
    this.#code.bytes(new Uint8Array(new Float32Array([value]).buffer));
    return this;
  }
  f64(value: number): this {
    this.#code.byte(OP["f64.const"]);
    this.#code.bytes(new Uint8Array(new Float64Array([value]).buffer));
    return this;
  }
  /** A load or store at the address on the stack plus `offset`. */
  memory(op: Opcode, offset: number): this {
    this.#code.access(OP[op], offset);
    return this;
  }
  begin(kind: "block" | "loop" | "if", result?: ValueType): this {
    this.#code.byte(OP[kind]);
    this.#code.byte(result === undefined ? EMPTY_BLOCK : TYPE[result]);
    this.depth++;
    return this;
  }
  /** An `if` that is almost always entered; what stands behind its `else` is kept out of the way. */
  likely(): this {
    return this.#hinted(1);
  }
  /** An `if` that is hardly ever entered, and kept out of the way. */
  unlikely(): this {
    return this.#hinted(0);
  }
  else(): this {
    return this.op("else");
  }
  end(): this {
    this.depth--;
    return this.op("end");
  }
  /** Branch to the construct that was opened at nesting `depth` (the value of `depth` just after its `begin`). */
  branch(op: "br" | "br_if", depth: number): this {
    return this.#indexed(op, this.depth - depth);
  }

  /** The function's entry of the code section. */
  encode(): Uint8Array {
    const out = this.#encodeLocals();
    out.bytes(this.#code.view());
    out.byte(OP.end);
    return out.view();
  }

  /** Hints by the offset of their instruction in the entry, in order. */
  get hints(): readonly Hint[] {
    const start = this.#encodeLocals().length;
    return this.#hints.map(({ offset, taken }) => ({ offset: start + offset, taken }));
  }

  #encodeLocals(): ByteWriter {
    const out = new ByteWriter();
    out.unsigned(this.#locals.length);
    for (const type of this.#locals) {
      out.unsigned(1);
      out.byte(TYPE[type]);
    }
    return out;
  }

  #hinted(taken: 0 | 1): this {
    this.#hints.push({ offset: this.#code.length, taken });
    return this.begin("if");
  }

  #throughTable(op: Opcode, type: number): this {
    this.#indexed(op, type);
    this.#code.byte(0); // the only table
    return this;
  }

  #indexed(op: Opcode, index: number): this {
    this.#code.indexed(OP[op], index);
    return this;
  }
}

/** Module and field name under which a module imports its functions and its memory. */
export const IMPORT_MODULE = "m";
export const MEMORY_NAME = "memory";
export const TABLE_NAME = "table";

export interface ImportedFunction {
  readonly name: string;
  readonly signature: Signature;
}

/** An import of a memory of so many pages, or of a function of that type. */
function importOf(kind: 0 | 2, value: number): Uint8Array {
  const out = new ByteWriter();
  out.byte(kind);
  if (kind === KIND.memory) out.byte(0); // no maximum
  out.unsigned(value);
  return out.view();
}

/**
 * Encodes a module: functions that share one imported memory and the imported functions, exported as `f0`, `f1`, ….
 * Imported functions come first in the index space.
 * @param tableTypes types of what they call through an imported table, if they do; they come first among the types
 */
export function encodeModule(
  memoryPages: number,
  imports: readonly ImportedFunction[],
  functions: readonly { readonly signature: Signature; readonly body: FunctionBody }[],
  tableTypes?: readonly Signature[],
): Uint8Array<ArrayBuffer> {
  const signatures = [
    ...(tableTypes ?? []),
    ...imports.map((i) => i.signature),
    ...functions.map((f) => f.signature),
  ];
  const importedType = tableTypes?.length ?? 0;
  const ownType = importedType + imports.length;
  const out = new ByteWriter();
  out.bytes(MAGIC);
  section(out, SECTION.type, signatures, (to, { params, results }) => {
    to.byte(0x60);
    to.unsigned(params.length);
    for (const type of params) to.byte(TYPE[type]);
    to.unsigned(results.length);
    for (const type of results) to.byte(TYPE[type]);
  });
  const imported = [
    { name: MEMORY_NAME, description: importOf(KIND.memory, memoryPages) },
    ...(tableTypes ? [{ name: TABLE_NAME, description: [KIND.table, FUNCREF, 0, 0] }] : []),
    ...imports.map(({ name }, i) => ({ name, description: importOf(KIND.function, importedType + i) })),
  ];
  section(out, SECTION.import, imported, (to, { name, description }) => {
    to.name(IMPORT_MODULE);
    to.name(name);
    to.bytes(description);
  });
  section(out, SECTION.function, [...functions.keys()], (to, i) => to.unsigned(ownType + i));
  section(out, SECTION.export, [...functions.keys()], (to, i) => {
    to.name(`f${i}`);
    to.byte(0x00);
    to.unsigned(imports.length + i);
  });
  branchHints(out, imports.length, functions);
  section(out, SECTION.code, functions, (to, { body }) => {
    const encoded = body.encode();
    to.unsigned(encoded.length);
    to.bytes(encoded);
  });
  return out.view().slice();
}

/** The custom section of the branch hinting proposal; engines without it skip it. */
function branchHints(
  out: ByteWriter,
  firstFunction: number,
  functions: readonly { readonly body: FunctionBody }[],
): void {
  const content = new ByteWriter();
  content.name("metadata.code.branch_hint");
  const hinted = [...functions.entries()].filter(([, { body }]) => body.hints.length > 0);
  if (hinted.length === 0) return;
  content.unsigned(hinted.length);
  for (const [i, { body }] of hinted) {
    content.unsigned(firstFunction + i);
    content.unsigned(body.hints.length);
    for (const { offset, taken } of body.hints) {
      content.unsigned(offset);
      content.unsigned(1); // bytes of the hint
      content.byte(taken);
    }
  }
  out.byte(SECTION.custom);
  out.unsigned(content.length);
  out.bytes(content.view());
}

function section<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (to: ByteWriter, item: T) => void,
): void {
  const content = new ByteWriter();
  content.unsigned(items.length);
  for (const item of items) write(content, item);
  out.byte(id);
  out.unsigned(content.length);
  out.bytes(content.view());
}
