// SPDX-License-Identifier: GPL-2.0-or-later
/* What the files of this guest offer each other. */
#ifndef HELLO_H
#define HELLO_H

#include "cpu.h"
#include "layout.h"

/* hvm_start_info, version 1 (Xen, public/arch-x86/hvm/start_info.h). Addresses are physical. */
#define HVM_START_MAGIC 0x336ec578

struct hvm_start_info {
    u32 magic;
    u32 version;
    u32 flags;
    u32 nr_modules;
    u64 modlist_paddr;
    u64 cmdline_paddr;
    u64 rsdp_paddr;
    /* From version 1 on. */
    u64 memmap_paddr;
    u32 memmap_entries;
    u32 reserved;
};

struct hvm_memmap_table_entry {
    u64 addr;
    u64 size;
    u32 type;
    u32 reserved;
};

/* print.c */
/* Knows %s %c %u %x %lu %lx and a zero-filled or blank-filled width, as in %08x or %4u. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool equal(const char *a, const char *b);
/* The text after `word` in a blank-separated list: "" if the word stands alone, 0 if it is not in the list. */
const char *find_word(const char *list, const char *word);
u32 parse_number(const char *text);

/* uart.c */
void uart_init(void);
void uart_put(char c);
void uart_receive_enable(void);
void uart_drain(void);
/* The next received byte, or -1. */
int uart_take(void);

/* cpuid.c */
void cpuid_report(void);
void cpuid_dump(void);
u32 cpuid_apic_id(void);

/* memmap.c */
void memmap_report(const struct hvm_start_info *info);

/* acpi.c and mptable.c: call `found` for each usable CPU; the number of CPUs, 0 if there is no such table. */
u32 acpi_find_cpus(u64 rsdp, void (*found)(u32 apic_id));
u32 mptable_find_cpus(void (*found)(u32 apic_id));

/* isr.S and idt.c */
struct interrupt_frame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    u64 vector, error;
    u64 rip, cs, rflags, rsp, ss;
};
extern const u8 isr_exceptions[32][16]; /* the code of each entry */
void isr_timer(void);
void isr_ipi(void);
void isr_uart(void);
void isr_spurious(void);
void idt_init(void);
void idt_load(void);
/* Where the next exception goes on instead of stopping the machine; 0 when none is expected. */
extern volatile u64 fault_resume;
void fault_divide(void);
void fault_undefined(void);
void fault_page(void);
void fault_protection(void);
void fault_triple(void) __attribute__((noreturn));

/* apic.c */
void apic_enable(void);
u32 apic_id(void);
void apic_eoi(void);
void apic_send_init(u32 id);
void apic_send_startup(u32 id, u8 page);
void apic_send_ipi(u32 id, u8 vector);
void apic_timer_start(u32 count);
void apic_timer_stop(void);
extern volatile u32 apic_timer_ticks;
void pic_mask_all(void);
/* Routes a pin, edge triggered, to this CPU; false without an I/O APIC. */
bool ioapic_route(u32 pin, u8 vector);

/* smp.c */
void smp_find_cpus(const struct hvm_start_info *info, const char *command_line);
void smp_start(void);
void smp_online(u32 id);
void smp_report(void);
void smp_ipi_received(void);

/* power.c */
void power_off(void) __attribute__((noreturn));
void reboot(void) __attribute__((noreturn));

/* shell.c */
void shell(const struct hvm_start_info *info) __attribute__((noreturn));

#endif
