// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

namespace dromaius {

/** Windows's part of AddonData: nothing so far, since vCPUs and descriptors are Linux's. */
struct PlatformData {
  explicit PlatformData(Napi::Env) {}
  void ShutdownPlatform() {}
};

/** The system call behind MapAnonymous. */
inline constexpr const char* kMapOperation = "VirtualAlloc";

}  // namespace dromaius
