#include "ledger/service/event_filter.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/encoding.h"
#include "tests/support/status_matchers.h"
#include "waymark/v1/values.pb.h"

namespace waymark {
namespace {

using test::RefusedWith;

v1::Filter FilterOf(const std::string& text) {
  v1::Filter filter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &filter)) << text;
  return filter;
}

absl::StatusOr<EventFilter> Compiled(const std::string& text) {
  return EventFilter::Compile(FilterOf(text));
}

// An event as a filter sees it.
struct Seen {
  std::string contract, type;
  FilterEntry captured;
};

bool Matches(const EventFilter& filter, const Seen& seen) {
  merkle::EntryHeaderView header;
  header.contract_id = seen.contract;
  header.event_type = seen.type;
  return filter.Matches(header, seen.captured);
}

TEST(EventFilter, LetsEverythingThroughWhenEmpty) {
  ASSERT_OK_AND_ASSIGN(const EventFilter filter, Compiled(""));
  EXPECT_TRUE(filter.MatchesEverything());
  EXPECT_TRUE(Matches(filter, {"C-1", "waymark.v1.EvidenceSubmitted", {}}));
}

TEST(EventFilter, KnowsTheOneContractOfAllItsTerms) {
  ASSERT_OK_AND_ASSIGN(
      const EventFilter one,
      Compiled("any_of { contract_id: 'A' focus: 'PI-CS' } any_of { contract_id: 'A' "
               "party: 'X' }"));
  EXPECT_EQ(one.only_contract(), "A");
  ASSERT_OK_AND_ASSIGN(const EventFilter wider,
                       Compiled("any_of { contract_id: 'A' } any_of { party: 'X' }"));
  EXPECT_EQ(wider.only_contract(), "");
  ASSERT_OK_AND_ASSIGN(const EventFilter two,
                       Compiled("any_of { contract_id: 'A' contract_id: 'B' }"));
  EXPECT_EQ(two.only_contract(), "");
}

// Slow and obvious: values of a field ORed, fields ANDed, terms ORed.
bool MatchesByDefinition(const v1::Filter& filter, const Seen& seen) {
  const auto any = [](const auto& wanted, const std::vector<std::string>& found) {
    if (wanted.empty()) return true;
    for (const std::string& value : found) {
      if (std::count(wanted.begin(), wanted.end(), value) > 0) return true;
    }
    return false;
  };
  if (filter.any_of().empty()) return true;
  bool matches = false;
  for (const v1::Term& term : filter.any_of()) {
    const std::string marking =
        v1::Marking_Name(static_cast<v1::Marking>(seen.captured.marking)).substr(8);
    bool all = any(term.contract_id(), {seen.contract}) && any(term.event_type(), {seen.type}) &&
               any(term.focus(), seen.captured.focuses) &&
               any(term.category(), {seen.captured.category}) &&
               any(term.party(), {seen.captured.party}) && any(term.marking(), {marking});
    for (const std::string& type : term.exclude_event_type()) all &= type != seen.type;
    matches |= all;
  }
  return matches;
}

TEST(EventFilter, AgreesWithItsDefinitionOnRandomFilters) {
  std::mt19937 random(20240401);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const std::vector<std::string> contracts = {"A", "B", "C"}, focuses = {"PI-CS", "SE-AM", "CR-FR"},
                                 categories = {"PI", "SE"}, parties = {"X", "P"},
                                 markings = {"PUBLIC", "OFFICIAL", "COMMERCIAL", "PERSONAL"},
                                 types = {"waymark.v1.LevelDetermined",
                                          "waymark.v1.EvidenceSubmitted", "waymark.v1.TargetSet"};
  for (int round = 0; round < 4000; ++round) {
    v1::Filter proto;
    for (int terms = random() % 3; terms > 0; --terms) {
      v1::Term& term = *proto.add_any_of();
      term.add_contract_id(pick(contracts));
      if (random() % 2) term.clear_contract_id();
      if (random() % 2) term.add_focus(pick(focuses));
      if (random() % 2) term.add_focus(pick(focuses));
      if (random() % 3 == 0) term.add_category(pick(categories));
      if (random() % 3 == 0) term.add_party(pick(parties));
      if (random() % 3 == 0) term.add_marking(pick(markings));
      if (random() % 3 == 0) term.add_event_type(pick(types));
      if (term.ByteSizeLong() == 0 || random() % 4 == 0) term.add_exclude_event_type(pick(types));
    }
    ASSERT_OK_AND_ASSIGN(const EventFilter filter, EventFilter::Compile(proto));
    Seen seen{pick(contracts), pick(types), {}};
    for (int i = random() % 3; i > 0; --i) seen.captured.focuses.push_back(pick(focuses));
    seen.captured.category = pick(categories);
    seen.captured.party = pick(parties);
    seen.captured.marking = static_cast<uint8_t>(1 + random() % 4);
    ASSERT_EQ(Matches(filter, seen), MatchesByDefinition(proto, seen))
        << "round " << round << " " << proto.ShortDebugString();
  }
}

TEST(EventFilter, HashDoesNotDependOnOrderOrRepeats) {
  ASSERT_OK_AND_ASSIGN(const EventFilter one,
                       Compiled("any_of { focus: 'A' focus: 'B' } any_of { party: 'X' }"));
  ASSERT_OK_AND_ASSIGN(const EventFilter same,
                       Compiled("any_of { party: 'X' party: 'X' } any_of { focus: 'B' focus: 'A' } "
                                "any_of { party: 'X' }"));
  EXPECT_EQ(one.hash(), same.hash());
  // The same words in another field, or cut elsewhere, are another filter.
  ASSERT_OK_AND_ASSIGN(const EventFilter moved,
                       Compiled("any_of { category: 'A' focus: 'B' } any_of { party: 'X' }"));
  ASSERT_OK_AND_ASSIGN(const EventFilter joined,
                       Compiled("any_of { focus: 'AB' } any_of { party: 'X' }"));
  EXPECT_NE(one.hash(), moved.hash());
  EXPECT_NE(one.hash(), joined.hash());
}

TEST(EventFilter, HashIsFrozen) {
  ASSERT_OK_AND_ASSIGN(const EventFilter all, Compiled(""));
  EXPECT_EQ(merkle::ToHex(all.hash()),
            "7247d86f48ffdc0453c0eaa9c0578eade2369e2a8173fcd552449270e05bd070");
  ASSERT_OK_AND_ASSIGN(const EventFilter filter,
                       Compiled("any_of { contract_id: 'C-1' focus: 'PI-CS' }"));
  EXPECT_EQ(merkle::ToHex(filter.hash()),
            "83c2d1ca73b3cf577014187d9ebf5c8d5c687ff8feb44387c4b7ed76b56035eb");
}

TEST(EventFilter, ListsAllThatIsWrongAtOnce) {
  const absl::Status refusal =
      Compiled("any_of { event_type: 'LevelDetermined' marking: 'SECRET' focus: '' } any_of { }")
          .status();
  std::vector<std::string> reasons;
  for (const Violation& violation : ViolationsOf(refusal)) reasons.push_back(violation.reason);
  EXPECT_THAT(reasons, testing::ElementsAre("FILTER_VALUE_INVALID", "EVENT_TYPE_UNKNOWN",
                                            "MARKING_UNKNOWN", "FILTER_TERM_EMPTY"));
}

TEST(EventFilter, RefusesMessagesThatAreNoEvents) {
  EXPECT_THAT(Compiled("any_of { event_type: 'waymark.v1.Common' }"),
              RefusedWith("EVENT_TYPE_UNKNOWN"));
  EXPECT_THAT(Compiled("any_of { exclude_event_type: 'waymark.v1.Nothing' }"),
              RefusedWith("EVENT_TYPE_UNKNOWN"));
}

TEST(EventFilter, HasBounds) {
  v1::Filter filter;
  for (size_t i = 0; i < kFilterTermsMax; ++i) filter.add_any_of()->add_party(absl::StrCat(i));
  EXPECT_OK(EventFilter::Compile(filter));
  filter.add_any_of()->add_party("one more");
  EXPECT_THAT(EventFilter::Compile(filter), RefusedWith("FILTER_TOO_LARGE"));

  filter.Clear();
  v1::Term& term = *filter.add_any_of();
  for (size_t i = 0; i < kFilterValuesMax; ++i) term.add_party(absl::StrCat(i));
  EXPECT_OK(EventFilter::Compile(filter));
  term.add_party("one more");
  EXPECT_THAT(EventFilter::Compile(filter), RefusedWith("FILTER_TOO_LARGE"));

  filter.Clear();
  filter.add_any_of()->add_party(std::string(kFilterValueBytesMax, 'x'));
  EXPECT_OK(EventFilter::Compile(filter));
  filter.mutable_any_of(0)->add_party(std::string(kFilterValueBytesMax + 1, 'x'));
  EXPECT_THAT(EventFilter::Compile(filter), RefusedWith("FILTER_VALUE_INVALID"));
}

TEST(EventFilter, LooksIntoNothingThatIsTooLargeAndNamesNoMoreThanItsBound) {
  v1::Filter many_values;
  v1::Term& large = *many_values.add_any_of();
  for (size_t i = 0; i <= kFilterValuesMax; ++i) {
    large.add_contract_id("");
    large.add_event_type("none");
    large.add_marking("NONE");
  }
  EXPECT_EQ(ViolationsOf(EventFilter::Compile(many_values).status()).size(), 3u);
  v1::Filter many_faults;
  v1::Term& faulty = *many_faults.add_any_of();
  for (size_t i = 0; i < kFilterValuesMax; ++i) faulty.add_contract_id("");
  EXPECT_EQ(ViolationsOf(EventFilter::Compile(many_faults).status()).size(), kViolationsMax);
}

}  // namespace
}  // namespace waymark
