// This header defines how a stored row is taken apart: from the front, field by field. After the
// first departure from the grammar a reader takes nothing more and remembers the byte, so that a
// decoder asks once, at the end.
//
//   RowReader row("tiles", value);
//   row.Version(1);
//   const absl::string_view hashes = row.Take(kTileBytes);
//   RETURN_IF_ERROR(row.Finish());
#ifndef WAYMARK_LEDGER_STORAGE_ROW_READER_H_
#define WAYMARK_LEDGER_STORAGE_ROW_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/merkle/encoding.h"

namespace waymark {

class RowReader {
 public:
  // Both must outlive the reader.
  RowReader(absl::string_view family, absl::string_view value) : family_(family), value_(value) {}

  bool failed() const { return failed_; }
  // Every byte was taken.
  bool done() const { return at_ == value_.size(); }

  // The next `count` bytes; zeros of no meaning, or nothing, once failed.
  absl::string_view Take(size_t count) {
    if (failed_ || value_.size() - at_ < count) {
      failed_ = true;
      return {};
    }
    at_ += count;
    return value_.substr(at_ - count, count);
  }
  absl::string_view TakeRest() { return Take(failed_ ? 0 : value_.size() - at_); }
  uint8_t U8() {
    const absl::string_view bytes = Take(1);
    return bytes.empty() ? 0 : static_cast<uint8_t>(bytes[0]);
  }
  uint16_t U16() {
    const absl::string_view bytes = Take(2);
    return bytes.empty() ? 0 : merkle::GetU16be(bytes);
  }
  uint32_t U32() {
    const absl::string_view bytes = Take(4);
    return bytes.empty() ? 0 : merkle::GetU32be(bytes);
  }
  uint64_t U64() {
    const absl::string_view bytes = Take(8);
    return bytes.empty() ? 0 : merkle::GetU64be(bytes);
  }
  Digest Hash() {
    Digest digest = {};
    const absl::string_view bytes = Take(digest.size());
    for (size_t i = 0; i < bytes.size(); ++i) digest[i] = static_cast<uint8_t>(bytes[i]);
    return digest;
  }
  // A length byte and as many bytes.
  absl::string_view Text() { return Take(U8()); }

  // Requires a value; the byte just taken is at fault if it does not hold.
  void Require(bool holds) {
    if (!holds) failed_ = true;
  }
  void Version(uint8_t known) { Require(U8() == known); }

  // OK if the whole row was taken and nothing failed.
  absl::Status Finish() const {
    if (!failed_ && at_ == value_.size()) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(family_, " row: byte ", at_, " of ", value_.size(),
                                            " departs from the grammar"));
  }

 private:
  const absl::string_view family_;
  const absl::string_view value_;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_ROW_READER_H_
