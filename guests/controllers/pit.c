// SPDX-License-Identifier: GPL-2.0-or-later
/* The 8254 (data sheet 231164): counter 0 on interrupt 0, counter 2 by the speaker's port. */
#include "controllers.h"

#define CONTROL 0x43
#define SPEAKER 0x61
#define GATE 1
#define OUT 0x20
#define VECTOR PIC_VECTOR
#define MASTER 0x20

static void program(u32 counter, u32 mode, u32 count)
{
    out8(CONTROL, counter << 6 | 0x30 | mode << 1);
    out8(0x40 + counter, count & 0xff);
    out8(0x40 + counter, count >> 8);
}

static u32 latched(u32 counter)
{
    out8(CONTROL, counter << 6);
    u32 low = in8(0x40 + counter);
    return low | in8(0x40 + counter) << 8;
}

/* Takes `wanted` interrupts of counter 0 and returns how many came, ended one by one. */
static u32 ticks(u32 wanted)
{
    u32 from = taken(VECTOR);
    for (u32 n = 1; n <= wanted; n++) {
        if (wait_here(VECTOR, from, n) < n)
            break;
        out8(MASTER, 0x20);
    }
    return taken(VECTOR) - from;
}

/* Leaves its output high, where it stays, and its requests so far behind. */
static void forget_requests(void)
{
    program(0, 0, 1);
    pic_mask(0xffff);
    settle();
    pic_setup(1);
}

static void interrupts(void)
{
    forget_requests();
    pic_mask(0xfffe);
    program(0, 0, 1000);
    check("8254: mode 0 interrupts at its count", ticks(1), 1);
    forget_requests();
    pic_mask(0xfffe);
    program(0, 2, 1000);
    check("8254: mode 2 interrupts again and again", ticks(3), 3);
    forget_requests();
    pic_mask(0xfffe);
    program(0, 3, 1000);
    check("8254: mode 3 too", ticks(3), 3);
    forget_requests();
    program(0, 4, 1000);
    pic_mask(0xfffe);
    check("8254: mode 4 gives one strobe", ticks(1), 1);
    u32 from = taken(VECTOR);
    settle();
    check("8254: and not another one", taken(VECTOR) - from, 0);
    pic_mask(0xffff);
    program(0, 0, 0);
    pic_setup(1);
}

static void reading(void)
{
    program(0, 2, 0x8000);
    out8(CONTROL, 0xc2);
    check("8254: read-back gives access and mode in the status", in8(0x40) & 0x3f, 0x34);
    u32 low = in8(0x40), count = low | in8(0x40) << 8;
    u32 later = latched(0);
    check("8254: and then the latched count", count <= 0x8000 && later != count, 1);
    out8(CONTROL, 0x00);
    settle();
    out8(CONTROL, 0x00);
    low = in8(0x40);
    u32 first = low | in8(0x40) << 8;
    check("8254: a latched count stays until it is read", first != latched(0), 1);
    out8(CONTROL, 0x1a); /* low byte only, mode 5 */
    out8(0x40, 0x80);
    out8(CONTROL, 0xe2);
    check("8254: low byte only, and mode 5, stand in the status", in8(0x40) & 0x3f, 0x1a);
    out8(CONTROL, 0x2c); /* high byte only, mode 6 is 2 */
    out8(0x40, 0x80);
    out8(CONTROL, 0xe2);
    check("8254: high byte only, and mode 6 is 2", in8(0x40) & 0x3f, 0x24);
    program(0, 0, 0);
}

/* Whether the counter's output has that level at some time. */
static u32 output_becomes(u32 level)
{
    u32 spin = 0;
    while (!(in8(SPEAKER) & OUT) != !level)
        if (!patience(&spin))
            return 0;
    return 1;
}

/* The rise of its gate starts a counter anew. */
static u32 gate_restarts(u32 mode)
{
    out8(SPEAKER, GATE);
    program(2, mode, 0xffff);
    u32 before, spin = 0;
    do
        before = latched(2);
    while (before > 0x8000 && patience(&spin));
    out8(SPEAKER, 0);
    out8(SPEAKER, GATE);
    /* Had it gone on, it would be further down. */
    for (u32 round = 0; round < 8; round++) {
        if (latched(2) > before)
            return 1;
        out8(SPEAKER, 0);
        out8(SPEAKER, GATE);
    }
    return 0;
}

static void speaker(void)
{
    out8(SPEAKER, GATE);
    u32 bits = in8(SPEAKER) & 3;
    out8(SPEAKER, 2);
    check("speaker port: gate and data can be read back", bits << 2 | (in8(SPEAKER) & 3), 1 << 2 | 2);
    check("speaker port: the refresh bit toggles", (in8(SPEAKER) ^ in8(SPEAKER)) & 0x10, 0x10);
    out8(SPEAKER, GATE);
    program(2, 0, 0xffff);
    u32 before = in8(SPEAKER) & OUT;
    check("8254: mode 0's output is low before its count", before, 0);
    program(2, 0, 100);
    check("8254: and high after it", output_becomes(1), 1);
    program(2, 3, 2000);
    check("8254: mode 3's output goes to and fro", output_becomes(0) + output_becomes(1) + output_becomes(0), 3);
    check("8254: the gate starts mode 1 anew", gate_restarts(1), 1);
    check("8254: the gate starts mode 2 anew", gate_restarts(2), 1);
    check("8254: the gate starts mode 3 anew", gate_restarts(3), 1);
    check("8254: the gate starts mode 5 anew", gate_restarts(5), 1);
    out8(SPEAKER, 0);
}

void check_8254(void)
{
    lapic_write(APIC_LVT_LINT0, 0x700);
    interrupts();
    reading();
    if (in8(SPEAKER) == 0xff)
        skip("speaker port");
    else
        speaker();
    lapic_write(APIC_LVT_LINT0, MASKED | 0x700);
}
