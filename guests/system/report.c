// SPDX-License-Identifier: GPL-2.0-or-later
/* A line on COM1 for each event of a case: how it ended, where, flags, and the registers that are not as they were at its start. */
#include "report.h"

#define COM1 0x3f8
#define DEBUG_EXIT 0xf4
#define PF 14
#define DB 1
#define RF 0x10000
#define VM 0x20000

const char *case_name;
/* Where its first instruction is; the number behind its name. */
word case_start, case_value, case_has_value;
/* How many events return where they came from, the flags that they set then, and how many bytes of code they step over. */
word case_continue, case_set_flags, case_skip;
/* Whether RF is to be seen. */
word case_shows_rf;
/* Whether cases run in real mode. */
word case_is_real;

#ifdef __x86_64__
static const char *const names[] = {"ax", "cx", "dx", "bx", "bp", "si", "di", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};
#else
static const char *const names[] = {"ax", "cx", "dx", "bx", "bp", "si", "di"};
#endif

static void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static u8 in8(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void put_char(char c)
{
    while (!(in8(COM1 + 5) & 0x20))
        ;
    out8(COM1, c);
}

static void print(const char *text)
{
    for (; *text; text++)
        put_char(*text);
}

static void print_hex(word value)
{
    if (value >= 16)
        print_hex(value >> 4);
    put_char("0123456789abcdef"[value & 15]);
}

static void field(const char *name, word value)
{
    put_char(' ');
    print(name);
    put_char('=');
    /* What is in the case's own code moves with the image. */
    if (value - case_start < 0x400) {
        put_char('+');
        value -= case_start;
#ifdef __x86_64__
    } else if (value - ALIAS - case_start < 0x400) {
        print("alias+");
        value -= ALIAS + case_start;
#endif
    }
    print_hex(value);
}

static int has_error(word vector)
{
    if (case_is_real)
        return 0;
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

static word read_cr2(void)
{
    word value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static word read_dr6(void)
{
    word value;
    __asm__ volatile("mov %%dr6, %0" : "=r"(value));
    return value;
}

static void print_name(void)
{
    print(case_name);
    if (case_has_value) {
        put_char(' ');
        print_hex(case_value);
    }
    print(": ");
}

/* What a register holds when a case begins: see set_registers. */
static word start_value(int n)
{
    return 0x11 * (n + 1);
}

static void print_where(const struct frame *f)
{
    /* In real and virtual-8086 mode as a linear address. */
    field("ip", case_is_real || f->flags & VM ? f->ip + (f->cs << 4) : f->ip);
    field("cs", f->cs & 0xffff);
}

/* Whether the entry changed the level, or came from virtual-8086 mode, so that SS and SP are on the stack. */
static int has_stack(const struct frame *f)
{
    return sizeof(word) == 8 || case_is_real || (f->flags & VM) || (f->cs & 3) != 0;
}

static void print_registers(const struct frame *f)
{
    word data = case_is_real ? DATA_SEGMENT : DATA;
    word sp = has_stack(f) ? f->sp : (word)&f->sp;
    word ss = (has_stack(f) ? f->ss : f->ss_then) & 0xffff;
    /* RF has cases of its own. */
    field("fl", case_shows_rf ? f->flags : f->flags & ~(word)RF);
    if (sp != KERNEL_STACK)
        field("sp", sp);
    if (ss != (case_is_real ? 0 : DATA))
        field("ss", ss);
    for (int i = 0; i < REGISTERS; i++)
        if (f->registers[i] != start_value(i))
            field(names[i], f->registers[i]);
    if (f->flags & VM) {
        field("es", f->v86[0] & 0xffff);
        field("ds", f->v86[1] & 0xffff);
        field("fs", f->v86[2] & 0xffff);
        field("gs", f->v86[3] & 0xffff);
        return;
    }
    if ((f->ds & 0xffff) != data)
        field("ds", f->ds & 0xffff);
    if ((f->es & 0xffff) != data)
        field("es", f->es & 0xffff);
    if ((f->fs & 0xffff) != data)
        field("fs", f->fs & 0xffff);
    if ((f->gs & 0xffff) != data)
        field("gs", f->gs & 0xffff);
}

/* Reports an event; nonzero when the program goes on behind it. */
int exception(struct frame *f)
{
    print_name();
    print("vector ");
    print_hex(f->vector);
    if (has_error(f->vector)) {
        print(" error ");
        print_hex(f->error);
    }
    print_where(f);
    print_registers(f);
    if (f->vector == PF)
        field("cr2", read_cr2());
    if (f->vector == DB)
        field("dr6", read_dr6());
    put_char('\n');
    /* The local APIC's interrupts are over: EOI. */
    if (f->vector >= 0x30 && f->vector < VECTOR_END)
        *(volatile u32 *)(word)0xfee000b0 = 0;
    if (f->vector >= VECTOR_END || case_continue == 0)
        return 0;
    case_continue--;
    f->flags |= case_set_flags;
    f->ip += case_skip;
    return 1;
}

/* COM1 at 115200 baud, 8 bits, FIFOs on (PC16550D data sheet). */
void report_init(void)
{
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 0x80);
    out8(COM1, 1);
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 3);
    out8(COM1 + 2, 7);
}

/* The end of all cases: the machine with isa-debug-exit ends with exit code 1. */
void finish(void)
{
    print("end\n");
    while (!(in8(COM1 + 5) & 0x40))
        ;
    out8(DEBUG_EXIT, 0);
    for (;;)
        __asm__ volatile("cli; hlt");
}
