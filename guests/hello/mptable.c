// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs by the MP table (Intel MultiProcessor Specification 1.4, chapter 4). */
#include "hello.h"

struct mp_floating_pointer {
    char signature[4];
    u32 config_address;
    u8 length; /* in units of 16 bytes */
    u8 revision;
    u8 checksum;
    u8 features[5];
} __attribute__((packed));

struct mp_config_table {
    char signature[4];
    u16 length;
    u8 revision;
    u8 checksum;
    char oem_id[8];
    char product_id[12];
    u32 oem_table;
    u16 oem_table_size;
    u16 entry_count;
    u32 local_apic;
    u16 extended_length;
    u8 extended_checksum;
    u8 reserved;
} __attribute__((packed));

#define ENTRY_PROCESSOR 0
#define ENTRY_PROCESSOR_SIZE 20
#define ENTRY_OTHER_SIZE 8
#define PROCESSOR_ENABLED 1

/* Tells the compiler nothing about the object there: these are fixed places of the PC, one of them in page 0. */
static const void *at_physical(u64 address)
{
    asm("" : "+r"(address));
    return (const void *)address;
}

static u8 sum_of(const void *at, u32 size)
{
    u8 sum = 0;

    for (u32 i = 0; i < size; i++)
        sum += ((const u8 *)at)[i];
    return sum;
}

static const struct mp_floating_pointer *scan(u64 start, u64 size)
{
    const u32 wanted = '_' | 'M' << 8 | 'P' << 16 | (u32)'_' << 24;

    for (u64 at = start; at < start + size; at += 16) {
        const struct mp_floating_pointer *mp = at_physical(at);

        if (*(const u32 *)mp == wanted && sum_of(mp, 16) == 0)
            return mp;
    }
    return 0;
}

/* Section 4: the first KiB of the EBDA, else the last KiB of base memory; then the BIOS ROM. */
static const struct mp_floating_pointer *find_floating_pointer(void)
{
    u64 ebda = (u64) * (const volatile u16 *)at_physical(0x40e) << 4;
    const struct mp_floating_pointer *mp = scan(ebda >= 0x80000 && ebda < 0xa0000 ? ebda : 0x9fc00, 0x400);

    return mp ? mp : scan(0xf0000, 0x10000);
}

u32 mptable_find_cpus(void (*found)(u32 apic_id))
{
    const struct mp_floating_pointer *mp = find_floating_pointer();
    const struct mp_config_table *table;
    const u8 *entry;
    u32 count = 0;

    if (!mp)
        return 0;
    if (mp->features[0]) { /* one of the default configurations: two CPUs, ids 0 and 1 (chapter 5) */
        found(0);
        found(1);
        return 2;
    }
    table = at_physical(mp->config_address);
    if (!mp->config_address || *(const u32 *)table != ('P' | 'C' << 8 | 'M' << 16 | (u32)'P' << 24) ||
        sum_of(table, table->length) != 0)
        return 0;

    entry = (const u8 *)(table + 1);
    for (u32 i = 0; i < table->entry_count; i++) {
        if (entry[0] != ENTRY_PROCESSOR) {
            entry += ENTRY_OTHER_SIZE;
            continue;
        }
        if (entry[3] & PROCESSOR_ENABLED) {
            found(entry[1]);
            count++;
        }
        entry += ENTRY_PROCESSOR_SIZE;
    }
    return count;
}
