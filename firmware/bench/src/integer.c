/*
 * Integer code of the kind that fills firmware: a linked list that is searched, reversed and sorted, small matrices,
 * a state machine over text, and CRCs. Built a second time to run from RAM.
 */
#include "bench.h"

#ifdef INTEGER_IN_RAM
#define CODE __attribute__((section(".ram_code"), noinline))
#else
#define CODE __attribute__((noinline))
#endif

enum { NODES = 48, SIDE = 12, TEXT = 256 };

struct node {
    struct node *next;
    int16_t key;
    uint16_t value;
};

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, INVALID, STATES };

static struct node nodes[NODES];
static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];
static char text[TEXT];
static uint32_t seed = 7;

void bench_prepare(void)
{
    static const char alphabet[] = "0123456789012345+-.e,,,, x";
    uint32_t state = 3;
    for (int i = 0; i < NODES; i++)
        nodes[i] = (struct node){&nodes[i + 1], (int16_t)bench_random(&state), (uint16_t)i};
    nodes[NODES - 1].next = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
        ((int16_t *)left)[i] = (int16_t)(bench_random(&state) & 0xFF);
        ((int16_t *)right)[i] = (int16_t)(bench_random(&state) & 0xFF);
    }
    for (int i = 0; i < TEXT; i++)
        text[i] = alphabet[bench_random(&state) % (sizeof alphabet - 1)];
}

CODE static struct node *reverse(struct node *list)
{
    struct node *done = 0;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

CODE static const struct node *find(const struct node *list, int16_t key)
{
    while (list && list->key < key)
        list = list->next;
    return list;
}

static int by_key(const struct node *a, const struct node *b) { return a->key - b->key; }
static int by_value(const struct node *a, const struct node *b) { return (int)a->value - (int)b->value; }

CODE static struct node *merge(struct node *a, struct node *b, int (*order)(const struct node *, const struct node *))
{
    struct node *first = 0, **end = &first;
    while (a && b) {
        struct node **smaller = order(a, b) <= 0 ? &a : &b;
        *end = *smaller;
        end = &(*end)->next;
        *smaller = (*smaller)->next;
    }
    *end = a ? a : b;
    return first;
}

/* Bottom-up merge sort: run r holds 2^r nodes or none. */
CODE static struct node *sort(struct node *list, int (*order)(const struct node *, const struct node *))
{
    struct node *runs[8] = {0};
    while (list) {
        struct node *run = list;
        int level = 0;
        list = list->next;
        run->next = 0;
        for (; runs[level]; level++) {
            run = merge(runs[level], run, order);
            runs[level] = 0;
        }
        runs[level] = run;
    }
    struct node *all = 0;
    for (int level = 0; level < 8; level++)
        all = merge(runs[level], all, order);
    return all;
}

CODE static uint16_t crc16(uint16_t crc, uint32_t word)
{
    for (int i = 0; i < 32; i++) {
        uint16_t bit = (crc ^ word) & 1;
        crc >>= 1;
        word >>= 1;
        if (bit)
            crc ^= 0xA001;
    }
    return crc;
}

CODE static void multiply(void)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
}

CODE static enum state step(enum state state, char c)
{
    int digit = c >= '0' && c <= '9';
    switch (state) {
    case START:
        return digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
    case SIGN:
        return digit ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER:
        return digit ? INTEGER : c == '.' ? POINT : c == 'e' ? EXPONENT : INVALID;
    case POINT:
    case FRACTION:
        return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT:
        return digit || c == '-' || c == '+' ? EXPONENT : INVALID;
    default:
        return INVALID;
    }
}

CODE static uint32_t scan(void)
{
    uint32_t ends[STATES] = {0}, check = 0;
    enum state state = START;
    for (int i = 0; i < TEXT; i++) {
        if (text[i] == ',') {
            ends[state]++;
            state = START;
        } else
            state = step(state, text[i]);
    }
    for (int i = 0; i < STATES; i++)
        check = bench_mix(check, ends[i]);
    return check;
}

CODE uint32_t bench_work(void)
{
    struct node *list = nodes;
    uint16_t crc = 0xFFFF;
    list = sort(list, by_key);
    const struct node *found = find(list, (int16_t)seed);
    crc = crc16(crc, found ? found->value : 0);
    list = reverse(list);
    crc = crc16(crc, (uint32_t)(list->key << 16) | list->value);
    sort(list, by_value); /* node 0 first again */
    multiply();
    for (int i = 0; i < SIDE; i++)
        crc = crc16(crc, (uint32_t)product[i][(i + seed) % SIDE]);
    left[seed % SIDE][crc % SIDE] = (int16_t)(crc & 0xFF);
    crc = crc16(crc, scan());
    text[crc % TEXT] ^= (char)(seed & 1);
    seed = seed * 5 + 1;
    return crc;
}
