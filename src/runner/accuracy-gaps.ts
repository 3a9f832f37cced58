/** What the cycle models leave out, one line each, with the effect where it is known. */
export const NOT_MODELLED: readonly string[] = [
  "Cortex-M7: size and kind of the branch predictor are not published; the model's are inferred, so programs with many mispredicted branches are the least certain (docs/fit.md says what was tried). A misprediction whose flags are there early costs 3 cycles; 6 were measured where code uses the whole bandwidth of fetch.",
  "Cortex-M7: half-cycle effects of narrow instructions on fetch and pairing beyond the 64-bit windows of the fetch queue.",
  "Cortex-M7: replacement in the caches is not published; on silicon it may evict other lines.",
  "Cortex-M7: a load from an address that was just stored to (4 cycles by LLVM's model) is charged as any other load; a miss stalls in full at the load.",
  "DMA: an access of the core waits for the transfer that holds its memory or bridge when it begins; the DMA controller itself never waits for the core, and flash is taken for the time of one read alone.",
  "STM32F4: one program (X25519, mupq/pqm4 issue 180) ran 10 % faster with its data in CCM than in SRAM1 at 0 wait states; why is not known, and others measured with SRAM1 agree with the model without such a cost. None is charged.",
  "Cortex-M4: code and data in one RAM behind the code buses (SRAM2 of STM32L4 at 0x1000_0000, the code alias of nRF52840) never wait for each other.",
  "Cortex-M4: wide instructions across words, three or more in a row, lose a cycle on some parts (STM32L4), not in all code on others (STM32F407); none is charged, so such code comes out up to 2 % too fast (docs/fit.md).",
  "Cortex-M4: which SRAM block an access goes to; loads in a row that change between blocks pipeline in the model and not on silicon.",
  "Clock domains: no synchroniser delays between a peripheral and the NVIC (typically 1 or 2 cycles).",
  "Waits of code that runs from the second bank of a flash while the first is programmed.",
];

/** How the held-out programs were used. */
export const HELD_OUT_REMARK =
  "Chosen before their results were seen, and never fitted to. Two numbers of the Cortex-M4 (a load behind a taken branch, the refill of a branch to a register) were settled on calibration rows at a time when these results were known (two AES rows that had been held out led to the first and are among the calibration rows since), and so was what a misprediction with early flags costs the Cortex-M7: the AES rows were known to be too slow when AES encrypt128 of the calibration set gave it. Those with 256-bit keys, and the Cortex-M4's AES rows beside the key expansion and the modes of Schwabe and Stoffelen, were added after that, before they had been run; the Cortex-M7's AES programs now call each function many times from one place, as the author's test does. Nine of the 17 Cortex-M7 rows are these AES functions of one author; the median of the other eight is 2.0 %. The CIFAR-10 convolutions are a check within 15 %: their source states neither compiler nor placement; with other placements of the data they are up to 8 % slower. Its second and third run the same loop, at 1.51 and 1.49 cycles a multiply-accumulate in the model and 1.41 and 1.49 as published, so what sets them apart there is not in the core.";
