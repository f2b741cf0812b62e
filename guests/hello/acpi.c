// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs by the ACPI MADT (ACPI 6.5, 5.2.5 RSDP, 5.2.7 RSDT, 5.2.8 XSDT, 5.2.12 MADT). */
#include "hello.h"

struct rsdp {
    char signature[8];
    u8 checksum;
    char oem_id[6];
    u8 revision;
    u32 rsdt_address;
    /* From revision 2 on. */
    u32 length;
    u64 xsdt_address;
} __attribute__((packed));

struct table_header {
    char signature[4];
    u32 length;
    u8 revision;
    u8 checksum;
    char oem_id[6];
    char oem_table_id[8];
    u32 oem_revision;
    u32 creator_id;
    u32 creator_revision;
} __attribute__((packed));

#define MADT_ENTRIES 44 /* header, local APIC address, flags */
#define MADT_LOCAL_APIC 0
#define MADT_LOCAL_X2APIC 9
#define MADT_ENABLED 1

/* Only the first 4 GiB are mapped. */
static bool reachable(u64 address) { return address && address < 0x100000000; }

static u32 signature(const void *at) { return *(const u32 *)at; }

static bool checksum_good(const struct table_header *table)
{
    u8 sum = 0;

    for (u32 i = 0; i < table->length; i++)
        sum += ((const u8 *)table)[i];
    return sum == 0;
}

static const struct table_header *find_madt(const struct rsdp *rsdp)
{
    bool wide = rsdp->revision >= 2 && reachable(rsdp->xsdt_address);
    u64 root_address = wide ? rsdp->xsdt_address : rsdp->rsdt_address;
    const struct table_header *root = (const struct table_header *)root_address;
    const u8 *at, *end;

    if (!reachable(root_address))
        return 0;
    end = (const u8 *)root + root->length;
    for (at = (const u8 *)(root + 1); at < end; at += wide ? 8 : 4) {
        u64 address = wide ? *(const u64 *)at : *(const u32 *)at;

        if (reachable(address) && signature((const void *)address) == signature("APIC"))
            return (const struct table_header *)address;
    }
    return 0;
}

u32 acpi_find_cpus(u64 rsdp_address, void (*found)(u32 apic_id))
{
    const struct rsdp *rsdp = (const struct rsdp *)rsdp_address;
    const struct table_header *madt;
    const u8 *entry, *end;
    u32 count = 0;

    if (!reachable(rsdp_address) || signature(rsdp->signature) != signature("RSD ") ||
        signature(rsdp->signature + 4) != signature("PTR "))
        return 0;
    madt = find_madt(rsdp);
    if (!madt || !checksum_good(madt))
        return 0;

    end = (const u8 *)madt + madt->length;
    for (entry = (const u8 *)madt + MADT_ENTRIES; entry + 2 <= end && entry[1] >= 2; entry += entry[1]) {
        u32 id, flags;

        if (entry[0] == MADT_LOCAL_APIC) {
            id = entry[3];
            flags = *(const u32 *)(entry + 4);
        } else if (entry[0] == MADT_LOCAL_X2APIC) {
            id = *(const u32 *)(entry + 4);
            flags = *(const u32 *)(entry + 8);
        } else {
            continue;
        }
        if (flags & MADT_ENABLED) {
            found(id);
            count++;
        }
    }
    return count;
}
