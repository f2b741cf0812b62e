// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef DEVICES_H
#define DEVICES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

static inline void out8(u16 port, u8 value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out16(u16 port, u16 value)
{
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(u16 port, u32 value)
{
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 in8(u16 port)
{
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline u32 in32(u16 port)
{
    u32 value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline u32 swap32(u32 value)
{
    return __builtin_bswap32(value);
}

static inline volatile u32 *reg32(u32 addr)
{
    return (volatile u32 *)addr;
}

static inline void interrupts_on(void)
{
    asm volatile("sti");
}

static inline void interrupts_off(void)
{
    asm volatile("cli");
}

/* print.c: on COM1 by polling */
void uart_init(void);
void put_char(char c);
void print(const char *text);
void print_dec(u32 value);
void print_hex(u32 value);
/* A line of the report; counts what is not as it should be. */
void report(const char *device, int good);
extern u32 failures;
int text_equal(const char *a, const char *b, u32 length);
int text_has(const char *text, const char *word);

/* irq.c: the 8259 pair, and counts of interrupts by vector */
void irq_init(void);
void irq_unmask(u32 irq);
void irq_mask_all(void);
u32 irq_count(u32 vector);
int irq_wait(u32 vector, u32 count);
void check_pic(void);
#define PIC_VECTOR 0x20
#define APIC_VECTOR 0x40

/* one file per device */
void check_serial(void);
void check_debugcon(void);
void check_pit(void);
void check_rtc(void);
void check_i8042(void);
void check_port92(void);
void check_ioapic(void);
void check_fw_cfg(void);
void check_testdev(void);
void check_kvmclock(void);
void show_multiboot(u32 info);
const char *multiboot_cmdline(u32 info);
void wait_for_button(void);
void power_off(void);
void reset(void);

#endif
