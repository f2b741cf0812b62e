// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>

#include "linux/vcpu_server.h"

namespace dromaius {

/**
 * One per isolate: collects the vCPUs whose KVM_RUN has returned and hands them to JavaScript.
 *
 * JavaScript calls `pumpWait` in a loop while there is something to do. When nothing came within the
 * spin budget the pump sleeps: the next ready vCPU then schedules `onWake` on the event loop.
 */
class Pump {
 public:
  /** Entries handed over at once; more stay in `backlog_`. */
  static constexpr uint32_t kBatch = 64;
  /** Length of a slice of pumping after which the event loop gets a turn. */
  static constexpr uint64_t kSliceNs = 1'000'000;

  explicit Pump(Napi::Env env);
  ~Pump();

  /** Sets the function called on the event loop when a vCPU became ready while the pump slept. */
  void SetOnWake(Napi::Env env, Napi::Function on_wake);

  /** Creates the native half of a vCPU thread. Returns its id, or -errno. */
  int64_t CreateServer(Napi::Env env, const std::string& name);
  /** The server with this id, or null. */
  VcpuServer* Find(uint32_t id);
  /** Joins a thread that has reported its end. */
  void Remove(Napi::Env env, uint32_t id);
  /** Ends all threads; nothing wakes JavaScript any more. */
  void Shutdown();

  /**
   * Fills `slots_`: count, whether the slice is over, then id, result and `ended` for each ready vCPU.
   *
   * @param fresh  a new slice begins
   */
  uint32_t Wait(bool fresh);
  Napi::ArrayBuffer SlotsBuffer(Napi::Env env);

 private:
  static void Wake(void* opaque);
  void UpdateRef(Napi::Env env);
  /**
   * While exits come quickly but spinning is not for now: sleeps for the rest of the slice without going through the
   * event loop, whose wake-up costs some 10 us more. True when there is an entry.
   */
  bool SleepHere();

  ReadyQueue queue_;
  ReadyEntry* backlog_ = nullptr;
  SpinBudget spin_;
  uint64_t slice_start_ = 0;
  uint64_t sleep_start_ = 0;
  /** The last sleep was shorter than a slice. */
  bool sleeps_here_ = true;
  int32_t slots_[2 + 3 * kBatch] = {};
  napi_threadsafe_function on_wake_ = nullptr;
  std::unordered_map<uint32_t, std::unique_ptr<VcpuServer>> servers_;
  uint32_t next_id_ = 1;
};

/** Registers the functions of lib/addon.ts that concern vCPU threads. */
void InitVcpu(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
