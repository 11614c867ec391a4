// This header defines where salts and request ids come from.
#ifndef WAYMARK_LEDGER_MERKLE_RANDOM_H_
#define WAYMARK_LEDGER_MERKLE_RANDOM_H_

#include <cstddef>
#include <string>

namespace waymark::merkle {

// Bytes from OpenSSL's random generator, which the system seeds. Ends the process where there is no
// randomness: a predictable salt would betray the payload it hides. Safe from any thread.
std::string RandomBytes(size_t count);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_RANDOM_H_
