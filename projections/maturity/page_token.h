// This header defines where the next page of a long answer begins: at which entry, and of which
// moment, so that all pages tell of one record while the ledger grows. A token goes with the
// question that it was given for, alone.
//
//   const std::string asked = AskedIn(request, hash);
//   ASSIGN_OR_RETURN(const PagePlace place, ReadPageToken(request.page_token(), asked));
//   question = AskedAgain(question, place);
//   reply.set_next_page_token(PageTokenOf({at.as_of, at.known, next}, asked));
//
// Pure.
#ifndef WAYMARK_PROJECTIONS_MATURITY_PAGE_TOKEN_H_
#define WAYMARK_PROJECTIONS_MATURITY_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

struct PagePlace {
  // What the question of the first page came to.
  absl::CivilDay as_of;
  TreeSize known;
  // The entry that the page begins with, by whatever number its list goes.
  uint64_t next = 0;
};

// The token's word for what is asked: the first bytes, in hex, of the hash of the message and its
// type.
std::string AskedWord(const google::protobuf::Message& asked, HashFunction hash);

// The same of a request, but for what may differ from page to page.
template <typename Request>
std::string AskedIn(Request request, HashFunction hash) {
  request.mutable_question()->clear_min_position();
  request.clear_page_size();
  request.clear_page_token();
  return AskedWord(request, hash);
}

std::string PageTokenOf(const PagePlace& place, const std::string& asked);

// InvalidArgument PAGE_TOKEN_INVALID for any text that is not PageTokenOf(place, asked) of some
// place with something known.
absl::StatusOr<PagePlace> ReadPageToken(const std::string& token, const std::string& asked);
absl::Status InvalidPageToken();

// The question at the day and the knowledge that the first page came to.
v1::Question AskedAgain(v1::Question question, const PagePlace& place);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_PAGE_TOKEN_H_
