/** What a region keeps: `ram` is written by stores, `flash` by its controller only, `rom` never. */
export type RegionKind = "ram" | "flash" | "rom";

/** The path from the core to a region; see the board schema for each one's meaning. */
export type BusName =
  "itcm" | "dtcm" | "axi" | "ahb" | "ahbp" | "icode-dcode" | "dcode" | "system" | "external";

/** A range of memory as the board describes it. Addresses unsigned, sizes in bytes. */
export interface RegionConfig {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly kind: RegionKind;
  readonly bus: BusName;
  readonly executable: boolean;
  /** Bus clocks that an access waits, or whose controller decides. */
  readonly waitStates: number | "flash" | "external";
  readonly clockRatio?: number;
  readonly latency?: { readonly busCycles: number };
  readonly burst?: { readonly beatClocks: number; readonly readAhead: boolean };
  readonly aliasOf?: { readonly region: string; readonly offset: number };
  readonly fitted?: boolean;
  readonly dma?: boolean;
  readonly slaves?: readonly number[];
  readonly dualPort?: boolean;
  readonly words?: readonly { readonly offset: number; readonly value: number }[];
}

/** A range of memory with its bytes in the shared linear memory. */
export interface Region {
  readonly config: RegionConfig;
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly kind: RegionKind;
  /** Byte in the linear memory that holds the first byte of the region; aliases share it. */
  readonly host: number;
  /** Position in the memory map, a small number for tables of the timing models. */
  readonly index: number;
}
