// The thread that records what follows by itself, on a real ledger and a real view: when it looks
// again, and when it does not.
#include "projections/processor/processor.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/hash.h"
#include "tests/projections/asked_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using processor::Processor;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// More than anything here takes, unless it hangs.
constexpr absl::Duration kPatience = absl::Minutes(1);

UnixMicros NoonOf(absl::CivilDay day) {
  const absl::Time noon = absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12);
  return UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(noon))};
}

class ProcessorTest : public AskedLedger {
 protected:
  ProcessorTest() {
    Begin();
    Publish();
    processor_ = std::make_unique<Processor>(
        *engine_, ledger_.log(), clock_, merkle::Sha256,
        [this](v1::AppendRequest request) { return Take(std::move(request)); });
  }
  // Its thread calls back into this.
  ~ProcessorTest() override { processor_->Stop(); }

  // What the daemon does with a request, and before that whatever a test has put in its way. Nobody
  // else appends while somebody waits for Settle.
  absl::StatusOr<TreeSize> Take(v1::AppendRequest request) {
    absl::Status in_the_way;
    {
      absl::MutexLock lock(&mutex_);
      requests_.push_back(request.events(0).event_type());
      if (!in_the_way_.empty()) {
        in_the_way = in_the_way_.front();
        in_the_way_.erase(in_the_way_.begin());
      }
    }
    if (hold_ != nullptr) hold_->WaitForNotification();
    RETURN_IF_ERROR(in_the_way);
    std::vector<OfferedPayload> events;
    for (const auto& event : request.events()) {
      events.push_back({event.event_type(), event.payload()});
    }
    ledger_.Append(request.contract_id(), events);
    ledger_.Publish();
    return ledger_.size();
  }

  void PutInTheWay(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    in_the_way_.push_back(std::move(status));
  }
  // Types of the requests that were made since the last call.
  std::vector<std::string> Requests() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(requests_, {});
  }

  void ComeTo(absl::CivilDay day) { ASSERT_OK(clock_.Set(NoonOf(day))); }

  RehearsalClock clock_{NoonOf(On(2024, 4, 2))};
  absl::Mutex mutex_;
  std::vector<absl::Status> in_the_way_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  absl::Notification* hold_ = nullptr;
  std::unique_ptr<Processor> processor_;
};

constexpr char kEnded[] = "waymark.v1.ContractEnded";

TEST_F(ProcessorTest, RecordsOnceWhatTheDayBrings) {
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), IsEmpty());
  ComeTo(On(2030, 4, 1));
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), ElementsAre(kEnded));
  ComeTo(On(2030, 4, 2));
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), IsEmpty());
}

TEST_F(ProcessorTest, OffersAgainWhatFoundNoRoomOrNoTime) {
  processor_->Settle(kPatience);
  PutInTheWay(absl::ResourceExhaustedError("the queue is full"));
  PutInTheWay(absl::UnavailableError("the ledger is busy"));
  ComeTo(On(2030, 4, 1));
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), ElementsAre(kEnded, kEnded, kEnded));
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), IsEmpty());
}

TEST_F(ProcessorTest, LeavesWhatTheRulesRefuseUntilSomethingChanges) {
  processor_->Settle(kPatience);
  PutInTheWay(absl::FailedPreconditionError("not by these rules"));
  ComeTo(On(2030, 4, 1));
  processor_->Settle(kPatience);
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), ElementsAre(kEnded));
  ledger_.SetNow(On(2030, 4, 1));
  ledger_.Append("A", Target("PI-CS", 3, On(2031, 3, 31)));
  ledger_.Publish();
  processor_->Settle(kPatience);
  EXPECT_THAT(Requests(), ElementsAre(kEnded));
}

TEST_F(ProcessorTest, NobodyWaitsLongerThanHeWants) {
  processor_->Settle(kPatience);
  absl::Notification let_go;
  hold_ = &let_go;
  ComeTo(On(2030, 4, 1));
  processor_->Settle(absl::Milliseconds(20));
  const TreeSize before = ledger_.log().head();
  let_go.Notify();
  processor_->Settle(kPatience);
  EXPECT_EQ(before.value + 1, ledger_.log().head().value);
  EXPECT_THAT(Requests(), ElementsAre(kEnded));
}

TEST_F(ProcessorTest, StoppingEndsAWait) {
  PutInTheWay(absl::UnavailableError("the ledger is busy"));
  absl::Notification let_go;
  hold_ = &let_go;
  ComeTo(On(2030, 4, 1));
  std::thread waiting([this] { processor_->Settle(absl::InfiniteDuration()); });
  let_go.Notify();
  processor_->Stop();
  waiting.join();
}

}  // namespace
}  // namespace waymark::test
