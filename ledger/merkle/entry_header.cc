#include "ledger/merkle/entry_header.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark::merkle {
namespace {

// header := 09 position:u64le
//           11 recorded_at:u64le             microseconds since 1970-01-01T00:00:00Z
//           1a len contract_id               1..64 bytes
//           21 revision:u64le
//           2a len event_type                1..64 bytes
//           32 len author_key_id             len is 20, or 00 for a request that nobody signed
//           3a 20 statement_digest[32]
//           45 statement_index:u32le
//           4a 20 payload_commitment[32]
// Every field once and in this order. The tag bytes make it a protobuf message with fields 1..9
// too, so that `protoc --decode` reads it; no protobuf code has a part in it here.
constexpr char kPositionTag = 0x09;
constexpr char kRecordedAtTag = 0x11;
constexpr char kContractIdTag = 0x1a;
constexpr char kRevisionTag = 0x21;
constexpr char kEventTypeTag = 0x2a;
constexpr char kAuthorKeyIdTag = 0x32;
constexpr char kStatementDigestTag = 0x3a;
constexpr char kStatementIndexTag = 0x45;
constexpr char kPayloadCommitmentTag = 0x4a;

// Three u64, one u32, three lengths with their tags, two digests with tag and length.
constexpr size_t kFixedBytes = 3 * 9 + 5 + 3 * 2 + 2 * (2 + kDigestBytes);
static_assert(kFixedBytes + kDigestBytes + kContractIdBytesMax + kEventTypeBytesMax ==
              kEntryHeaderBytesMax);

void AppendBytes(char tag, absl::string_view bytes, std::string* out) {
  out->push_back(tag);
  out->push_back(static_cast<char>(bytes.size()));
  out->append(bytes.data(), bytes.size());
}

// Takes fields from the front of a header. After the first departure from the grammar it takes
// nothing more and remembers the byte.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}

  uint64_t U64(char tag) {
    const absl::string_view value = Take(tag, 0, 8);
    return value.size() == 8 ? GetU64le(value) : 0;
  }
  uint32_t U32(char tag) {
    const absl::string_view value = Take(tag, 0, 4);
    return value.size() == 4 ? GetU32le(value) : 0;
  }
  // A field that states its length, which is at most bytes_max.
  absl::string_view Bytes(char tag, size_t bytes_max) {
    if (at_ + 2 > bytes_.size()) return Fail(bytes_.size());
    const size_t bytes = static_cast<uint8_t>(bytes_[at_ + 1]);
    if (bytes > bytes_max) return Fail(at_ + 1);
    return Take(tag, 1, bytes);
  }
  Digest TakeDigest(char tag) {
    Digest digest = {};
    const size_t start = at_;
    const absl::string_view value = Bytes(tag, digest.size());
    if (!failed_ && value.size() != digest.size()) Fail(start + 1);
    if (!failed_) std::copy(value.begin(), value.end(), digest.begin());
    return digest;
  }
  void Fault(size_t byte) { Fail(byte); }
  size_t at() const { return at_; }

  absl::Status End() {
    if (!failed_ && at_ != bytes_.size()) Fail(at_);
    if (!failed_) return absl::OkStatus();
    return Refuse(
        {absl::StatusCode::kInvalidArgument, "HEADER_MALFORMED",
         absl::StrCat("header: not the canonical form at byte ", fault_, " of ", bytes_.size())});
  }

 private:
  absl::string_view Take(char tag, size_t length_bytes, size_t value_bytes) {
    if (failed_) return {};
    if (at_ >= bytes_.size() || bytes_[at_] != tag) return Fail(at_);
    const size_t start = at_ + 1 + length_bytes;
    if (bytes_.size() < start + value_bytes) return Fail(bytes_.size());
    at_ = start + value_bytes;
    return bytes_.substr(start, value_bytes);
  }
  absl::string_view Fail(size_t byte) {
    if (!failed_) fault_ = byte;
    failed_ = true;
    return {};
  }

  absl::string_view bytes_;
  size_t at_ = 0;
  size_t fault_ = 0;
  bool failed_ = false;
};

absl::Status CheckTexts(const EntryHeaderView& header) {
  RETURN_IF_ERROR(CheckText("contract_id", header.contract_id, kContractIdBytesMax));
  return CheckText("event_type", header.event_type, kEventTypeBytesMax);
}

}  // namespace

EntryHeaderView ViewOf(const EntryHeader& header) {
  return {header.position,         header.recorded_at,     header.contract_id,
          header.revision,         header.event_type,      header.author_key_id,
          header.statement_digest, header.statement_index, header.payload_commitment};
}

absl::Status CheckEntryHeader(const EntryHeaderView& header) {
  RETURN_IF_ERROR(CheckTexts(header));
  if (!header.author_key_id.empty() && header.author_key_id.size() != kDigestBytes) {
    return Refuse({absl::StatusCode::kInvalidArgument, "HEADER_MALFORMED",
                   absl::StrCat("author_key_id: ", header.author_key_id.size(),
                                " bytes, must be none or ", kDigestBytes),
                   -1, "author_key_id"});
  }
  return absl::OkStatus();
}

void AppendEntryHeader(const EntryHeaderView& header, std::string* out) {
  WAYMARK_CHECK(!header.contract_id.empty() && header.contract_id.size() <= kContractIdBytesMax);
  WAYMARK_CHECK(!header.event_type.empty() && header.event_type.size() <= kEventTypeBytesMax);
  WAYMARK_CHECK(header.author_key_id.empty() || header.author_key_id.size() == kDigestBytes);
  out->push_back(kPositionTag);
  AppendU64le(header.position.value, out);
  out->push_back(kRecordedAtTag);
  AppendU64le(header.recorded_at.value, out);
  AppendBytes(kContractIdTag, header.contract_id, out);
  out->push_back(kRevisionTag);
  AppendU64le(header.revision.value, out);
  AppendBytes(kEventTypeTag, header.event_type, out);
  AppendBytes(kAuthorKeyIdTag, header.author_key_id, out);
  AppendBytes(kStatementDigestTag, BytesOf(header.statement_digest), out);
  out->push_back(kStatementIndexTag);
  AppendU32le(header.statement_index, out);
  AppendBytes(kPayloadCommitmentTag, BytesOf(header.payload_commitment), out);
}

void AppendEntryHeader(const EntryHeader& header, std::string* out) {
  AppendEntryHeader(ViewOf(header), out);
}

std::string EncodeEntryHeader(const EntryHeaderView& header) {
  std::string out;
  out.reserve(kFixedBytes + header.contract_id.size() + header.event_type.size() +
              header.author_key_id.size());
  AppendEntryHeader(header, &out);
  return out;
}

std::string EncodeEntryHeader(const EntryHeader& header) {
  return EncodeEntryHeader(ViewOf(header));
}

absl::StatusOr<EntryHeaderView> DecodeEntryHeaderView(absl::string_view bytes) {
  Reader reader(bytes);
  EntryHeaderView header;
  header.position.value = reader.U64(kPositionTag);
  header.recorded_at.value = reader.U64(kRecordedAtTag);
  header.contract_id = reader.Bytes(kContractIdTag, kContractIdBytesMax);
  header.revision.value = reader.U64(kRevisionTag);
  header.event_type = reader.Bytes(kEventTypeTag, kEventTypeBytesMax);
  const size_t key_start = reader.at();
  header.author_key_id = reader.Bytes(kAuthorKeyIdTag, kDigestBytes);
  if (!header.author_key_id.empty() && header.author_key_id.size() != kDigestBytes) {
    reader.Fault(key_start + 1);
  }
  header.statement_digest = reader.TakeDigest(kStatementDigestTag);
  header.statement_index = reader.U32(kStatementIndexTag);
  header.payload_commitment = reader.TakeDigest(kPayloadCommitmentTag);
  RETURN_IF_ERROR(reader.End());
  RETURN_IF_ERROR(CheckTexts(header));
  return header;
}

absl::StatusOr<EntryHeader> DecodeEntryHeader(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const EntryHeaderView view, DecodeEntryHeaderView(bytes));
  return EntryHeader{view.position,
                     view.recorded_at,
                     std::string(view.contract_id),
                     view.revision,
                     std::string(view.event_type),
                     std::string(view.author_key_id),
                     view.statement_digest,
                     view.statement_index,
                     view.payload_commitment};
}

}  // namespace waymark::merkle
