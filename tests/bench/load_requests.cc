#include "tests/bench/load_requests.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"

namespace waymark::bench {
namespace {

// The last field that is set decides the size: it has the bytes that the others leave.
void FillUp(v1::EvidenceSubmitted* event, std::mt19937_64* random) {
  constexpr size_t kTagAndLength = 2;  // of a text shorter than 128 bytes
  const size_t taken = event->ByteSizeLong() + kTagAndLength;
  WAYMARK_CHECK(taken < kPayloadBytes);
  std::string text;
  while (text.size() < kPayloadBytes - taken) text += absl::StrFormat("%016x", (*random)());
  text.resize(kPayloadBytes - taken);
  event->set_issuer(text);
  WAYMARK_CHECK(event->ByteSizeLong() == kPayloadBytes);
}

void SetDay(int month, int day, v1::Date* date) {
  date->set_year(2024);
  date->set_month(month);
  date->set_day(day);
}

}  // namespace

RequestMill::RequestMill(std::string ledger, std::vector<std::string> contracts)
    : ledger_(std::move(ledger)),
      contracts_(std::move(contracts)),
      key_(merkle::PrivateKey::Generate()),
      random_(std::random_device()()) {}

v1::EvidenceSubmitted RequestMill::NextEvent() {
  v1::EvidenceSubmitted event;
  v1::Common& author = *event.mutable_common();
  author.set_event_type("waymark.v1.EvidenceSubmitted");
  author.set_party_id("P1");
  author.set_role(v1::ROLE_PRL);
  author.set_marking(v1::MARKING_OFFICIAL);
  event.set_evidence_id(absl::StrFormat("E-%016x", ++events_made_));
  event.set_evidence_type(v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT);
  event.add_focuses("PI-CS");
  for (int word = 0; word < 4; ++word) {
    const uint64_t noise = random_();
    event.mutable_artefact()->append(reinterpret_cast<const char*>(&noise), sizeof(noise));
  }
  event.set_size(48213);
  event.set_media_type("application/pdf");
  event.set_received_via("portal");
  SetDay(4, 1, event.mutable_period()->mutable_first());
  SetDay(6, 30, event.mutable_period()->mutable_last());
  FillUp(&event, &random_);
  return event;
}

absl::StatusOr<std::vector<v1::AppendRequest>> RequestMill::Make(size_t count, int events,
                                                                 bool with_signature) {
  std::vector<v1::AppendRequest> made;
  made.reserve(count);
  while (made.size() < count) {
    RequestBuilder builder(ledger_, contracts_[requests_made_++ % contracts_.size()],
                           "provider-lead");
    for (int i = 0; i < events; ++i) builder.Add(NextEvent());
    ASSIGN_OR_RETURN(v1::AppendRequest request, builder.Build(with_signature ? &key_ : nullptr));
    made.push_back(std::move(request));
  }
  return made;
}

}  // namespace waymark::bench
