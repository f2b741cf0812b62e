// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <pthread.h>

#include <atomic>

namespace dromaius {

/// A futex for hosts without one: a mutex and a condition variable per event.
/// @qemu util/qemu-thread-posix.c qemu_futex_wait
/// @qemu util/qemu-thread-posix.c qemu_futex_wake
/// @differs QEMU's may wake for no reason.
class PortableFutex {
 public:
  PortableFutex() {
    pthread_mutex_init(&lock_, nullptr);
    pthread_cond_init(&cond_, nullptr);
  }
  ~PortableFutex() {
    pthread_cond_destroy(&cond_);
    pthread_mutex_destroy(&lock_);
  }
  PortableFutex(const PortableFutex&) = delete;
  PortableFutex& operator=(const PortableFutex&) = delete;

  void wait(std::atomic<unsigned>* value, unsigned expected) {
    pthread_mutex_lock(&lock_);
    const unsigned long wakes = wakes_;
    while (value->load(std::memory_order_acquire) == expected && wakes_ == wakes) pthread_cond_wait(&cond_, &lock_);
    pthread_mutex_unlock(&lock_);
  }

  void wakeAll(std::atomic<unsigned>*) {
    pthread_mutex_lock(&lock_);
    wakes_++;
    pthread_cond_broadcast(&cond_);
    pthread_mutex_unlock(&lock_);
  }

 private:
  pthread_mutex_t lock_;
  pthread_cond_t cond_;
  /// How often waiters were woken, under lock_: tells a wake-up from a spurious one.
  unsigned long wakes_ = 0;
};

}  // namespace dromaius
