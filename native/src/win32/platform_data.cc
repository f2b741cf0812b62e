// SPDX-License-Identifier: GPL-2.0-or-later
#include "win32/platform_data.h"

#include <windows.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "host_cpus.h"
#include "platform.h"

namespace dromaius {

std::string ErrnoText(int err) {
  // The C runtime of Windows has no text for the numbers that POSIX added.
  if (err == ETIMEDOUT) return "Timed out";
  if (err == EOVERFLOW) return "Value too large";
  return strerror(err);
}

unsigned UsableCpus() {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (!GetProcessAffinityMask(GetCurrentProcess(), &process, &system) || process == 0) return 1;
  return static_cast<unsigned>(std::popcount(static_cast<uint64_t>(process)));
}

/** @qemu util/oslib-win32.c qemu_anon_ram_alloc */
int MapAnonymous(size_t size, void** address) {
  *address = VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (*address != nullptr) return 0;
  return GetLastError() == ERROR_INVALID_PARAMETER ? EINVAL : ENOMEM;
}

int Reprotect(void* address, size_t size) {
  DWORD before = 0;
  if (!VirtualProtect(address, size, PAGE_NOACCESS, &before)) return EINVAL;
  return VirtualProtect(address, size, PAGE_READWRITE, &before) ? 0 : EINVAL;
}

/** @qemu util/oslib-win32.c qemu_anon_ram_free */
void Unmap(void* address, size_t) { VirtualFree(address, 0, MEM_RELEASE); }

void InitPlatform(Napi::Env, Napi::Object) {}

}  // namespace dromaius
