// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints "idle" and then sleeps for ever: HLT with interrupts off. */
#include "bench.h"

void bench_main(const struct hvm_start_info *info)
{
    (void)info;
    put("idle\n");
}

void second_main(void) {}
