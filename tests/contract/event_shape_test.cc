// What is asked of an event's bytes before anybody looks at the state.

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/wire_shape.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;

constexpr absl::string_view kEvidence = "waymark.v1.EvidenceSubmitted";

absl::Status Shape(absl::string_view type, absl::string_view payload) {
  return ParseRequest("A", {{type, payload}}, FakeHash).status();
}

std::string Payload() { return ContractWorld().Evidence("E1").SerializeAsString(); }

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(status)) {
    fields.push_back(
        absl::StrCat(violation.event_index, " ", violation.reason, " ", violation.field));
  }
  return fields;
}

TEST(EventShape, TakesWhatSerialisingGives) { EXPECT_OK(Shape(kEvidence, Payload())); }

TEST(EventShape, RefusesTypesThatAreNotDeclaredOrHaveNoRules) {
  EXPECT_THAT(Shape("waymark.v1.Nothing", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.Common", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.PlanCommitment", ""), RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Shape("waymark.v1.RewardDecided", ""), RefusedWith("EVENT_TYPE_NOT_SUPPORTED"));
}

TEST(EventShape, RefusesAnotherTypeInThePayloadThanInTheHeader) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_common()->set_event_type("waymark.v1.LevelDetermined");
  EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("EVENT_TYPE_MISMATCH"));
}

TEST(EventShape, RefusesAPayloadThatIsCutAnywhere) {
  const std::string payload = Payload();
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(Shape(kEvidence, payload.substr(0, size)).ok()) << "cut to " << size;
  }
}

TEST(EventShape, RefusesAPayloadBeyondItsBound) {
  EXPECT_THAT(Shape(kEvidence, std::string(kPayloadBytesMax + 1, 'x')),
              RefusedWith("PAYLOAD_TOO_LARGE"));
}

TEST(EventShape, RefusesFieldsThatAreNotDeclaredAtAnyDepth) {
  EXPECT_THAT(Shape(kEvidence, Payload() + absl::HexStringToBytes("980601")),
              RefusedWith("UNKNOWN_FIELD"));
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_period()
      ->mutable_first()
      ->GetReflection()
      ->MutableUnknownFields(event.mutable_period()->mutable_first())
      ->AddVarint(99, 1);
  const absl::Status status = Shape(kEvidence, event.SerializeAsString());
  EXPECT_THAT(FieldsOf(status), ElementsAre("0 UNKNOWN_FIELD period.first"));
}

// Each line: bytes put behind a payload of EvidenceSubmitted, whose highest field so far is
// number 11.
TEST(EventShape, RefusesBytesThatSerialisingWouldNotGive) {
  const struct {
    const char* what;
    const char* hex;
    const char* reason;
  } kRows[] = {
      {"a field twice", "5a005a00", "PAYLOAD_NOT_CANONICAL"},
      {"a lower field behind a higher one", "12024531", "PAYLOAD_NOT_CANONICAL"},
      {"a default written out in a date", "62020800", "PAYLOAD_NOT_CANONICAL"},
      {"a number with a trailing zero group", "620408a88f00", "PAYLOAD_NOT_CANONICAL"},
      {"a tag with a trailing zero group", "e2000408a80f1001", "PAYLOAD_NOT_CANONICAL"},
      {"a number longer than 64 bits", "620c08ffffffffffffffffff7f", "PAYLOAD_MALFORMED"},
      {"another wire type", "6001", "PAYLOAD_MALFORMED"},
      {"a group", "63", "PAYLOAD_MALFORMED"},
      {"field number 0", "0200", "PAYLOAD_MALFORMED"},
      {"a length past the end", "62ff01", "PAYLOAD_MALFORMED"},
      {"a year beyond 32 bits", "62060880808080707f", "PAYLOAD_NOT_CANONICAL"},
  };
  for (const auto& row : kRows) {
    const std::string payload = Payload() + absl::HexStringToBytes(row.hex);
    const absl::Status status = Shape(kEvidence, payload);
    std::set<std::string> reasons;
    for (const Violation& violation : ViolationsOf(status)) reasons.insert(violation.reason);
    EXPECT_TRUE(reasons.count(row.reason)) << row.what << ": " << status;
  }
}

TEST(EventShape, RefusesADefaultValueThatIsWrittenOut) {
  // Field 8, size, set to 0, in its place.
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.clear_size();
  std::string payload = event.SerializeAsString();
  const size_t place = payload.find(
      "\x42\x0f"
      "application/pdf");
  ASSERT_NE(place, std::string::npos);
  EXPECT_OK(Shape(kEvidence, payload));
  payload.insert(place, std::string("\x38\x00", 2));
  EXPECT_THAT(Shape(kEvidence, payload), RefusedWith("PAYLOAD_NOT_CANONICAL"));
}

TEST(EventShape, RefusesTextThatIsNotUtf8OrHoldsControlCharacters) {
  for (const std::string& bad :
       {std::string("a\xffz"), std::string("a\0z", 3), std::string("a\x1bz"), std::string("a\x7fz"),
        std::string("\xc0\x80")}) {
    v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
    std::string payload = event.SerializeAsString();
    const size_t place = payload.find("portal");
    payload.replace(place, bad.size(), bad);
    EXPECT_THAT(Shape(kEvidence, payload), RefusedWith("TEXT_INVALID")) << absl::CHexEscape(bad);
  }
}

TEST(EventShape, RefusesATextBeyondItsBound) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.set_issuer(std::string(kTextBytesMax, 'x'));
  EXPECT_OK(Shape(kEvidence, event.SerializeAsString()));
  event.set_issuer(std::string(kTextBytesMax + 1, 'x'));
  EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("FIELD_TOO_LONG"));
}

TEST(EventShape, RefusesEnumValuesThatAreNotDeclared) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  event.mutable_common()->set_marking(static_cast<v1::Marking>(9));
  event.set_subtype(v1::EVIDENCE_SUBTYPE_UNSPECIFIED);
  EXPECT_THAT(FieldsOf(Shape(kEvidence, event.SerializeAsString())),
              ElementsAre("0 ENUM_UNKNOWN common.marking", "0 ENUM_UNKNOWN subtype"));
}

TEST(EventShape, RefusesDaysThatDoNotExist) {
  const std::vector<std::vector<int>> days = {{2023, 2, 29}, {2024, 4, 31}, {2024, 13, 1},
                                              {2024, 0, 1},  {0, 1, 1},     {2024, 1, 0},
                                              {10000, 1, 1}, {-1, 1, 1}};
  for (const auto& day : days) {
    v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
    event.mutable_due()->set_year(day[0]);
    event.mutable_due()->set_month(day[1]);
    event.mutable_due()->set_day(day[2]);
    EXPECT_THAT(Shape(kEvidence, event.SerializeAsString()), RefusedWith("DATE_INVALID"))
        << day[0] << "-" << day[1] << "-" << day[2];
  }
}

TEST(EventShape, ListsTheViolationsOfAllEventsInTheCataloguesOrder) {
  v1::EvidenceSubmitted first = ContractWorld().Evidence("E1");
  first.clear_artefact();
  first.mutable_period()->mutable_last()->set_year(1999);
  v1::EvidenceSubmitted second = ContractWorld().Evidence("");
  second.mutable_common()->clear_marking();
  const std::string payloads[] = {first.SerializeAsString(), second.SerializeAsString()};
  const absl::Status status =
      ParseRequest("A", {{kEvidence, payloads[0]}, {kEvidence, payloads[1]}}, FakeHash).status();
  EXPECT_THAT(FieldsOf(status),
              ElementsAre("1 FIELD_MISSING common.marking", "1 FIELD_MISSING evidence_id",
                          "0 PERIOD_REVERSED period", "0 HASH_MISSING artefact"));
}

TEST(EventShape, ListsNoMoreViolationsThanATrailerHolds) {
  v1::EvidenceSubmitted event = ContractWorld().Evidence("E1");
  for (int i = 0; i < 100; ++i) event.add_focuses("");
  EXPECT_EQ(ViolationsOf(Shape(kEvidence, event.SerializeAsString())).size(), kViolationsMax);
}

TEST(EventShape, GivesADraftTheHashOfItsMatrix) {
  const v1::MatrixVersionDrafted event = ContractWorld().Draft();
  const std::string payload = event.SerializeAsString();
  const auto parsed = ParseRequest("A", {{"waymark.v1.MatrixVersionDrafted", payload}}, FakeHash);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_NE((*parsed)[0].digest(), Digest{});
}

TEST(ParseRecorded, FindsStoredBytesDamagedRatherThanWrong) {
  EXPECT_THAT(ParseRecorded(kEvidence, "\xff", FakeHash).status(),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ParseRecorded("waymark.v1.RewardDecided", "", FakeHash).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

// Every declared type starts with its Common, so that a signature covers the type; and no two share
// a name.
TEST(EventTypes, AreDeclaredInTheCatalogue) {
  std::set<std::string> names;
  for (const EventType& type : AllEventTypes()) {
    EXPECT_TRUE(names.insert(type.name).second);
    EXPECT_EQ(FindEventType(type.name), &type);
    EXPECT_EQ(type.descriptor->FindFieldByNumber(1)->name(), "common") << type.name;
  }
  // 56 rows of the catalogue, three of them with two types, and seven more of the ledger's stream.
  EXPECT_EQ(names.size(), 66u);
}

}  // namespace
}  // namespace waymark::test
