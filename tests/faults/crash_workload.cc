#include "tests/faults/crash_workload.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "clients/cpp/event_json.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"
#include "tests/end_to_end/golden_fixture.h"
#include "waymark/v1/event.pb.h"

namespace waymark::faults {
namespace {

constexpr int kThreads = 8;
constexpr int kContracts = 3;
constexpr int kEventsMax = 40;  // more than a chunk holds
constexpr absl::Duration kPatience = absl::Seconds(5);
const char kDigest[] = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

void Read(const nlohmann::json& json, google::protobuf::Message* message) {
  WAYMARK_CHECK(JsonToMessage(json, nullptr, message).ok());
}

constexpr char kPrefix[] = "CRASH-";
const char kMatrixFile[] = WAYMARK_SOURCE_DIR "/deploy/matrices/sample-matrix-refined.tsv";

std::string ContractName(uint64_t number) { return absl::StrCat(kPrefix, number % kContracts); }

}  // namespace

absl::Status CrashWorkload::Begin(const Client& client) {
  // Contracts with an adopted matrix, as the worked examples have them.
  ASSIGN_OR_RETURN(const golden::MatrixVersion matrix, golden::LoadMatrix(kMatrixFile, "v1"));
  uint64_t newest_position = 0;
  golden::Fixture fixture(client, ledger_, matrix, kPrefix, &newest_position);
  for (int i = 0; i < kContracts; ++i) {
    const nlohmann::json named = {{"contract_id", absl::StrCat(i)}};
    RETURN_IF_ERROR(fixture.Contract(named, absl::CivilDay(2024, 1, 1)).status());
  }
  return absl::OkStatus();
}

v1::AppendRequest CrashWorkload::NextRequest() {
  absl::MutexLock lock(&mutex_);
  const uint64_t number = requests_++;
  RequestBuilder request(ledger_, ContractName(random_()), "lead");
  request.SetRequestId(absl::StrCat("crash-", number));
  if (random_() % 16 == 0) request.WaitFor(v1::ACK_LEVEL_PUBLISHED);
  const uint64_t events = random_() % 5 == 0 ? 1 + random_() % kEventsMax : 1;
  for (uint64_t i = 0; i < events; ++i) {
    v1::EvidenceSubmitted evidence;
    Read({{"common", {{"party_id", "P1"}, {"role", "PRL"}, {"marking", "OFFICIAL"}}},
          {"evidence_id", absl::StrCat("E-", number, "-", i)},
          {"evidence_type", "KPI_REPORT"},
          {"focuses", {"PI-CS"}},
          {"artefact", kDigest},
          {"size", 1},
          {"media_type", "text/csv"},
          {"issuer", "P"},
          {"received_via", "portal"},
          {"period", {{"first", "2024-01-01"}, {"last", "2024-01-31"}}}},
         &evidence);
    request.Add(evidence);
  }
  absl::StatusOr<v1::AppendRequest> built = request.Build(nullptr);
  WAYMARK_CHECK(built.ok());
  return *std::move(built);
}

void CrashWorkload::Run(const std::string& address, uint64_t enough,
                        const std::function<void()>& kill) {
  uint64_t count = 0;  // under mutex_
  bool killed = false;
  const auto append = [&] {
    const Client client(address, Client::Options{.timeout = kPatience, .retry = false});
    for (;;) {
      v1::AppendRequest request = NextRequest();
      const absl::StatusOr<v1::AppendReply> reply = client.Append(request);
      bool kill_now = false;
      {
        absl::MutexLock lock(&mutex_);
        if (!reply.ok()) {
          unknown_.push_back(std::move(request));
          return;
        }
        acknowledged_.push_back({std::move(request), reply->receipt().fixed().SerializeAsString()});
        kill_now = ++count >= enough && !killed;
        killed = killed || kill_now;
      }
      if (kill_now) kill();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(append);
  for (std::thread& thread : threads) thread.join();
}

absl::Status CrashWorkload::SettleRound(const Client& client) {
  for (; settled_ < acknowledged_.size(); ++settled_) {
    const Acknowledged& one = acknowledged_[settled_];
    ASSIGN_OR_RETURN(const v1::AppendReply reply, client.Append(one.request));
    if (reply.receipt().fixed().SerializeAsString() != one.receipt) {
      return absl::AbortedError(absl::StrCat("request ", one.request.request_id(),
                                             " was acknowledged and now has another receipt: ",
                                             reply.receipt().fixed().ShortDebugString()));
    }
  }
  for (const v1::AppendRequest& request : unknown_) {
    ASSIGN_OR_RETURN(const v1::AppendReply reply, client.Append(request));
    acknowledged_.push_back({request, reply.receipt().fixed().SerializeAsString()});
  }
  unknown_.clear();
  settled_ = acknowledged_.size();
  return absl::OkStatus();
}

}  // namespace waymark::faults
