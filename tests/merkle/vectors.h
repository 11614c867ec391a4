// This header defines how tests read the public test vectors under tests/merkle/vectors. Each file
// names its source.
#ifndef WAYMARK_TESTS_MERKLE_VECTORS_H_
#define WAYMARK_TESTS_MERKLE_VECTORS_H_

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/types.h"
#include "ledger/merkle/encoding.h"

namespace waymark::merkle::test {

inline nlohmann::json LoadVectors(absl::string_view file) {
  std::ifstream in(absl::StrCat(WAYMARK_SOURCE_DIR, "/tests/merkle/vectors/", file));
  WAYMARK_CHECK(in.good());
  return nlohmann::json::parse(in);
}

// The bytes or the digest that a vector gives as text; the process ends if it gives none.
inline std::string Hex(absl::string_view text) { return FromHex(text).value(); }
inline std::string Base64(absl::string_view text) { return FromBase64(text).value(); }
inline Digest HexDigest(absl::string_view text) { return DigestFromHex(text).value(); }
inline Digest Base64Digest(absl::string_view text) { return DigestFromBase64(text).value(); }

inline std::string Text(const nlohmann::json& value) { return value.get<std::string>(); }

}  // namespace waymark::merkle::test

#endif  // WAYMARK_TESTS_MERKLE_VECTORS_H_
