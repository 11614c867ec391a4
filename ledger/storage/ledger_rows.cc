// The rows that stand once a request or once a ledger: requests, statements and meta.
#include <utility>

#include "absl/status/status.h"
#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/storage/row_reader.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

using merkle::AppendU16be;
using merkle::AppendU32be;
using merkle::AppendU64be;
using merkle::BytesOf;

constexpr char kVersion = 1;
constexpr uint8_t kSaltsFromServerBit = 1;
constexpr uint8_t kClockBit = 2;

void AppendText(absl::string_view text, std::string* out) {
  WAYMARK_CHECK(text.size() <= 0xff);
  out->push_back(static_cast<char>(text.size()));
  out->append(text.data(), text.size());
}

}  // namespace

// request := 01 bits:u8 statement_digest[32] first_position:u64be first_revision:u64be
//            event_count:u32be recorded_at:u64be head:u64be [clock:u64be] contract_id:text
//            flagged:u16be { event:u16be flags:u8 text{flags} }{flagged}
// bits: 1 = the ledger drew the salts; 2 = the wall clock said something else than recorded_at, and
// stands there; the others are 0. Only events with flags are listed, in order.
std::string EncodeRequest(const StoredRequest& request) {
  static_assert(kRequestEventsMax <= 0xffff);
  WAYMARK_CHECK(request.event_count >= 1 && request.event_count <= kRequestEventsMax);
  WAYMARK_CHECK(request.flags.empty() || request.flags.size() == request.event_count);
  std::string out(1, kVersion);
  const bool clock_differs = request.clock != request.recorded_at;
  out.push_back(static_cast<char>((request.salts_from_server ? kSaltsFromServerBit : 0) |
                                  (clock_differs ? kClockBit : 0)));
  const absl::string_view digest = BytesOf(request.statement_digest);
  out.append(digest.data(), digest.size());
  AppendU64be(request.first_position.value, &out);
  AppendU64be(request.first_revision.value, &out);
  AppendU32be(request.event_count, &out);
  AppendU64be(request.recorded_at.value, &out);
  AppendU64be(request.head.value, &out);
  if (clock_differs) AppendU64be(request.clock.value, &out);
  AppendText(request.contract_id, &out);
  uint16_t flagged = 0;
  for (const std::vector<std::string>& flags : request.flags) flagged += flags.empty() ? 0 : 1;
  AppendU16be(flagged, &out);
  for (size_t i = 0; i < request.flags.size(); ++i) {
    if (request.flags[i].empty()) continue;
    WAYMARK_CHECK(request.flags[i].size() <= 0xff);
    AppendU16be(static_cast<uint16_t>(i), &out);
    out.push_back(static_cast<char>(request.flags[i].size()));
    for (const std::string& flag : request.flags[i]) AppendText(flag, &out);
  }
  return out;
}

absl::StatusOr<StoredRequest> DecodeRequest(absl::string_view value) {
  RowReader reader("requests", value);
  StoredRequest request;
  reader.Version(kVersion);
  const uint8_t bits = reader.U8();
  reader.Require((bits & ~(kSaltsFromServerBit | kClockBit)) == 0);
  request.salts_from_server = (bits & kSaltsFromServerBit) != 0;
  request.statement_digest = reader.Hash();
  request.first_position = Position{reader.U64()};
  request.first_revision = Revision{reader.U64()};
  request.event_count = reader.U32();
  reader.Require(request.event_count >= 1 && request.event_count <= kRequestEventsMax);
  request.recorded_at = UnixMicros{reader.U64()};
  request.head = TreeSize{reader.U64()};
  request.clock = request.recorded_at;
  if ((bits & kClockBit) != 0) {
    request.clock = UnixMicros{reader.U64()};
    reader.Require(request.clock != request.recorded_at);
  }
  request.contract_id = std::string(reader.Text());
  const uint16_t flagged = reader.U16();
  if (!reader.failed()) request.flags.resize(request.event_count);
  int last = -1;
  for (uint16_t i = 0; i < flagged && !reader.failed(); ++i) {
    const uint16_t event = reader.U16();
    const uint8_t count = reader.U8();
    reader.Require(event > last && event < request.event_count && count >= 1);
    last = event;
    for (uint8_t flag = 0; flag < count && !reader.failed(); ++flag) {
      request.flags[event].emplace_back(reader.Text());
    }
  }
  RETURN_IF_ERROR(reader.Finish());
  return request;
}

// statement := 01 00 byte+                                         unsigned
//            | 01 01 author_public_key[32] signature[64] byte+     the Statement is the rest
std::string EncodeStatementRow(const StoredStatement& statement) {
  const bool is_signed = !statement.signature.empty();
  WAYMARK_CHECK(statement.signature.size() == (is_signed ? kSignatureBytes : 0));
  WAYMARK_CHECK(statement.author_public_key.size() == (is_signed ? kDigestBytes : 0));
  WAYMARK_CHECK(!statement.statement.empty());
  std::string out(1, kVersion);
  out.push_back(is_signed ? 1 : 0);
  out += statement.author_public_key;
  out += statement.signature;
  out += statement.statement;
  return out;
}

absl::StatusOr<StoredStatement> DecodeStatementRow(absl::string_view value) {
  RowReader reader("statements", value);
  StoredStatement statement;
  reader.Version(kVersion);
  const uint8_t is_signed = reader.U8();
  reader.Require(is_signed <= 1);
  if (is_signed == 1) {
    statement.author_public_key = std::string(reader.Take(kDigestBytes));
    statement.signature = std::string(reader.Take(kSignatureBytes));
  }
  statement.statement = std::string(reader.TakeRest());
  reader.Require(!statement.statement.empty());
  RETURN_IF_ERROR(reader.Finish());
  return statement;
}

// format := u32be          without a version: every build must be able to read this one
std::string EncodeFormat(uint32_t format) {
  std::string out;
  AppendU32be(format, &out);
  return out;
}

absl::StatusOr<uint32_t> DecodeFormat(absl::string_view value) {
  RowReader reader("meta format", value);
  const uint32_t format = reader.U32();
  RETURN_IF_ERROR(reader.Finish());
  return format;
}

// identity := 01 rehearsal:u8 public_key[32] ledger_id:text
std::string EncodeIdentity(const LedgerIdentity& identity) {
  WAYMARK_CHECK(identity.public_key.size() == kDigestBytes);
  std::string out(1, kVersion);
  out.push_back(identity.rehearsal ? 1 : 0);
  out += identity.public_key;
  AppendText(identity.ledger_id, &out);
  return out;
}

absl::StatusOr<LedgerIdentity> DecodeIdentity(absl::string_view value) {
  RowReader reader("meta identity", value);
  LedgerIdentity identity;
  reader.Version(kVersion);
  const uint8_t rehearsal = reader.U8();
  reader.Require(rehearsal <= 1);
  identity.rehearsal = rehearsal == 1;
  identity.public_key = std::string(reader.Take(kDigestBytes));
  identity.ledger_id = std::string(reader.Text());
  reader.Require(!identity.ledger_id.empty());
  RETURN_IF_ERROR(reader.Finish());
  return identity;
}

// head := 01 size:u64be root[32]
std::string EncodeHead(const HeadRow& head) {
  std::string out(1, kVersion);
  AppendU64be(head.size.value, &out);
  const absl::string_view root = BytesOf(head.root);
  out.append(root.data(), root.size());
  return out;
}

absl::StatusOr<HeadRow> DecodeHead(absl::string_view value) {
  RowReader reader("meta head", value);
  HeadRow head;
  reader.Version(kVersion);
  head.size = TreeSize{reader.U64()};
  head.root = reader.Hash();
  RETURN_IF_ERROR(reader.Finish());
  return head;
}

// erasure := 01 { position:u64be }+                           positions rise
std::string EncodeErasure(absl::Span<const Position> positions) {
  WAYMARK_CHECK(!positions.empty());
  std::string out(1, kVersion);
  for (const Position position : positions) AppendU64be(position.value, &out);
  return out;
}

absl::StatusOr<std::vector<Position>> DecodeErasure(absl::string_view value) {
  RowReader reader("meta erasure", value);
  std::vector<Position> positions;
  reader.Version(kVersion);
  do {
    const Position position{reader.U64()};
    reader.Require(positions.empty() || positions.back() < position);
    positions.push_back(position);
  } while (!reader.failed() && !reader.done());
  RETURN_IF_ERROR(reader.Finish());
  return positions;
}

}  // namespace waymark
