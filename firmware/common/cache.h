/* Level-1 caches of the Cortex-M7. */
#ifndef CACHE_H
#define CACHE_H

void cache_enable_instruction(void);
void cache_enable_data(void);

#endif
