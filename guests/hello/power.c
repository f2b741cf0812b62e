// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ways to end. First the registers of a hardware-reduced ACPI machine (ACPI 6.5, 4.8.3.7 sleep control and 4.8.3.6
 * reset), which microvm has in its generic event device; then the PC's older ways, for other machines.
 */
#include "hello.h"

#define GED_REGISTERS 0xfea00200 /* microvm: GED at fea00000h, its ACPI registers at 200h */
#define SLEEP_CONTROL 0
#define RESET 2
#define SLEEP_TYPE_S5 (5 << 2)
#define SLEEP_ENABLE 0x20
#define RESET_VALUE 0x42

#define PM1A_CONTROL 0x604 /* i440FX and Q35 as QEMU places it */
#define PM1_SLEEP_ENABLE 0x2000
#define I8042_COMMAND 0x64
#define I8042_PULSE_RESET 0xfe

void power_off(void)
{
    mmio_write8(GED_REGISTERS + SLEEP_CONTROL, SLEEP_TYPE_S5 | SLEEP_ENABLE);
    out16(PM1A_CONTROL, PM1_SLEEP_ENABLE);
    interrupts_off();
    for (;;)
        asm volatile("hlt");
}

void reboot(void)
{
    mmio_write8(GED_REGISTERS + RESET, RESET_VALUE);
    out8(I8042_COMMAND, I8042_PULSE_RESET);
    fault_triple();
}
