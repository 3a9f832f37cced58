/** Base of every error that mcusim reports to its user; `message` is one line: what, where, what to do. */
export class McusimError extends Error {
  /** Stable machine-readable name, e.g. `ELF_TRUNCATED`. */
  readonly code: string;
  /** Process exit code, see docs/cli.md. */
  readonly exitCode: number;

  constructor(code: string, message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The firmware image cannot be read or does not fit the board. */
export class ElfError extends McusimError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, message, 2, options);
  }
}

/** A board file is wrong; `path` is the place in the file, e.g. `regions[2].size`. */
export class BoardError extends McusimError {
  readonly path: string;

  constructor(message: string, path: string, options?: ErrorOptions) {
    super("BOARD", message, 2, options);
    this.path = path;
  }
}

/** The user asked for something that does not exist or does not fit together. */
export class UsageError extends McusimError {
  constructor(message: string, options?: ErrorOptions) {
    super("USAGE", message, 2, options);
  }
}

/** The firmware uses something that the architecture defines and mcusim does not model. */
export class UnsupportedError extends McusimError {
  constructor(message: string, options?: ErrorOptions) {
    super("UNSUPPORTED", message, 4, options);
  }
}

/** A defect of mcusim itself. */
export class InternalError extends McusimError {
  constructor(message: string, options?: ErrorOptions) {
    super("INTERNAL", `${message} (this is a defect of mcusim, please report it)`, 70, options);
  }
}

/** Compile-time proof that a `switch` over a union is exhaustive. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`);
}
