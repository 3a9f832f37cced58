export { McusimError, ElfError, BoardError, UsageError, UnsupportedError, InternalError } from "./errors.ts";
