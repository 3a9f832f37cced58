import { readFileSync } from "node:fs";

/**
 * The int8 network of the keyword spotter in plain integers, bit for bit what TensorFlow Lite's reference kernels
 * compute (gemmlowp's double rounding). Images are int8[H][W][C], row by row.
 */

interface Quantised {
  readonly name: string;
  readonly stride: readonly [number, number];
  /** Top, bottom, left, right. */
  readonly pads: readonly [number, number, number, number];
  readonly input_zero_point: number;
  readonly output_zero_point: number;
  readonly activation_min: number;
  readonly activation_max: number;
  readonly shape: readonly number[];
  /** base64 of int8. */
  readonly weights: string;
  readonly bias: readonly number[];
  /** Q0.31 multiplier and power of two (positive: to the left) of each output channel. */
  readonly multiplier: readonly number[];
  readonly shift: readonly number[];
}
type Layer =
  | (Quantised & { readonly kind: "conv" | "depthwise" | "fully_connected" })
  | { readonly kind: "average_pool"; readonly name: string }
  | {
      readonly kind: "softmax";
      readonly name: string;
      readonly multiplier: number;
      readonly shift: number;
      readonly diff_min: number;
    };

export interface Model {
  readonly labels: readonly string[];
  readonly layers: readonly Layer[];
}

interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Int8Array;
}

const INT32_MAX = 2 ** 31 - 1;
const FEATURES = { height: 49, width: 10 } as const;

export function loadModel(path: string): Model {
  return JSON.parse(readFileSync(path, "utf8")) as Model;
}

/** base64 to int8. */
export function int8(base64: string): Int8Array {
  return new Int8Array(Buffer.from(base64, "base64"));
}

/** Output of every layer for int8[49][10] features; the last is the scores. */
export function infer(model: Model, features: Int8Array): readonly Int8Array[] {
  let image: Image = { ...FEATURES, channels: 1, data: features };
  return model.layers.map((layer) => {
    image = run(layer, image);
    return image.data;
  });
}

function run(layer: Layer, x: Image): Image {
  switch (layer.kind) {
    case "conv":
    case "depthwise":
      return convolve(layer, x, layer.kind === "depthwise");
    case "fully_connected":
      // A fully connected layer is a convolution whose window is the whole image.
      return convolve({ ...layer, pads: [0, 0, 0, 0], stride: [1, 1] }, flat(x), false);
    case "average_pool":
      return flat({ height: 1, width: 1, channels: x.channels, data: average(x) });
    case "softmax":
      return flat({ ...x, data: softmax(x.data, layer) });
  }
}

const flat = (x: Image): Image => ({ height: 1, width: 1, channels: x.data.length, data: x.data });

function convolve(layer: Quantised, x: Image, depthwise: boolean): Image {
  const weights = int8(layer.weights);
  // conv: [out][kh][kw][in]; depthwise: [kh][kw][channel]; 1x1 and fully connected: [out][in]
  const [kh, kw] = depthwise
    ? [layer.shape[0]!, layer.shape[1]!]
    : layer.shape.length === 4
      ? [layer.shape[1]!, layer.shape[2]!]
      : [1, 1];
  const outputs = depthwise ? x.channels : layer.shape[0]!;
  const [top, bottom, left, right] = layer.pads;
  const height = Math.floor((x.height + top + bottom - kh) / layer.stride[0]) + 1;
  const width = Math.floor((x.width + left + right - kw) / layer.stride[1]) + 1;
  const data = new Int8Array(height * width * outputs);
  const accumulate = (row: number, column: number, output: number): number => {
    let sum = layer.bias[output]!;
    for (let i = 0; i < kh; i++) {
      const y = row * layer.stride[0] - top + i;
      for (let j = 0; j < kw; j++) {
        const z = column * layer.stride[1] - left + j;
        if (y < 0 || y >= x.height || z < 0 || z >= x.width) continue;
        const pixel = (y * x.width + z) * x.channels;
        if (depthwise) {
          sum += (x.data[pixel + output]! - layer.input_zero_point) * weights[(i * kw + j) * outputs + output]!;
          continue;
        }
        const kernel = ((output * kh + i) * kw + j) * x.channels;
        for (let c = 0; c < x.channels; c++) {
          sum += (x.data[pixel + c]! - layer.input_zero_point) * weights[kernel + c]!;
        }
      }
    }
    return sum;
  };
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let output = 0; output < outputs; output++) {
        const scaled = requantise(accumulate(row, column, output), layer.multiplier[output]!, layer.shift[output]!);
        const value = scaled + layer.output_zero_point;
        data[(row * width + column) * outputs + output] = Math.min(
          Math.max(value, layer.activation_min),
          layer.activation_max,
        );
      }
    }
  }
  return { height, width, channels: outputs, data };
}

/** gemmlowp's SaturatingRoundingDoublingHighMul. */
function doublingHighMultiply(a: number, b: number): number {
  if (a === -(2 ** 31) && b === a) return INT32_MAX;
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n)); // BigInt division truncates, as C's does
}

/** gemmlowp's RoundingDivideByPOT: half goes away from zero. */
function divideByPowerOfTwo(x: number, exponent: number): number {
  const mask = 2 ** exponent - 1;
  const threshold = Math.floor(mask / 2) + (x < 0 ? 1 : 0);
  const floor = Math.floor(x / 2 ** exponent);
  return floor + (x - floor * 2 ** exponent > threshold ? 1 : 0);
}

function requantise(accumulator: number, multiplier: number, shift: number): number {
  const left = Math.max(shift, 0);
  return divideByPowerOfTwo(doublingHighMultiply(accumulator * 2 ** left, multiplier), Math.max(-shift, 0));
}

function average({ height, width, channels, data }: Image): Int8Array {
  const count = height * width;
  return Int8Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += data[i * channels + c]!;
    return Math.trunc((sum + (sum > 0 ? Math.floor(count / 2) : -Math.floor(count / 2))) / count);
  });
}

/** exp(-2^e) for e = -2 to 4 as Q0.31: the factors of gemmlowp's exponential. */
const EXPONENTIALS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];
const ONE_THIRD = 715827883;
const EXP_MINUS_EIGHTH = 1895147668;

/** exp of a negative Q5.26 as Q0.31. */
function expOfNegative(a: number): number {
  if (a === 0) return INT32_MAX;
  const quarter = 2 ** 24;
  const below = (a & (quarter - 1)) - quarter;
  const x = (below << 5) + 2 ** 28;
  const x2 = doublingHighMultiply(x, x);
  const x3 = doublingHighMultiply(x2, x);
  const x4 = doublingHighMultiply(x2, x2);
  const series = doublingHighMultiply(divideByPowerOfTwo(x4, 2) + x3, ONE_THIRD) + x2;
  let result =
    EXP_MINUS_EIGHTH + doublingHighMultiply(EXP_MINUS_EIGHTH, x + divideByPowerOfTwo(series, 1));
  EXPONENTIALS.forEach((factor, i) => {
    if (((below - a) & (1 << (24 + i))) !== 0) result = doublingHighMultiply(result, factor);
  });
  return result;
}

const saturate = (x: number): number => Math.min(Math.max(x, -(2 ** 31)), INT32_MAX);

/** 1 / total as Q0.31, and the bits by which total exceeds one, of a positive Q12.19. */
function reciprocal(total: number): { readonly scale: number; readonly over: number } {
  const headroom = Math.clz32(total);
  const half = Math.floor((total * 2 ** headroom - 2 ** 31 + INT32_MAX + 1) / 2);
  let x = 1515870810 + doublingHighMultiply(half, -1010580540);
  for (let i = 0; i < 3; i++) {
    x += saturate(doublingHighMultiply(x, 2 ** 29 - doublingHighMultiply(half, x)) * 4);
  }
  return { scale: saturate(x * 2), over: 12 - headroom };
}

function softmax(
  logits: Int8Array,
  { multiplier, shift, diff_min }: Extract<Layer, { kind: "softmax" }>,
): Int8Array {
  const largest = Math.max(...logits);
  const exponentials = Array.from(logits, (logit) => {
    const difference = logit - largest;
    if (difference < diff_min) return undefined;
    return expOfNegative(doublingHighMultiply(difference * 2 ** shift, multiplier));
  });
  const total = exponentials.reduce((sum: number, e) => sum + (e === undefined ? 0 : divideByPowerOfTwo(e, 12)), 0);
  const { scale, over } = reciprocal(total);
  return Int8Array.from(exponentials, (e) => {
    if (e === undefined) return -128;
    const score = divideByPowerOfTwo(doublingHighMultiply(scale, e), over + 31 - 8) - 128;
    return Math.min(Math.max(score, -128), 127);
  });
}
