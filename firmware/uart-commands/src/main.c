/*
 * Answers commands on the console UART. Both directions run by interrupts; the main loop sleeps between
 * lines. A command ends with '%', carriage return or line feed; every answer ends with "m-ready\r\n".
 */
#include "board.h"
#include "cortex_m.h"
#include "queue.h"
#include "semihosting.h"
#include <string.h>

enum { LINE_SIZE = 80 };

static struct queue received, to_send;
static volatile uint32_t lost; /* bytes for which the receive queue had no room */
static uint32_t answered;

void console_interrupt(void)
{
    uint8_t byte;
    while (console_receive(&byte))
        if (!queue_put(&received, byte))
            lost++;
    while (console_can_send()) {
        if (!queue_get(&to_send, &byte)) {
            console_send_interrupt(false);
            break;
        }
        console_send(byte);
    }
}

/*
 * Sleeps until the next interrupt. Called with interrupts off, so that none comes between the look at a queue
 * and the sleep: WFI wakes on a pending one even then, and it is taken here.
 */
static void sleep(void)
{
    wfi();
    interrupts_on();
    isb();
    interrupts_off();
}

/* Queues one byte and makes sure that the transmitter asks for it. */
static void put(char c)
{
    interrupts_off();
    while (!queue_put(&to_send, (uint8_t)c))
        sleep();
    console_send_interrupt(true);
    interrupts_on();
}

static void print(const char *text)
{
    while (*text != 0)
        put(*text++);
}

static void print_signed(int32_t value)
{
    char digits[10];
    int count = 0;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    if (value < 0)
        put('-');
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    while (count > 0)
        put(digits[--count]);
}

/* Reads a decimal number and moves `text` behind it; false if there is none. */
static bool parse_number(const char **text, int32_t *value)
{
    const char *p = *text;
    uint32_t sum = 0;
    while (*p == ' ')
        p++;
    bool negative = *p == '-';
    if (negative)
        p++;
    if (*p < '0' || *p > '9')
        return false;
    while (*p >= '0' && *p <= '9')
        sum = sum * 10 + (uint32_t)(*p++ - '0');
    *value = (int32_t)(negative ? 0u - sum : sum);
    *text = p;
    return true;
}

static void answer_add(const char *arguments)
{
    int32_t a, b;
    if (!parse_number(&arguments, &a) || !parse_number(&arguments, &b)) {
        print("e-[add needs two numbers]");
        return;
    }
    print("m-sum-[");
    print_signed((int32_t)((uint32_t)a + (uint32_t)b));
    put(']');
}

/* What follows `name` and a space in `line`, or nothing. */
static const char *arguments_of(const char *line, const char *name)
{
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0 || (line[length] != ' ' && line[length] != 0))
        return NULL;
    return line + length + (line[length] == ' ' ? 1 : 0);
}

static void answer(const char *line)
{
    const char *arguments;
    if (arguments_of(line, "name") != NULL || arguments_of(line, "id") != NULL) {
        print("m-name-[");
        print(board_name);
        put(']');
    } else if ((arguments = arguments_of(line, "add")) != NULL) {
        answer_add(arguments);
    } else if ((arguments = arguments_of(line, "echo")) != NULL) {
        print("m-echo-[");
        print(arguments);
        put(']');
    } else if (arguments_of(line, "count") != NULL) {
        print("m-count-[");
        print_signed((int32_t)answered);
        put(']');
    } else if (arguments_of(line, "lost") != NULL) {
        print("m-lost-[");
        print_signed((int32_t)lost);
        put(']');
    } else {
        print("e-[unknown command: ");
        print(line);
        put(']');
    }
    print("\r\n");
}

static uint8_t next_byte(void)
{
    uint8_t byte;
    interrupts_off();
    while (!queue_get(&received, &byte))
        sleep();
    interrupts_on();
    return byte;
}

/* The next line that is not empty; what does not fit is dropped. */
static void read_line(char *line)
{
    int length = 0;
    for (;;) {
        char c = (char)next_byte();
        if (c != '%' && c != '\r' && c != '\n') {
            if (length < LINE_SIZE - 1)
                line[length++] = c;
        } else if (length > 0) {
            line[length] = 0;
            return;
        }
    }
}

static void drain(void)
{
    interrupts_off();
    while (to_send.written != to_send.read)
        sleep();
    interrupts_on();
}

int main(void)
{
    char line[LINE_SIZE];
    console_init();
    console_enable_interrupts();
    interrupts_on();
    print("m-ready\r\n");
    for (;;) {
        read_line(line);
        answered++;
        if (strcmp(line, "exit") == 0)
            break;
        answer(line);
        print("m-ready\r\n");
    }
    print("m-bye\r\n");
    drain();
    return 0;
}
