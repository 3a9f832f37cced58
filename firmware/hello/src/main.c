/*
 * newlib over semihosting (librdimon): formatted output, the heap, floating point and a file. The exit code
 * is the number of steps that failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void initialise_monitor_handles(void);

static int check(const char *what, int ok)
{
    printf("%s %s\n", what, ok ? "ok" : "failed");
    return ok ? 0 : 1;
}

static int heap_works(void)
{
    char *block = malloc(4096);
    if (block == NULL)
        return 0;
    memset(block, 0x5A, 4096);
    int ok = block[0] == 0x5A && block[4095] == 0x5A;
    free(block);
    return ok;
}

/* Written only if the host allows files. */
static int file_works(void)
{
    char text[16] = "";
    FILE *file = fopen("hello.txt", "w");
    if (file == NULL)
        return 1;
    fputs("semihosting", file);
    fclose(file);
    file = fopen("hello.txt", "r");
    if (file == NULL)
        return 0;
    int ok = fgets(text, sizeof text, file) != NULL && strcmp(text, "semihosting") == 0;
    fclose(file);
    return remove("hello.txt") == 0 && ok;
}

int main(void)
{
    volatile float third = 1.0f / 3.0f;
    initialise_monitor_handles();
    printf("hello from %s\n", BOARD);
    int failed = check("integer", 6 * 7 == 42) + check("float", (int)(third * 3000.0f + 0.5f) == 1000) +
                 check("heap", heap_works()) + check("file", file_works());
    exit(failed);
}
