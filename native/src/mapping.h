// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <cstdint>
#include <vector>

namespace dromaius {

/**
 * Host memory that is mapped here and shown to JavaScript as ArrayBuffers: guest RAM and kvm_run pages.
 *
 * It is unmapped only after every ArrayBuffer given out has been detached, so that late access through
 * one finds length 0 instead of faulting.
 */
struct Mapping {
  Mapping(void* address, size_t size) : address(static_cast<uint8_t*>(address)), size(size) {}
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  /** An ArrayBuffer over part of it; the caller has checked the bounds. */
  Napi::Value Window(Napi::Env env, size_t offset, size_t length);
  /** Detaches every window. */
  void Detach(Napi::Env env);

  uint8_t* const address;
  const size_t size;

 private:
  /** Weak references to the windows. */
  std::vector<napi_ref> windows_;
};

/** Keeps a mapping for an environment and returns its id. */
uint32_t AddMapping(Napi::Env env, void* address, size_t size);

/** A size or offset from JavaScript: a non-negative integer, or a RangeError. */
size_t SizeArgument(const Napi::CallbackInfo& info, size_t index);

/** Registers the functions of lib/addon.ts that concern host memory. */
void InitMapping(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
