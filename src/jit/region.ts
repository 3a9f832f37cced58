import type { Block } from "../exec/block.ts";
import type { ScheduleRecord } from "../exec/progress.ts";

/** A block in one entry state of the pipeline: the unit of compiled code. */
export interface RegionNode {
  readonly block: Block;
  readonly state: number;
  readonly record: ScheduleRecord;
  /** Number among all nodes ever compiled, for `place`. */
  readonly id: number;
}

/** Where control goes from the end of a node. */
export interface Edge {
  readonly pc: number;
  readonly itState: number;
  readonly state: number;
  /** Index of the node in the region; undefined when control leaves it. */
  readonly to: number | undefined;
}

/** Edges of a node, by how its last instruction ends. */
export interface NodeEdges {
  /** The jump is not taken, or there is none. */
  readonly fallthrough: Edge | undefined;
  /** There is no jump, and the last access took the turn of a fetch. */
  readonly contended: Edge | undefined;
  /** The jump is taken to its constant target. */
  readonly taken: Edge | undefined;
  /** The jump is taken to one of these targets, known from earlier runs; any other leaves. */
  readonly indirect: readonly Edge[];
  readonly isIndirect: boolean;
}

/** Nodes that are compiled into one function; the first is its entry. */
export interface Region {
  readonly nodes: readonly RegionNode[];
  readonly edges: readonly NodeEdges[];
}

/** What the builder may ask about blocks. */
export interface BlockSource {
  /** The block at that place, if it has been translated and may be compiled. */
  find(pc: number, itState: number): Block | undefined;
  /** Whether the block is part of compiled code that is in use. */
  isMember(block: Block): boolean;
  newNodeId(): number;
}

const MAX_NODES = 100;
const MAX_INSTRUCTIONS = 1000;
/** A block that ran this many times less often than the entry is left out: it gets its own region if it becomes hot. */
const COLD = 8;
/**
 * What is part of compiled code and ran this many times more often than the entry is left to, not compiled once more:
 * what is hot now and then would else bring all the code that is hot all the time into its region.
 */
const HOTTER = 8;
/** Instructions that one run of other compiled code must have for leaving to it to cost next to nothing. */
const LONG_RUN = 3000;
const MAX_TARGETS = 6;

/** Grows a region from its hot entry along the edges that have been taken. */
export function growRegion(entry: Block, state: number, source: BlockSource): Region {
  const nodes: RegionNode[] = [];
  const index = new Map<string, number>();
  const keyOf = (block: Block, s: number): string => `${block.code.pc}:${block.code.itState}:${s}`;
  let instructions = 0;
  const add = (block: Block, s: number): void => {
    const key = keyOf(block, s);
    if (index.has(key)) return;
    instructions += block.code.instructions.length;
    index.set(key, nodes.length);
    nodes.push({ block, state: s, record: block.schedule(s), id: source.newNodeId() });
  };
  // Arrivals from outside of compiled code: the entry may be part of other regions.
  const arrivals = entry.schedule(state).heat / entry.warmth;
  const wanted = (pc: number, itState: number, s: number): Block | undefined => {
    const block = source.find(pc, itState);
    const runs = block?.schedules[s]?.runs ?? 0;
    if (block === undefined || runs < arrivals / COLD) return undefined;
    if (runs > arrivals * HOTTER && source.isMember(block)) return undefined;
    return (block.compiled[s]?.typicalRun ?? 0) > LONG_RUN ? undefined : block;
  };
  add(entry, state);
  for (let i = 0; i < nodes.length; i++) {
    for (const { pc, itState, state: s } of successors(nodes[i]!)) {
      if (nodes.length >= MAX_NODES || instructions >= MAX_INSTRUCTIONS) break;
      const block = wanted(pc, itState, s);
      if (block !== undefined) add(block, s);
    }
  }
  const edgeTo = (place: Place): Edge => {
    const block = source.find(place.pc, place.itState);
    const to = block === undefined ? undefined : index.get(keyOf(block, place.state));
    return { ...place, to };
  };
  return { nodes, edges: nodes.map((node) => edgesOf(node, edgeTo)) };
}

interface Place {
  readonly pc: number;
  readonly itState: number;
  readonly state: number;
}

interface Places {
  readonly fallthrough: Place | undefined;
  readonly contended: Place | undefined;
  readonly taken: Place | undefined;
  readonly indirect: readonly Place[];
  readonly isIndirect: boolean;
}

function placesOf({ block, record }: RegionNode): Places {
  const { code } = block;
  const last = code.instructions[code.instructions.length - 1]!;
  const { jump } = last.footprint;
  const { schedule } = record;
  const { contendedState } = schedule;
  const always = jump !== undefined && !jump.conditional && !last.predicated;
  return {
    fallthrough: always
      ? undefined
      : { pc: code.end, itState: last.itAfter, state: schedule.fallthroughState },
    contended:
      contendedState === undefined
        ? undefined
        : { pc: code.end, itState: last.itAfter, state: contendedState },
    taken:
      jump?.target === undefined ? undefined : { pc: jump.target, itState: 0, state: schedule.takenState },
    indirect:
      jump !== undefined && jump.target === undefined
        ? block.targets.slice(0, MAX_TARGETS).map((pc) => ({ pc, itState: 0, state: schedule.takenState }))
        : [],
    isIndirect: jump !== undefined && jump.target === undefined,
  };
}

function successors(node: RegionNode): readonly Place[] {
  const { fallthrough, contended, taken, indirect } = placesOf(node);
  return [taken, fallthrough, contended, ...indirect].filter((p) => p !== undefined);
}

function edgesOf(node: RegionNode, edgeTo: (place: Place) => Edge): NodeEdges {
  const { fallthrough, contended, taken, indirect, isIndirect } = placesOf(node);
  return {
    fallthrough: fallthrough && edgeTo(fallthrough),
    contended: contended && edgeTo(contended),
    taken: taken && edgeTo(taken),
    indirect: indirect.map(edgeTo).filter((e) => e.to !== undefined),
    isIndirect,
  };
}
