// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>

#include "platform.h"

namespace dromaius {

struct Mapping;

/**
 * Everything that one environment (isolate) owns. Nothing of it is shared with other environments, so
 * that Workers and several copies of the addon live side by side. The system's own part comes from platform.h.
 */
struct AddonData : PlatformData {
  explicit AddonData(Napi::Env env);
  ~AddonData();

  static AddonData& Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  /** The class HostError from lib/errors.ts. */
  Napi::FunctionReference host_error;
  /** Host memory shown to JavaScript, by its id. */
  std::unordered_map<uint32_t, std::unique_ptr<Mapping>> mappings;
  uint32_t next_mapping_id = 1;

  /** Ends what the system's part owns (threads, descriptors), then unmaps memory; runs before the environment's end. */
  void Shutdown();
};

}  // namespace dromaius
