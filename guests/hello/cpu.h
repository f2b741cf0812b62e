// SPDX-License-Identifier: GPL-2.0-or-later
/* The instructions that C has no words for, and the fixed-width types. */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static inline void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline void out16(u16 port, u16 value) { asm volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }

static inline u8 in8(u16 port)
{
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void mmio_write8(u64 address, u8 value) { *(volatile u8 *)address = value; }
static inline void mmio_write32(u64 address, u32 value) { *(volatile u32 *)address = value; }
static inline u32 mmio_read32(u64 address) { return *(volatile u32 *)address; }

static inline u64 rdtsc(void)
{
    u32 low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return (u64)high << 32 | low;
}

static inline u64 read_cr2(void)
{
    u64 value;
    asm volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static inline void pause(void) { asm volatile("pause" : : : "memory"); }
static inline void interrupts_off(void) { asm volatile("cli" : : : "memory"); }

/*
 * Sleeps until an interrupt has been handled; call it with interrupts off, and it returns with them off. STI holds
 * interrupts back for one more instruction, so none can slip in between it and HLT (SDM vol. 2, STI).
 */
static inline void wait_for_interrupt(void) { asm volatile("sti\n\thlt\n\tcli" : : : "memory"); }

#endif
