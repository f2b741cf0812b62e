// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/platform_data.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux/host_bindings.h"
#include "linux/kvm_bindings.h"
#include "linux/pty_bindings.h"
#include "linux/pump.h"
#include "linux/ram_bindings.h"
#include "platform.h"

namespace dromaius {

PlatformData::PlatformData(Napi::Env env) : pump(std::make_unique<Pump>(env)) {}

PlatformData::~PlatformData() = default;

void PlatformData::ShutdownPlatform() {
  // Threads first: they use the descriptors and the memory.
  pump->Shutdown();
  for (const int fd : fds) close(fd);
  fds.clear();
}

std::string ErrnoText(int err) { return strerror(err); }

int MapAnonymous(size_t size, void** address) {
  *address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (*address == MAP_FAILED) return errno;
  // Not inherited by a fork, as guest RAM in QEMU.
  madvise(*address, size, MADV_DONTFORK);
  return 0;
}

int Reprotect(void* address, size_t size) {
  if (mprotect(address, size, PROT_NONE) != 0) return errno;
  return mprotect(address, size, PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
}

void Unmap(void* address, size_t size) { munmap(address, size); }

void InitPlatform(Napi::Env env, Napi::Object exports) {
  InitVcpu(env, exports);
  InitRamFiles(env, exports);
  InitKvm(env, exports);
  InitHost(env, exports);
  InitPty(env, exports);
}

}  // namespace dromaius
