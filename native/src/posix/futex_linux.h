// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>

namespace dromaius {

/// The kernel's futex, private to the process.
/// @qemu include/qemu/futex.h qemu_futex_wait
/// @qemu include/qemu/futex.h qemu_futex_wake
class LinuxFutex {
 public:
  void wait(std::atomic<unsigned>* value, unsigned expected) {
    // SAFETY: std::atomic<unsigned> is lock-free, so its address is that of a plain 32-bit word.
    while (syscall(SYS_futex, value, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0) != 0 && errno == EINTR) {
    }
    // What was written before the wake is seen from here on; the system call alone does not say so to the compiler.
    value->load(std::memory_order_acquire);
  }

  /// Waits at most `ns`, less than 1 s; may return early.
  void wait(std::atomic<unsigned>* value, unsigned expected, unsigned long ns) {
    const timespec timeout{0, static_cast<long>(ns)};
    // SAFETY: as above.
    syscall(SYS_futex, value, FUTEX_WAIT_PRIVATE, expected, &timeout, nullptr, 0);
    value->load(std::memory_order_acquire);
  }

  void wakeAll(std::atomic<unsigned>* value) {
    // SAFETY: only the address is used. Should the event be gone by now, the wake is one for nobody.
    syscall(SYS_futex, value, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }

 private:
  static_assert(sizeof(std::atomic<unsigned>) == 4 && std::atomic<unsigned>::is_always_lock_free);
};

}  // namespace dromaius
