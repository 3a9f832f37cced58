/** What was decided by hand, for the head of the page. */
export const REMARKS: readonly string[] = [
  "## What decides",
  "",
  "A source decides where there is one; the fit where there is none, or where sources disagree, and then only what the set resolves. So `flash.fetchAhead` stays at the three words of Arm's knowledge base, although the one program that tells (published as \"about\" 715 cycles) would have two, and `predictor.entries` at a size with which no two branches of a loop share an entry by chance. Latencies of the boards' flash are whole clocks: the next ones fit worse.",
  "",
  "## Branch prediction of the Cortex-M7: what was tried",
  "",
  "Arm's manual has a BTAC with a dynamic predictor, a turn-around of one cycle, and flags that are forwarded so that direct branches can resolve in the decoder; no size, no history, no return stack is published. AES programs measured on an STM32H743, with loops of 7, 9, 10, 13, 18 and 26 iterations that run the same way each time, were 3 cycles too slow for each misprediction, whatever the length of the loop. Global history long enough for the shortest of them (9 bits and more) takes CoreMark out of its error and cannot know the exit of a loop of 26: silicon does not predict these exits, a misprediction whose flags are there early costs less. With 3 cycles, as for any branch that the decoder redirects, all ten AES programs come out exactly; one of them is in the calibration set. The 6 cycles that were measured in a loop of wide instructions alone, which leave fetch no room to be ahead of issue, are not reached. With late flags the 8 cycles of that measurement stand: 5, as many less, would make CoreMark at -O1, -O2, -O3 and -Os 5 to 8 % too fast, and neither a target cache of 64 entries, 2 ways (3 cycles for a miss), nor a direction table of 256 counters makes up for it.",
  "",
  "| predictor | CoreMark -O2 (calibration) | AES encrypt128 (calibration) | -O1, -O3, -Os (held out) | other AES (held out) |",
  "| --- | --- | --- | --- | --- |",
  "| 8, early 6 | -0.1 % | +1.0 % | +1.6, +2.9, -0.8 % | +0.6 to +4.3 % |",
  "| **8, early 3** | -0.5 % | 0.0 % | +1.6, +2.5, -1.5 % | 0.0 % |",
  "| 5, early 3 | -6.0 % | 0.0 % | -7.7, -5.3, -6.4 % | 0.0 % |",
  "| 5, early 3, targets of 64 branches | -5.4 % | | -7.1, -3.3, -5.7 % | |",
  "| 5, early 3, targets of 64 branches, 256 counters | -4.0 % | | -7.0, -1.5, -5.6 % | |",
];
