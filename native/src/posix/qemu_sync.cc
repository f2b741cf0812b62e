// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread/qemu_thread.h"

#include <pthread.h>
#include <time.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace dromaius {

namespace {

/// For results that only a broken program can get.
/// @qemu util/qemu-thread-posix.c error_exit
[[noreturn]] void error_exit(int err, const char* function) {
  std::fprintf(stderr, "dromaius: %s: %s\n", function, std::strerror(err));
  std::abort();
}

/// The point in time `ms` from now on the clock that qemu_cond_init chose.
/// @qemu util/qemu-thread-posix.c compute_abs_deadline
void compute_abs_deadline(timespec* ts, int ms) {
#if defined(__APPLE__)
  clock_gettime(CLOCK_REALTIME, ts);
#else
  clock_gettime(CLOCK_MONOTONIC, ts);
#endif
  if (ms < 0) ms = 0;
  ts->tv_nsec += (ms % 1000) * 1000000L;
  ts->tv_sec += ms / 1000;
  if (ts->tv_nsec >= 1000000000L) {
    ts->tv_sec++;
    ts->tv_nsec -= 1000000000L;
  }
}

int mutex_init(QemuMutex* mutex, int type) {
  pthread_mutexattr_t attr;
  int err = pthread_mutexattr_init(&attr);
  if (err != 0) return -err;
  pthread_mutexattr_settype(&attr, type);
  err = pthread_mutex_init(&mutex->lock, &attr);
  pthread_mutexattr_destroy(&attr);
  mutex->initialized = err == 0;
  return -err;
}

}  // namespace

// ---- mutex ----

int qemu_mutex_init(QemuMutex* mutex) { return mutex_init(mutex, PTHREAD_MUTEX_ERRORCHECK); }

int qemu_mutex_destroy(QemuMutex* mutex) {
  assert(mutex->initialized);
  // Tried first: what pthread_mutex_destroy does to a locked mutex is undefined. (A recursive one that the caller holds
  // passes this; that the C library refuses to destroy.)
  int err = pthread_mutex_trylock(&mutex->lock);
  if (err != 0) return -err;
  pthread_mutex_unlock(&mutex->lock);
  err = pthread_mutex_destroy(&mutex->lock);
  if (err == 0) mutex->initialized = false;
  return -err;
}

int qemu_mutex_lock(QemuMutex* mutex) {
  assert(mutex->initialized);
  return -pthread_mutex_lock(&mutex->lock);
}

int qemu_mutex_trylock(QemuMutex* mutex) {
  assert(mutex->initialized);
  return -pthread_mutex_trylock(&mutex->lock);
}

int qemu_mutex_unlock(QemuMutex* mutex) {
  assert(mutex->initialized);
  return -pthread_mutex_unlock(&mutex->lock);
}

// ---- recursive mutex ----

int qemu_rec_mutex_init(QemuRecMutex* mutex) { return mutex_init(&mutex->m, PTHREAD_MUTEX_RECURSIVE); }
int qemu_rec_mutex_destroy(QemuRecMutex* mutex) { return qemu_mutex_destroy(&mutex->m); }
int qemu_rec_mutex_lock(QemuRecMutex* mutex) { return qemu_mutex_lock(&mutex->m); }
int qemu_rec_mutex_trylock(QemuRecMutex* mutex) { return qemu_mutex_trylock(&mutex->m); }
int qemu_rec_mutex_unlock(QemuRecMutex* mutex) { return qemu_mutex_unlock(&mutex->m); }

// ---- condition variable ----

int qemu_cond_init(QemuCond* cond) {
  pthread_condattr_t attr;
  int err = pthread_condattr_init(&attr);
  if (err != 0) return -err;
#if !defined(__APPLE__)
  // A clock that nobody sets: a timed wait must not end early or late because the date was corrected.
  err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
#endif
  if (err == 0) err = pthread_cond_init(&cond->cond, &attr);
  pthread_condattr_destroy(&attr);
  cond->initialized = err == 0;
  return -err;
}

void qemu_cond_destroy(QemuCond* cond) {
  assert(cond->initialized);
  cond->initialized = false;
  int err = pthread_cond_destroy(&cond->cond);
  if (err != 0) error_exit(err, __func__);
}

void qemu_cond_signal(QemuCond* cond) {
  assert(cond->initialized);
  int err = pthread_cond_signal(&cond->cond);
  if (err != 0) error_exit(err, __func__);
}

void qemu_cond_broadcast(QemuCond* cond) {
  assert(cond->initialized);
  int err = pthread_cond_broadcast(&cond->cond);
  if (err != 0) error_exit(err, __func__);
}

int qemu_cond_wait(QemuCond* cond, QemuMutex* mutex) {
  assert(cond->initialized && mutex->initialized);
  return -pthread_cond_wait(&cond->cond, &mutex->lock);
}

int qemu_cond_timedwait(QemuCond* cond, QemuMutex* mutex, int ms) {
  assert(cond->initialized && mutex->initialized);
  timespec ts;
  compute_abs_deadline(&ts, ms);
  return -pthread_cond_timedwait(&cond->cond, &mutex->lock, &ts);
}

// ---- semaphore: a count under a mutex, as in QEMU since 7.1, so that its timed wait is monotonic too ----

int qemu_sem_init(QemuSemaphore* sem, unsigned init) {
  if (init > kSemaphoreMax) return -EINVAL;
  int rc = qemu_mutex_init(&sem->mutex);
  if (rc < 0) return rc;
  rc = qemu_cond_init(&sem->cond);
  if (rc < 0) {
    qemu_mutex_destroy(&sem->mutex);
    return rc;
  }
  sem->count = init;
  sem->initialized = true;
  return 0;
}

void qemu_sem_destroy(QemuSemaphore* sem) {
  assert(sem->initialized);
  sem->initialized = false;
  qemu_cond_destroy(&sem->cond);
  qemu_mutex_destroy(&sem->mutex);
}

int qemu_sem_post(QemuSemaphore* sem) {
  QemuLockGuard guard(&sem->mutex);
  if (sem->count == kSemaphoreMax) return -EOVERFLOW;
  sem->count++;
  qemu_cond_signal(&sem->cond);
  return 0;
}

void qemu_sem_wait(QemuSemaphore* sem) {
  QemuLockGuard guard(&sem->mutex);
  while (sem->count == 0) qemu_cond_wait(&sem->cond, &sem->mutex);
  sem->count--;
}

int qemu_sem_timedwait(QemuSemaphore* sem, int ms) {
  timespec ts;
  compute_abs_deadline(&ts, ms);
  QemuLockGuard guard(&sem->mutex);
  while (sem->count == 0) {
    if (ms <= 0) return -ETIMEDOUT;
    // One deadline for all turns of the loop; a waiter that was overtaken by another must not start afresh.
    int err = pthread_cond_timedwait(&sem->cond.cond, &sem->mutex.lock, &ts);
    if (err == ETIMEDOUT && sem->count == 0) return -ETIMEDOUT;
  }
  sem->count--;
  return 0;
}

}  // namespace dromaius
