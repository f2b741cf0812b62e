// SPDX-License-Identifier: GPL-2.0-or-later
//
// Thread-local storage. Windows's slots (TlsAlloc) have no destructors. Those with a callback (FlsAlloc) call it for every
// thread's value when the slot is freed too, and do not say which slot it was. So values live in the first kind, and one
// slot of the second kind, for the whole process, tells that a thread ends.
#include <cassert>
#include <cerrno>
#include <map>
#include <utility>
#include <vector>

#include "thread/qemu_thread.h"

namespace dromaius {

namespace {

using Destructor = void (*)(void*);

/// Rounds in which destructors may set values anew, as POSIX has it (PTHREAD_DESTRUCTOR_ITERATIONS).
constexpr int kRounds = 4;

struct Table {
  SRWLOCK lock = SRWLOCK_INIT;
  std::map<DWORD, Destructor> destructors;  // by key, under lock
};

/// Never destroyed: threads may end while the process is exiting.
Table& table() {
  static Table* const the_table = new Table();
  return *the_table;
}

void WINAPI thread_ends(void*) {
  for (int round = 0; round < kRounds; round++) {
    std::vector<std::pair<Destructor, void*>> calls;
    AcquireSRWLockShared(&table().lock);
    for (const auto& [key, destructor] : table().destructors) {
      void* value = TlsGetValue(key);
      if (value == nullptr) continue;
      TlsSetValue(key, nullptr);
      calls.emplace_back(destructor, value);
    }
    ReleaseSRWLockShared(&table().lock);
    if (calls.empty()) return;
    for (const auto& [destructor, value] : calls) destructor(value);
  }
}

/// The slot whose callback is thread_ends; FLS_OUT_OF_INDEXES if there was none left.
DWORD end_slot() {
  static const DWORD slot = FlsAlloc(thread_ends);
  return slot;
}

}  // namespace

int qemu_thread_local_init(QemuThreadLocal* local, void (*destructor)(void*)) {
  local->initialized = false;
  if (destructor != nullptr && end_slot() == FLS_OUT_OF_INDEXES) return -EAGAIN;
  local->key = TlsAlloc();
  if (local->key == TLS_OUT_OF_INDEXES) return -EAGAIN;
  if (destructor != nullptr) {
    AcquireSRWLockExclusive(&table().lock);
    table().destructors[local->key] = destructor;
    ReleaseSRWLockExclusive(&table().lock);
  }
  local->initialized = true;
  return 0;
}

void qemu_thread_local_destroy(QemuThreadLocal* local) {
  assert(local->initialized);
  local->initialized = false;
  AcquireSRWLockExclusive(&table().lock);
  table().destructors.erase(local->key);
  ReleaseSRWLockExclusive(&table().lock);
  TlsFree(local->key);
}

void* qemu_thread_local_get(const QemuThreadLocal* local) {
  assert(local->initialized);
  return TlsGetValue(local->key);
}

int qemu_thread_local_set(const QemuThreadLocal* local, void* value) {
  assert(local->initialized);
  if (!TlsSetValue(local->key, value)) return -ENOMEM;
  // Any value but null makes the callback come.
  if (value != nullptr && end_slot() != FLS_OUT_OF_INDEXES) FlsSetValue(end_slot(), &table());
  return 0;
}

}  // namespace dromaius
