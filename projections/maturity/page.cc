#include "projections/maturity/page.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark::maturity {
namespace {

// Of an entry in its page: tag and length.
constexpr size_t kEntryFrameBytes = 6;

}  // namespace

absl::StatusOr<Page> Page::OfSize(uint32_t entries_max) {
  if (entries_max > kPageEntriesMax) {
    return Refuse({absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID",
                   absl::StrCat("page_size: ", entries_max, ", at most ", kPageEntriesMax), -1,
                   "page_size"});
  }
  return Page(entries_max == 0 ? kPageEntriesDefault : entries_max);
}

bool Page::Takes(const google::protobuf::Message& entry) {
  const size_t bytes = entry.ByteSizeLong() + kEntryFrameBytes;
  if (entries_ == entries_max_ || (entries_ > 0 && bytes_ + bytes > kPageBytesMax)) return false;
  ++entries_;
  bytes_ += bytes;
  return true;
}

}  // namespace waymark::maturity
