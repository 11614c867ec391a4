#include "ledger/service/status_translation.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/encoding.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

google::rpc::ErrorInfo InfoAt(const google::rpc::Status& status, int index) {
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(status.details(index).UnpackTo(&info));
  return info;
}

TEST(StatusTranslation, KeepsOkAsOk) { EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok()); }

TEST(StatusTranslation, GivesEachViolationAnErrorInfoInOrder) {
  const absl::Status refusal = Refuse({{.code = absl::StatusCode::kFailedPrecondition,
                                        .reason = "LEVEL_NOT_DEFINED",
                                        .message = "level: 4 is UNDEFINED",
                                        .event_index = 2,
                                        .field = "level",
                                        .metadata = {{"focus", "PI-CS"}}},
                                       {.reason = "DATE_INVALID", .message = "no such day"}});
  const grpc::Status sent = ToGrpc(refusal);
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(sent.error_message(), "level: 4 is UNDEFINED");

  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(sent.error_details()));
  EXPECT_EQ(details.code(), grpc::StatusCode::FAILED_PRECONDITION);
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  const google::rpc::ErrorInfo first = InfoAt(details, 0);
  EXPECT_EQ(first.reason(), "LEVEL_NOT_DEFINED");
  EXPECT_EQ(first.domain(), "waymark.v1");
  EXPECT_EQ(first.metadata().at("event_index"), "2");
  EXPECT_EQ(first.metadata().at("field"), "level");
  EXPECT_EQ(first.metadata().at("focus"), "PI-CS");
  const google::rpc::ErrorInfo second = InfoAt(details, 1);
  EXPECT_EQ(second.reason(), "DATE_INVALID");
  EXPECT_EQ(second.metadata().at("code"), "INVALID_ARGUMENT");
  EXPECT_FALSE(second.metadata().contains("event_index"));
}

TEST(StatusTranslation, NamesTheCodeWhereThereIsNoViolation) {
  const google::rpc::Status sent = ToRpcStatus(absl::InternalError("broken"));
  ASSERT_EQ(sent.details_size(), 1);
  EXPECT_EQ(InfoAt(sent, 0).reason(), "INTERNAL");
}

TEST(StatusTranslation, FitsAThousandViolationsIntoATrailerAndCountsTheRest) {
  std::vector<Violation> violations;
  for (int i = 0; i < 1000; ++i) {
    violations.push_back({.reason = "DATE_INVALID",
                          .message = absl::StrCat("event ", i, ": no such day"),
                          .event_index = i,
                          .field = "period.first"});
  }
  const google::rpc::Status sent = ToRpcStatus(Refuse(violations));
  EXPECT_LE(sent.ByteSizeLong(), kStatusDetailsBytesMax + 256);
  ASSERT_GT(sent.details_size(), 2);
  const google::rpc::ErrorInfo last = InfoAt(sent, sent.details_size() - 1);
  EXPECT_EQ(last.reason(), "MORE_VIOLATIONS");
  EXPECT_EQ(last.metadata().at("count"), absl::StrCat(1000 - (sent.details_size() - 1)));
}

TEST(StatusTranslation, SendsOnlyPrintableUtf8) {
  const google::rpc::Status sent =
      ToRpcStatus(Refuse(Violation{.reason = "TEXT_INVALID", .message = "found \"\xff\n\" here"}));
  EXPECT_EQ(sent.message(), "found \"??\" here");
  // A long text is cut between characters, not inside one.
  std::string text;
  while (text.size() < kStatusMessageBytesMax + 9) text += "\u20ac";
  EXPECT_TRUE(merkle::IsUtf8(ToRpcStatus(absl::InternalError(text)).message()));
}

}  // namespace
}  // namespace waymark
