// SPDX-License-Identifier: GPL-2.0-or-later
#include <napi.h>

#include "addon_data.h"
#include "cpu_bindings.h"
#include "errors.h"
#include "mapping.h"
#include "thread_bindings.h"

namespace dromaius {

AddonData::AddonData(Napi::Env env) : PlatformData(env) {}

AddonData::~AddonData() { Shutdown(); }

void AddonData::Shutdown() {
  // Threads first: they use the memory.
  ShutdownPlatform();
  mappings.clear();
}

void ThrowHostError(Napi::Env env, const char* operation, int err, const std::string& purpose) {
  const AddonData& data = AddonData::Of(env);
  const std::string text = ErrnoText(err);
  if (data.host_error.IsEmpty()) throw Napi::Error::New(env, std::string(operation) + ": " + text);
  throw Napi::Error(env, data.host_error.New({Napi::String::New(env, operation), Napi::Number::New(env, err),
                                              Napi::String::New(env, ErrnoName(err)), Napi::String::New(env, text),
                                              Napi::String::New(env, purpose)}));
}

namespace {

/** initialize(HostError): hands in the error class; once per environment. */
void Initialize(const Napi::CallbackInfo& info) {
  AddonData::Of(info.Env()).host_error = Napi::Persistent(info[0].As<Napi::Function>());
}

/** errnoName(number): string. */
Napi::Value ErrnoNameOf(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), ErrnoName(info[0].As<Napi::Number>().Int32Value()));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData(env);
  env.SetInstanceData(data);
  // Before anything of the environment is torn down, and while Node-API calls are still allowed.
  env.AddCleanupHook([data] { data->Shutdown(); });
  exports.Set("initialize", Napi::Function::New<Initialize>(env, "initialize"));
  exports.Set("errnoName", Napi::Function::New<ErrnoNameOf>(env, "errnoName"));
  InitCpu(env, exports);
  InitMapping(env, exports);
  InitThread(env, exports);
  InitPlatform(env, exports);
  return exports;
}

}  // namespace

}  // namespace dromaius

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return dromaius::Init(env, exports); }

NODE_API_MODULE(dromaius, InitAddon)
