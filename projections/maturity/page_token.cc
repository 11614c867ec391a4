#include "projections/maturity/page_token.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "projections/maturity/answer_words.h"

namespace waymark::maturity {
namespace {

// page token := as_of "." known "." next "." asked       2025-04-01.1234.500.9f86d081884c7d65
//
//   known, next   in decimal
//   asked         the first 8 bytes, in hex, of the SHA-256 of type and bytes of what was asked
constexpr size_t kAskedBytes = 8;

}  // namespace

std::string AskedWord(const google::protobuf::Message& asked, HashFunction hash) {
  // A full name has no zero byte.
  const Digest digest = hash(absl::StrCat(asked.GetDescriptor()->full_name(),
                                          absl::string_view("\0", 1), asked.SerializeAsString()));
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), kAskedBytes));
}

std::string PageTokenOf(const PagePlace& place, const std::string& asked) {
  return absl::StrCat(FormatDay(place.as_of), ".", place.known.value, ".", place.next, ".", asked);
}

absl::Status InvalidPageToken() {
  return Refuse({absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                 "page_token: not one that a reply to this question gave", -1, "page_token"});
}

absl::StatusOr<PagePlace> ReadPageToken(const std::string& token, const std::string& asked) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  if (parts.size() != 4) return InvalidPageToken();
  const absl::StatusOr<absl::CivilDay> as_of = ParseDay(parts[0]);
  PagePlace place;
  if (!as_of.ok() || !absl::SimpleAtoi(parts[1], &place.known.value) ||
      !absl::SimpleAtoi(parts[2], &place.next)) {
    return InvalidPageToken();
  }
  place.as_of = *as_of;
  // No second way to write a place, and none of another question. Where nothing is known there is
  // no second page.
  if (PageTokenOf(place, asked) != token || place.known.value == 0) return InvalidPageToken();
  return place;
}

v1::Question AskedAgain(v1::Question question, const PagePlace& place) {
  SetDay(place.as_of, question.mutable_as_of());
  question.mutable_known_at()->set_position(place.known.value - 1);
  return question;
}

}  // namespace waymark::maturity
