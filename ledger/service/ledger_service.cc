#include "ledger/service/ledger_service.h"

#include <memory>
#include <utility>

#include "ledger/base/status_macros.h"
#include "ledger/service/append_stream.h"
#include "ledger/service/append_work.h"
#include "ledger/service/message_codec.h"
#include "ledger/service/read_stream.h"
#include "ledger/service/status_translation.h"
#include "ledger/service/subscribe_stream.h"
#include "ledger/service/unary_call.h"

namespace waymark {
namespace {

// A feed's request, parsed and checked, as a stream that is not started yet.
template <typename Stream, typename Request>
absl::StatusOr<std::shared_ptr<PullStream>> OpenFeed(Workshop& workshop,
                                                     grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer& in) {
  RETURN_IF_ERROR(TimeLeft(*context).status());
  ASSIGN_OR_RETURN(Request request, DecodeRequest<Request>(in));
  RETURN_IF_ERROR(Stream::Check(request));
  ASSIGN_OR_RETURN(EventFilter filter, EventFilter::Compile(request.filter()));
  ASSIGN_OR_RETURN(const v1::AckLevel level, CheckLevel(request.deliver_at(), "deliver_at"));
  return std::make_shared<Stream>(workshop, context, std::move(request), std::move(filter), level);
}

template <typename Stream, typename Request>
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeFeed(Workshop& workshop,
                                                      grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer& in) {
  absl::StatusOr<std::shared_ptr<PullStream>> stream =
      OpenFeed<Stream, Request>(workshop, context, in);
  return stream.ok() ? StartStream(workshop, *std::move(stream)) : RefuseStream(stream.status());
}

}  // namespace

grpc::ServerUnaryReactor* LedgerService::Append(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (!workshop_.calls().Enter()) {
    reactor->Finish(ToGrpc(DrainingStatus()));
    return reactor;
  }
  const absl::StatusOr<absl::Duration> left = TimeLeft(*context);
  if (!left.ok()) {
    FinishCall(workshop_, reactor, ToGrpc(left.status()));
    return reactor;
  }
  TakeAppend(workshop_, *in, {*left}, [&workshop = workshop_, reactor, out](AppendAnswer answer) {
    if (answer.reply.ok()) *out = ToBytes(*answer.reply);
    FinishCall(workshop, reactor, ToGrpc(answer.reply.status()));
  });
  return reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* LedgerService::AppendStream(
    grpc::CallbackServerContext* context) {
  return StartAppendStream(workshop_, context);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LedgerService::Read(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in) {
  return ServeFeed<ReadStream, v1::ReadRequest>(workshop_, context, *in);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LedgerService::Subscribe(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in) {
  return ServeFeed<SubscribeStream, v1::SubscribeRequest>(workshop_, context, *in);
}

}  // namespace waymark
