import { describe, expect, it } from "vitest";

import { readWav } from "../../src/runner/wav.ts";

interface Format {
  readonly format?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
}

const SAMPLES = Uint8Array.of(1, 0, 2, 0, 0xff, 0xff);

/** A WAV file; `before` are chunks between the format and the samples. */
function wav(
  { format = 1, channels = 1, rate = 16_000, bits = 16 }: Format,
  before: readonly Uint8Array[] = [],
): Uint8Array {
  const fmt = new Uint8Array(16);
  const view = new DataView(fmt.buffer);
  view.setUint16(0, format, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint16(14, bits, true);
  const body = [chunk("fmt ", fmt), ...before, chunk("data", SAMPLES)];
  const header = new TextEncoder().encode("RIFF\0\0\0\0WAVE");
  return Uint8Array.from([header, ...body].flatMap((part) => [...part]));
}

function chunk(tag: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + content.length + (content.length & 1));
  bytes.set(new TextEncoder().encode(tag));
  new DataView(bytes.buffer).setUint32(4, content.length, true);
  bytes.set(content, 8);
  return bytes;
}

describe("reading WAV files", () => {
  it("gives the samples as they are", () => {
    expect(readWav(wav({}), "a.wav")).toEqual(SAMPLES);
  });
  it("passes over other chunks, odd ones with their padding", () => {
    expect(readWav(wav({}, [chunk("LIST", Uint8Array.of(1, 2, 3))]), "a.wav")).toEqual(SAMPLES);
  });
  it.each<[Format, RegExp]>([
    [{ rate: 8000 }, /its rate is 8000 Hz/],
    [{ channels: 2 }, /it has 2 channels/],
    [{ bits: 8 }, /its samples have 8 bits/],
    [{ format: 3 }, /not PCM \(format 3\)/],
  ])("refuses %o", (format, message) => {
    expect(() => readWav(wav(format), "a.wav")).toThrow(message);
  });
  it("refuses a file cut off anywhere, and never with an error of another kind", () => {
    const whole = wav({});
    for (let length = 0; length < whole.length; length++) {
      expect(() => readWav(whole.subarray(0, length), "a.wav")).toThrow(/^a\.wav: .* is needed$/);
    }
  });
  it("refuses samples before their format", () => {
    const bytes = Uint8Array.from([
      ...new TextEncoder().encode("RIFF\0\0\0\0WAVE"),
      ...chunk("data", SAMPLES),
    ]);
    expect(() => readWav(bytes, "a.wav")).toThrow(/before their format/);
  });
});
