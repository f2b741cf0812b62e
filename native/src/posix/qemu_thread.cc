// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread/qemu_thread.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>
#endif

namespace dromaius {

namespace {

/// For results that only a broken program can get.
/// @qemu util/qemu-thread-posix.c error_exit
[[noreturn]] void error_exit(int err, const char* function) {
  std::fprintf(stderr, "dromaius: %s: %s\n", function, std::strerror(err));
  std::abort();
}

thread_local NotifierList thread_exit;

/// @qemu util/qemu-thread-posix.c qemu_thread_atexit_notify
void qemu_thread_atexit_notify(void*) { notifier_list_notify(&thread_exit, nullptr); }

/// Longest thread name in bytes that `ps -T` can show (Linux: TASK_COMM_LEN - 1).
constexpr unsigned kThreadNameMax = 15;

/// What creator and thread share until the thread has started; whoever lets go last frees it.
/// @qemu util/qemu-thread-posix.c QemuThreadArgs
struct QemuThreadArgs {
  void* (*start_routine)(void*);
  void* arg;
  std::string name;
  QemuSemaphore started{};
  long tid = 0;
  ~QemuThreadArgs() {
    if (started.initialized) qemu_sem_destroy(&started);
  }
};

/// Cuts the name to what the kernel takes, without leaving half a UTF-8 sequence.
std::string comm_name(const char* name) {
  std::string comm(name);
  if (comm.size() <= kThreadNameMax) return comm;
  size_t end = kThreadNameMax;
  while (end > 0 && (static_cast<unsigned char>(comm[end]) & 0xc0) == 0x80) end--;
  return comm.substr(0, end);
}

void set_own_name(const std::string& comm) {
  // The name is for people who look on; a host that refuses it still has a working thread.
#if defined(__APPLE__)
  pthread_setname_np(comm.c_str());
#elif defined(__linux__)
  pthread_setname_np(pthread_self(), comm.c_str());
#else
  (void)comm;
#endif
}

/// @qemu util/qemu-thread-posix.c qemu_thread_start
void* qemu_thread_start(void* opaque) {
  auto* handed = static_cast<std::shared_ptr<QemuThreadArgs>*>(opaque);
  void* (*start_routine)(void*) = (*handed)->start_routine;
  void* arg = (*handed)->arg;
  set_own_name((*handed)->name);
  (*handed)->tid = qemu_get_thread_id();
  qemu_sem_post(&(*handed)->started);
  delete handed;

  void* result = nullptr;
  // A cleanup handler and not a destructor: it also runs on C libraries whose pthread_exit does not unwind C++.
  pthread_cleanup_push(qemu_thread_atexit_notify, nullptr);
  result = start_routine(arg);
  pthread_cleanup_pop(1);
  return result;
}

}  // namespace

int qemu_thread_create(QemuThread* thread, const char* name, void* (*start_routine)(void*), void* arg,
                       QemuThreadMode mode) {
  auto args = std::make_shared<QemuThreadArgs>();
  args->start_routine = start_routine;
  args->arg = arg;
  args->name = comm_name(name);
  int rc = qemu_sem_init(&args->started, 0);
  if (rc < 0) return rc;

  pthread_attr_t attr;
  int err = pthread_attr_init(&attr);
  if (err != 0) return -err;
  if (mode == QEMU_THREAD_DETACHED) pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);

  // The child inherits the mask of its creator; signals are handled by the thread that owns the event loop.
  sigset_t set, oldset;
  sigfillset(&set);
  sigdelset(&set, SIGSEGV);
  sigdelset(&set, SIGFPE);
  sigdelset(&set, SIGILL);
  pthread_sigmask(SIG_SETMASK, &set, &oldset);
  auto* handed = new std::shared_ptr<QemuThreadArgs>(args);
  pthread_t pthread;
  err = pthread_create(&pthread, &attr, qemu_thread_start, handed);
  pthread_sigmask(SIG_SETMASK, &oldset, nullptr);
  pthread_attr_destroy(&attr);
  if (err != 0) {
    delete handed;
    return -err;
  }

  qemu_sem_wait(&args->started);
  thread->thread = pthread;
  thread->tid = args->tid;
  return 0;
}

void* qemu_thread_join(QemuThread* thread) {
  void* result = nullptr;
  int err = pthread_join(thread->thread, &result);
  if (err != 0) error_exit(err, __func__);
  return result;
}

void qemu_thread_detach(QemuThread* thread) {
  int err = pthread_detach(thread->thread);
  if (err != 0) error_exit(err, __func__);
}

void qemu_thread_get_self(QemuThread* thread) {
  thread->thread = pthread_self();
  thread->tid = qemu_get_thread_id();
}

bool qemu_thread_is_self(const QemuThread* thread) { return pthread_equal(pthread_self(), thread->thread) != 0; }

void qemu_thread_exit(void* retval) { pthread_exit(retval); }

long qemu_get_thread_id() {
#if defined(__linux__)
  return syscall(SYS_gettid);
#elif defined(__APPLE__)
  uint64_t id = 0;
  pthread_threadid_np(nullptr, &id);
  return static_cast<long>(id);
#else
  static std::atomic<long> last{0};
  thread_local long id = ++last;
  return id;
#endif
}

void qemu_thread_atexit_add(Notifier* notifier) { notifier_list_add(&thread_exit, notifier); }

void qemu_thread_atexit_remove(Notifier* notifier) { notifier_remove(notifier); }

#if defined(__linux__)

int qemu_thread_set_affinity(const QemuThread* thread, const unsigned long* host_cpus, unsigned long nbits) {
  const size_t bits = sizeof(unsigned long) * CHAR_BIT;
  const size_t bytes = (nbits + bits - 1) / bits * sizeof(unsigned long);
  // SAFETY: cpu_set_t is an array of unsigned long; the kernel reads exactly the number of bytes given.
  int rc = sched_setaffinity(static_cast<pid_t>(thread->tid), bytes, reinterpret_cast<const cpu_set_t*>(host_cpus));
  return rc < 0 ? -errno : 0;
}

int qemu_thread_get_affinity(const QemuThread* thread, std::vector<unsigned long>* host_cpus) {
  // The kernel says EINVAL to a set smaller than its own and does not tell its size: double until it fits.
  for (size_t words = 16; words <= 16384; words *= 2) {
    host_cpus->assign(words, 0);
    // SAFETY: as above; the kernel writes at most the number of bytes given.
    if (sched_getaffinity(static_cast<pid_t>(thread->tid), words * sizeof(unsigned long),
                          reinterpret_cast<cpu_set_t*>(host_cpus->data())) == 0) {
      return 0;
    }
    if (errno != EINVAL) return -errno;
  }
  return -EINVAL;
}

#else

int qemu_thread_set_affinity(const QemuThread*, const unsigned long*, unsigned long) { return -ENOSYS; }
int qemu_thread_get_affinity(const QemuThread*, std::vector<unsigned long>*) { return -ENOSYS; }

#endif

// ---- thread-local storage ----

int qemu_thread_local_init(QemuThreadLocal* local, void (*destructor)(void*)) {
  int err = pthread_key_create(&local->key, destructor);
  local->initialized = err == 0;
  return -err;
}

void qemu_thread_local_destroy(QemuThreadLocal* local) {
  assert(local->initialized);
  local->initialized = false;
  pthread_key_delete(local->key);
}

void* qemu_thread_local_get(const QemuThreadLocal* local) {
  assert(local->initialized);
  return pthread_getspecific(local->key);
}

int qemu_thread_local_set(const QemuThreadLocal* local, void* value) {
  assert(local->initialized);
  return -pthread_setspecific(local->key, value);
}

void qemu_thread_pin_library() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&qemu_thread_pin_library), &info) == 0 || info.dli_fname == nullptr) return;
  // Already loaded, so this only raises its flags. In a plain program (the tests) it finds nothing to do.
  void* handle = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != nullptr) dlclose(handle);
}

}  // namespace dromaius
