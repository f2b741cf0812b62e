// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

namespace dromaius {

class Pump;
struct Mapping;

/**
 * Everything that one environment (isolate) owns. Nothing of it is shared with other environments, so
 * that Workers and several copies of the addon live side by side.
 */
struct AddonData {
  explicit AddonData(Napi::Env env);
  ~AddonData();

  static AddonData& Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  /** The class HostError from lib/errors.ts. */
  Napi::FunctionReference host_error;
  /** Hands ready vCPUs to JavaScript. */
  std::unique_ptr<Pump> pump;
  /** File descriptors opened here, closed at the latest when the environment ends. */
  std::set<int> fds;
  /** Bytes of each memory slot that was set, by VM descriptor and slot: KVM writes dirty bitmaps by them. */
  std::map<std::pair<int, uint32_t>, uint64_t> slots;
  /** Host memory shown to JavaScript, by its id. */
  std::unordered_map<uint32_t, std::unique_ptr<Mapping>> mappings;
  uint32_t next_mapping_id = 1;

  /** Stops and joins every vCPU thread, unmaps memory and closes descriptors; runs before the environment's end. */
  void Shutdown();
};

}  // namespace dromaius
