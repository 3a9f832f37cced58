import { InternalError } from "../errors.ts";
import type { Clocks } from "./peripheral.ts";

/** Frequencies in Hz by domain name; `core` is the processor's. */
export type Domains = Readonly<Record<string, number>>;

interface SavedClocks {
  readonly published: Domains | undefined;
  readonly domains: Domains;
  readonly pinnedHz: number | undefined;
}

/**
 * The clocks of a part as everything else sees them. The clock controller publishes what its registers make of the
 * oscillators; `preset` stands for a boot loader that has set clocks before, `pin` for the user's `--clock`.
 */
export class ClockTree implements Clocks {
  readonly #listeners: (() => void)[] = [];
  readonly #gates = new Map<string, () => boolean>();
  readonly #resets = new Map<string, () => void>();
  #published: Domains | undefined;
  #domains: Domains;
  #pinnedHz: number | undefined;
  readonly #shared = new Map<string, () => number>();
  #derive: (buses: Domains) => Domains = () => ({});
  #source: (() => Domains) | undefined;

  /** @param initial the clocks after reset, used until a clock controller publishes other ones */
  constructor(initial: Domains) {
    this.#domains = initial;
  }

  get coreHz(): number {
    return this.hz("core");
  }
  /** Frequency of `domain`; throws InternalError when there is none of that name. */
  hz(domain: string): number {
    const hz = this.#domains[domain];
    if (hz === undefined) throw new InternalError(`no clock domain is named "${domain}"`);
    return hz;
  }
  has(domain: string): boolean {
    return this.#domains[domain] !== undefined;
  }
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * The clock controller's word. Publishing the same again changes nothing, so that a preset lasts until a real change.
   * A core without a clock would end time: settings that give none are not taken.
   */
  publish(domains: Domains): void {
    if (!((domains["core"] ?? 0) > 0)) return;
    if (this.#published !== undefined && same(this.#published, domains)) return;
    this.#published = domains;
    this.#apply(domains);
  }
  /** How timer and kernel clocks follow from bus clocks on this part; given by the clock controller. */
  setDerivation(derive: (buses: Domains) => Domains): void {
    this.#derive = derive;
  }
  /** Bus clocks as a boot loader left them, until the firmware changes them; the clocks behind them follow. */
  preset(buses: Domains): void {
    const all = { ...this.#domains, ...buses };
    this.#apply({ ...all, ...this.#derive(all) });
  }
  /** Holds the core at `hz` whatever the registers say; the other domains keep their ratio to it. */
  pin(hz: number): void {
    this.#pinnedHz = hz;
    this.#apply(this.#domains);
  }

  /**
   * A clock controller of several blocks: one of them works all domains out, from what the others `share`. Called
   * anew by `refresh`.
   */
  setSource(source: () => Domains): void {
    this.#source = source;
  }
  refresh(): void {
    if (this.#source !== undefined) this.publish(this.#source());
  }
  /** A number that one block of the clock controller has for the others: a divider, the output of a PLL in Hz. */
  share(name: string, value: () => number): void {
    this.#shared.set(name, value);
  }
  /** The number shared under that name; `otherwise` while its block is absent. */
  shared(name: string, otherwise: number): number {
    return this.#shared.get(name)?.() ?? otherwise;
  }

  save(): SavedClocks {
    return { published: this.#published, domains: this.#domains, pinnedHz: this.#pinnedHz };
  }
  /** To be called before the clock controller's registers are restored, so that it finds what it has published. */
  restore(saved: SavedClocks): void {
    this.#published = saved.published;
    this.#pinnedHz = saved.pinnedHz;
    if (same(this.#domains, saved.domains)) return;
    this.#domains = saved.domains;
    for (const listener of this.#listeners) listener();
  }

  /** Says when the clock of a peripheral is on; one without a gate always has its clock. */
  setGate(peripheral: string, isOn: () => boolean): void {
    this.#gates.set(peripheral, isOn);
  }
  isEnabled(peripheral: string): boolean {
    return this.#gates.get(peripheral)?.() ?? true;
  }
  /** Registers what the clock controller's reset bit of a peripheral does. */
  setReset(peripheral: string, reset: () => void): void {
    this.#resets.set(peripheral, reset);
  }
  resetPeripheral(peripheral: string): void {
    this.#resets.get(peripheral)?.();
  }

  #apply(domains: Domains): void {
    const scaled = this.#pinnedHz === undefined ? domains : scale(domains, this.#pinnedHz);
    if (same(this.#domains, scaled)) return;
    this.#domains = scaled;
    for (const listener of this.#listeners) listener();
  }
}

const same = (a: Domains, b: Domains): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};

const scale = (domains: Domains, coreHz: number): Domains => {
  const ratio = coreHz / (domains["core"] ?? coreHz);
  return Object.fromEntries(Object.entries(domains).map(([name, hz]) => [name, hz * ratio]));
};
