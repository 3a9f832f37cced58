import { describe, expect, it } from "vitest";
import { readImage } from "../../src/elf/image.ts";
import { errorOf } from "./error-of.ts";
import { tinyElf } from "./tiny-elf.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hexFile = bytes(":0400000001020304F2\n:00000001FF\n");

describe("format", () => {
  it("is told by content, whatever the name", () => {
    expect(readImage(tinyElf(), "firmware.bin", { loadAddress: 0 }).format).toBe("elf");
    expect(readImage(hexFile, "firmware").format).toBe("hex");
    expect(readImage(hexFile, "firmware.bin", { loadAddress: 0 }).format).toBe("hex");
  });

  it("is told by the name where the content says nothing", () => {
    expect(readImage(Uint8Array.of(0, 0x10, 0, 0x20), "FIRMWARE.BIN", { loadAddress: 0 }).format).toBe("bin");
    expect(errorOf(() => readImage(bytes("nothing"), "a.hex")).code).toBe("HEX_BAD_RECORD");
    expect(errorOf(() => readImage(bytes("nothing"), "a.elf")).code).toBe("ELF_BAD_MAGIC");
    expect(errorOf(() => readImage(bytes("nothing"), "nothing")).message).toBe(
      "nothing: is not an ELF file: it starts with 0x6e 0x6f 0x74 0x68. Give a linked .elf, .hex or .bin",
    );
  });

  it.each(["a.elf", "a.hex", "a.bin"])("an empty %s is refused", (name) => {
    expect(errorOf(() => readImage(new Uint8Array(), name)).code).toBe("ELF_EMPTY");
  });
});

describe("raw binary", () => {
  it("lies at the load address", () => {
    const image = readImage(Uint8Array.of(1, 2, 3), "raw.bin", { loadAddress: 0x0800_0000 });
    expect(image).toMatchObject({ format: "bin", entry: undefined, symbols: [], sections: [], mappings: [] });
    expect(image.segments).toMatchObject([
      { address: 0x0800_0000, virtualAddress: 0x0800_0000, memorySize: 3, bytes: Uint8Array.of(1, 2, 3) },
    ]);
    expect(image.findSymbol("main")).toBeUndefined();
    expect(image.symbolAt(0x0800_0000)).toBeUndefined();
  });

  it("may end at the last byte of the address space and not beyond", () => {
    expect(readImage(Uint8Array.of(1, 2), "a.bin", { loadAddress: 0xffff_fffe }).segments).toHaveLength(1);
    expect(errorOf(() => readImage(Uint8Array.of(1, 2), "a.bin", { loadAddress: 0xffff_ffff })).message).toBe(
      "a.bin: 2 bytes at 0xffffffff do not fit in the 4 GiB address space. Correct --load-address",
    );
  });

  it.each([-4, 0.5, NaN, Infinity])("load address %s is refused", (loadAddress) => {
    expect(errorOf(() => readImage(Uint8Array.of(1), "a.bin", { loadAddress })).code).toBe("BIN_BAD_ADDRESS");
  });

  it("needs a load address", () => {
    expect(errorOf(() => readImage(Uint8Array.of(1), "a.bin")).message).toBe(
      "a.bin: a raw binary does not say where it belongs. Give --load-address",
    );
  });
});
