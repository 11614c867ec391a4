// This header defines a real server in this process, on real directories and a free port, and a
// real client of it.
//
//   LiveLedger ledger;
//   ASSERT_OK(ledger.Start());
//   ASSERT_OK_AND_ASSIGN(v1::AppendReply reply, ledger.Append(RegisterContract("C-1")));
#ifndef WAYMARK_TESTS_SERVICE_LIVE_LEDGER_H_
#define WAYMARK_TESTS_SERVICE_LIVE_LEDGER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/service/init_ledger.h"
#include "ledger/service/open_ledger.h"
#include "ledger/service/server.h"
#include "tests/support/temp_dir.h"
#include "waymark/v1/admin.grpc.pb.h"
#include "waymark/v1/ledger.grpc.pb.h"
#include "waymark/v1/maturity.grpc.pb.h"
#include "waymark/v1/transparency.grpc.pb.h"

namespace waymark::test {

struct LiveLedgerOptions {
  std::string ledger_id = "example.com/test";
  bool rehearsal = false;
  StreamLimits streams;
  absl::Duration drain_max = absl::Seconds(kShutdownSeconds);
};

class LiveLedger {
 public:
  explicit LiveLedger(LiveLedgerOptions options = {});
  ~LiveLedger();

  // Makes the ledger the first time; opens and serves it. What Start refuses, the daemon would.
  absl::Status Start();
  // As SIGTERM does.
  void Stop();

  // One request on the shared channel, with a deadline of 30 s. Errors carry the violations of the
  // trailer.
  absl::StatusOr<v1::AppendReply> Append(const v1::AppendRequest& request);
  // Registers the contract and drafts a matrix.
  absl::Status Seed(const std::string& contract);
  // All events, by Read from 0.
  absl::StatusOr<std::vector<v1::RecordedEvent>> ReadAll();
  // The messages of one Read.
  absl::StatusOr<std::vector<v1::ReadReply>> Read(const v1::ReadRequest& request);

  std::shared_ptr<grpc::Channel> NewChannel(grpc::ChannelArguments arguments = {}) const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  v1::LedgerService::Stub& ledger() { return *ledger_stub_; }
  v1::MaturityService::Stub& maturity() { return *maturity_stub_; }
  v1::TransparencyService::Stub& transparency() { return *transparency_stub_; }
  v1::AdminService::Stub& admin() { return *admin_stub_; }

  Server& server() { return *server_; }
  OpenedLedger& parts() { return *opened_; }
  uint64_t head() const { return opened_->head->size().value; }
  const LedgerPaths& paths() const { return paths_; }
  const std::string& key_file() const { return key_file_; }
  const std::string& ledger_id() const { return options_.ledger_id; }

  // The fake projection: how often it was rebuilt and asked, and how it is waited for (unless set
  // otherwise: at once).
  std::atomic<uint64_t> rebuilds{0};
  std::atomic<uint64_t> questions{0};
  std::function<void(Position, absl::Time, std::function<void(absl::Status)>)> wait_for;
  // What it refuses a question with; OK (unless set otherwise) where it answers.
  std::function<absl::Status(const v1::Question&)> refuse;
  // What every export holds; a few pieces and a bit (unless set otherwise, before Start).
  std::string document = std::string(600000, 'd');

 private:
  MaturityQueries Queries();
  ProjectionControls Controls();

  LiveLedgerOptions options_;
  TempDir dir_;
  LedgerPaths paths_;
  std::string key_file_;
  bool made_ = false;
  std::unique_ptr<OpenedLedger> opened_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_stub_;
  std::unique_ptr<v1::MaturityService::Stub> maturity_stub_;
  std::unique_ptr<v1::TransparencyService::Stub> transparency_stub_;
  std::unique_ptr<v1::AdminService::Stub> admin_stub_;
};

// The status as a client sees it, with the violations of its trailer.
absl::Status FromGrpc(const grpc::Status& status);

// A deadline for a context.
std::chrono::system_clock::time_point InSeconds(int seconds);

// A fresh key in a file that only its owner can read.
void WriteKeyFile(const std::string& path);

// One call with any bytes as its request.
absl::Status CallRaw(grpc::Channel& channel, const std::string& method, const std::string& bytes,
                     std::string* reply = nullptr);
// The same for a method that streams its answers: the status that ended it.
absl::Status CallRawStream(grpc::Channel& channel, const std::string& method,
                           const std::string& bytes);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_SERVICE_LIVE_LEDGER_H_
