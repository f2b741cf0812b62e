// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "linux/ready_queue.h"
#include "linux/spin.h"
#include "thread/qemu_thread.h"

struct kvm_run;

namespace dromaius {

/** The signal that makes a vCPU thread leave KVM_RUN. SIGUSR1, QEMU's choice, belongs to Node's inspector. */
int SigIpi();

/**
 * An OS thread that runs the ioctls of one vCPU on behalf of the isolate that owns it.
 *
 * The isolate holds the big lock. A command is a synchronous round trip; Run() starts KVM_RUN and the
 * thread then pushes itself to the isolate's ready queue. Only one of them is under way at a time, so
 * one word, `turn_`, says whose turn it is. Both sides spin for a bounded time before they sleep on it.
 */
class VcpuServer {
 public:
  using Command = long (*)(void* argument);

  /** @param queue  where this vCPU reports; outlives the thread. */
  VcpuServer(uint32_t id, ReadyQueue* queue) : queue_(queue) { entry_.id = id; }
  VcpuServer(const VcpuServer&) = delete;
  VcpuServer& operator=(const VcpuServer&) = delete;

  /** Creates the thread. Returns 0 or -errno. */
  int Start(const std::string& name);

  /** Runs `command(argument)` on the thread and returns its value. The thread must be at rest. */
  long Call(Command command, void* argument);

  /** Issues an ioctl on the thread: its value, or -errno. */
  long Ioctl(int fd, unsigned long request, unsigned long argument);

  /** SIG_IPI handler for the process, unblocked in this thread; the handler sets `run->immediate_exit`. */
  int InitSignals(kvm_run* run);

  /** Starts KVM_RUN on the vCPU's descriptor. The thread must be at rest. */
  void Run(int vcpu_fd);

  /** Makes a KVM_RUN that is under way, or the next one, return -EINTR. Any thread may call it. */
  void Kick();

  /** Lets the thread end; it reports `ended` through the queue. The thread must be at rest. */
  void Stop();

  /** Waits for the end of the thread after Stop(). */
  void Join();

  /** For the end of an environment: leaves KVM_RUN if need be, stops, and joins. */
  void Shutdown();

  bool at_rest() const { return turn_.load() == kIsolate; }
  /** Whether a kick reaches the thread: KVM_RUN must not start before, or nothing could end it. */
  bool can_be_kicked() const { return can_be_kicked_; }
  bool started() const { return started_; }
  long tid() const { return thread_.tid; }
  const QemuThread& thread() const { return thread_; }

 private:
  enum Turn : uint32_t { kIsolate, kCommand, kRun, kStop };

  static void* ThreadFn(void* opaque);
  void Serve();
  /** Sleeps until the isolate has handed something over. */
  Turn AwaitTurn();
  /** Gives the turn back to the isolate. */
  void Hand(Turn turn, std::atomic<uint32_t>& sleeping);

  std::atomic<uint32_t> turn_{kIsolate};
  std::atomic<uint32_t> thread_sleeps_{0};
  std::atomic<uint32_t> isolate_sleeps_{0};

  Command command_ = nullptr;
  void* argument_ = nullptr;
  long value_ = 0;
  int vcpu_fd_ = -1;

  SpinBudget thread_spin_;
  SpinBudget isolate_spin_;
  ReadyEntry entry_;
  ReadyQueue* queue_;
  QemuThread thread_{};
  bool started_ = false;
  bool can_be_kicked_ = false;
};

}  // namespace dromaius
