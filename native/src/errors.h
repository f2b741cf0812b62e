// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

#include <string>

namespace dromaius {

/** Symbolic name of an errno, `EAGAIN`; numbers without a name come back as decimal text. */
std::string ErrnoName(int err);

/**
 * Throws the JavaScript class HostError (handed in once by lib/addon.ts).
 *
 * @param operation  the system call or ioctl by its kernel name
 * @param err        the positive errno
 * @param purpose    what the call was for, may be empty
 */
[[noreturn]] void ThrowHostError(Napi::Env env, const char* operation, int err, const std::string& purpose = "");

}  // namespace dromaius
