// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu_bindings.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "host_cpus.h"

namespace dromaius {

namespace {

/** hostCpuid(leaf, subleaf): the host CPU's CPUID registers, all 0 on other architectures. SDM vol. 2A, CPUID */
Napi::Value HostCpuid(const Napi::CallbackInfo& info) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
#if defined(__x86_64__)
  __cpuid_count(info[0].As<Napi::Number>().Uint32Value(), info[1].As<Napi::Number>().Uint32Value(), eax, ebx, ecx, edx);
#endif
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("eax", eax);
  result.Set("ebx", ebx);
  result.Set("ecx", ecx);
  result.Set("edx", edx);
  return result;
}

Napi::Value UsableCpusOf(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), UsableCpus()); }

}  // namespace

void InitCpu(Napi::Env env, Napi::Object exports) {
  exports.Set("hostCpuid", Napi::Function::New<HostCpuid>(env, "hostCpuid"));
  exports.Set("usableCpus", Napi::Function::New<UsableCpusOf>(env, "usableCpus"));
}

}  // namespace dromaius
