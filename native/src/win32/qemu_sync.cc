// SPDX-License-Identifier: GPL-2.0-or-later
#include <cassert>
#include <cerrno>
#include <climits>

#include "thread/qemu_thread.h"
#include "win32/error_exit.h"

namespace dromaius {

// ---- mutex: a slim reader/writer lock, taken exclusively. The owner's id makes misuse an error, as on POSIX. ----

namespace {

/// Nobody but the calling thread writes its own id or takes it away, so the answer cannot change meanwhile.
bool owned(const std::atomic<DWORD>& owner) { return owner.load(std::memory_order_relaxed) == GetCurrentThreadId(); }

}  // namespace

int qemu_mutex_init(QemuMutex* mutex) {
  InitializeSRWLock(&mutex->lock);
  mutex->owner.store(0, std::memory_order_relaxed);
  mutex->initialized = true;
  return 0;
}

int qemu_mutex_destroy(QemuMutex* mutex) {
  assert(mutex->initialized);
  if (!TryAcquireSRWLockExclusive(&mutex->lock)) return -EBUSY;
  ReleaseSRWLockExclusive(&mutex->lock);
  mutex->initialized = false;
  InitializeSRWLock(&mutex->lock);
  return 0;
}

int qemu_mutex_lock(QemuMutex* mutex) {
  assert(mutex->initialized);
  if (owned(mutex->owner)) return -EDEADLK;
  AcquireSRWLockExclusive(&mutex->lock);
  mutex->owner.store(GetCurrentThreadId(), std::memory_order_relaxed);
  return 0;
}

int qemu_mutex_trylock(QemuMutex* mutex) {
  assert(mutex->initialized);
  if (!TryAcquireSRWLockExclusive(&mutex->lock)) return -EBUSY;
  mutex->owner.store(GetCurrentThreadId(), std::memory_order_relaxed);
  return 0;
}

int qemu_mutex_unlock(QemuMutex* mutex) {
  assert(mutex->initialized);
  if (!owned(mutex->owner)) return -EPERM;
  mutex->owner.store(0, std::memory_order_relaxed);
  ReleaseSRWLockExclusive(&mutex->lock);
  return 0;
}

// ---- recursive mutex: a critical section ----

int qemu_rec_mutex_init(QemuRecMutex* mutex) {
  InitializeCriticalSection(&mutex->lock);
  mutex->owner.store(0, std::memory_order_relaxed);
  mutex->depth = 0;
  mutex->initialized = true;
  return 0;
}

int qemu_rec_mutex_destroy(QemuRecMutex* mutex) {
  assert(mutex->initialized);
  if (owned(mutex->owner) || !TryEnterCriticalSection(&mutex->lock)) return -EBUSY;
  LeaveCriticalSection(&mutex->lock);
  mutex->initialized = false;
  DeleteCriticalSection(&mutex->lock);
  return 0;
}

int qemu_rec_mutex_lock(QemuRecMutex* mutex) {
  assert(mutex->initialized);
  if (owned(mutex->owner) && mutex->depth == INT_MAX) return -EAGAIN;
  EnterCriticalSection(&mutex->lock);
  mutex->owner.store(GetCurrentThreadId(), std::memory_order_relaxed);
  mutex->depth++;
  return 0;
}

int qemu_rec_mutex_trylock(QemuRecMutex* mutex) {
  assert(mutex->initialized);
  if (owned(mutex->owner) && mutex->depth == INT_MAX) return -EAGAIN;
  if (!TryEnterCriticalSection(&mutex->lock)) return -EBUSY;
  mutex->owner.store(GetCurrentThreadId(), std::memory_order_relaxed);
  mutex->depth++;
  return 0;
}

int qemu_rec_mutex_unlock(QemuRecMutex* mutex) {
  assert(mutex->initialized);
  if (!owned(mutex->owner)) return -EPERM;
  if (--mutex->depth == 0) mutex->owner.store(0, std::memory_order_relaxed);
  LeaveCriticalSection(&mutex->lock);
  return 0;
}

// ---- condition variable ----

namespace {

/// Sleeps with the mutex given up. Its owner is forgotten before and is the calling thread again after, whatever the
/// result. @return 0 or -ETIMEDOUT.
int sleep_cond(QemuCond* cond, QemuMutex* mutex, DWORD ms) {
  if (!owned(mutex->owner)) return -EPERM;
  mutex->owner.store(0, std::memory_order_relaxed);
  const BOOL woken = SleepConditionVariableSRW(&cond->var, &mutex->lock, ms, 0);
  const DWORD err = woken ? ERROR_SUCCESS : GetLastError();
  mutex->owner.store(GetCurrentThreadId(), std::memory_order_relaxed);
  if (woken) return 0;
  if (err != ERROR_TIMEOUT) error_exit(err, "SleepConditionVariableSRW");
  return -ETIMEDOUT;
}

}  // namespace

int qemu_cond_init(QemuCond* cond) {
  InitializeConditionVariable(&cond->var);
  cond->initialized = true;
  return 0;
}

void qemu_cond_destroy(QemuCond* cond) {
  assert(cond->initialized);
  cond->initialized = false;
  InitializeConditionVariable(&cond->var);
}

void qemu_cond_signal(QemuCond* cond) {
  assert(cond->initialized);
  WakeConditionVariable(&cond->var);
}

void qemu_cond_broadcast(QemuCond* cond) {
  assert(cond->initialized);
  WakeAllConditionVariable(&cond->var);
}

int qemu_cond_wait(QemuCond* cond, QemuMutex* mutex) {
  assert(cond->initialized && mutex->initialized);
  return sleep_cond(cond, mutex, INFINITE);
}

int qemu_cond_timedwait(QemuCond* cond, QemuMutex* mutex, int ms) {
  assert(cond->initialized && mutex->initialized);
  return sleep_cond(cond, mutex, ms < 0 ? 0 : static_cast<DWORD>(ms));
}

// ---- semaphore ----

int qemu_sem_init(QemuSemaphore* sem, unsigned init) {
  if (init > kSemaphoreMax) return -EINVAL;
  sem->sema = CreateSemaphoreW(nullptr, static_cast<LONG>(init), LONG_MAX, nullptr);
  sem->initialized = sem->sema != nullptr;
  return sem->initialized ? 0 : negative_errno(GetLastError());
}

void qemu_sem_destroy(QemuSemaphore* sem) {
  assert(sem->initialized);
  sem->initialized = false;
  CloseHandle(sem->sema);
}

int qemu_sem_post(QemuSemaphore* sem) {
  assert(sem->initialized);
  if (ReleaseSemaphore(sem->sema, 1, nullptr)) return 0;
  const DWORD err = GetLastError();
  if (err != ERROR_TOO_MANY_POSTS) error_exit(err, "ReleaseSemaphore");
  return -EOVERFLOW;
}

void qemu_sem_wait(QemuSemaphore* sem) {
  assert(sem->initialized);
  if (WaitForSingleObject(sem->sema, INFINITE) != WAIT_OBJECT_0) error_exit(GetLastError(), "WaitForSingleObject");
}

int qemu_sem_timedwait(QemuSemaphore* sem, int ms) {
  assert(sem->initialized);
  const DWORD rc = WaitForSingleObject(sem->sema, ms < 0 ? 0 : static_cast<DWORD>(ms));
  if (rc == WAIT_OBJECT_0) return 0;
  if (rc != WAIT_TIMEOUT) error_exit(GetLastError(), "WaitForSingleObject");
  return -ETIMEDOUT;
}

}  // namespace dromaius
