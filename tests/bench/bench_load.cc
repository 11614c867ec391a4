// Sends the load of the speed table, one order a line on standard input, one answer a line on
// standard output: "ok ..." or "error ...".
//
//   ledger WAYMARKD DIRECTORY MATRIX CONTRACTS   a real daemon, with contracts    ok ADDRESS
//   restart                                      stops the daemon, starts it again   ok ADDRESS
//   stop                                         stops it as an operator does        ok
//   connect NAME ADDRESS                                                             ok
//   make COUNT EVENTS unsigned|signed            the requests of the next runs       ok
//   sample unary|stream FILE                     the ledger's reply to the first one of new ones
//   unary NAME IN_FLIGHT                         sends them all                      ok SECONDS
//   stream NAME WINDOW                           sends them all                      ok SECONDS
//   rebuild                                      the maturity projection             ok SECONDS
//   EVENTS
//
// And of the scale table, on a rehearsal ledger with one watched contract:
//
//   watched WAYMARKD DIRECTORY MATRIX OTHERS     the load goes to OTHERS contracts, or to the
//                                                watched one where that is 0         ok QUARTERS
//   live QUARTER                                 a quarter of the watched contract's life   ok
//   settle                                       waits for the projection            ok EVENTS
//   ask KIND MOMENT COUNT                        as watched_contract.h has it  ok MICROSECONDS
//   kill                                         as a power cut does                 ok
//   start                                        after stop or kill                  ok SECONDS
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "ledger/base/status_macros.h"
#include "tests/bench/load_client.h"
#include "tests/bench/load_requests.h"
#include "tests/bench/watched_contract.h"
#include "tests/end_to_end/golden_fixture.h"
#include "tests/support/daemon.h"

namespace waymark::bench {
namespace {

constexpr char kLedgerName[] = "ledger";

class Orders {
 public:
  absl::StatusOr<std::string> Obey(const std::string& line) {
    std::istringstream words(line);
    std::string order;
    words >> order;
    if (order == "ledger") return Ledger(words);
    if (order == "restart") return Restart();
    if (order == "stop") return Stop();
    if (order == "connect") return Connect(words);
    if (order == "make") return Make(words);
    if (order == "sample") return Sample(words);
    if (order == "unary" || order == "stream") return Send(order, words);
    if (order == "rebuild") return Rebuild();
    if (order == "watched") return Watched(words);
    if (order == "live") return Live(words);
    if (order == "settle") return Settle();
    if (order == "ask") return Ask(words);
    if (order == "kill") return Kill();
    if (order == "start") return Start();
    return absl::InvalidArgumentError(absl::StrCat("no such order: ", line));
  }

 private:
  absl::StatusOr<std::string> Ledger(std::istream& words) {
    std::string program, directory, matrix_file;
    int contracts = 0;
    words >> program >> directory >> matrix_file >> contracts;
    ASSIGN_OR_RETURN(daemon_, test::Daemon::Init(program, directory, {}));
    RETURN_IF_ERROR(daemon_->Start());
    ASSIGN_OR_RETURN(matrix_, golden::LoadMatrix(matrix_file, "v1"));
    const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) - 1;
    ASSIGN_OR_RETURN(std::vector<std::string> ids, Register(contracts, today));
    mill_ = std::make_unique<RequestMill>(daemon_->ledger_id(), std::move(ids));
    return Serving();
  }

  // Registers contracts for the load to go to.
  absl::StatusOr<std::vector<std::string>> Register(int contracts, absl::CivilDay today) {
    const Client client(daemon_->address());
    uint64_t newest_position = 0;
    golden::Fixture fixture(client, daemon_->ledger_id(), matrix_, "bench-", &newest_position);
    std::vector<std::string> ids;
    for (int i = 0; i < contracts; ++i) {
      const nlohmann::json event = {{"contract_id", absl::StrCat("C", i)}};
      ASSIGN_OR_RETURN(std::string id, fixture.Contract(event, today));
      ids.push_back(std::move(id));
    }
    return ids;
  }

  absl::StatusOr<std::string> Watched(std::istream& words) {
    std::string program, directory, matrix_file;
    int others = 0;
    words >> program >> directory >> matrix_file >> others;
    ASSIGN_OR_RETURN(daemon_,
                     test::Daemon::Init(program, directory,
                                        {.rehearsal = true, .clock = WatchedContract::kClock}));
    RETURN_IF_ERROR(daemon_->Start());
    ASSIGN_OR_RETURN(matrix_, golden::LoadMatrix(matrix_file, "v1"));
    life_client_ = std::make_unique<Client>(daemon_->address());
    watched_ = std::make_unique<WatchedContract>(*life_client_, daemon_->ledger_id(), matrix_);
    RETURN_IF_ERROR(watched_->Begin());
    ASSIGN_OR_RETURN(std::vector<std::string> ids, Register(others, absl::CivilDay(2024, 6, 30)));
    if (ids.empty()) ids.push_back(watched_->id());
    mill_ = std::make_unique<RequestMill>(daemon_->ledger_id(), std::move(ids));
    RETURN_IF_ERROR(Serving().status());
    return absl::StrCat(WatchedContract::kQuarters);
  }

  absl::StatusOr<std::string> Live(std::istream& words) {
    int quarter = 0;
    words >> quarter;
    RETURN_IF_ERROR(watched_->Live(quarter));
    questions_.reset();  // the middle of the life may have come
    return "";
  }

  WatchedQuestions& Questions() {
    if (questions_ == nullptr) {
      questions_ = std::make_unique<WatchedQuestions>(daemon_->address(), watched_->id(),
                                                      watched_->middle());
    }
    return *questions_;
  }

  absl::StatusOr<std::string> Settle() {
    ASSIGN_OR_RETURN(const v1::GetStatusReply status, Client(daemon_->address()).GetStatus());
    RETURN_IF_ERROR(Questions().AwaitApplied(status.head()));
    return absl::StrCat(status.head());
  }

  absl::StatusOr<std::string> Ask(std::istream& words) {
    std::string kind, moment;
    int count = 0;
    words >> kind >> moment >> count;
    ASSIGN_OR_RETURN(const double micros, Questions().Ask(kind, moment, count));
    return absl::StrCat(micros);
  }

  absl::StatusOr<std::string> Kill() {
    Disconnect();
    daemon_->Kill();
    return "";
  }

  absl::StatusOr<std::string> Start() {
    const auto start = std::chrono::steady_clock::now();
    RETURN_IF_ERROR(daemon_->Start());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    RETURN_IF_ERROR(Serving().status());
    return absl::StrCat(took.count());
  }

  absl::StatusOr<std::string> Serving() {
    targets_[kLedgerName] = std::make_unique<LoadClient>(daemon_->address());
    return daemon_->address();
  }

  absl::StatusOr<std::string> Restart() {
    RETURN_IF_ERROR(Stop().status());
    RETURN_IF_ERROR(daemon_->Start());
    return Serving();
  }

  absl::StatusOr<std::string> Stop() {
    Disconnect();
    if (const int code = daemon_->Terminate(); code != 0) {
      return absl::InternalError(absl::StrCat("waymarkd ended with ", code));
    }
    return "";
  }

  void Disconnect() {
    targets_.erase(kLedgerName);
    questions_.reset();
  }

  absl::StatusOr<std::string> Connect(std::istream& words) {
    std::string name, address;
    words >> name >> address;
    targets_[name] = std::make_unique<LoadClient>(address);
    return "";
  }

  absl::StatusOr<std::string> Make(std::istream& words) {
    size_t count = 0;
    int events = 0;
    std::string author;
    words >> count >> events >> author;
    requests_.clear();  // the memory of the old ones goes first
    ASSIGN_OR_RETURN(requests_, mill_->Make(count, events, author == "signed"));
    return "";
  }

  absl::StatusOr<std::string> Sample(std::istream& words) {
    std::string kind, file;
    words >> kind >> file;
    const Client client(daemon_->address());
    ASSIGN_OR_RETURN(const v1::AppendReply reply, client.Append(requests_.at(0)));
    v1::AppendStreamReply answer;
    answer.set_request_id(requests_[0].request_id());
    *answer.mutable_reply() = reply;
    std::ofstream out(file, std::ios::binary);
    const bool written =
        kind == "stream" ? answer.SerializeToOstream(&out) : reply.SerializeToOstream(&out);
    if (!written || !out.flush()) return absl::InternalError(absl::StrCat(file, ": not written"));
    return "";
  }

  absl::StatusOr<std::string> Send(const std::string& order, std::istream& words) {
    std::string name;
    int bound = 0;
    words >> name >> bound;
    const auto target = targets_.find(name);
    if (target == targets_.end() || bound <= 0) {
      return absl::InvalidArgumentError(absl::StrCat(order, ": ", name, " ", bound));
    }
    ASSIGN_OR_RETURN(const double seconds, order == "unary"
                                               ? target->second->Unary(requests_, bound)
                                               : target->second->Stream(requests_, bound));
    return absl::StrCat(seconds);
  }

  absl::StatusOr<std::string> Rebuild() {
    const Client client(daemon_->address());
    v1::RebuildProjectionRequest request;
    request.set_name("maturity");
    grpc::ClientContext context;
    uint64_t applied = 0;
    bool flipped = false;
    const auto start = std::chrono::steady_clock::now();
    RETURN_IF_ERROR(
        client.RebuildProjection(request, &context, [&](const v1::RebuildProjectionReply& reply) {
          applied = reply.applied();
          flipped = reply.flipped();
          return true;
        }));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!flipped) return absl::InternalError("the rebuild ended without its new version");
    return absl::StrCat(seconds, " ", applied);
  }

  std::unique_ptr<test::Daemon> daemon_;
  std::unique_ptr<RequestMill> mill_;
  std::map<std::string, std::unique_ptr<LoadClient>> targets_;
  std::vector<v1::AppendRequest> requests_;
  golden::MatrixVersion matrix_;
  // Of the scale table.
  std::unique_ptr<Client> life_client_;
  std::unique_ptr<WatchedContract> watched_;
  std::unique_ptr<WatchedQuestions> questions_;
};

}  // namespace
}  // namespace waymark::bench

int main() {
  waymark::bench::Orders orders;
  std::string line;
  while (std::getline(std::cin, line)) {
    const absl::StatusOr<std::string> answer = orders.Obey(line);
    if (answer.ok()) {
      std::cout << "ok " << *answer << std::endl;
    } else {
      std::cout << "error " << answer.status().ToString() << std::endl;
    }
  }
  return 0;
}
