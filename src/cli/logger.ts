import type { RunOptions } from "./run-options.ts";

/** The part of pino that is used. */
export interface Logger {
  info(details: object, message: string): void;
  debug(details: object, message: string): void;
}

const nothing = (): void => undefined;

/** JSON lines on stderr from `level` up; loads pino only when something is to be logged. */
export async function createLogger(level: RunOptions["logLevel"]): Promise<Logger> {
  if (level === "silent") return { info: nothing, debug: nothing };
  const { pino } = await import("pino");
  const logger = pino({ name: "mcusim", level }, pino.destination({ dest: 2, sync: true }));
  return {
    info: (details, message) => {
      logger.info(details, message);
    },
    debug: (details, message) => {
      logger.debug(details, message);
    },
  };
}
