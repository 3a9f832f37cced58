/* How firmware reaches a memory-mapped register. */
#ifndef REG_H
#define REG_H

#include <stdint.h>

#define REG32(address) (*(volatile uint32_t *)(address))
#define BIT(n) (1u << (n))

#endif
