import type { Image } from "../elf/image.ts";

/** The bytes of the file that the program sees from `start` to `end`; none where the file holds none. */
export function bytesAt(image: Image, start: number, end: number): Uint8Array {
  for (const { virtualAddress, bytes } of image.segments) {
    if (start >= virtualAddress && start < virtualAddress + bytes.length) {
      return bytes.subarray(start - virtualAddress, end - virtualAddress);
    }
  }
  return new Uint8Array(0);
}
