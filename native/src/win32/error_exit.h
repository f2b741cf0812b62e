// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

namespace dromaius {

/// For results that only a broken program can get: prints the system's text and ends the process.
/// @qemu util/qemu-thread-win32.c error_exit
[[noreturn]] void error_exit(DWORD err, const char* function);

/// The negative errno that stands for what GetLastError says.
int negative_errno(DWORD err);

}  // namespace dromaius
