import { PAGE_BITS } from "./memory-map.ts";
import { FETCH_PATHS, MODEL_AREA } from "./model-area.ts";
import { PathWords } from "./path-words.ts";

/**
 * Enters under `number` how code of the page of `address` is fetched at `now`, where compiled code can do that.
 * @returns false when it may be asked again though nothing was forgotten
 */
type Describe = (address: number, now: number, words: PathWords, number: number) => boolean;

/** Numbers for pages of code, by which compiled code finds how their lines are fetched. */
export class FetchPaths {
  readonly #words: PathWords;
  readonly #describe: Describe;
  readonly #numbers = new Map<number, number>();
  /** Numbers of which all is known for now. */
  readonly #settled = new Set<number>();

  constructor(memory: WebAssembly.Memory, describe: Describe) {
    this.#words = new PathWords(memory, MODEL_AREA.fetchPaths, FETCH_PATHS);
    this.#describe = describe;
  }

  /** The number of the page of `address`, the same for ever; 0, which is never valid, when there is none left. */
  number(address: number): number {
    const page = address >>> PAGE_BITS;
    const known = this.#numbers.get(page);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    if (number >= FETCH_PATHS) return 0;
    this.#numbers.set(page, number);
    return number;
  }
  /** The host was asked for the line of `address`. */
  asked(address: number, now: number): void {
    const number = this.#numbers.get(address >>> PAGE_BITS);
    if (number === undefined || this.#settled.has(number)) return;
    if (this.#describe(address, now, this.#words, number)) this.#settled.add(number);
  }
  forget(): void {
    this.#settled.clear();
    this.#words.forget();
  }
}
