/* A byte queue between an interrupt handler and the main program: one side writes, the other reads. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stdint.h>

enum { QUEUE_SIZE = 256 };

struct queue {
    volatile uint32_t written, read; /* counts that wrap; their difference is what waits */
    volatile uint8_t bytes[QUEUE_SIZE];
};

static inline bool queue_put(struct queue *queue, uint8_t byte)
{
    if (queue->written - queue->read == QUEUE_SIZE)
        return false;
    queue->bytes[queue->written % QUEUE_SIZE] = byte;
    queue->written++;
    return true;
}

static inline bool queue_get(struct queue *queue, uint8_t *byte)
{
    if (queue->written == queue->read)
        return false;
    *byte = queue->bytes[queue->read % QUEUE_SIZE];
    queue->read++;
    return true;
}

#endif
