// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread_bindings.h"

#include <cerrno>
#include <climits>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "thread_env.h"

namespace dromaius {

namespace {

constexpr napi_type_tag kServerTag = {0x6472'6f6d'6169'7573, 0x7468'7265'6164'0001};
/// Bits in the largest affinity mask that is passed on; beyond any kernel's CONFIG_NR_CPUS.
constexpr unsigned kMaxCpus = 65536;

/// JavaScript's CommandServer. The object stays alive until its thread ended.
class CommandServer : public Napi::ObjectWrap<CommandServer> {
 public:
  static Napi::Function define(Napi::Env env, ThreadEnv* state) {
    return DefineClass(env, "CommandServer",
                       {
                           InstanceAccessor<&CommandServer::tid>("tid"),
                           InstanceAccessor<&CommandServer::busy>("busy"),
                           InstanceMethod<&CommandServer::stop>("stop"),
                           InstanceMethod<&CommandServer::stopSync>("stopSync"),
                       },
                       state);
  }

  explicit CommandServer(const Napi::CallbackInfo& info)
      : ObjectWrap(info), state_(static_cast<ThreadEnv*>(info.Data())->shared_from_this()) {
    Napi::Env env = info.Env();
    if (!info[0].IsString() || !info[1].IsNumber()) throw Napi::TypeError::New(env, "Expected a name and a mode");
    const bool detached = info[1].As<Napi::Number>().Int32Value() == QEMU_THREAD_DETACHED;
    joinable_ = !detached;
    end_op_ = state_->begin([this](Napi::Env env, int) { threadEnded(env); });
    int rc = ThreadServer::create(info[0].As<Napi::String>().Utf8Value(),
                                  detached ? QEMU_THREAD_DETACHED : QEMU_THREAD_JOINABLE,
                                  [state = state_, op = end_op_] { state->complete(op, 0); }, &server_);
    if (rc < 0) {
      state_->cancel(env, end_op_);
      ThrowHostError(env, "qemu_thread_create", -rc);
    }
    state_->addServer(server_);
    info.This().As<Napi::Object>().TypeTag(&kServerTag);
    Ref();
  }

  const std::shared_ptr<ThreadServer>& server() const { return server_; }

 private:
  Napi::Value tid(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(server_->thread().tid));
  }

  Napi::Value busy(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), server_->busy()); }

  void stop(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    if (!info[0].IsFunction()) throw Napi::TypeError::New(env, "Expected a callback");
    if (stopped_) throw Napi::Error::New(env, "The thread was stopped before");
    stopped_ = true;
    on_end_ = Napi::Persistent(info[0].As<Napi::Function>());
    state_->hold(env, end_op_);
    server_->stop();
  }

  Napi::Value stopSync(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    // A busy thread may be blocked for ever, and a detached one cannot be waited for.
    if (stopped_ || !joinable_ || server_->busy()) return Napi::Boolean::New(env, false);
    stopped_ = true;
    server_->stop();
    server_->join();
    state_->cancel(env, end_op_);
    released();
    return Napi::Boolean::New(env, true);
  }

  /// The thread is past its last command. A joinable one is still to be joined, which is left to a thread of the
  /// pool: it may take as long as the host's scheduler likes.
  void threadEnded(Napi::Env env) {
    if (!joinable_) {
      finished();
      return;
    }
    class Join : public Napi::AsyncWorker {
     public:
      Join(Napi::Env env, CommandServer* owner)
          : AsyncWorker(env, "dromaius.join"), owner_(owner), server_(owner->server_) {}
      void Execute() override { server_->join(); }
      void OnOK() override { owner_->finished(); }

     private:
      CommandServer* owner_;
      std::shared_ptr<ThreadServer> server_;
    };
    (new Join(env, this))->Queue();
  }

  void finished() {
    Napi::FunctionReference on_end = std::move(on_end_);
    released();
    if (!on_end.IsEmpty() && !state_->ended()) on_end.Call({});
  }

  void released() {
    state_->removeServer(server_);
    if (!state_->ended()) Unref();
  }

  std::shared_ptr<ThreadEnv> state_;
  std::shared_ptr<ThreadServer> server_;
  Napi::FunctionReference on_end_;
  uint64_t end_op_ = 0;
  bool joinable_ = false;
  bool stopped_ = false;
};

QemuThread threadById(Napi::Env env, Napi::Value value) {
  if (!value.IsNumber() || value.As<Napi::Number>().Int64Value() <= 0) {
    throw Napi::TypeError::New(env, "Expected a thread id");
  }
  QemuThread thread{};
  thread.tid = static_cast<long>(value.As<Napi::Number>().Int64Value());
  return thread;
}

/// setAffinity(tid, cpus): the thread may run on these host CPUs only.
void setAffinity(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  QemuThread thread = threadById(env, info[0]);
  if (!info[1].IsArray()) throw Napi::TypeError::New(env, "Expected an array of CPU numbers");
  Napi::Array cpus = info[1].As<Napi::Array>();
  constexpr unsigned bits = sizeof(unsigned long) * CHAR_BIT;
  std::vector<unsigned long> mask(1, 0);
  for (uint32_t i = 0; i < cpus.Length(); i++) {
    Napi::Value cpu = cpus.Get(i);
    double number = cpu.IsNumber() ? cpu.As<Napi::Number>().DoubleValue() : -1;
    if (!(number >= 0 && number < kMaxCpus) || number != std::floor(number)) {
      throw Napi::RangeError::New(env, "A CPU number must be an integer from 0 to " + std::to_string(kMaxCpus - 1));
    }
    unsigned index = static_cast<unsigned>(number);
    if (mask.size() <= index / bits) mask.resize(index / bits + 1, 0);
    mask[index / bits] |= 1ul << (index % bits);
  }
  int rc = qemu_thread_set_affinity(&thread, mask.data(), mask.size() * bits);
  if (rc < 0) ThrowHostError(env, "qemu_thread_set_affinity", -rc);
}

/// getAffinity(tid): the host CPUs that the thread may run on, in rising order.
Napi::Value getAffinity(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  QemuThread thread = threadById(env, info[0]);
  std::vector<unsigned long> mask;
  int rc = qemu_thread_get_affinity(&thread, &mask);
  if (rc < 0) ThrowHostError(env, "qemu_thread_get_affinity", -rc);
  constexpr unsigned bits = sizeof(unsigned long) * CHAR_BIT;
  Napi::Array cpus = Napi::Array::New(env);
  for (unsigned cpu = 0; cpu < mask.size() * bits; cpu++) {
    if (mask[cpu / bits] >> (cpu % bits) & 1) cpus.Set(cpus.Length(), Napi::Number::New(env, cpu));
  }
  return cpus;
}

}  // namespace

std::shared_ptr<ThreadServer> UnwrapServer(Napi::Env env, Napi::Value value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kServerTag)) {
    throw Napi::TypeError::New(env, "Expected a CommandServer");
  }
  return CommandServer::Unwrap(value.As<Napi::Object>())->server();
}

void InitThread(Napi::Env env, Napi::Object exports) {
  // A blocked thread may outlive a Worker, and a Worker's addons are unloaded with it.
  qemu_thread_pin_library();
  std::shared_ptr<ThreadEnv> state = ThreadEnv::create(env);
  Napi::Object thread = Napi::Object::New(env);
  // The cleanup hook keeps the state until the environment ends, after which no class can be called.
  thread.Set("CommandServer", CommandServer::define(env, state.get()));
  InitThreadSync(env, thread, state.get());
  thread.Set("setAffinity", Napi::Function::New(env, setAffinity, "setAffinity"));
  thread.Set("getAffinity", Napi::Function::New(env, getAffinity, "getAffinity"));
  exports.Set("thread", thread);
}

}  // namespace dromaius
