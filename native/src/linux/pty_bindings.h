// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

namespace dromaius {

/** Registers pseudo terminals. */
void InitPty(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
