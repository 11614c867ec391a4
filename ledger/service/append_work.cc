#include "ledger/service/append_work.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/commit/append_request.h"
#include "ledger/service/claim_check.h"
#include "ledger/service/event_proofs.h"
#include "ledger/service/message_codec.h"

namespace waymark {
namespace {

using Done = std::function<void(AppendAnswer)>;

v1::AppendReply ReplyOf(CommitOutcome outcome) {
  v1::AppendReply reply;
  *reply.mutable_receipt()->mutable_fixed() = std::move(outcome.receipt);
  for (std::vector<std::string>& flags : outcome.flags) {
    v1::EventFlags& one = *reply.add_event_flags();
    for (std::string& flag : flags) one.add_flags(std::move(flag));
  }
  return reply;
}

std::vector<Position> PositionsOf(const v1::AppendReply& reply) {
  std::vector<Position> positions;
  for (const v1::EventPlace& place : reply.receipt().fixed().events()) {
    positions.push_back(Position{place.position()});
  }
  return positions;
}

// What the caller is told who waited in vain; the events are recorded all the same.
absl::Status NotPublishedYet(const v1::AppendReply& reply, absl::StatusCode code,
                             absl::string_view reason) {
  const v1::ReceiptFixed& fixed = reply.receipt().fixed();
  return Refuse({.code = code,
                 .reason = std::string(reason),
                 .message = absl::StrCat("wait_for: the events of ", fixed.request_id(),
                                         " are recorded but their checkpoint did not come in time; "
                                         "send the same request again"),
                 .field = "wait_for",
                 .metadata = {{"outcome", "RECORDED"}, {"head", absl::StrCat(fixed.head())}}});
}

absl::StatusOr<v1::AppendReply> WithProofs(const Workshop& workshop, v1::AppendReply reply) {
  ASSIGN_OR_RETURN(std::vector<std::string> proofs,
                   TlogProofsOf(PositionsOf(reply), workshop.ledger().publisher.newest(),
                                workshop.ledger().log));
  for (std::string& proof : proofs) reply.mutable_receipt()->add_tlog_proofs(std::move(proof));
  return reply;
}

// Waits until a released checkpoint covers the reply's events, then proves them on a question
// thread.
void AwaitPublished(Workshop& workshop, v1::AppendReply reply, absl::Duration time_left,
                    const Done& done) {
  const Position last = PositionsOf(reply).back();
  auto kept = std::make_shared<v1::AppendReply>(std::move(reply));
  const auto answer = [kept, done](absl::StatusOr<v1::AppendReply> result) {
    done({kept->receipt().fixed().request_id(), std::move(result)});
  };
  workshop.WaitAbove(
      workshop.WatchOf(v1::ACK_LEVEL_PUBLISHED), TreeSize{last.value}, time_left,
      [&workshop, kept, answer](const absl::Status& published) {
        if (!published.ok()) {
          return answer(NotPublishedYet(*kept, published.code(), "PUBLISHED_NOT_REACHED"));
        }
        const bool taken = workshop.questions().Schedule(
            [&workshop, kept, answer] { answer(WithProofs(workshop, *kept)); });
        if (!taken) {
          answer(NotPublishedYet(*kept, absl::StatusCode::kResourceExhausted, "QUESTIONS_FULL"));
        }
      });
}

// What the committer calls when the request is recorded or refused.
std::function<void(absl::StatusOr<CommitOutcome>)> AfterCommit(Workshop& workshop,
                                                               std::string request_id,
                                                               v1::AckLevel level,
                                                               absl::Duration give_up_at,
                                                               Done done) {
  return [&workshop, request_id = std::move(request_id), level, give_up_at,
          done = std::move(done)](absl::StatusOr<CommitOutcome> outcome) {
    if (!outcome.ok()) return done({request_id, outcome.status()});
    v1::AppendReply reply = ReplyOf(*std::move(outcome));
    if (level == v1::ACK_LEVEL_DURABLE) return done({request_id, std::move(reply)});
    AwaitPublished(workshop, std::move(reply), give_up_at - MonotonicNow(), done);
  };
}

struct Accepted {
  AppendRequest request;
  v1::AckLevel level = v1::ACK_LEVEL_DURABLE;
};

absl::StatusOr<Accepted> Accept(const Workshop& workshop, v1::AppendRequest message) {
  Accepted accepted;
  ASSIGN_OR_RETURN(accepted.level, CheckLevel(message.wait_for(), "wait_for"));
  ASSIGN_OR_RETURN(accepted.request, AcceptRequest(std::move(message), workshop.ledger_id()));
  return accepted;
}

}  // namespace

void TakeAppend(Workshop& workshop, const grpc::ByteBuffer& bytes, const AppendTerms& terms,
                std::function<void(AppendAnswer)> done) {
  const auto hand_over = [handed_over = terms.handed_over] {
    if (handed_over != nullptr) handed_over();
  };
  v1::AppendRequest message;
  if (absl::Status parsed = ParseInto(bytes, &message); !parsed.ok()) {
    hand_over();
    return done({"", std::move(parsed)});
  }
  std::string request_id = message.request_id();
  absl::StatusOr<Accepted> accepted = Accept(workshop, std::move(message));
  if (!accepted.ok()) {
    hand_over();
    return done({std::move(request_id), accepted.status()});
  }
  AppendRequest& request = accepted->request;
  request.deadline = absl::Now() + terms.time_left;
  request.order_tag = terms.order_tag;
  const absl::Duration give_up_at = MonotonicNow() + terms.time_left;
  if (!MakesClaims(request)) {
    workshop.ledger().committer.Submit(
        std::move(request),
        AfterCommit(workshop, std::move(request_id), accepted->level, give_up_at, std::move(done)));
    return hand_over();
  }
  CheckClaims(workshop, std::move(request), terms.time_left,
              [&workshop, request_id = std::move(request_id), level = accepted->level, give_up_at,
               hand_over, done = std::move(done)](absl::StatusOr<AppendRequest> checked) {
                if (!checked.ok()) {
                  hand_over();
                  return done({request_id, checked.status()});
                }
                workshop.ledger().committer.Submit(
                    *std::move(checked),
                    AfterCommit(workshop, request_id, level, give_up_at, done));
                hand_over();
              });
}

}  // namespace waymark
