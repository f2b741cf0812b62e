// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of things: who am I, where am I, who else is here, does time pass; then a prompt, or the end. */
#include "hello.h"

#define TIMER_TICKS 5
#define TIMER_COUNT 62500 /* 1 ms at 1 GHz divided by 16 */

void hello_main(const struct hvm_start_info *info);

static void timer_report(void)
{
    apic_timer_start(TIMER_COUNT);
    while (apic_timer_ticks < TIMER_TICKS)
        wait_for_interrupt();
    apic_timer_stop();
    print("APIC timer: %u interrupts\n", apic_timer_ticks);
}

void hello_main(const struct hvm_start_info *info)
{
    const char *command_line = "";

    uart_init();
    print("Hello from a Dromaius guest\n");
    idt_init();
    if (info->magic == HVM_START_MAGIC) {
        print("boot protocol: PVH, hvm_start_info version %u at 0x%lx\n", info->version, (u64)info);
        if (info->cmdline_paddr)
            command_line = (const char *)info->cmdline_paddr;
    } else {
        print("boot protocol: unknown, no hvm_start_info\n");
        info = 0;
    }
    print("command line: %s\n", *command_line ? command_line : "(empty)");
    cpuid_report();
    memmap_report(info);

    pic_mask_all();
    apic_enable();
    smp_find_cpus(info, command_line);
    smp_start();
    timer_report();

    if (find_word(command_line, "interactive"))
        shell(info);
    print("Goodbye\n");
    power_off();
}
