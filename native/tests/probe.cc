// SPDX-License-Identifier: GPL-2.0-or-later
//
// An addon of the TypeScript tests on Windows: what the system says about the threads of the process.
#include <napi.h>
#include <windows.h>
#include <tlhelp32.h>

#include <string>

#include "thread_test/host.h"

namespace {

/// threadIds(): the ids of the threads that run.
Napi::Value ThreadIds(const Napi::CallbackInfo& info) {
  Napi::Array ids = Napi::Array::New(info.Env());
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry = {};
  entry.dwSize = sizeof(entry);
  for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry)) {
    if (entry.th32OwnerProcessID != GetCurrentProcessId()) continue;
    // One that has ended is listed as long as somebody has a handle to it.
    if (threadExists(static_cast<long>(entry.th32ThreadID))) ids.Set(ids.Length(), Napi::Number::New(info.Env(), entry.th32ThreadID));
  }
  CloseHandle(snapshot);
  return ids;
}

/// threadName(tid)
Napi::Value ThreadName(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), nameOf(static_cast<long>(info[0].As<Napi::Number>().Int64Value())));
}

/// openHandles(): the kernel handles of the process.
Napi::Value OpenHandles(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(openHandles()));
}

}  // namespace

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("threadIds", Napi::Function::New<ThreadIds>(env));
  exports.Set("threadName", Napi::Function::New<ThreadName>(env));
  exports.Set("openHandles", Napi::Function::New<OpenHandles>(env));
  return exports;
}

NODE_API_MODULE(probe, Init)
