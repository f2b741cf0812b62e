// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints one line and ends: how long from a command to the first output of a guest. */
#include "bench.h"

void bench_main(const struct hvm_start_info *info)
{
    (void)info;
    put("first output\n");
    finish();
}

void second_main(void) {}
