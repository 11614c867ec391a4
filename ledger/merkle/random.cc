#include "ledger/merkle/random.h"

#include <openssl/rand.h>

#include "ledger/base/check.h"

namespace waymark::merkle {

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  WAYMARK_CHECK(
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

}  // namespace waymark::merkle
