/** What the cycle models leave out, one line each, with the effect where it is known. */
export const NOT_MODELLED: readonly string[] = [
  "Cortex-M7: stores of bytes and halfwords to the TCM, back to back, cost more on silicon (2 to 4 cycles each) than in the model (1): the read-modify-write behind the store buffer is missing.",
  "Cortex-M7: a store-multiple of an even number of registers to an address that is not a multiple of 8 takes a cycle less than on silicon.",
  "Cortex-M7: cycles of double-precision arithmetic do not depend on the operands; the middle of the published range is taken.",
  "Cortex-M7: size and kind of the branch predictor are not published; the model's are inferred, so programs with many mispredicted branches are the least certain.",
  "Cortex-M7: half-cycle effects of narrow instructions on fetch and pairing beyond the 64-bit windows of the fetch queue.",
  "Cortex-M7: replacement in the caches is not published; on silicon it may evict other lines.",
  "Cortex-M4: which SRAM block an access goes to; loads in a row that change between blocks pipeline in the model and not on silicon.",
  "Clock domains: no synchroniser delays between a peripheral and the NVIC (typically 1 or 2 cycles).",
  "Waits of code that runs from the second bank of a flash while the first is programmed.",
];
