import { UsageError } from "../errors.ts";

/** What the clips of keyword spotting are. */
const RATE = 16_000;
const CHANNELS = 1;
const BITS = 16;
const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the true format is the first half-word of a GUID further on. */
const EXTENSIBLE = 0xfffe;
const CHUNK_HEADER = 8;

/**
 * The samples of a WAV file as little-endian int16. Throws UsageError for anything but 16 kHz, one channel, 16 bit PCM.
 * @source Multimedia Programming Interface and Data Specifications 1.0, "Waveform Audio File Format (WAVE)"
 */
export function readWav(bytes: Uint8Array, file: string): Uint8Array {
  const fail = (problem: string): never => {
    throw new UsageError(`${file}: ${problem}; ${RATE} Hz, one channel, ${BITS} bit PCM is needed`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") fail("this is no WAV file");
  let known = false;
  for (let at = 12; at + CHUNK_HEADER <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER;
    if (size > bytes.length - start) {
      fail(
        `the file is cut off: its ${JSON.stringify(tag(at))} chunk has ${size} bytes, ${bytes.length - start} are there`,
      );
    }
    if (tag(at) === "fmt ") {
      checkFormat(view, start, size, fail);
      known = true;
    } else if (tag(at) === "data") {
      if (!known) fail("its samples come before their format");
      if (size % 2 !== 0) fail("it ends within a sample");
      return bytes.subarray(start, start + size);
    }
    at = start + size + (size & 1);
  }
  return fail("it holds no samples");
}

function checkFormat(view: DataView, at: number, size: number, fail: (problem: string) => never): void {
  if (size < 16) fail(`its format has ${size} bytes, not 16`);
  let format = view.getUint16(at, true);
  if (format === EXTENSIBLE && size >= 26) format = view.getUint16(at + 24, true);
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (format !== PCM) fail(`its samples are not PCM (format ${format})`);
  if (rate !== RATE) fail(`its rate is ${rate} Hz`);
  if (channels !== CHANNELS) fail(`it has ${channels} channels`);
  if (bits !== BITS) fail(`its samples have ${bits} bits`);
}
