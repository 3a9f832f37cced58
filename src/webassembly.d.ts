// The part of the WebAssembly JavaScript API that mcusim uses; Node's types leave it out and the DOM's bring a browser.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Table {
    constructor(descriptor: { element: "anyfunc"; initial: number; maximum?: number });
    get(index: number): ((...args: never[]) => unknown) | null;
    set(index: number, value: unknown): void;
    grow(delta: number): number;
    readonly length: number;
  }
  class Global {
    constructor(
      descriptor: { value: "i32" | "i64" | "f32" | "f64"; mutable?: boolean },
      value?: number | bigint,
    );
    value: number | bigint;
  }
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- that is what it is
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  function validate(bytes: Uint8Array): boolean;
}
