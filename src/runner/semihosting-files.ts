import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

import { UsageError } from "../errors.ts";

/** What an operation answers, with the reason of a failure and what the user should know of it. */
export interface FileResult {
  readonly value: number;
  readonly errno?: number;
  readonly notice?: string;
}

type OpenFile =
  | { readonly kind: "console"; readonly writable: boolean }
  | { readonly kind: "features"; position: number }
  | { readonly kind: "file"; readonly fd: number; readonly append: boolean; position: number };

/** POSIX numbers, as newlib knows them. */
const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  EBADF: 9,
  EACCES: 13,
  EEXIST: 17,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
} as const;
/** `:semihosting-features`: magic number and one byte of flags: SYS_EXIT_EXTENDED, and stdout and stderr apart. */
const FEATURES = Uint8Array.of(0x53, 0x48, 0x46, 0x42, 0x03);
/** Modes as fopen's: r w a in this order, each plain, b, +, +b. */
const MODES = 12;
const MAX_OPEN = 64;

/** The files that firmware sees: console, feature file, and what lies in one directory of the host. */
export class SemihostingFiles {
  readonly #root: string | undefined;
  readonly #console: (byte: number) => void;
  readonly #open = new Map<number, OpenFile>();

  /** Throws UsageError when `directory` is none. */
  constructor(directory: string | undefined, console: (byte: number) => void) {
    this.#console = console;
    if (directory === undefined) return;
    try {
      this.#root = realpathSync(directory);
      if (!lstatSync(this.#root).isDirectory())
        throw new UsageError(`--semihosting-dir ${directory} is not a directory`);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`--semihosting-dir ${directory}: there is no such directory`, { cause: error });
    }
  }

  open(name: string, mode: number): FileResult {
    if (mode >= MODES) return failure(ERRNO.EINVAL);
    const handle = this.#freeHandle();
    if (handle === undefined) return failure(ERRNO.EMFILE);
    const add = (file: OpenFile): FileResult => {
      this.#open.set(handle, file);
      return { value: handle };
    };
    if (name === ":tt") return add({ kind: "console", writable: mode >= 4 });
    if (name === ":semihosting-features") {
      return mode < 2 ? add({ kind: "features", position: 0 }) : failure(ERRNO.EACCES);
    }
    const path = this.#inside(name);
    if (typeof path !== "string") return path;
    return attempt(() => add({ kind: "file", fd: openRegular(path, mode), append: mode >= 8, position: 0 }));
  }

  /** The handles in use; files of the host keep what was written to them meanwhile. */
  save(): readonly (readonly [number, OpenFile])[] {
    return [...this.#open].map(([handle, file]) => [handle, { ...file }]);
  }
  restore(saved: ReturnType<SemihostingFiles["save"]>): void {
    this.#open.clear();
    for (const [handle, file] of saved) this.#open.set(handle, { ...file });
  }

  close(handle: number): FileResult {
    const file = this.#open.get(handle);
    if (file === undefined) return failure(ERRNO.EBADF);
    this.#open.delete(handle);
    if (file.kind === "file") closeSync(file.fd);
    return { value: 0 };
  }
  closeAll(): void {
    for (const handle of [...this.#open.keys()]) this.close(handle);
  }

  /** @returns how many of `length` bytes were not written */
  write(handle: number, bytes: Uint8Array, length: number): FileResult {
    const file = this.#open.get(handle);
    if (file === undefined || file.kind === "features") return { ...failure(ERRNO.EBADF), value: length };
    if (file.kind === "console") {
      if (!file.writable) return { ...failure(ERRNO.EBADF), value: length };
      for (const byte of bytes) this.#console(byte);
      return { value: length - bytes.length };
    }
    const result = attempt(() => {
      const at = file.append ? fstatSync(file.fd).size : file.position;
      const written = writeSync(file.fd, bytes, 0, bytes.length, at);
      file.position = at + written;
      return { value: length - written };
    });
    return result.value < 0 ? { ...result, value: length } : result;
  }

  /** Bytes from the current position on, at most `length`; none at the end. */
  read(handle: number, length: number): FileResult & { readonly bytes: Uint8Array } {
    const none = new Uint8Array(0);
    const file = this.#open.get(handle);
    if (file === undefined) return { ...failure(ERRNO.EBADF), bytes: none };
    if (file.kind === "console") return { value: 0, bytes: none };
    if (file.kind === "features") {
      const bytes = FEATURES.slice(file.position, file.position + length);
      file.position += bytes.length;
      return { value: 0, bytes };
    }
    const buffer = new Uint8Array(Math.min(length, Math.max(0, fstatSync(file.fd).size - file.position)));
    let count = 0;
    const result = attempt(() => {
      count = readSync(file.fd, buffer, 0, buffer.length, file.position);
      file.position += count;
      return { value: 0 };
    });
    return { ...result, bytes: buffer.subarray(0, count) };
  }

  /** 1 for the console, 0 for a file. */
  isConsole(handle: number): FileResult {
    const file = this.#open.get(handle);
    return file === undefined ? failure(ERRNO.EBADF) : { value: file.kind === "console" ? 1 : 0 };
  }
  seek(handle: number, position: number): FileResult {
    const file = this.#open.get(handle);
    if (file === undefined) return failure(ERRNO.EBADF);
    if (file.kind === "console") return failure(ERRNO.EINVAL);
    file.position = position;
    return { value: 0 };
  }
  length(handle: number): FileResult {
    const file = this.#open.get(handle);
    if (file === undefined) return failure(ERRNO.EBADF);
    if (file.kind === "file") return { value: fstatSync(file.fd).size | 0 };
    return { value: file.kind === "features" ? FEATURES.length : 0 };
  }
  remove(name: string): FileResult {
    const path = this.#inside(name);
    if (typeof path !== "string") return path;
    return attempt(() => {
      unlinkSync(path);
      return { value: 0 };
    });
  }
  rename(from: string, to: string): FileResult {
    const source = this.#inside(from);
    if (typeof source !== "string") return source;
    const target = this.#inside(to);
    if (typeof target !== "string") return target;
    return attempt(() => {
      renameSync(source, target);
      return { value: 0 };
    });
  }

  #freeHandle(): number | undefined {
    for (let handle = 1; handle <= MAX_OPEN; handle++) if (!this.#open.has(handle)) return handle;
    return undefined;
  }

  /** The host's path of a guest's file; a failure when it leaves the directory, by `..`, as absolute or by a link. */
  #inside(name: string): string | FileResult {
    const root = this.#root;
    if (root === undefined) {
      const notice = `file "${name}" is refused: no --semihosting-dir was given`;
      return { ...failure(ERRNO.EACCES), notice };
    }
    if (name === "" || name.includes("\0")) return failure(ERRNO.EINVAL);
    const path = resolve(root, name);
    const escapes = {
      ...failure(ERRNO.EACCES),
      notice: `file "${name}" is refused: it is outside --semihosting-dir`,
    };
    if (!path.startsWith(root + sep)) return escapes;
    try {
      const parent = realpathSync(dirname(path));
      return parent === root || parent.startsWith(root + sep) ? join(parent, basename(path)) : escapes;
    } catch {
      return failure(ERRNO.ENOENT);
    }
  }
}

const failure = (errno: number): FileResult => ({ value: -1, errno });

/** Opens a regular file, or makes one; neither links nor devices are followed. */
function openRegular(path: string, mode: number): number {
  const update = (mode & 2) !== 0;
  const access = mode < 4 && !update ? constants.O_RDONLY : update ? constants.O_RDWR : constants.O_WRONLY;
  const making = mode < 4 ? 0 : constants.O_CREAT | (mode < 8 ? constants.O_TRUNC : 0);
  const fd = openSync(path, access | making | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw Object.assign(new Error("not a regular file"), { code: "EACCES" });
}

function attempt(action: () => FileResult): FileResult {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "EIO";
    return failure(code in ERRNO ? ERRNO[code as keyof typeof ERRNO] : ERRNO.EIO);
  }
}
