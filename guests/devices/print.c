// SPDX-License-Identifier: GPL-2.0-or-later
/* The report, on COM1 (16550A: PC16550D data sheet) without interrupts. */
#include "devices.h"

#define COM1 0x3f8
#define UART_DATA (COM1 + 0)
#define UART_DIVISOR_LOW (COM1 + 0)
#define UART_IER (COM1 + 1)
#define UART_FCR (COM1 + 2)
#define UART_LCR (COM1 + 3)
#define UART_MCR (COM1 + 4)
#define UART_LSR (COM1 + 5)

u32 failures;

void uart_init(void)
{
    out8(UART_IER, 0);
    out8(UART_LCR, 0x80);
    out8(UART_DIVISOR_LOW, 1);
    out8(UART_IER, 0);
    out8(UART_LCR, 3);
    out8(UART_FCR, 7);
    out8(UART_MCR, 0x0b);
}

void put_char(char c)
{
    while (!(in8(UART_LSR) & 0x20))
        ;
    out8(UART_DATA, c);
}

void print(const char *text)
{
    for (; *text; text++)
        put_char(*text);
}

void print_dec(u32 value)
{
    if (value >= 10)
        print_dec(value / 10);
    put_char('0' + value % 10);
}

void print_hex(u32 value)
{
    if (value >= 16)
        print_hex(value / 16);
    put_char("0123456789abcdef"[value % 16]);
}

void report(const char *device, int good)
{
    print(device);
    print(good ? ": good\n" : ": BAD\n");
    failures += !good;
}

int text_equal(const char *a, const char *b, u32 length)
{
    for (u32 i = 0; i < length; i++)
        if (a[i] != b[i])
            return 0;
    return 1;
}

int text_has(const char *text, const char *word)
{
    u32 length = 0;
    while (word[length])
        length++;
    for (; *text; text++)
        if (text_equal(text, word, length))
            return 1;
    return 0;
}
