// This header defines how much of a long answer goes into one page: so many entries, and never more
// bytes than a client takes that was told nothing.
//
//   ASSIGN_OR_RETURN(Page page, Page::OfSize(request.page_size()));
//   if (!page.Takes(entry)) ...                // the next page begins with it
#ifndef WAYMARK_PROJECTIONS_MATURITY_PAGE_H_
#define WAYMARK_PROJECTIONS_MATURITY_PAGE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace waymark::maturity {

// Not synchronised.
class Page {
 public:
  // kPageEntriesDefault for 0. InvalidArgument PAGE_SIZE_INVALID beyond kPageEntriesMax.
  static absl::StatusOr<Page> OfSize(uint32_t entries_max);

  // Whether this entry goes in too; then it is counted. The first one always does.
  bool Takes(const google::protobuf::Message& entry);

 private:
  explicit Page(uint32_t entries_max) : entries_max_(entries_max) {}

  uint32_t entries_max_;
  uint32_t entries_ = 0;
  size_t bytes_ = 0;
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_PAGE_H_
