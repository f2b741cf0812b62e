// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the opaque structures of qemu_thread.h hold on POSIX hosts. Only qemu_thread.h and posix/ include this file.
#pragma once

#include <pthread.h>

#include <climits>

#include "thread/event_protocol.h"
#if defined(__linux__)
#include "posix/futex_linux.h"
#else
#include "posix/futex_portable.h"
#endif

namespace dromaius {

struct QemuMutex {
  pthread_mutex_t lock;
  bool initialized;
};

struct QemuRecMutex {
  QemuMutex m;
};

struct QemuCond {
  pthread_cond_t cond;
  bool initialized;
};

struct QemuSemaphore {
  QemuMutex mutex;
  QemuCond cond;
  unsigned count;
  bool initialized;
};

/// Largest count that a semaphore takes: that of a host whose counts are signed.
inline constexpr unsigned kSemaphoreMax = INT_MAX;

struct QemuEvent {
#if defined(__linux__)
  EventProtocol<LinuxFutex> protocol;
#else
  EventProtocol<PortableFutex> protocol;
#endif
  bool initialized;
};

struct QemuThread {
  pthread_t thread;
  /// The id that `ps -T` shows (gettid); on hosts without one a number that is unique in the process.
  long tid;
};

struct QemuThreadLocal {
  pthread_key_t key;
  bool initialized;
};

}  // namespace dromaius
