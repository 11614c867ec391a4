// This header defines LedgerService: Append, AppendStream, Read and Subscribe. Translation only;
// what is recorded is the committer's matter.
#ifndef WAYMARK_LEDGER_SERVICE_LEDGER_SERVICE_H_
#define WAYMARK_LEDGER_SERVICE_LEDGER_SERVICE_H_

#include "ledger/service/workshop.h"
#include "waymark/v1/ledger.grpc.pb.h"

namespace waymark {

// Every method takes bytes, so that what cannot be parsed is refused like anything else.
using LedgerServiceBase = v1::LedgerService::WithRawCallbackMethod_Append<
    v1::LedgerService::WithRawCallbackMethod_AppendStream<
        v1::LedgerService::WithRawCallbackMethod_Read<
            v1::LedgerService::WithRawCallbackMethod_Subscribe<v1::LedgerService::Service>>>>;

class LedgerService : public LedgerServiceBase {
 public:
  // `workshop` must outlive the server that runs this.
  explicit LedgerService(Workshop& workshop) : workshop_(workshop) {}

  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Read(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* in) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribe(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* in) override;

 private:
  Workshop& workshop_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_LEDGER_SERVICE_H_
