// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "thread/thread_server.h"

namespace dromaius {

/// What the thread bindings keep per JavaScript environment (isolate): the way back for results from other threads,
/// the operations under way, and the threads to let go of when the environment ends.
///
/// Other threads know an operation by its number only, so nothing of JavaScript is ever touched, or freed, by them.
class ThreadEnv : public std::enable_shared_from_this<ThreadEnv> {
 public:
  using Settle = std::function<void(Napi::Env env, int result)>;

  /// Makes the state of an environment and ties it to the environment's end.
  static std::shared_ptr<ThreadEnv> create(Napi::Env env);

  /// Enters an operation whose result some thread will give to complete(). From the environment's thread.
  uint64_t begin(Settle settle);
  /// While an operation is held, the event loop stays alive for it.
  void hold(Napi::Env env, uint64_t op);
  /// Forgets an operation: its result will be dropped.
  void cancel(Napi::Env env, uint64_t op);
  /// From any thread, any time: settles the operation on the environment's thread, or does nothing if it is gone.
  void complete(uint64_t op, int result);

  /// The threads that the environment lets go of at its end.
  void addServer(const std::shared_ptr<ThreadServer>& server) { servers_.insert(server); }
  void removeServer(const std::shared_ptr<ThreadServer>& server) { servers_.erase(server); }
  bool ended() const { return ended_; }

  /// Posts work that may block to a thread. @return the promise of its answer: undefined, or with `timed` whether it
  /// ended before the time ran out; it rejects with a HostError naming `operation`. Throws if the thread has ended.
  Napi::Value postWork(Napi::Env env, const std::shared_ptr<ThreadServer>& server, const char* operation, bool timed,
                       ThreadServer::Work work);

 private:
  struct Operation {
    Settle settle;
    bool held = false;
  };
  static void callJs(napi_env env, napi_value callback, void* context, void* data);
  static void cleanup(void* opaque);
  Operation take(Napi::Env env, uint64_t op);
  void settleNext(Napi::Env env);

  // On the environment's thread only.
  uint64_t last_op_ = 0;
  unsigned held_ = 0;
  bool ended_ = false;
  std::unordered_map<uint64_t, Operation> operations_;
  std::unordered_set<std::shared_ptr<ThreadServer>> servers_;

  std::mutex lock_;
  napi_threadsafe_function function_ = nullptr;          // under lock_; null once the environment has ended
  std::deque<std::pair<uint64_t, int>> results_;         // under lock_
};

}  // namespace dromaius
