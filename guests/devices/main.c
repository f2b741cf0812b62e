// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Uses every device of the machine and reports a line for each on COM1. The end: exit code 2 * failures + 1 by
 * isa-debug-exit at 0xf4; with "button" on the command line the power button and power-off, with "reset" a reset.
 */
#include "devices.h"

#define MULTIBOOT_MAGIC 0x2badb002
#define DEBUG_EXIT 0xf4

void devices_main(u32 magic, u32 info);

void devices_main(u32 magic, u32 info)
{
    const char *cmdline = "";

    uart_init();
    irq_init();
    print(magic == MULTIBOOT_MAGIC ? "started by a multiboot loader\n" : "started by the ROM\n");
    if (magic == MULTIBOOT_MAGIC) {
        cmdline = multiboot_cmdline(info);
        show_multiboot(info);
    }
    if (text_has(cmdline, "button")) {
        wait_for_button();
        power_off();
    }
    if (text_has(cmdline, "reset"))
        reset();
    check_pic();
    check_serial();
    check_debugcon();
    check_pit();
    check_rtc();
    check_i8042();
    check_port92();
    check_ioapic();
    check_fw_cfg();
    check_testdev();
    check_kvmclock();
    print("failures: ");
    print_dec(failures);
    print("\n");
    out8(DEBUG_EXIT, failures);
    power_off();
}
