// SPDX-License-Identifier: GPL-2.0-or-later
/* What a multiboot loader tells (Multiboot Specification 0.6.96, 3.3). */
#include "devices.h"

struct info {
    u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr;
    u32 syms[4];
    u32 mmap_length, mmap_addr, drives_length, drives_addr, config_table, boot_loader_name;
};

struct module {
    u32 start, end, cmdline, reserved;
};

struct range {
    u32 size;
    u64 base, length;
    u32 type;
} __attribute__((packed));

const char *multiboot_cmdline(u32 addr)
{
    return (const char *)((struct info *)addr)->cmdline;
}

void show_multiboot(u32 addr)
{
    struct info *info = (struct info *)addr;
    struct module *modules = (struct module *)info->mods_addr;

    print("command line: ");
    print((const char *)info->cmdline);
    print("\nmemory: lower ");
    print_dec(info->mem_lower);
    print(" KiB, upper ");
    print_dec(info->mem_upper);
    print(" KiB\n");
    for (u32 i = 0; i < info->mods_count; i++) {
        print("module: ");
        print((const char *)modules[i].cmdline);
        print(": ");
        for (const char *p = (const char *)modules[i].start; p < (const char *)modules[i].end && *p >= ' '; p++)
            put_char(*p);
        print("\n");
    }
    for (u32 at = info->mmap_addr; at < info->mmap_addr + info->mmap_length;) {
        struct range *range = (struct range *)at;
        print("range: ");
        print_hex(range->base);
        print(" + ");
        print_hex(range->length);
        print(range->type == 1 ? " RAM\n" : " reserved\n");
        at += range->size + 4;
    }
}
