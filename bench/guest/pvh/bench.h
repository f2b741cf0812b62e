// SPDX-License-Identifier: GPL-2.0-or-later
/* What the PVH bench guests share: ports, the serial line, ways to end. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PORT_DATA 0xe000
#define PORT_EXIT 0xf4

/* The part of hvm_start_info that they read; magic 0x336ec578. */
struct hvm_start_info {
    u32 magic, version, flags, nr_modules;
    u64 modlist_paddr, cmdline_paddr;
};

/* Called by boot.S; `second_main` runs on the second CPU once it was sent a start-up IPI. */
void bench_main(const struct hvm_start_info *info);
void second_main(void);

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static inline u8 in8(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void mmio_write32(u32 address, u32 value) { *(volatile u32 *)address = value; }
static inline u32 mmio_read32(u32 address) { return *(volatile u32 *)address; }

/* COM1 as reset left it: its first bytes go out as fast as it takes them (THRE is bit 5 of LSR). */
static inline void put(const char *text)
{
    for (; *text; text++) {
        while (!(in8(0x3f8 + 5) & 0x20))
            ;
        out8(0x3f8, *text);
    }
}

/* isa-debug-exit with code 0 (QEMU's exit status is then 1); without one, microvm's ACPI S5. */
static inline void finish(void)
{
    out8(PORT_EXIT, 0);
    *(volatile u8 *)0xfea00200 = 5 << 2 | 0x20;
}

#endif
