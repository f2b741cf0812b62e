// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace dromaius {

class Pump;

/** Linux's part of AddonData. */
struct PlatformData {
  explicit PlatformData(Napi::Env env);
  ~PlatformData();

  /** Hands ready vCPUs to JavaScript. */
  std::unique_ptr<Pump> pump;
  /** File descriptors opened here, closed at the latest when the environment ends. */
  std::set<int> fds;
  /** Bytes of each memory slot that was set, by VM descriptor and slot: KVM writes dirty bitmaps by them. */
  std::map<std::pair<int, uint32_t>, uint64_t> slots;

  /** Stops and joins every vCPU thread and closes descriptors. */
  void ShutdownPlatform();
};

/** The system call behind MapAnonymous. */
inline constexpr const char* kMapOperation = "mmap";

}  // namespace dromaius
