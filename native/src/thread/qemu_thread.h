// SPDX-License-Identifier: GPL-2.0-or-later
//
// OS threads and their primitives under QEMU's names. One header for every platform; posix/ implements it, and win32/.
// The tags name the POSIX side; each function has its twin of the same name in QEMU's util/qemu-thread-win32.c.
//
// Errors of the host come back as a negative errno. `@differs` for the whole file: QEMU aborts the process there; an
// addon inside somebody's Node.js process has to hand the error on. A primitive that was not initialised is a
// programmer's mistake and asserts, as in QEMU.
#pragma once

#include <vector>

#include "thread/notify.h"

#if defined(_WIN32)
#include "win32/thread_types.h"
#else
#include "posix/thread_types.h"
#endif

namespace dromaius {

enum QemuThreadMode {
  QEMU_THREAD_JOINABLE = 0,
  QEMU_THREAD_DETACHED = 1,
};

// ---- mutex ----

/// Initialises a mutex that checks its owner. @return 0 or -errno (ENOMEM, EAGAIN).
/// @qemu util/qemu-thread-posix.c qemu_mutex_init
/// @differs the type is PTHREAD_MUTEX_ERRORCHECK: what is undefined in QEMU comes back as an error.
[[nodiscard]] int qemu_mutex_init(QemuMutex* mutex);
/// @return 0, or -EBUSY while it is locked (it then stays usable).
/// @qemu util/qemu-thread-posix.c qemu_mutex_destroy
int qemu_mutex_destroy(QemuMutex* mutex);
/// @return 0, or -EDEADLK if the calling thread holds it already.
/// @qemu util/qemu-thread-posix.c qemu_mutex_lock_impl
int qemu_mutex_lock(QemuMutex* mutex);
/// @return 0, or -EBUSY if some thread holds it.
/// @qemu util/qemu-thread-posix.c qemu_mutex_trylock_impl
[[nodiscard]] int qemu_mutex_trylock(QemuMutex* mutex);
/// @return 0, or -EPERM if the calling thread does not hold it.
/// @qemu util/qemu-thread-posix.c qemu_mutex_unlock_impl
int qemu_mutex_unlock(QemuMutex* mutex);

/// Holds a QemuMutex for the length of a block.
/// @qemu include/qemu/lockable.h QEMU_LOCK_GUARD
class QemuLockGuard {
 public:
  explicit QemuLockGuard(QemuMutex* mutex) : mutex_(mutex) { qemu_mutex_lock(mutex_); }
  ~QemuLockGuard() { qemu_mutex_unlock(mutex_); }
  QemuLockGuard(const QemuLockGuard&) = delete;
  QemuLockGuard& operator=(const QemuLockGuard&) = delete;

 private:
  QemuMutex* mutex_;
};

// ---- recursive mutex ----

/// @qemu util/qemu-thread-posix.c qemu_rec_mutex_init
[[nodiscard]] int qemu_rec_mutex_init(QemuRecMutex* mutex);
/// @qemu util/qemu-thread-posix.c qemu_rec_mutex_destroy
int qemu_rec_mutex_destroy(QemuRecMutex* mutex);
/// @return 0, or -EAGAIN if it cannot be taken any deeper.
/// @qemu util/qemu-thread-posix.c qemu_rec_mutex_lock_impl
int qemu_rec_mutex_lock(QemuRecMutex* mutex);
/// @return 0, or -EBUSY if another thread holds it.
/// @qemu util/qemu-thread-posix.c qemu_rec_mutex_trylock_impl
[[nodiscard]] int qemu_rec_mutex_trylock(QemuRecMutex* mutex);
/// @return 0, or -EPERM if the calling thread does not hold it.
/// @qemu util/qemu-thread-posix.c qemu_rec_mutex_unlock_impl
int qemu_rec_mutex_unlock(QemuRecMutex* mutex);

// ---- condition variable ----

/// @qemu util/qemu-thread-posix.c qemu_cond_init
[[nodiscard]] int qemu_cond_init(QemuCond* cond);
/// No thread may be waiting.
/// @qemu util/qemu-thread-posix.c qemu_cond_destroy
void qemu_cond_destroy(QemuCond* cond);
/// @qemu util/qemu-thread-posix.c qemu_cond_signal
void qemu_cond_signal(QemuCond* cond);
/// @qemu util/qemu-thread-posix.c qemu_cond_broadcast
void qemu_cond_broadcast(QemuCond* cond);
/// Gives up `mutex`, sleeps until it is signalled (or wakes for no reason), takes the mutex again.
/// @return 0, or -EPERM if the calling thread does not hold the mutex.
/// @qemu util/qemu-thread-posix.c qemu_cond_wait_impl
int qemu_cond_wait(QemuCond* cond, QemuMutex* mutex);
/// The same for at most `ms` milliseconds of the monotonic clock.
/// @return 0, -ETIMEDOUT or -EPERM; except for -EPERM the mutex is held again.
/// @qemu util/qemu-thread-posix.c qemu_cond_timedwait_impl
/// @differs QEMU returns a bool: here three results are possible.
int qemu_cond_timedwait(QemuCond* cond, QemuMutex* mutex, int ms);

// ---- semaphore ----

/// @return 0 or -errno. @qemu util/qemu-thread-posix.c qemu_sem_init
[[nodiscard]] int qemu_sem_init(QemuSemaphore* sem, unsigned init);
/// No thread may be waiting. @qemu util/qemu-thread-posix.c qemu_sem_destroy
void qemu_sem_destroy(QemuSemaphore* sem);
/// @return 0, or -EOVERFLOW if the count is at its maximum. @qemu util/qemu-thread-posix.c qemu_sem_post
int qemu_sem_post(QemuSemaphore* sem);
/// @qemu util/qemu-thread-posix.c qemu_sem_wait
void qemu_sem_wait(QemuSemaphore* sem);
/// @param ms milliseconds of the monotonic clock; 0 or less only tries. @return 0 or -ETIMEDOUT.
/// @qemu util/qemu-thread-posix.c qemu_sem_timedwait
int qemu_sem_timedwait(QemuSemaphore* sem, int ms);

// ---- event ----

/// @qemu util/qemu-thread-posix.c qemu_event_init
void qemu_event_init(QemuEvent* ev, bool init);
/// No thread may be waiting. @qemu util/qemu-thread-posix.c qemu_event_destroy
void qemu_event_destroy(QemuEvent* ev);
/// Wakes every waiter; the event stays set until it is reset. @qemu util/qemu-thread-posix.c qemu_event_set
void qemu_event_set(QemuEvent* ev);
/// @qemu util/qemu-thread-posix.c qemu_event_reset
void qemu_event_reset(QemuEvent* ev);
/// Returns at once if the event is set. @qemu util/qemu-thread-posix.c qemu_event_wait
void qemu_event_wait(QemuEvent* ev);

// ---- thread ----

/// Starts a thread. When the call returns, the thread exists, carries its name and its id is in `thread->tid`.
///
/// All signals but SIGSEGV, SIGFPE and SIGILL are blocked in it (those are synchronous: blocking them is undefined);
/// the caller's mask is as before.
/// @param name what `ps -T` shows: UTF-8, cut to 15 bytes on Linux, whole on Windows (where signals do not exist).
/// @return 0 or -errno, mostly -EAGAIN; then no thread exists and `*thread` is untouched.
/// @qemu util/qemu-thread-posix.c qemu_thread_create
/// @differs waits for the thread's start, so that name and id are known. QEMU passes an overlong name on, and the C
/// library then refuses it: the thread stays nameless.
[[nodiscard]] int qemu_thread_create(QemuThread* thread, const char* name, void* (*start_routine)(void*), void* arg,
                                     QemuThreadMode mode);
/// Waits until a joinable thread ended; once per thread. @return what its start routine returned.
/// @qemu util/qemu-thread-posix.c qemu_thread_join
void* qemu_thread_join(QemuThread* thread);
/// Gives a joinable thread away: its resources go when it ends, and nobody may join it any more.
/// @differs QEMU decides at creation only. An environment that goes away while a thread is blocked needs this.
void qemu_thread_detach(QemuThread* thread);
/// Fills in the calling thread. @qemu util/qemu-thread-posix.c qemu_thread_get_self
void qemu_thread_get_self(QemuThread* thread);
/// @qemu util/qemu-thread-posix.c qemu_thread_is_self
bool qemu_thread_is_self(const QemuThread* thread);
/// Ends the calling thread: its exit notifiers run, a join returns `retval`.
/// @qemu util/qemu-thread-posix.c qemu_thread_exit
[[noreturn]] void qemu_thread_exit(void* retval);
/// The calling thread's id. @qemu util/oslib-posix.c qemu_get_thread_id
long qemu_get_thread_id();

/// Puts a notifier on the calling thread's exit list: run on that thread when it ends, the last one added first.
/// @qemu util/qemu-thread-posix.c qemu_thread_atexit_add
void qemu_thread_atexit_add(Notifier* notifier);
/// @qemu util/qemu-thread-posix.c qemu_thread_atexit_remove
void qemu_thread_atexit_remove(Notifier* notifier);

/// Allows the thread to run on the host CPUs whose bits are set. @param nbits bits in `host_cpus`.
/// @return 0 or -errno: -EINVAL (no such CPU), -ESRCH (it ended), -ENOSYS (the host cannot).
/// @qemu util/qemu-thread-posix.c qemu_thread_set_affinity
/// @differs goes by the thread's id, so that a detached thread which has ended is an error and not undefined.
int qemu_thread_set_affinity(const QemuThread* thread, const unsigned long* host_cpus, unsigned long nbits);
/// The reverse; `host_cpus` is sized as needed. @return 0 or -errno.
/// @qemu util/qemu-thread-posix.c qemu_thread_get_affinity
int qemu_thread_get_affinity(const QemuThread* thread, std::vector<unsigned long>* host_cpus);

// ---- thread-local storage ----

/// A pointer per thread. `destructor` (or null) is called on a thread that ends with a pointer that is not null.
/// QEMU has no such type: it uses `__thread` and exit notifiers, which cannot be made at run time.
/// @return 0 or -errno (EAGAIN: too many keys).
[[nodiscard]] int qemu_thread_local_init(QemuThreadLocal* local, void (*destructor)(void*));
/// Destructors are no longer called afterwards.
void qemu_thread_local_destroy(QemuThreadLocal* local);
void* qemu_thread_local_get(const QemuThreadLocal* local);
/// @return 0 or -ENOMEM.
int qemu_thread_local_set(const QemuThreadLocal* local, void* value);

/// Keeps the library that holds this code in memory until the process ends, for a thread that outlives the
/// environment which loaded it (Node.js unloads a Worker's addons with the Worker).
void qemu_thread_pin_library();

}  // namespace dromaius
