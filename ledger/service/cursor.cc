#include "ledger/service/cursor.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

// cursor    := version direction ledger filter position leaf scope crc
// version   := 01
// direction := 01 (forward) | 02 (backward)
// ledger    := size:u8 bytes                  1 to 127
// filter    := first 16 bytes of the filter hash
// position  := u64be
// leaf      := first 8 bytes of the leaf hash at position - 1, or zeros
// scope     := first 8 bytes of the scope hash
// crc       := CRC-32C of all before it, u32be: a damaged cursor is told from one of another ledger
constexpr char kVersion = 1;
constexpr size_t kFixedBytes = 1 + 1 + 1 + 16 + 8 + 8 + 8 + 4;
static_assert(kFixedBytes + kLedgerIdBytesMax <= kCursorBytesMax);

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table = {};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0x82f63b78u : 0);
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

absl::Status Malformed(absl::string_view what) {
  return Refuse({.reason = "CURSOR_MALFORMED",
                 .message = absl::StrCat("start.cursor: ", what,
                                         "; hand back the bytes of a resume point unchanged"),
                 .field = "start.cursor"});
}

template <size_t N>
void AppendArray(const std::array<uint8_t, N>& bytes, std::string* out) {
  out->append(reinterpret_cast<const char*>(bytes.data()), N);
}

template <size_t N>
void TakeArray(absl::string_view* in, std::array<uint8_t, N>* out) {
  std::copy_n(in->begin(), N, out->begin());
  in->remove_prefix(N);
}

std::string Hex(const std::array<uint8_t, 16>& bytes) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

uint32_t Crc32c(absl::string_view bytes) {
  uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<uint8_t>(c)) & 0xff];
  return crc ^ 0xffffffffu;
}

std::string EncodeCursor(const Cursor& cursor) {
  WAYMARK_CHECK(!cursor.ledger.empty() && cursor.ledger.size() <= kLedgerIdBytesMax);
  std::string out;
  out.reserve(kFixedBytes + cursor.ledger.size());
  out.push_back(kVersion);
  out.push_back(static_cast<char>(cursor.direction));
  out.push_back(static_cast<char>(cursor.ledger.size()));
  out.append(cursor.ledger);
  AppendArray(cursor.filter, &out);
  merkle::AppendU64be(cursor.position.value, &out);
  AppendArray(cursor.leaf, &out);
  AppendArray(cursor.scope, &out);
  merkle::AppendU32be(Crc32c(out), &out);
  return out;
}

absl::StatusOr<Cursor> DecodeCursor(absl::string_view bytes) {
  if (bytes.size() <= kFixedBytes || bytes.size() > kCursorBytesMax) {
    return Malformed(absl::StrCat(bytes.size(), " bytes"));
  }
  const absl::string_view body = bytes.substr(0, bytes.size() - 4);
  if (merkle::GetU32be(bytes.substr(body.size())) != Crc32c(body)) {
    return Malformed("its checksum does not fit");
  }
  if (body[0] != kVersion) {
    return Refuse({.reason = "CURSOR_VERSION_UNKNOWN",
                   .message = absl::StrCat("start.cursor: version ", static_cast<int>(body[0]),
                                           ", this server reads 1; it was made by a newer one"),
                   .field = "start.cursor"});
  }
  Cursor cursor;
  if (body[1] != 1 && body[1] != 2) return Malformed("no such direction");
  cursor.direction = static_cast<ReadDirection>(body[1]);
  const size_t ledger_bytes = static_cast<uint8_t>(body[2]);
  if (ledger_bytes == 0 || bytes.size() != kFixedBytes + ledger_bytes) {
    return Malformed("its ledger id has another length");
  }
  absl::string_view rest = body.substr(3);
  cursor.ledger = std::string(rest.substr(0, ledger_bytes));
  rest.remove_prefix(ledger_bytes);
  TakeArray(&rest, &cursor.filter);
  cursor.position = Position{merkle::GetU64be(rest)};
  rest.remove_prefix(8);
  TakeArray(&rest, &cursor.leaf);
  TakeArray(&rest, &cursor.scope);
  return cursor;
}

absl::Status CheckSameFeed(const Cursor& cursor, const Cursor& feed) {
  if (cursor.ledger != feed.ledger) {
    return Refuse({.reason = "CURSOR_OTHER_LEDGER",
                   .message = absl::StrCat("start.cursor: of ledger ", cursor.ledger,
                                           ", this one is ", feed.ledger),
                   .field = "start.cursor",
                   .metadata = {{"cursor_ledger", cursor.ledger}, {"ledger", feed.ledger}}});
  }
  if (cursor.filter != feed.filter) {
    const std::string theirs = Hex(cursor.filter);
    const std::string ours = Hex(feed.filter);
    return Refuse(
        {.reason = "CURSOR_OTHER_FILTER",
         .message = absl::StrCat("start.cursor: made with filter ", theirs, ", this one is ", ours,
                                 "; start a changed filter at a from_position"),
         .field = "start.cursor",
         .metadata = {{"cursor_filter", theirs}, {"filter", ours}}});
  }
  if (cursor.direction != feed.direction) {
    return Refuse({.reason = "CURSOR_OTHER_DIRECTION",
                   .message = "start.cursor: made by a read in the other direction",
                   .field = "start.cursor"});
  }
  return absl::OkStatus();
}

}  // namespace waymark
