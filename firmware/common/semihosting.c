/* Requests to a debugger or simulator (Arm semihosting, BKPT 0xAB). */
#include "semihosting.h"
#include "board.h"
#include "cortex_m.h"

enum { SYS_EXIT = 0x18 };
enum { APPLICATION_EXIT = 0x20026, RUN_TIME_ERROR = 0x20023 };

bool semihosting_present(void) { return board_is_emulated || (DHCSR & DHCSR_C_DEBUGEN) != 0; }

int32_t semihosting_call(uint32_t operation, uintptr_t argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

void semihosting_exit(int code)
{
    if (semihosting_present())
        semihosting_call(SYS_EXIT, code == 0 ? APPLICATION_EXIT : RUN_TIME_ERROR);
}

void program_end(int code)
{
    console_flush();
    semihosting_exit(code);
    for (;;)
        wfi();
}
