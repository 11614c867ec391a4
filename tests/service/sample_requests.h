// This header defines small append requests that the rules let pass, for tests that are about
// something else.
//
//   ledger.Append(RegisterContract("C-1"));
//   ledger.Append(DraftMatrix("C-1"));
//   ledger.Append(SubmitEvidence("C-1", "r-7", /*count=*/3));
#ifndef WAYMARK_TESTS_SERVICE_SAMPLE_REQUESTS_H_
#define WAYMARK_TESTS_SERVICE_SAMPLE_REQUESTS_H_

#include <string>

#include "waymark/v1/event.pb.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::test {

// Registers the contract between the authority "X" and the provider "P". The request's id is
// "register-<contract>".
v1::AppendRequest RegisterContract(const std::string& contract);
// Drafts a matrix with the focuses PI-CS and SE-AM. "draft-<contract>".
v1::AppendRequest DraftMatrix(const std::string& contract);
// `count` items of the provider for the focus. Needs the two above. Items are named after the
// request.
v1::AppendRequest SubmitEvidence(const std::string& contract, const std::string& request_id,
                                 int count, const std::string& focus = "PI-CS");

// Adds an event with its type; the server draws the salt.
void AddEvent(const google::protobuf::Message& payload, v1::AppendRequest* request);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_SERVICE_SAMPLE_REQUESTS_H_
