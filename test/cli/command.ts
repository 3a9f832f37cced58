import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

import { runCommandLine } from "../../src/cli/command-line.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mcusim` with these arguments in this process, and gathers what it prints. */
export async function mcusim(...args: readonly string[]): Promise<Ended> {
  const out = gather(process.stdout);
  const err = gather(process.stderr);
  try {
    const code = await runCommandLine(["node", "mcusim", ...args]);
    return { code, stdout: out.text(), stderr: err.text() };
  } finally {
    out.restore();
    err.restore();
  }
}

function gather(stream: NodeJS.WriteStream): { readonly text: () => string; readonly restore: () => void } {
  const chunks: Buffer[] = [];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array): boolean => {
    chunks.push(Buffer.from(chunk as string));
    return true;
  };
  return { text: () => Buffer.concat(chunks).toString("utf8"), restore: () => void (stream.write = write) };
}

/** A directory for the files of a test file; gone afterwards. */
export function scratch(): {
  readonly path: (name: string) => string;
  readonly file: (name: string, content: string | Uint8Array) => string;
} {
  const directory = mkdtempSync(join(tmpdir(), "mcusim-test-"));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const path = (name: string): string => join(directory, name);
  return {
    path,
    file: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
