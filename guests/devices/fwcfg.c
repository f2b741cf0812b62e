// SPDX-License-Identifier: GPL-2.0-or-later
/* fw_cfg (QEMU, docs/specs/fw_cfg.rst): items by ports, the directory by DMA, and what a user has put there. */
#include "devices.h"

#define SELECTOR 0x510
#define DATA 0x511
#define DMA_HIGH 0x514
#define DMA_LOW 0x518

struct file {
    u32 size;
    u16 select;
    u16 reserved;
    char name[56];
};

static struct {
    u32 count;
    struct file files[32];
} directory;

static struct {
    u32 control;
    u32 length;
    u64 address;
} __attribute__((aligned(16))) volatile descriptor;

static int dma_read(u16 key, void *target, u32 length)
{
    descriptor.control = swap32((u32)key << 16 | 0x0a);
    descriptor.length = swap32(length);
    descriptor.address = (u64)swap32((u32)target) << 32;
    out32(DMA_HIGH, 0);
    out32(DMA_LOW, swap32((u32)&descriptor));
    return descriptor.control == 0;
}

void check_fw_cfg(void)
{
    char signature[4], text[64];

    out16(SELECTOR, 0);
    for (u32 i = 0; i < 4; i++)
        signature[i] = in8(DATA);
    int good = text_equal(signature, "QEMU", 4) && in32(DMA_HIGH) == 0x554d4551;
    good = dma_read(0x19, &directory, sizeof directory) && good;
    u32 count = swap32(directory.count);
    good = good && count > 0 && count <= 32;
    report("fw_cfg", good);
    for (u32 i = 0; good && i < count; i++) {
        struct file *file = &directory.files[i];
        u32 size = swap32(file->size);
        if (!text_equal(file->name, "opt/", 4) || size >= sizeof text)
            continue;
        dma_read(file->select >> 8 | (u8)file->select << 8, text, size);
        text[size] = 0;
        print("fw_cfg file ");
        print(file->name);
        print(": ");
        print(text);
        print("\n");
    }
}
