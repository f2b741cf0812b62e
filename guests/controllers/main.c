// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Uses interrupt controllers and timers as their data sheets say, a line on COM1 for each case: good, or what was seen and what
 * was expected; none where the machine has no such part. The end: exit code 2 * failures + 1 by isa-debug-exit at 0xf4.
 */
#include "controllers.h"

#define DEBUG_EXIT 0xf4

void controllers_main(void);

static void (*const parts[])(void) = {
    check_hpet_counter,    check_8259,        check_8254, check_io_apic, check_apic_timer,
    check_apic_priorities, check_apic_errors, check_hpet, check_clocks,  check_ipis,
    check_x2apic,          check_apic_disable, check_pm_timer,
};

void controllers_main(void)
{
    uart_init();
    irq_setup();
    pic_setup(1);
    lapic_write(APIC_SVR, SVR_ON);
    for (u32 i = 0; i < sizeof parts / sizeof *parts; i++) {
        parts[i]();
        print_cases();
    }
    print("failures: ");
    print_dec(failures);
    print("\n");
    out8(DEBUG_EXIT, failures);
}
