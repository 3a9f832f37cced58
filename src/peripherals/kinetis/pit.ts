import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import type { Register, RegisterSpec } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";
import { KinetisPeripheral } from "./kinetis-peripheral.ts";

const CHANNELS = [0, 1, 2, 3] as const;
const MDIS = 1 << 1;
const TCTRL = { TEN: 1 << 0, TIE: 1 << 1, CHN: 1 << 2 } as const;
const TIF = 1;

/** One channel: an up-counter of which the registers show the complement. */
interface Channel {
  readonly n: number;
  readonly counter: UpCounter;
  /** LDVAL as it was when the present round began. */
  load: number;
}

/**
 * Periodic interrupt timer of Kinetis and i.MX RT: four 32-bit channels that count the bus (or PERCLK) clock down.
 * Chained channels are reported and run unchained.
 * @source K64P144M120SF5RM, IMXRT1060RM "Periodic Interrupt Timer"
 */
export class NxpPit extends KinetisPeripheral {
  protected readonly r = this.define<string>({
    MCR: { offset: 0x00, reset: MDIS, rw: 0b11 },
    LTMR64H: { offset: 0xe0, rw: 0, read: () => this.#count(1) },
    LTMR64L: { offset: 0xe4, rw: 0, read: () => this.#count(0) },
    ...Object.fromEntries(CHANNELS.flatMap((n) => Object.entries(this.#channelRegisters(n)))),
  });
  readonly #channels: readonly Channel[];

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#channels = CHANNELS.map((n) => this.#makeChannel(n));
  }

  override read(offset: number, size: AccessSize): number | undefined {
    for (const { counter } of this.#channels) counter.sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    for (const { counter } of this.#channels) counter.sync();
    const done = super.write(offset, size, value);
    this.#changed();
    return done;
  }
  override reset(): void {
    super.reset();
    for (const channel of this.#channels) {
      channel.counter.reset();
      channel.load = 0;
    }
    this.#changed();
  }
  protected override saveState(): unknown {
    return this.#channels.map(({ counter, load }) => [counter.save(), load]);
  }
  protected override restoreState(state: unknown): void {
    const saved = state as [ReturnType<UpCounter["save"]>, number][]; // only ever what saveState gave
    saved.forEach(([counter, load], n) => {
      const channel = this.#channels[n]!;
      channel.load = load;
      channel.counter.restore(counter);
    });
    this.#updateIrq();
  }

  #channelRegisters(n: number): Record<string, RegisterSpec> {
    const base = 0x100 + 0x10 * n;
    return {
      [`LDVAL${n}`]: { offset: base },
      [`CVAL${n}`]: { offset: base + 0x4, rw: 0, read: () => this.#count(n) },
      [`TCTRL${n}`]: { offset: base + 0x8, rw: 0b111, notModelled: TCTRL.CHN, fields: { CHN: [2] } },
      [`TFLG${n}`]: { offset: base + 0xc, w1c: TIF },
    };
  }
  #makeChannel(n: number): Channel {
    const channel: Channel = {
      n,
      load: 0,
      counter: new UpCounter(this.context, (run) => this.alarm(run), {
        hz: () => this.context.clocks.hz(this.config.clock ?? "core"),
        modulus: () => channel.load + 1,
        targets: () => [0],
        awaited: () => (this.#awaits(channel) ? [0] : []),
        reached: () => {
          channel.load = this.#register(`LDVAL${n}`).value;
          this.#register(`TFLG${n}`).setBits(TIF);
          this.#updateIrq();
        },
      }),
    };
    return channel;
  }
  /** An interrupt, or a new LDVAL that the end of the round takes over. */
  #awaits({ n, load }: Channel): boolean {
    const wants = this.#register(`TCTRL${n}`).has(TCTRL.TIE) && !this.#register(`TFLG${n}`).has(TIF);
    return wants || this.#register(`LDVAL${n}`).value !== load;
  }
  #register(name: string): Register {
    return this.r[name]!;
  }
  #count(n: number): number {
    const channel = this.#channels[n]!;
    return channel.counter.running ? channel.load - channel.counter.value : channel.load;
  }

  #changed(): void {
    const isOn = !this.#register("MCR").has(MDIS);
    for (const channel of this.#channels) {
      const runs = isOn && this.#register(`TCTRL${channel.n}`).has(TCTRL.TEN);
      if (!runs) channel.counter.reset();
      else if (!channel.counter.running) {
        channel.load = this.#register(`LDVAL${channel.n}`).value;
        channel.counter.load(0);
        channel.counter.start();
      }
      channel.counter.update();
    }
    this.#updateIrq();
  }
  #updateIrq(): void {
    const raised = CHANNELS.map(
      (n) => this.#register(`TFLG${n}`).has(TIF) && this.#register(`TCTRL${n}`).has(TCTRL.TIE),
    );
    raised.forEach((level, n) => this.irq(`channel${n}`, level));
    this.irq("global", raised.includes(true));
  }
}
