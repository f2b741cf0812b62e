// SPDX-License-Identifier: GPL-2.0-or-later
/* Text: a small printf on the serial line, and reading words. */
#include "hello.h"

#include <stdarg.h>

static void put_string(const char *text, u32 width)
{
    for (; *text; text++) {
        uart_put(*text);
        width -= width > 0;
    }
    for (; width > 0; width--)
        uart_put(' ');
}

static void put_number(u64 value, u32 base, u32 width, char fill)
{
    char digits[20];
    u32 count = 0;

    do {
        /* Hexadecimal without division: DIV is slow wherever instructions are emulated. */
        u32 digit = base == 16 ? value & 15 : value % 10;
        value = base == 16 ? value >> 4 : value / 10;
        digits[count++] = digit < 10 ? '0' + digit : 'a' + digit - 10;
    } while (value);
    for (; width > count; width--)
        uart_put(fill);
    while (count)
        uart_put(digits[--count]);
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    for (; *format; format++) {
        char fill = ' ';
        u32 width = 0;
        bool wide = false;

        if (*format != '%') {
            uart_put(*format);
            continue;
        }
        format++;
        if (*format == '0')
            fill = *format++;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (*format++ - '0');
        if (*format == 'l') {
            wide = true;
            format++;
        }
        switch (*format) {
        case 's':
            put_string(va_arg(args, const char *), width);
            break;
        case 'c':
            uart_put(va_arg(args, int));
            break;
        case 'u':
            put_number(wide ? va_arg(args, u64) : va_arg(args, u32), 10, width, fill);
            break;
        case 'x':
            put_number(wide ? va_arg(args, u64) : va_arg(args, u32), 16, width, fill);
            break;
        default:
            uart_put(*format);
        }
    }
    va_end(args);
}

bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const char *find_word(const char *list, const char *word)
{
    while (*list) {
        const char *w = word;

        while (*w && *list == *w) {
            list++;
            w++;
        }
        /* A word that ends in '=' takes a value; any other must end here. */
        if (!*w && (w[-1] == '=' || *list == ' ' || !*list))
            return list;
        while (*list && *list != ' ')
            list++;
        while (*list == ' ')
            list++;
    }
    return 0;
}

u32 parse_number(const char *text)
{
    u32 value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (*text - '0');
    return value;
}

/* The compiler may ask for these two by name, even in a freestanding program. */
void *memset(void *to, int value, u64 size);
void *memcpy(void *to, const void *from, u64 size);

void *memset(void *to, int value, u64 size)
{
    void *start = to;

    asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return start;
}

void *memcpy(void *to, const void *from, u64 size)
{
    void *start = to;

    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return start;
}
