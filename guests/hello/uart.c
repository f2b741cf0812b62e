// SPDX-License-Identifier: GPL-2.0-or-later
/* COM1, a 16550A (National Semiconductor PC16550D data sheet, 8.0 "Registers"). */
#include "hello.h"

#define COM1 0x3f8
#define RBR 0 /* receive buffer, read */
#define THR 0 /* transmit holding, write */
#define DLL 0 /* divisor, low byte, with LCR_DLAB */
#define DLM 1
#define IER 1
#define IER_RDI 0x01 /* interrupt on received data */
#define IIR 2
#define IIR_FIFO 0xc0
#define FCR 2
#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR 3
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR 4
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2 gates the interrupt line on a PC */
#define LSR 5
#define LSR_DR 0x01
#define LSR_THRE 0x20

static u8 fifo_size; /* bytes that fit once THRE is set */
static u8 room;

/* What has come in and nobody has read yet; a power of two. */
static char input[64];
static u32 input_head, input_tail;

void uart_init(void)
{
    out8(COM1 + IER, 0);
    out8(COM1 + LCR, LCR_DLAB);
    out8(COM1 + DLL, 1); /* 115200 baud */
    out8(COM1 + DLM, 0);
    out8(COM1 + LCR, LCR_8N1);
    out8(COM1 + FCR, FCR_ENABLE_AND_CLEAR);
    out8(COM1 + MCR, MCR_DTR_RTS_OUT2);
    fifo_size = (in8(COM1 + IIR) & IIR_FIFO) == IIR_FIFO ? 16 : 1;
}

/* THRE means that the whole transmit FIFO is empty, so one look at LSR is good for as many bytes as it holds. */
static void put_raw(char c)
{
    if (!room) {
        while (!(in8(COM1 + LSR) & LSR_THRE))
            pause();
        room = fifo_size;
    }
    out8(COM1 + THR, c);
    room--;
}

void uart_put(char c)
{
    if (c == '\n')
        put_raw('\r');
    put_raw(c);
}

void uart_receive_enable(void) { out8(COM1 + IER, IER_RDI); }

/* The line is edge triggered: only an empty receive FIFO makes room for the next edge, so take all there is. */
void uart_drain(void)
{
    while (in8(COM1 + LSR) & LSR_DR) {
        char c = in8(COM1 + RBR);

        if (input_head - input_tail < sizeof(input))
            input[input_head++ % sizeof(input)] = c;
    }
}

int uart_take(void) { return input_head == input_tail ? -1 : (u8)input[input_tail++ % sizeof(input)]; }
