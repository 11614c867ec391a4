// This header defines exact fractions: sums of levels and days over their count, compared without
// rounding.
//
//   ExactRatio mean = ReducedRatio(7, 2);
//   mean >= ReducedRatio(305, 100);       // 7/2 >= 61/20
//   RatioText(mean);                      // "7/2"
//
// Pure.
#ifndef WAYMARK_LEDGER_CONTRACT_EXACT_RATIO_H_
#define WAYMARK_LEDGER_CONTRACT_EXACT_RATIO_H_

#include <cstdint>
#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"

namespace waymark {

// In lowest terms.
struct ExactRatio {
  int64_t num = 0;
  uint64_t den = 1;
  friend bool operator==(const ExactRatio&, const ExactRatio&) = default;
};

// REQUIRES: den > 0.
inline ExactRatio ReducedRatio(int64_t num, uint64_t den) {
  WAYMARK_CHECK(den > 0);
  const uint64_t size = num < 0 ? uint64_t{0} - static_cast<uint64_t>(num) : num;
  const uint64_t shared = std::gcd(size, den);
  const int64_t reduced = static_cast<int64_t>(size / shared);
  return {num < 0 ? -reduced : reduced, den / shared};
}

// A product of two 64-bit numbers fits 128 bits.
inline bool operator>=(const ExactRatio& a, const ExactRatio& b) {
  return static_cast<__int128>(a.num) * b.den >= static_cast<__int128>(b.num) * a.den;
}

// "7/2", or "3" for a whole number.
inline std::string RatioText(const ExactRatio& ratio) {
  return ratio.den == 1 ? absl::StrCat(ratio.num) : absl::StrCat(ratio.num, "/", ratio.den);
}

// `amount` times the ratio, rounded once to a whole number, halves up. REQUIRES: neither is
// negative, and the ratio is at most 1.
inline int64_t RoundedShare(int64_t amount, const ExactRatio& ratio) {
  WAYMARK_CHECK(amount >= 0 && ratio.num >= 0 && static_cast<uint64_t>(ratio.num) <= ratio.den);
  const __int128 twice = static_cast<__int128>(amount) * ratio.num * 2 + ratio.den;
  return static_cast<int64_t>(twice / (static_cast<__int128>(ratio.den) * 2));
}

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_EXACT_RATIO_H_
