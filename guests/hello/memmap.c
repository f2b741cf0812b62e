// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory map of hvm_start_info; its types are those of ACPI 6.5, table 15.1 (the E820 types). */
#include "hello.h"

static const char *type_name(u32 type)
{
    static const char *const names[] = {"?", "RAM", "reserved", "ACPI tables", "ACPI NVS", "unusable", "disabled",
                                        "persistent"};

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

void memmap_report(const struct hvm_start_info *info)
{
    const struct hvm_memmap_table_entry *entry;
    u64 ram = 0;

    if (!info || info->version < 1 || !info->memmap_entries) {
        print("memory map: none given\n");
        return;
    }
    print("memory map:\n");
    entry = (const struct hvm_memmap_table_entry *)info->memmap_paddr;
    for (u32 i = 0; i < info->memmap_entries; i++, entry++) {
        if (!entry->size) /* QEMU's loader ends the map with an empty entry */
            continue;
        print("  0x%012lx-0x%012lx %s\n", entry->addr, entry->addr + entry->size - 1, type_name(entry->type));
        if (entry->type == 1)
            ram += entry->size;
    }
    print("  RAM: %lu KiB\n", ram >> 10);
}
