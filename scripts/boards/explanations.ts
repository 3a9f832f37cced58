/** Why it is so, for the end of the page. */
export const EXPLANATIONS: readonly string[] = [
  "None of these is soft float: the programs have no call of `__aeabi_` arithmetic. By cause:",
  "",
  "- `console_putc` polls the status register of the UART until a byte is sent. 145 bytes at 115,200 baud last 12.6 ms whatever the core does, which at 216 MHz is 2.7 million cycles; an instruction takes long there because every second one reads a register through AHB, bridge and APB. It is no part of the inference: the same network without it is in the first table.",
  "- `kws_mfcc` is chains of single-precision conversions, multiplications and additions, each of which needs the one before. A result is there after 3 cycles on the Cortex-M7 (measured on STM32H743), so these run at one instruction in 3 cycles, and 1,960 divisions take 16 each. On the Cortex-M4 the same code takes one cycle more for each dependent operation, and its loads pipeline less because they alternate with arithmetic. The range is that of integer networks.",
  "- MFCC as a whole is above the range on the STM32F746 and not on the other M7 parts: tables and buffers of the FFT are larger than its D-cache of 4 KB, which costs about 280,000 cycles in `radix4_pass` and `kws_mfcc`; 16 KB and more hold them.",
  "- `Reset_Handler` copies the initialised data word by word: a load from flash, a store, a comparison and a branch, so that on the Cortex-M4 every load waits in full, and for flash where no line buffer has the word.",
  "- On the Cortex-M4 `data` grows with the wait states, for weights are read from flash over D-Code: the F4's accelerator keeps 8 lines of 16 bytes for data, the nRF52840's cache none at all, and the Kinetis' is shared with instructions.",
  "- The program built for the NUCLEO-L4R5ZI has its stack at the top of RAM, in SRAM3, where an access takes a cycle more than in SRAM1: the matrix kernels keep there what registers do not hold. In the first table the stack is in SRAM1.",
  "- `fetch` of 7 to 8 % on the Cortex-M4, without wait states as with them, is loops of wide instructions that lie across words: the prefetch queue holds six halfwords and asks for the next word when two are free, as measured on CC2652 (docs/fit.md).",
];
