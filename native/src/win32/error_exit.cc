// SPDX-License-Identifier: GPL-2.0-or-later
#include "win32/error_exit.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace dromaius {

void error_exit(DWORD err, const char* function) {
  char text[256] = "";
  FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, err, 0, text, sizeof(text), nullptr);
  std::fprintf(stderr, "dromaius: %s: %s (error %lu)\n", function, text, err);
  std::abort();
}

int negative_errno(DWORD err) {
  switch (err) {
    case ERROR_INVALID_PARAMETER:
      return -EINVAL;
    case ERROR_ACCESS_DENIED:
      return -EPERM;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
      return -ENOMEM;
    default:
      return -EAGAIN;
  }
}

}  // namespace dromaius
