// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <memory>

#include "thread/thread_server.h"

namespace dromaius {

class ThreadEnv;

/// Puts `thread`, an object with the classes and functions of native/lib/thread.ts, on the addon's exports.
void InitThread(Napi::Env env, Napi::Object exports);

/// The thread behind a JavaScript CommandServer. Throws a TypeError for anything else.
std::shared_ptr<ThreadServer> UnwrapServer(Napi::Env env, Napi::Value value);

/// Defines the classes Mutex, Cond, Semaphore and Event.
void InitThreadSync(Napi::Env env, Napi::Object exports, ThreadEnv* state);

}  // namespace dromaius
