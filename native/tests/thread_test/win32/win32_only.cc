// SPDX-License-Identifier: GPL-2.0-or-later
// What only Windows has: kernel handles, and threads that somebody else made.
#include <process.h>
#include <windows.h>

#include <cerrno>
#include <vector>

#include "thread_test/support.h"

using namespace dromaius;

namespace {

/// A handle that somebody keeps does not make an ended thread look alive.
void testKeptHandle() {
  std::vector<unsigned long> cpus;
  auto body = [] {};
  QemuThread thread = spawn("kept", body);
  const HANDLE handle = OpenThread(SYNCHRONIZE, FALSE, static_cast<DWORD>(thread.tid));
  qemu_thread_join(&thread);
  CHECK(handle == nullptr || WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
  CHECK(qemu_thread_get_affinity(&thread, &cpus) == -ESRCH);
  if (handle != nullptr) CloseHandle(handle);
}

/// The main thread, and one that the C runtime started for somebody else, can use the primitives and know their ids.
void testForeignThread() {
  struct Shared {
    QemuMutex mutex;
    QemuThread self;
    bool is_self;
  } shared = {};
  CHECK(qemu_mutex_init(&shared.mutex) == 0);
  CHECK(qemu_mutex_lock(&shared.mutex) == 0);
  unsigned tid = 0;
  const auto routine = [](void* opaque) -> unsigned {
    auto* s = static_cast<Shared*>(opaque);
    qemu_mutex_lock(&s->mutex);
    qemu_thread_get_self(&s->self);
    s->is_self = qemu_thread_is_self(&s->self);
    qemu_mutex_unlock(&s->mutex);
    return 0;
  };
  const auto handle = reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, routine, &shared, 0, &tid));
  CHECK(handle != nullptr);
  CHECK(WaitForSingleObject(handle, 20) == WAIT_TIMEOUT);
  CHECK(qemu_mutex_unlock(&shared.mutex) == 0);
  CHECK(WaitForSingleObject(handle, 5000) == WAIT_OBJECT_0);
  CloseHandle(handle);
  CHECK(shared.is_self && shared.self.tid == static_cast<long>(tid) && shared.self.data == nullptr);
  CHECK(qemu_mutex_destroy(&shared.mutex) == 0);
}

}  // namespace

void testPlatform() {
  testKeptHandle();
  testForeignThread();
}
