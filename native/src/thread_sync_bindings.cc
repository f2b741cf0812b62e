// SPDX-License-Identifier: GPL-2.0-or-later
//
// JavaScript's Mutex, Cond, Semaphore and Event: each wraps one reference to a SharedPrimitive.
#include <cerrno>
#include <climits>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "errors.h"
#include "thread/shared_primitive.h"
#include "thread_bindings.h"
#include "thread_env.h"

namespace dromaius {

namespace {

constexpr napi_type_tag kMutexTag = {0x6472'6f6d'6169'7573, 0x7468'7265'6164'0002};

int milliseconds(Napi::Env env, Napi::Value value) {
  double ms = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(ms >= 0 && ms <= INT_MAX) || ms != std::floor(ms)) {
    throw Napi::RangeError::New(env, "A timeout must be a whole number of milliseconds, from 0 to 2147483647");
  }
  return static_cast<int>(ms);
}

/// What the four classes share: a reference to be found by its handle, and given back.
template <typename Derived, typename Shared>
class Wrapper : public Napi::ObjectWrap<Derived> {
 public:
  using Create = std::function<int(std::shared_ptr<SharedPrimitive>*)>;

  explicit Wrapper(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<Derived>(info), state_(static_cast<ThreadEnv*>(info.Data())->shared_from_this()) {}

 protected:
  /// A handle (bigint) as the first argument takes hold of a living primitive; anything else makes a new one.
  void open(const Napi::CallbackInfo& info, PrimitiveKind kind, const char* operation, const Create& create) {
    Napi::Env env = info.Env();
    std::shared_ptr<SharedPrimitive> found;
    if (info[0].IsBigInt()) {
      bool lossless = false;
      uint64_t handle = info[0].As<Napi::BigInt>().Uint64Value(&lossless);
      if (lossless) found = SharedPrimitive::find(handle);
      if (!found) throw Napi::Error::New(env, "No primitive has this handle: it never did, or its last holder is gone");
      if (found->kind() != kind) throw Napi::TypeError::New(env, "The handle is that of another kind of primitive");
    } else {
      int rc = create(&found);
      if (rc < 0) ThrowHostError(env, operation, -rc);
    }
    info.This().As<Napi::Object>().DefineProperty(Napi::PropertyDescriptor::Value(
        "handle", Napi::BigInt::New(env, found->handle()), napi_enumerable));
    shared_ = std::static_pointer_cast<Shared>(std::move(found));
  }

  /// The primitive, for one call. Throws after destroy().
  const std::shared_ptr<Shared>& primitive(Napi::Env env) const {
    if (!shared_) throw Napi::Error::New(env, "The primitive was destroyed");
    return shared_;
  }

  void release() { shared_.reset(); }

  std::shared_ptr<ThreadEnv> state_;

 private:
  std::shared_ptr<Shared> shared_;
};

class Mutex : public Wrapper<Mutex, SharedMutex> {
 public:
  static Napi::Function define(Napi::Env env, ThreadEnv* state) {
    return DefineClass(env, "Mutex",
                       {
                           InstanceMethod<&Mutex::lock>("lock"),
                           InstanceMethod<&Mutex::tryLock>("tryLock"),
                           InstanceMethod<&Mutex::unlock>("unlock"),
                           InstanceMethod<&Mutex::destroy>("destroy"),
                       },
                       state);
  }

  /// new Mutex(handle | undefined, recursive)
  explicit Mutex(const Napi::CallbackInfo& info) : Wrapper(info) {
    const bool recursive = info[1].ToBoolean();
    open(info, recursive ? PrimitiveKind::kRecMutex : PrimitiveKind::kMutex, "qemu_mutex_init",
         [recursive](std::shared_ptr<SharedPrimitive>* out) { return SharedMutex::create(recursive, out); });
    info.This().As<Napi::Object>().TypeTag(&kMutexTag);
  }

  static std::shared_ptr<SharedMutex> unwrap(Napi::Env env, Napi::Value value) {
    if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kMutexTag)) {
      throw Napi::TypeError::New(env, "Expected a mutex");
    }
    std::shared_ptr<SharedMutex> mutex = Unwrap(value.As<Napi::Object>())->primitive(env);
    if (mutex->kind() != PrimitiveKind::kMutex) {
      throw Napi::TypeError::New(env, "A condition variable needs a mutex that is not recursive");
    }
    return mutex;
  }

 private:
  Napi::Value lock(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto mutex = primitive(env);
    return state_->postWork(env, UnwrapServer(env, info[0]), "qemu_mutex_lock", false,
                            [mutex] { return mutex->lock(); });
  }

  Napi::Value tryLock(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto mutex = primitive(env);
    int rc = call(env, info[0], [mutex] {
      int result = mutex->trylock();
      return result == -EBUSY ? 1 : result;
    });
    if (rc < 0) ThrowHostError(env, "qemu_mutex_trylock", -rc);
    return Napi::Boolean::New(env, rc == 0);
  }

  void unlock(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto mutex = primitive(env);
    int rc = call(env, info[0], [mutex] { return mutex->unlock(); });
    if (rc < 0) ThrowHostError(env, "qemu_mutex_unlock", -rc);
  }

  /// Only the last holder can be asked whether the mutex is free: others may be using it rightly.
  void destroy(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    // Not a copy: the count below must be that of the holders.
    if (primitive(env).use_count() == 1) {
      if (primitive(env)->trylock() == -EBUSY) ThrowHostError(env, "qemu_mutex_destroy", EBUSY);
      primitive(env)->unlock();
    }
    release();
  }

  /// Short work on the given thread, whose answer is waited for here.
  static int call(Napi::Env env, Napi::Value server, const std::function<int()>& work) {
    int answer = 0;
    int rc = UnwrapServer(env, server)->call([&] {
      answer = work();
      return 0;
    });
    if (rc == -EBUSY) throw Napi::Error::New(env, "The thread is busy with an operation that was not awaited");
    if (rc == -ESRCH) throw Napi::Error::New(env, "The thread has ended");
    return answer;
  }
};

class Cond : public Wrapper<Cond, SharedCond> {
 public:
  static Napi::Function define(Napi::Env env, ThreadEnv* state) {
    return DefineClass(env, "Cond",
                       {
                           InstanceMethod<&Cond::wait>("wait"),
                           InstanceMethod<&Cond::timedwait>("timedwait"),
                           InstanceMethod<&Cond::signal>("signal"),
                           InstanceMethod<&Cond::broadcast>("broadcast"),
                           InstanceMethod<&Cond::destroy>("destroy"),
                       },
                       state);
  }

  explicit Cond(const Napi::CallbackInfo& info) : Wrapper(info) {
    open(info, PrimitiveKind::kCond, "qemu_cond_init", &SharedCond::create);
  }

 private:
  /// wait(mutex, server)
  Napi::Value wait(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto cond = primitive(env);
    auto mutex = Mutex::unwrap(env, info[0]);
    return state_->postWork(env, UnwrapServer(env, info[1]), "qemu_cond_wait", false,
                            [cond, mutex] { return qemu_cond_wait(cond->cond(), mutex->mutex()); });
  }

  /// timedwait(mutex, ms, server)
  Napi::Value timedwait(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto cond = primitive(env);
    auto mutex = Mutex::unwrap(env, info[0]);
    int ms = milliseconds(env, info[1]);
    return state_->postWork(env, UnwrapServer(env, info[2]), "qemu_cond_timedwait", true,
                            [cond, mutex, ms] { return qemu_cond_timedwait(cond->cond(), mutex->mutex(), ms); });
  }

  void signal(const Napi::CallbackInfo& info) { qemu_cond_signal(primitive(info.Env())->cond()); }
  void broadcast(const Napi::CallbackInfo& info) { qemu_cond_broadcast(primitive(info.Env())->cond()); }

  void destroy(const Napi::CallbackInfo& info) {
    primitive(info.Env());
    release();
  }
};

class Semaphore : public Wrapper<Semaphore, SharedSemaphore> {
 public:
  static Napi::Function define(Napi::Env env, ThreadEnv* state) {
    return DefineClass(env, "Semaphore",
                       {
                           InstanceMethod<&Semaphore::wait>("wait"),
                           InstanceMethod<&Semaphore::timedwait>("timedwait"),
                           InstanceMethod<&Semaphore::post>("post"),
                           InstanceMethod<&Semaphore::destroy>("destroy"),
                       },
                       state);
  }

  /// new Semaphore(handle | undefined, init)
  explicit Semaphore(const Napi::CallbackInfo& info) : Wrapper(info) {
    double init = info[1].IsNumber() ? info[1].As<Napi::Number>().DoubleValue() : 0;
    if (!(init >= 0 && init <= INT_MAX) || init != std::floor(init)) {
      throw Napi::RangeError::New(info.Env(), "A semaphore's count must be an integer from 0 to 2147483647");
    }
    open(info, PrimitiveKind::kSemaphore, "qemu_sem_init", [init](std::shared_ptr<SharedPrimitive>* out) {
      return SharedSemaphore::create(static_cast<unsigned>(init), out);
    });
  }

 private:
  Napi::Value wait(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto sem = primitive(env);
    return state_->postWork(env, UnwrapServer(env, info[0]), "qemu_sem_wait", false, [sem] {
      qemu_sem_wait(sem->semaphore());
      return 0;
    });
  }

  /// timedwait(ms, server)
  Napi::Value timedwait(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto sem = primitive(env);
    int ms = milliseconds(env, info[0]);
    return state_->postWork(env, UnwrapServer(env, info[1]), "qemu_sem_timedwait", true,
                            [sem, ms] { return qemu_sem_timedwait(sem->semaphore(), ms); });
  }

  void post(const Napi::CallbackInfo& info) {
    int rc = qemu_sem_post(primitive(info.Env())->semaphore());
    if (rc < 0) ThrowHostError(info.Env(), "qemu_sem_post", -rc);
  }

  void destroy(const Napi::CallbackInfo& info) {
    primitive(info.Env());
    release();
  }
};

class Event : public Wrapper<Event, SharedEvent> {
 public:
  static Napi::Function define(Napi::Env env, ThreadEnv* state) {
    return DefineClass(env, "Event",
                       {
                           InstanceMethod<&Event::wait>("wait"),
                           InstanceMethod<&Event::set>("set"),
                           InstanceMethod<&Event::reset>("reset"),
                           InstanceMethod<&Event::destroy>("destroy"),
                       },
                       state);
  }

  /// new Event(handle | undefined, init)
  explicit Event(const Napi::CallbackInfo& info) : Wrapper(info) {
    const bool init = info[1].ToBoolean();
    open(info, PrimitiveKind::kEvent, "qemu_event_init",
         [init](std::shared_ptr<SharedPrimitive>* out) { return SharedEvent::create(init, out); });
  }

 private:
  Napi::Value wait(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    auto event = primitive(env);
    return state_->postWork(env, UnwrapServer(env, info[0]), "qemu_event_wait", false, [event] {
      qemu_event_wait(event->event());
      return 0;
    });
  }

  void set(const Napi::CallbackInfo& info) { qemu_event_set(primitive(info.Env())->event()); }
  void reset(const Napi::CallbackInfo& info) { qemu_event_reset(primitive(info.Env())->event()); }

  void destroy(const Napi::CallbackInfo& info) {
    primitive(info.Env());
    release();
  }
};

}  // namespace

void InitThreadSync(Napi::Env env, Napi::Object exports, ThreadEnv* state) {
  exports.Set("Mutex", Mutex::define(env, state));
  exports.Set("Cond", Cond::define(env, state));
  exports.Set("Semaphore", Semaphore::define(env, state));
  exports.Set("Event", Event::define(env, state));
}

}  // namespace dromaius
