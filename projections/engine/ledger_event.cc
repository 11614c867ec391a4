#include "projections/engine/ledger_event.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark {
namespace {

// The leaf, as far as it is read here (tag bytes in hex):
//
//   header := 09 position:u64le  11 recorded_at:u64le  1a len contract_id  21 revision:u64le
//             2a len event_type  32 len author_key_id  3a 20 statement_digest[32]
//             45 statement_index:u32le  4a 20 payload_commitment[32]
class HeaderReader {
 public:
  explicit HeaderReader(absl::string_view bytes) : rest_(bytes) {}

  uint64_t Number(char tag, size_t width) {
    if (!Take(tag, width)) return 0;
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      value |= uint64_t{static_cast<uint8_t>(rest_[i])} << (8 * i);
    }
    rest_.remove_prefix(width);
    return value;
  }
  absl::string_view Text(char tag) {
    if (!Take(tag, 1)) return {};
    const size_t size = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    if (rest_.size() < size) {
      failed_ = true;
      return {};
    }
    const absl::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  bool finished() const { return !failed_ && rest_.empty(); }

 private:
  // Consumes the tag and makes sure of `size` bytes after it.
  bool Take(char tag, size_t size) {
    if (failed_ || rest_.size() < size + 1 || rest_[0] != tag) {
      failed_ = true;
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  absl::string_view rest_;
  bool failed_ = false;
};

}  // namespace

absl::StatusOr<LedgerEvent> ViewOf(const EventView& stored) {
  HeaderReader reader(stored.header);
  LedgerEvent event;
  event.position = Position{reader.Number('\x09', 8)};
  event.recorded_at = UnixMicros{reader.Number('\x11', 8)};
  event.contract_id = reader.Text('\x1a');
  event.revision = Revision{reader.Number('\x21', 8)};
  event.event_type = reader.Text('\x2a');
  const absl::string_view key_id = reader.Text('\x32');
  const absl::string_view digest = reader.Text('\x3a');
  event.request_index = static_cast<uint32_t>(reader.Number('\x45', 4));
  const absl::string_view commitment = reader.Text('\x4a');
  const bool sized = (key_id.empty() || key_id.size() == 32) && digest.size() == 32 &&
                     commitment.size() == 32 && !event.contract_id.empty() &&
                     event.contract_id.size() <= kContractIdBytesMax;
  if (!reader.finished() || !sized || event.position != stored.position) {
    return Refuse({absl::StatusCode::kDataLoss, "EVENT_DAMAGED",
                   absl::StrCat("position ", stored.position.value,
                                ": the stored header is not that of this position; run "
                                "waymark verify on the data directory")});
  }
  event.state = stored.state;
  if (stored.state == StoredPayload::kPresent) event.payload = stored.payload;
  event.header = stored.header;
  return event;
}

absl::StatusOr<LedgerEvent> ViewOf(const StoredEvent& stored) {
  return ViewOf(EventView{.position = stored.position,
                          .header = stored.header,
                          .state = stored.state,
                          .payload = stored.payload});
}

}  // namespace waymark
