// SPDX-License-Identifier: GPL-2.0-or-later
#include <windows.h>

#include <vector>

#include "thread_test/host.h"

long nowMs() {
  LARGE_INTEGER frequency, count;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&count);
  return static_cast<long>(count.QuadPart / (frequency.QuadPart / 1000));
}

void sleepMs(int ms) { Sleep(static_cast<DWORD>(ms)); }

std::string nameOf(long tid) {
  using GetThreadDescriptionFunc = HRESULT(WINAPI*)(HANDLE, PWSTR*);
  const auto get = reinterpret_cast<GetThreadDescriptionFunc>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetThreadDescription")));
  const HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, static_cast<DWORD>(tid));
  PWSTR wide = nullptr;
  if (get == nullptr || thread == nullptr || FAILED(get(thread, &wide))) return "(no name to be had)";
  char name[256] = "";
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, sizeof(name), nullptr, nullptr);
  LocalFree(wide);
  CloseHandle(thread);
  return name;
}

std::string keptName(const std::string& name) { return name; }

bool threadExists(long tid) {
  const HANDLE thread = OpenThread(SYNCHRONIZE, FALSE, static_cast<DWORD>(tid));
  if (thread == nullptr) return false;
  const bool runs = WaitForSingleObject(thread, 0) == WAIT_TIMEOUT;
  CloseHandle(thread);
  return runs;
}

bool threadEnds(long tid) {
  for (int i = 0; i < 500 && threadExists(tid); i++) sleepMs(2);
  return !threadExists(tid);
}

long openHandles() {
  DWORD count = 0;
  GetProcessHandleCount(GetCurrentProcess(), &count);
  return static_cast<long>(count);
}
