// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "thread/qemu_thread.h"

namespace dromaius {

/// An OS thread that runs what it is handed, one piece after the other: the native half of a QemuThread whose body is
/// JavaScript. Blocking work is posted and answers through its `done`; short work is called and answered in place.
///
/// The object is shared by its owner and its thread, so a thread that stays blocked after its owner left is harmless.
class ThreadServer : public std::enable_shared_from_this<ThreadServer> {
 public:
  using Work = std::function<int()>;
  using Done = std::function<void(int result)>;

  /// Starts the thread. `ended` is called on it by its exit notifier, as the last thing that it does with this object.
  /// @return 0 or -errno.
  static int create(const std::string& name, QemuThreadMode mode, std::function<void()> ended,
                    std::shared_ptr<ThreadServer>* server);

  ~ThreadServer();
  ThreadServer(const ThreadServer&) = delete;
  ThreadServer& operator=(const ThreadServer&) = delete;

  const QemuThread& thread() const { return thread_; }

  /// Queues work that may block. `done` is called on the thread with its result, when the thread is idle again.
  /// @return 0, or -ESRCH after stop().
  int post(Work work, Done done);

  /// Runs work that does not block on the thread and waits for it.
  /// @return the work's own result; -EBUSY if the thread has something to do, -ESRCH after stop().
  int call(const Work& work);

  /// Lets the thread end when it has done what was posted before.
  void stop();

  /// Whether the thread has posted work that is not done.
  bool busy();

  /// Waits for a joinable thread's end after stop(). For a detached or joined one it does nothing. Any thread may call it.
  void join();

  /// For an owner that goes away: stop(), then join an idle joinable thread and detach a busy one.
  /// Never waits for work that is running. `ended` may still be called later on the thread.
  void abandon();

 private:
  ThreadServer() = default;
  struct Item {
    Work work;
    Done done;
  };
  static void* threadFn(void* opaque);
  void loop();

  QemuMutex lock_{};
  QemuCond wake_{};
  QemuCond answered_{};
  QemuThread thread_{};
  std::deque<Item> queue_;    // under lock_
  unsigned outstanding_ = 0;  // under lock_: queued plus running
  bool stopping_ = false;     // under lock_
  std::atomic<bool> reapable_{false};  // joinable, and nobody has taken on to join or detach it
};

}  // namespace dromaius
