/*
 * Exception scenarios for mps2-an386 that print what can be observed, one line an event, through semihosting.
 * test/core/exceptions-qemu.test.ts plays the same scenarios on the exception model and compares the lines.
 * arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=softfp -mgeneral-regs-only -O1
 *   -ffreestanding -nostdlib -T exceptions.ld exceptions.c
 */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
#define ICSR REG(0xe000ed04)
#define CCR REG(0xe000ed14)
#define SHCSR REG(0xe000ed24)
#define CFSR REG(0xe000ed28)
#define HFSR REG(0xe000ed2c)
#define AIRCR REG(0xe000ed0c)
#define DFSR REG(0xe000ed30)
#define CPACR REG(0xe000ed88)
#define FPCCR REG(0xe000ef34)
#define FPCCR_V7 (FPCCR & ~0x400) /* without UFRDY, which QEMU has from Armv8-M */
#define FPCAR REG(0xe000ef38)
#define FPDSCR REG(0xe000ef3c)
#define ISER REG(0xe000e100)
#define ISPR REG(0xe000e200)
#define PRIORITY(exception) (*(volatile uint8_t *)(0xe000ed14 + (exception)))
#define IRQ_PRIORITY(irq) (*(volatile uint8_t *)(0xe000e400 + (irq)))

uint32_t sp_before, this_pc;
static const char *scenario;
static uint32_t psp_stack[256] __attribute__((aligned(8)));
static char line[200];

/* What the handler of the n-th exception of a scenario does. */
struct step {
  void (*act)(uint32_t *frame);
  uint32_t return_with; /* instead of its EXC_RETURN, if not 0 */
  uint32_t skip;        /* bytes added to the return address */
};
static struct step plan[4];
static int step;

static void semihost(uint32_t operation, const void *argument)
{
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static char *put_text(char *at, const char *text)
{
  while (*text) *at++ = *text++;
  return at;
}
static char *put_hex(char *at, uint32_t value)
{
  int shift = 28;
  while (shift > 0 && ((value >> shift) & 15) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) *at++ = "0123456789abcdef"[(value >> shift) & 15];
  return at;
}
static void print(const char *kind, int count, const uint32_t *values)
{
  char *at = put_text(line, scenario);
  *at++ = ' ';
  at = put_text(at, kind);
  for (int i = 0; i < count; i++) {
    *at++ = ' ';
    at = put_hex(at, values[i]);
  }
  *at++ = '\n';
  *at = 0;
  semihost(4, line);
}
#define PRINT(kind, ...)                                                                        \
  do {                                                                                          \
    const uint32_t values[] = { __VA_ARGS__ };                                                  \
    print(kind, sizeof values / 4, values);                                                     \
  } while (0)

static void begin(const char *name)
{
  scenario = name;
  step = 0;
  for (int i = 0; i < 4; i++) plan[i] = (struct step){ 0, 0, 0 };
}

/*
 * Prints: IPSR, EXC_RETURN, depth of the frame and return address from the trigger (0 when nested), bits 24 and 9 of
 * the stacked xPSR, CFSR, HFSR, SHCSR, ICSR without ISRPREEMPT. Gives the value to return with.
 */
uint32_t on_exception(uint32_t lr, uint32_t msp, uint32_t psp, uint32_t ipsr)
{
  uint32_t *frame = (uint32_t *)((lr & 0xf) == 0xd ? psp : msp);
  struct step *now = &plan[step++ & 3];
  int from_thread = (lr & 0xf) != 1;
  PRINT("take", ipsr, lr, from_thread ? sp_before - (uint32_t)frame : 0, from_thread ? frame[6] - this_pc : 0,
        (frame[7] >> 24) & 1, (frame[7] >> 9) & 1, CFSR, HFSR, SHCSR, ICSR & ~0x00800000);
  CFSR = CFSR;
  HFSR = HFSR;
  DFSR = DFSR;
  if (now->act) now->act(frame);
  if (now->skip) frame[6] += now->skip;
  return now->return_with ? now->return_with : lr;
}

__attribute__((naked)) void any_exception(void)
{
  __asm__ volatile("mov r0, lr\n mrs r1, msp\n mrs r2, psp\n mrs r3, ipsr\n push {r4, lr}\n bl on_exception\n"
                   "pop {r4, lr}\n bx r0");
}

/* Runs one instruction at a known address with SP lowered by `misalign`; r5 goes to where r6 points. */
#define TRIGGER(name, instruction)                                                                      \
  __attribute__((naked, noinline)) static void name(uint32_t misalign)                                  \
  {                                                                                                     \
    __asm__ volatile("push {r4-r7, lr}\n sub sp, #4\n sub sp, r0\n mov r4, r0\n"                        \
                     "ldr r1, =sp_before\n mov r2, sp\n str r2, [r1]\n"                                 \
                     "ldr r1, =this_pc\n adr.w r2, 1f\n str r2, [r1]\n movs r3, #0\n"                   \
                     ".balign 4\n 1: " instruction "\n nop\n"                                          \
                     "add sp, r4\n add sp, #4\n pop {r4-r7, pc}\n .ltorg\n");                          \
  }
TRIGGER(svc, "svc 0")
TRIGGER(udf, "udf 0")
TRIGGER(unmask, "cpsie i")
TRIGGER(to_arm_state, "bx r2")
TRIGGER(fp_move, "vmov r3, s0")

/* SVC with CONTROL and PSP as given; the handler puts privileged Thread mode back. */
__attribute__((naked, noinline)) static void svc_on_psp(uint32_t psp, uint32_t control)
{
  __asm__ volatile("push {r4, lr}\n msr psp, r0\n"
                   "ldr r2, =sp_before\n str r0, [r2]\n ldr r2, =this_pc\n adr.w r3, 1f\n str r3, [r2]\n"
                   "msr control, r1\n isb\n"
                   ".balign 4\n 1: svc 0\n nop\n"
                   "movs r0, #0\n msr control, r0\n isb\n"
                   "pop {r4, pc}\n .ltorg");
}

static void mask_interrupts(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static void set_basepri(uint32_t value) { __asm__ volatile("msr basepri, %0" ::"r"(value) : "memory"); }
#define SPECIAL(name) ({ uint32_t value_; __asm__ volatile("mrs %0, " name : "=r"(value_)); value_; })

static void pend_irq29(uint32_t *frame)
{
  (void)frame;
  ISPR = 1u << 29;
  __asm__ volatile("dsb\n isb");
}
static void privileged(uint32_t *frame)
{
  (void)frame;
  __asm__ volatile("msr control, %0\n isb" ::"r"(0));
}
static void stack_ipsr(uint32_t *frame) { frame[7] |= 11; }
static void clear_ipsr(uint32_t *frame) { frame[7] &= ~0x1ff; }
/* To a word boundary: QEMU would take an alignment fault of Arm state instead of INVSTATE. */
static void clear_T(uint32_t *frame)
{
  frame[6] = this_pc;
  frame[7] &= ~(1u << 24);
}
static void return_to_next(uint32_t *frame) { frame[6] = this_pc + 2; frame[7] |= 1u << 24; }

static void faults(void)
{
  begin("svc");
  svc(0);
  svc(4);
  begin("svc-without-STKALIGN");
  CCR &= ~0x200;
  svc(4);
  CCR |= 0x200;
  begin("udf-disabled");
  plan[0].skip = 2;
  udf(0);
  SHCSR |= 7 << 16;
  begin("udf-enabled");
  plan[0].skip = 2;
  udf(0);
  begin("udf-below-BASEPRI");
  PRIORITY(6) = 0x80;
  set_basepri(0x40);
  plan[0].skip = 2;
  udf(0);
  set_basepri(0);
  PRIORITY(6) = 0;
  begin("to-arm-state");
  plan[0].act = return_to_next;
  to_arm_state(0);
  begin("no-coprocessor");
  plan[0].skip = 4;
  fp_move(0);
}

static void priorities(void)
{
  begin("chain");
  IRQ_PRIORITY(28) = 0x80;
  IRQ_PRIORITY(29) = 0x40;
  IRQ_PRIORITY(30) = 0x40;
  ISER = 7u << 28;
  mask_interrupts();
  ISPR = 7u << 28;
  unmask(0);
  begin("nest");
  plan[0].act = pend_irq29;
  mask_interrupts();
  ISPR = 1u << 28;
  unmask(0);
  begin("same-group");
  AIRCR = 0x05fa0700;
  plan[0].act = pend_irq29;
  mask_interrupts();
  ISPR = 1u << 28;
  unmask(0);
  AIRCR = 0x05fa0000;
}

static void returns(void)
{
  static const uint32_t illegal[] = { 0xfffffff3, 0xfffffff5, 0xffffffff };
  for (int i = 0; i < 3; i++) {
    begin("illegal-return");
    plan[0].return_with = illegal[i];
    plan[1].return_with = 0xfffffff9;
    svc(0);
  }
  begin("handler-frame-to-thread");
  plan[0].act = stack_ipsr;
  plan[1].act = clear_ipsr;
  svc(0);
  begin("thread-frame-to-handler");
  plan[0].act = clear_ipsr;
  plan[0].return_with = 0xfffffff1;
  plan[1].return_with = 0xfffffff9;
  svc(0);
  begin("return-without-T");
  plan[0].act = clear_T;
  plan[1].act = return_to_next;
  svc(0);
}

static void process_stack(void)
{
  begin("psp");
  svc_on_psp((uint32_t)&psp_stack[200], 2);
  svc_on_psp((uint32_t)&psp_stack[199], 2);
  begin("psp-unprivileged");
  plan[0].act = privileged;
  svc_on_psp((uint32_t)&psp_stack[200], 3);
}

static void floating_point(void)
{
  CPACR = 0xf << 20;
  __asm__ volatile("dsb\n isb");
  begin("fp-frame");
  __asm__ volatile("vmov s15, %0\n vmsr fpscr, %1" ::"r"(0x1234), "r"(0x10));
  PRINT("control", SPECIAL("control"));
  svc(4);
  PRINT("after", SPECIAL("control"), FPCCR_V7, sp_before - FPCAR);
  begin("fp-eager");
  FPCCR = 0x80000000;
  svc(0);
  PRINT("after", SPECIAL("control"), FPCCR_V7);
  FPCCR = 0xc0000000;
}

static void fp_in_handler(uint32_t *frame)
{
  uint32_t fpccr = FPCCR_V7, control = SPECIAL("control");
  uint32_t s15;
  __asm__ volatile("vmov %0, s15" : "=r"(s15));
  PRINT("lazy", fpccr, control, FPCCR_V7, frame[8 + 15], frame[8 + 16]);
  __asm__ volatile("vmov s15, %0\n vmsr fpscr, %1" ::"r"(0), "r"(0));
}
static void lazy_state(void)
{
  begin("fp-lazy");
  plan[0].act = fp_in_handler;
  svc(0);
  uint32_t s15, fpscr;
  __asm__ volatile("vmov %0, s15\n vmrs %1, fpscr" : "=r"(s15), "=r"(fpscr));
  PRINT("after", s15, fpscr, SPECIAL("control"), FPCCR_V7);
}

static void special_registers(void)
{
  static const uint32_t steps[] = { 0x00, 0x80, 0xa0, 0x00, 0x40, 0x60 };
  begin("basepri-max");
  for (int i = 0; i < 6; i++) {
    __asm__ volatile("msr basepri_max, %0" ::"r"(steps[i]));
    PRINT("basepri", SPECIAL("basepri"));
  }
  set_basepri(0);
  begin("masks");
  __asm__ volatile("cpsid if");
  PRINT("set", SPECIAL("faultmask"), SPECIAL("primask"));
  __asm__ volatile("cpsie if");
  PRINT("clear", SPECIAL("faultmask"), SPECIAL("primask"));
}

static void masked_svc(void)
{
  begin("svc-masked");
  plan[0].act = return_to_next;
  mask_interrupts();
  svc(0);
}

int main(void)
{
  faults();
  priorities();
  returns();
  process_stack();
  special_registers();
  floating_point();
  lazy_state();
  masked_svc();
  semihost(0x18, (void *)0x20026);
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void *vectors[16 + 32] = {
  (void *)0x20010000,
  main,
  [2 ... 47] = any_exception,
};
