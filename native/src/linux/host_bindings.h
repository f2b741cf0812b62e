// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

namespace dromaius {

/** Registers what concerns the host: CPUID, eventfds, the terminal, CPUs. */
void InitHost(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
