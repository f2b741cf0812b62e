// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace dromaius {

/** CPUs this process may use: its affinity mask, bounded by the CPU quota where the system has one; at least 1. */
unsigned UsableCpus();

}  // namespace dromaius
