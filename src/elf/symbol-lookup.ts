import type { Section } from "./section.ts";
import type { ImageSymbol } from "./symbols.ts";

/** The symbol that covers an address, and how far into it the address is. */
export interface SymbolLocation {
  readonly symbol: ImageSymbol;
  /** Bytes from the symbol's address. */
  readonly offset: number;
}

/** Searches of an image's symbols by name and by address. */
export interface SymbolLookup {
  /** The symbol of that name; a global one rather than a weak or local one, then the lowest address. */
  readonly findSymbol: (name: string) => ImageSymbol | undefined;
  /** The function or object that covers virtual address `address`. */
  readonly symbolAt: (address: number) => SymbolLocation | undefined;
}

/** Bytes `start` up to `end` (exclusive). */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** An extent whose bytes are answered with `symbol`. */
interface Span extends Extent {
  readonly symbol: ImageSymbol;
}

const bindingRank = { global: 0, weak: 1, local: 2 } as const;
const kindRank = { function: 0, object: 1, other: 2 } as const;

/** Negative if `a` is the better name for an address than `b`. */
function preference(a: ImageSymbol, b: ImageSymbol): number {
  return (
    kindRank[a.kind] - kindRank[b.kind] ||
    Number(b.size > 0) - Number(a.size > 0) ||
    bindingRank[a.binding] - bindingRank[b.binding] ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}

/** Indexes `symbols`, which are sorted by address. */
export function createSymbolLookup(
  symbols: readonly ImageSymbol[],
  sections: readonly Section[],
): SymbolLookup {
  const byName = new Map<string, ImageSymbol>();
  for (const symbol of symbols) {
    const other = byName.get(symbol.name);
    if (!other || bindingRank[symbol.binding] < bindingRank[other.binding]) byName.set(symbol.name, symbol);
  }
  const spans = disjointSpans([...sizedSpans(symbols), ...unsizedSpans(symbols, sections)]);
  return {
    findSymbol: (name) => byName.get(name),
    symbolAt: (address) => {
      const span = spans[lastAtOrBelow(spans, address)];
      if (!span || address >= span.end) return undefined;
      return { symbol: span.symbol, offset: address - span.symbol.address };
    },
  };
}

/** Index of the last extent that starts at or below `address`, or -1. */
function lastAtOrBelow(spans: readonly Extent[], address: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function sizedSpans(symbols: readonly ImageSymbol[]): Span[] {
  return symbols
    .filter((symbol) => symbol.size > 0 && symbol.kind !== "other")
    .map((symbol) => ({ start: symbol.address, end: symbol.address + symbol.size, symbol }));
}

/**
 * Functions without a size, and assembler labels in code, reach to the next name or to the end of their section.
 * One inside a function of known size is a label of that function and gets nothing.
 */
function unsizedSpans(symbols: readonly ImageSymbol[], sections: readonly Section[]): Span[] {
  const sized = disjointSpans(sizedSpans(symbols));
  const code = codeExtents(sections);
  const spans: Span[] = [];
  let address = Infinity;
  /** Where the names above `address` start. */
  let next = Infinity;
  for (const symbol of symbols.toReversed()) {
    if (symbol.section === "*ABS*" || (symbol.kind === "other" && symbol.binding === "local")) continue;
    const home = code[lastAtOrBelow(code, symbol.address)];
    if (!home || symbol.address >= home.end) continue;
    if (symbol.address !== address) {
      next = address;
      address = symbol.address;
    }
    if (symbol.kind === "object" || (symbol.kind === "function" && symbol.size > 0)) continue;
    const cover = sized[lastAtOrBelow(sized, address)];
    if (cover && address < cover.end) continue;
    spans.push({ start: address, end: Math.min(next, home.end), symbol });
  }
  return spans;
}

function codeExtents(sections: readonly Section[]): readonly Extent[] {
  return sections
    .filter((section) => section.flags.allocated && section.flags.execute)
    .map((section) => ({ start: section.address, end: section.address + section.size }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Cuts overlapping spans so that each byte has one answer: the innermost, and the best of those that start together. */
function disjointSpans(spans: readonly Span[]): readonly Span[] {
  const ordered = [...spans].sort((a, b) => a.start - b.start || preference(b.symbol, a.symbol));
  const result: Span[] = [];
  const open: Span[] = [];
  let cursor = 0;
  const advance = (limit: number): void => {
    for (let top = open.at(-1); top && cursor < limit; top = open.at(-1)) {
      const end = Math.min(top.end, limit);
      if (end > cursor) {
        result.push({ start: cursor, end, symbol: top.symbol });
        cursor = end;
      }
      if (top.end <= cursor) open.pop();
    }
    cursor = Math.max(cursor, limit);
  };
  for (const span of ordered) {
    advance(span.start);
    open.push(span);
  }
  advance(Infinity);
  return result;
}
