// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>

namespace dromaius {

/// QEMU's three-state event over a futex-like back end.
///
/// Futex has `void wait(std::atomic<unsigned>* value, unsigned expected)`, which sleeps until it is woken (on Windows: and
/// *value is another one), or not at all if *value is not `expected`, and `void wakeAll(std::atomic<unsigned>* value)`.
///
/// The transitions are: free -> set and busy -> set in set() (the latter wakes), set -> free in reset(), free -> busy
/// in wait(). There is no busy -> free: reset() uses an OR that changes nothing in the states free and busy, so a
/// waiter that announced itself is never forgotten.
/// @qemu util/qemu-thread-posix.c qemu_event_set
/// @qemu util/qemu-thread-posix.c qemu_event_reset
/// @qemu util/qemu-thread-posix.c qemu_event_wait
template <typename Futex>
class EventProtocol {
 public:
  void init(bool set) { value_.store(set ? kSet : kFree, std::memory_order_release); }

  /// @differs QEMU looks before it exchanges, behind a full barrier; the exchange alone is that barrier.
  void set() {
    if (value_.exchange(kSet, std::memory_order_seq_cst) == kBusy) futex_.wakeAll(&value_);
  }

  void reset() {
    if (value_.load(std::memory_order_acquire) == kSet) value_.fetch_or(kFree, std::memory_order_seq_cst);
  }

  bool isSet() const { return value_.load(std::memory_order_acquire) == kSet; }

  void wait() {
    unsigned value = value_.load(std::memory_order_acquire);
    if (value == kSet) return;
    if (value == kFree) {
      unsigned expected = kFree;
      if (!value_.compare_exchange_strong(expected, kBusy, std::memory_order_seq_cst) && expected == kSet) return;
    }
    // Woken is woken: by now the event may have been reset, and be busy again for somebody else.
    futex_.wait(&value_, kBusy);
  }

 private:
  static constexpr unsigned kSet = 0;
  static constexpr unsigned kFree = 1;
  static constexpr unsigned kBusy = ~0u;

  std::atomic<unsigned> value_{kFree};
  Futex futex_;
};

}  // namespace dromaius
