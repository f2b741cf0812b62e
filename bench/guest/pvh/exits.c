// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N exits of one kind on one or two CPUs. The kind is fixed at build: KIND is 0 to 3 for pio-out, pio-in, mmio-write,
 * mmio-read. Command line: n=COUNT (for each CPU, 100000 by default), warm=COUNT (exits before those, not timed, 0 by
 * default), smp=2 to run on the CPU with APIC id 1 as well, mmio=0xADDRESS (fe000000h by default, where nothing is in
 * microvm).
 * Prints one line, "KIND cpus=1 n=100000 cycles=0x1234": the time-stamp counter over the loops alone.
 */
#include "bench.h"

#define APIC_SPURIOUS 0xfee000f0
#define APIC_ICR_LOW 0xfee00300
#define APIC_ICR_HIGH 0xfee00310
#define ICR_INIT 0x4500
#define ICR_STARTUP 0x4600
#define TRAMPOLINE 0x8000

static const char *const names[] = {"pio-out", "pio-in", "mmio-write", "mmio-read"};

extern const u8 trampoline_start[], trampoline_end[];

static u32 count = 100000;
static u32 warm_up;
static u32 mmio = 0xfe000000;
static volatile u32 second_ready, go, second_done;

static inline u64 rdtsc(void)
{
    u64 value;
    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

static inline void pause(void) { __asm__ volatile("pause" : : : "memory"); }

static void work(u32 exits)
{
    for (u32 i = exits; i; i--) {
        if (KIND == 0)
            out8(PORT_DATA, 0);
        else if (KIND == 1)
            in8(PORT_DATA);
        else if (KIND == 2)
            mmio_write32(mmio, 0);
        else
            mmio_read32(mmio);
    }
}

void second_main(void)
{
    work(warm_up);
    second_ready = 1;
    while (!go)
        pause();
    work(count);
    second_done = 1;
}

static void start_second(void)
{
    u8 *to = (u8 *)TRAMPOLINE;

    for (const u8 *from = trampoline_start; from < trampoline_end;)
        *to++ = *from++;
    mmio_write32(APIC_SPURIOUS, 0x1ff);
    mmio_write32(APIC_ICR_HIGH, 1 << 24);
    mmio_write32(APIC_ICR_LOW, ICR_INIT);
    mmio_write32(APIC_ICR_HIGH, 1 << 24);
    mmio_write32(APIC_ICR_LOW, ICR_STARTUP | TRAMPOLINE >> 12);
    while (!second_ready)
        pause();
}

/* The number after `key` (as "n=") on the command line, decimal or after 0x hexadecimal; `otherwise` without it. */
static u32 option(const char *line, const char *key, u32 otherwise)
{
    for (; *line; line++) {
        const char *at = line, *k = key;
        u32 value = 0, base = 10;

        while (*k && *at == *k) {
            at++;
            k++;
        }
        if (!*k) {
            if (at[0] == '0' && at[1] == 'x') {
                base = 16;
                at += 2;
            }
            for (;; at++) {
                u32 digit = *at >= 'a' ? *at - 'a' + 10u : *at - (u32)'0';

                if (digit >= base)
                    return value;
                value = value * base + digit;
            }
        }
        while (*line && *line != ' ')
            line++;
        if (!*line)
            break;
    }
    return otherwise;
}

static void put_decimal(u32 value)
{
    char digits[11], *at = digits + sizeof(digits) - 1;

    *at = 0;
    do {
        *--at = '0' + value % 10;
        value /= 10;
    } while (value);
    put(at);
}

static void put_hex(u64 value)
{
    for (int shift = 60; shift >= 0; shift -= 4) {
        char digit[2] = {"0123456789abcdef"[value >> shift & 15], 0};

        put(digit);
    }
}

void bench_main(const struct hvm_start_info *info)
{
    const char *line = (const char *)(u32)info->cmdline_paddr;
    u32 cpus = 1;
    u64 cycles;

    if (line) {
        count = option(line, "n=", count);
        warm_up = option(line, "warm=", 0);
        mmio = option(line, "mmio=", mmio);
        cpus = option(line, "smp=", 1) == 2 ? 2 : 1;
    }
    if (cpus == 2)
        start_second();

    work(warm_up);
    cycles = rdtsc();
    go = 1;
    work(count);
    while (cpus == 2 && !second_done)
        pause();
    cycles = rdtsc() - cycles;

    put(names[KIND]);
    put(" cpus=");
    put_decimal(cpus);
    put(" n=");
    put_decimal(count);
    put(" cycles=0x");
    put_hex(cycles);
    put("\n");
    finish();
}
