// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/pump.h"

#include <errno.h>

#include "addon_data.h"
#include "errors.h"

namespace dromaius {

Pump::Pump(Napi::Env) : queue_(Wake, this) {}

Pump::~Pump() { Shutdown(); }

void Pump::SetOnWake(Napi::Env env, Napi::Function on_wake) {
  if (on_wake_ != nullptr) throw Napi::Error::New(env, "The pump's callback is set already");
  napi_value name = Napi::String::New(env, "dromaius pump");
  const napi_status status = napi_create_threadsafe_function(env, on_wake, nullptr, name, 0, 1, nullptr, nullptr,
                                                             nullptr, nullptr, &on_wake_);
  if (status != napi_ok) throw Napi::Error::New(env, "The pump's callback could not be made thread-safe");
  napi_unref_threadsafe_function(env, on_wake_);
}

void Pump::Wake(void* opaque) {
  const Pump* pump = static_cast<Pump*>(opaque);
  if (pump->on_wake_ != nullptr) napi_call_threadsafe_function(pump->on_wake_, nullptr, napi_tsfn_nonblocking);
}

void Pump::UpdateRef(Napi::Env env) {
  // A process stays alive as long as it has vCPU threads.
  if (servers_.empty()) {
    napi_unref_threadsafe_function(env, on_wake_);
  } else {
    napi_ref_threadsafe_function(env, on_wake_);
  }
}

int64_t Pump::CreateServer(Napi::Env env, const std::string& name) {
  const uint32_t id = next_id_++;
  auto server = std::make_unique<VcpuServer>(id, &queue_);
  const int error = server->Start(name);
  if (error != 0) return error;
  servers_[id] = std::move(server);
  UpdateRef(env);
  return id;
}

VcpuServer* Pump::Find(uint32_t id) {
  const auto it = servers_.find(id);
  return it == servers_.end() ? nullptr : it->second.get();
}

void Pump::Remove(Napi::Env env, uint32_t id) {
  const auto it = servers_.find(id);
  if (it == servers_.end()) return;
  it->second->Join();
  servers_.erase(it);
  UpdateRef(env);
}

void Pump::Shutdown() {
  for (auto& [id, server] : servers_) server->Shutdown();
  servers_.clear();
  backlog_ = nullptr;
  if (on_wake_ != nullptr) {
    napi_release_threadsafe_function(on_wake_, napi_tsfn_abort);
    on_wake_ = nullptr;
  }
}

uint32_t Pump::Wait(bool fresh) {
  if (fresh) {
    slice_start_ = NowNs();
    if (sleep_start_ != 0) {
      spin_.Slept(slice_start_ - sleep_start_);
      sleeps_here_ = slice_start_ - sleep_start_ < kSliceNs;
    }
    sleep_start_ = 0;
  }
  ReadyEntry* entry = backlog_;
  while (entry == nullptr) {
    if (!spin_.Spin([this] { return !queue_.empty(); }) && !SleepHere() && queue_.Sleep()) {
      sleep_start_ = NowNs();
      slots_[0] = 0;
      return 0;
    }
    entry = queue_.TakeAll();
  }
  uint32_t count = 0;
  for (int32_t* slot = slots_ + 2; entry != nullptr && count < kBatch; count++, slot += 3) {
    slot[0] = static_cast<int32_t>(entry->id);
    slot[1] = entry->result;
    slot[2] = entry->ended;
    // The entry is its thread's again as soon as JavaScript starts the next run, so leave it behind first.
    entry = entry->next;
  }
  backlog_ = entry;
  slots_[0] = static_cast<int32_t>(count);
  slots_[1] = NowNs() - slice_start_ > kSliceNs;
  return count;
}

bool Pump::SleepHere() {
  if (!sleeps_here_) return false;
  const uint64_t start = NowNs();
  const uint64_t spent = start - slice_start_;
  sleeps_here_ = spent < kSliceNs && queue_.SleepHere(kSliceNs - spent);
  if (sleeps_here_) spin_.Slept(NowNs() - start);
  return sleeps_here_;
}

Napi::ArrayBuffer Pump::SlotsBuffer(Napi::Env env) { return Napi::ArrayBuffer::New(env, slots_, sizeof(slots_)); }

namespace {

VcpuServer& ServerArgument(const Napi::CallbackInfo& info, size_t index) {
  VcpuServer* server = AddonData::Of(info.Env()).pump->Find(info[index].As<Napi::Number>().Uint32Value());
  if (server == nullptr) throw Napi::Error::New(info.Env(), "The vCPU thread has ended");
  return *server;
}

Napi::Value PumpInit(const Napi::CallbackInfo& info) {
  Pump& pump = *AddonData::Of(info.Env()).pump;
  pump.SetOnWake(info.Env(), info[0].As<Napi::Function>());
  return pump.SlotsBuffer(info.Env());
}

Napi::Value VcpuCreate(const Napi::CallbackInfo& info) {
  const int64_t id = AddonData::Of(info.Env()).pump->CreateServer(info.Env(), info[0].As<Napi::String>());
  if (id < 0) ThrowHostError(info.Env(), "pthread_create", static_cast<int>(-id), "a vCPU's thread");
  return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value VcpuTid(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(ServerArgument(info, 0).tid()));
}

void VcpuKick(const Napi::CallbackInfo& info) { ServerArgument(info, 0).Kick(); }

void VcpuStop(const Napi::CallbackInfo& info) {
  VcpuServer& server = ServerArgument(info, 0);
  if (!server.at_rest()) throw Napi::Error::New(info.Env(), "The vCPU thread is in KVM_RUN");
  server.Stop();
}

void VcpuJoin(const Napi::CallbackInfo& info) {
  AddonData::Of(info.Env()).pump->Remove(info.Env(), info[0].As<Napi::Number>().Uint32Value());
}

// The two functions of the exit path use the C interface: each saves some 50 ns of wrapping.

napi_value PumpWait(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argument;
  void* data;
  napi_get_cb_info(env, info, &argc, &argument, nullptr, &data);
  bool fresh = false;
  napi_get_value_bool(env, argument, &fresh);
  napi_value result;
  napi_create_uint32(env, static_cast<Pump*>(data)->Wait(fresh), &result);
  return result;
}

napi_value VcpuRun(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value arguments[2];
  void* data;
  napi_get_cb_info(env, info, &argc, arguments, nullptr, &data);
  uint32_t id = 0;
  int32_t fd = -1;
  napi_get_value_uint32(env, arguments[0], &id);
  napi_get_value_int32(env, arguments[1], &fd);
  VcpuServer* server = static_cast<Pump*>(data)->Find(id);
  if (server == nullptr || !server->at_rest() || !server->can_be_kicked()) {
    napi_throw_error(env, nullptr, "The vCPU thread has ended, is in KVM_RUN, or has no signals yet (initSignals)");
    return nullptr;
  }
  server->Run(fd);
  return nullptr;
}

void Export(Napi::Env env, Napi::Object exports, const char* name, napi_callback callback, void* data) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function);
  exports.Set(name, Napi::Value(env, function));
}

}  // namespace

void InitVcpu(Napi::Env env, Napi::Object exports) {
  Pump* pump = AddonData::Of(env).pump.get();
  exports.Set("pumpInit", Napi::Function::New<PumpInit>(env, "pumpInit"));
  Export(env, exports, "pumpWait", PumpWait, pump);
  exports.Set("vcpuCreate", Napi::Function::New<VcpuCreate>(env, "vcpuCreate"));
  exports.Set("vcpuTid", Napi::Function::New<VcpuTid>(env, "vcpuTid"));
  Export(env, exports, "vcpuRun", VcpuRun, pump);
  exports.Set("vcpuKick", Napi::Function::New<VcpuKick>(env, "vcpuKick"));
  exports.Set("vcpuStop", Napi::Function::New<VcpuStop>(env, "vcpuStop"));
  exports.Set("vcpuJoin", Napi::Function::New<VcpuJoin>(env, "vcpuJoin"));
}

}  // namespace dromaius
