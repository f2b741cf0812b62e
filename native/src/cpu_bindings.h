// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

namespace dromaius {

/** Registers the functions of lib/addon.ts that concern the host's CPUs. */
void InitCpu(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
