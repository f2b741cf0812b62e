// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "posix/futex_linux.h"

namespace dromaius {

/** What a vCPU thread leaves for its isolate: at most one entry per thread at any time. */
struct ReadyEntry {
  uint32_t id = 0;
  /** Result of the last KVM_RUN: 0 or -errno. */
  int result = 0;
  /** The thread has run its last command and ends. */
  bool ended = false;
  ReadyEntry* next = nullptr;
};

/**
 * Ready vCPUs of one isolate: many threads push, the isolate takes all.
 *
 * When the isolate has gone to sleep (it turned to its event loop), the first push wakes it through
 * `wake`. The order of flag and list is sequentially consistent on both sides: either the pusher sees
 * the isolate asleep, or the isolate sees the entry before it sleeps.
 */
class ReadyQueue {
 public:
  using Wake = void (*)(void* opaque);

  ReadyQueue(Wake wake, void* opaque) : wake_(wake), opaque_(opaque) {}

  void Push(ReadyEntry* entry) {
    ReadyEntry* head = head_.load(std::memory_order_relaxed);
    do {
      entry->next = head;
    } while (!head_.compare_exchange_weak(head, entry, std::memory_order_seq_cst));
    if (asleep_.load(std::memory_order_seq_cst) == kAwake) return;
    const uint32_t was = asleep_.exchange(kAwake);
    if (was == kInEventLoop) wake_(opaque_);
    if (was == kHere) LinuxFutex().wakeAll(&asleep_);
  }

  bool empty() const { return head_.load(std::memory_order_seq_cst) == nullptr; }

  /** All entries, oldest first, linked by `next`. */
  ReadyEntry* TakeAll() {
    ReadyEntry* entry = head_.exchange(nullptr, std::memory_order_seq_cst);
    ReadyEntry* oldest = nullptr;
    while (entry != nullptr) {
      ReadyEntry* next = entry->next;
      entry->next = oldest;
      oldest = entry;
      entry = next;
    }
    return oldest;
  }

  /** Sleeps at most `ns` (less than 1 s) on the calling thread; true if there is an entry then. */
  bool SleepHere(uint64_t ns) {
    asleep_.store(kHere, std::memory_order_seq_cst);
    if (empty()) LinuxFutex().wait(&asleep_, kHere, ns);
    asleep_.store(kAwake, std::memory_order_seq_cst);
    return !empty();
  }

  /** Announces sleep; false if an entry came in the meantime (then the isolate stays awake). */
  bool Sleep() {
    asleep_.store(kInEventLoop, std::memory_order_seq_cst);
    if (empty()) return true;
    // Whoever resets the flag owns the wake-up: if a pusher was first, its wake comes and finds nothing new.
    asleep_.store(kAwake, std::memory_order_seq_cst);
    return false;
  }

 private:
  /** Where the isolate is: the word is the futex of `SleepHere` too. */
  enum : uint32_t { kAwake, kInEventLoop, kHere };

  std::atomic<ReadyEntry*> head_{nullptr};
  std::atomic<uint32_t> asleep_{kInEventLoop};
  Wake wake_;
  void* opaque_;
};

}  // namespace dromaius
