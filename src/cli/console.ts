/** Gathers the guest's console to lines, so that not every byte is a write. */
export class ConsoleBuffer {
  readonly #write: (bytes: Uint8Array) => void;
  #bytes: number[] = [];

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  add(byte: number): void {
    this.#bytes.push(byte);
    if (byte === 0x0a || this.#bytes.length >= 4096) this.flush();
  }
  flush(): void {
    if (this.#bytes.length === 0) return;
    this.#write(Uint8Array.from(this.#bytes));
    this.#bytes = [];
  }
}

/** A line on a terminal's stderr that is written over and over; nothing where stderr is no terminal. */
export function progressLine(): { readonly show: (text: string) => void; readonly clear: () => void } {
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  let shown = false;
  return {
    show: (text) => {
      shown = true;
      process.stderr.write(`\r\x1b[Kmcusim: ${text}`);
    },
    clear: () => {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}
