/* Requests to a debugger or simulator (Arm semihosting, BKPT 0xAB). */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdbool.h>
#include <stdint.h>

/* True if something is attached that answers a semihosting request; without it BKPT is a fault. */
bool semihosting_present(void);

int32_t semihosting_call(uint32_t operation, uintptr_t argument);

/* Tells the host to stop, if there is one. */
void semihosting_exit(int code);

/* Ends a program that has initialised the console: exits if a host is attached, else flushes the console and sleeps for ever. */
void program_end(int code) __attribute__((noreturn));

#endif
