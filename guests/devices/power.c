// SPDX-License-Identifier: GPL-2.0-or-later
/* The generic event device of a hardware-reduced machine (ACPI 6.5, 4.8.3 and 5.6.9). */
#include "devices.h"

#define GED 0xfea00000
#define GED_SLEEP_CONTROL (volatile u8 *)0xfea00200
#define GED_RESET (volatile u8 *)0xfea00202
#define POWER_BUTTON 2

void wait_for_button(void)
{
    print("waiting for the power button\n");
    irq_unmask(9);
    while (irq_count(PIC_VECTOR + 9) == 0)
        asm volatile("sti; hlt; cli");
    report("power button", *reg32(GED) == POWER_BUTTON && *reg32(GED) == 0);
}

void power_off(void)
{
    *GED_SLEEP_CONTROL = 5 << 2 | 0x20;
}

void reset(void)
{
    *GED_RESET = 0x42;
}
