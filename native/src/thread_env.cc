// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread_env.h"

#include <cerrno>
#include <utility>

#include "errors.h"

namespace dromaius {

std::shared_ptr<ThreadEnv> ThreadEnv::create(Napi::Env env) {
  auto state = std::make_shared<ThreadEnv>();
  napi_value name = Napi::String::New(env, "dromaius.thread");
  napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                                       state.get(), callJs, &state->function_);
  if (status != napi_ok) throw Napi::Error::New(env);
  napi_unref_threadsafe_function(env, state->function_);
  // After the function, because hooks run in reverse: ours comes before Node.js frees the function.
  napi_add_env_cleanup_hook(env, cleanup, new std::shared_ptr<ThreadEnv>(state));
  return state;
}

uint64_t ThreadEnv::begin(Settle settle) {
  operations_.emplace(++last_op_, Operation{std::move(settle)});
  return last_op_;
}

void ThreadEnv::hold(Napi::Env env, uint64_t op) {
  auto found = operations_.find(op);
  if (found == operations_.end() || found->second.held) return;
  found->second.held = true;
  if (held_++ == 0 && function_ != nullptr) napi_ref_threadsafe_function(env, function_);
}

void ThreadEnv::cancel(Napi::Env env, uint64_t op) { take(env, op); }

ThreadEnv::Operation ThreadEnv::take(Napi::Env env, uint64_t op) {
  auto found = operations_.find(op);
  if (found == operations_.end()) return {};
  Operation operation = std::move(found->second);
  operations_.erase(found);
  if (operation.held && --held_ == 0 && function_ != nullptr) napi_unref_threadsafe_function(env, function_);
  return operation;
}

void ThreadEnv::complete(uint64_t op, int result) {
  // The lock is held over the call: cleanup() takes the function away under it.
  std::lock_guard guard(lock_);
  if (function_ == nullptr) return;
  results_.emplace_back(op, result);
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void ThreadEnv::callJs(napi_env env, napi_value, void* context, void*) {
  // Without an environment the queue is only being emptied.
  if (env == nullptr) return;
  try {
    static_cast<ThreadEnv*>(context)->settleNext(Napi::Env(env));
  } catch (const Napi::Error& error) {
    // A Worker that is being terminated takes no exception either: then there is nobody left to tell.
    try {
      error.ThrowAsJavaScriptException();
    } catch (const Napi::Error&) {
    }
  }
}

void ThreadEnv::settleNext(Napi::Env env) {
  std::pair<uint64_t, int> next;
  {
    std::lock_guard guard(lock_);
    if (results_.empty()) return;
    next = results_.front();
    results_.pop_front();
  }
  Operation operation = take(env, next.first);
  if (operation.settle) operation.settle(env, next.second);
}

void ThreadEnv::cleanup(void* opaque) {
  std::unique_ptr<std::shared_ptr<ThreadEnv>> hook(static_cast<std::shared_ptr<ThreadEnv>*>(opaque));
  ThreadEnv& self = **hook;
  self.ended_ = true;
  {
    std::lock_guard guard(self.lock_);
    napi_release_threadsafe_function(self.function_, napi_tsfn_abort);
    self.function_ = nullptr;
    self.results_.clear();
  }
  for (const auto& server : std::exchange(self.servers_, {})) server->abandon();
  self.operations_.clear();
}

namespace {

/// The error that ThrowHostError would throw, as a value to reject with.
Napi::Value hostError(Napi::Env env, const char* operation, int err) {
  try {
    ThrowHostError(env, operation, err);
  } catch (const Napi::Error& error) {
    return error.Value();
  }
}

}  // namespace

Napi::Value ThreadEnv::postWork(Napi::Env env, const std::shared_ptr<ThreadServer>& server, const char* operation,
                                bool timed, ThreadServer::Work work) {
  Napi::Promise::Deferred deferred(env);
  uint64_t op = begin([deferred, operation, timed](Napi::Env env, int result) {
    if (timed && (result == 0 || result == -ETIMEDOUT)) {
      deferred.Resolve(Napi::Boolean::New(env, result == 0));
    } else if (result < 0) {
      deferred.Reject(hostError(env, operation, -result));
    } else {
      deferred.Resolve(env.Undefined());
    }
  });
  auto self = shared_from_this();
  if (server->post(std::move(work), [self, op](int result) { self->complete(op, result); }) < 0) {
    cancel(env, op);
    throw Napi::Error::New(env, "The thread has ended");
  }
  hold(env, op);
  return deferred.Promise();
}

}  // namespace dromaius
