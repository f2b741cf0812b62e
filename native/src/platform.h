// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the addon asks of each system beyond qemu_thread.h. linux/ and win32/ implement it.
#pragma once

#include <napi.h>

#include <cstddef>
#include <string>

#if defined(_WIN32)
#include "win32/platform_data.h"
#else
#include "linux/platform_data.h"
#endif

namespace dromaius {

/** The text of an errno, for people. */
std::string ErrnoText(int err);

/** Maps private memory that reads as zeroes. Returns 0 or the positive errno. */
int MapAnonymous(size_t size, void** address);
/** Takes access to whole pages away and gives it back. Returns 0 or the positive errno. */
int Reprotect(void* address, size_t size);
/** Gives back what was mapped. */
void Unmap(void* address, size_t size);

/** Registers the functions that only this system has. */
void InitPlatform(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
