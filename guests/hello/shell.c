// SPDX-License-Identifier: GPL-2.0-or-later
/* The prompt. Between keys the CPU sleeps in HLT; COM1's interrupt wakes it. */
#include "hello.h"

#define COM1_PIN 4
#define POLL_COUNT 625000 /* 10 ms, where there is no I/O APIC */

#define CTRL_C 0x03
#define BACKSPACE 0x08
#define CTRL_U 0x15
#define DELETE 0x7f

static char line[80];

static int wait_for_key(void)
{
    int c;

    for (;;) {
        uart_drain();
        c = uart_take();
        if (c >= 0)
            return c;
        wait_for_interrupt();
    }
}

static void rub_out(u32 count)
{
    while (count--)
        print("\b \b");
}

/* Reads into `line` until Enter; a terminal sends CR, a pipe LF, some CR LF. */
static void read_line(void)
{
    static bool after_cr;
    u32 length = 0;

    for (;;) {
        int c = wait_for_key();
        bool skip = c == '\n' && after_cr;

        after_cr = c == '\r';
        if (skip)
            continue;
        if (c == '\r' || c == '\n')
            break;
        if (c == BACKSPACE || c == DELETE) {
            rub_out(length > 0);
            length -= length > 0;
        } else if (c == CTRL_U) {
            rub_out(length);
            length = 0;
        } else if (c == CTRL_C) {
            print("^C");
            length = 0;
            break;
        } else if (c >= ' ' && c < DELETE && length < sizeof(line) - 1) {
            line[length++] = c;
            uart_put(c);
        }
    }
    line[length] = 0;
    print("\n");
}

/* Cuts `line` at its first blank; what follows, without blanks around it. */
static const char *split_line(void)
{
    char *at = line, *argument, *end;

    while (*at && *at != ' ')
        at++;
    argument = at;
    while (*argument == ' ')
        *argument++ = 0;
    for (end = argument; *end; end++)
        ;
    while (end > argument && end[-1] == ' ')
        *--end = 0;
    return argument;
}

static void fault(const char *argument)
{
    static const struct {
        const char *name;
        void (*cause)(void);
    } faults[] = {{"divide", fault_divide},
                  {"undefined", fault_undefined},
                  {"page", fault_page},
                  {"protection", fault_protection}};
    bool any = false;

    if (equal(argument, "triple"))
        fault_triple();
    for (u32 i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (!*argument || equal(argument, faults[i].name)) {
            faults[i].cause();
            any = true;
        }
    }
    print(any ? "survived\n" : "fault: one of divide undefined page protection triple, or nothing for all but triple\n");
}

static void help(void)
{
    print("help            this list\n"
          "cpuid           every CPUID leaf\n"
          "mem             the memory map\n"
          "smp             the CPUs, with an IPI to each\n"
          "online ID       start the CPU with this APIC id, such as one that was plugged in\n"
          "fault [which]   exceptions on purpose: divide undefined page protection; triple ends in a shutdown\n"
          "reboot          reset the machine\n"
          "poweroff        power off\n");
}

void shell(const struct hvm_start_info *info)
{
    if (ioapic_route(COM1_PIN, VECTOR_UART))
        uart_receive_enable();
    else
        apic_timer_start(POLL_COUNT);

    print("Type help for the commands.\n");
    for (;;) {
        const char *argument;

        print("hello> ");
        read_line();
        argument = split_line();
        if (equal(line, "help"))
            help();
        else if (equal(line, "cpuid"))
            cpuid_dump();
        else if (equal(line, "mem"))
            memmap_report(info);
        else if (equal(line, "smp"))
            smp_report();
        else if (equal(line, "online"))
            smp_online(*argument ? parse_number(argument) : apic_id());
        else if (equal(line, "fault"))
            fault(argument);
        else if (equal(line, "reboot"))
            reboot();
        else if (equal(line, "poweroff"))
            power_off();
        else if (*line)
            print("%s: no such command; try help\n", line);
    }
}
