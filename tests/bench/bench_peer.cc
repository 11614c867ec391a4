// What gRPC itself costs: the append calls of the ledger's own service, which parse the request,
// record nothing and send back an answer of the size that the ledger gives.
//
//   bench_peer UNARY_REPLY STREAM_REPLY     files with an AppendReply and an AppendStreamReply
//
// Prints "serving on HOST:PORT" and serves until its standard input ends.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "waymark/v1/ledger.grpc.pb.h"

namespace waymark {
namespace {

class EchoStream : public grpc::ServerBidiReactor<v1::AppendRequest, v1::AppendStreamReply> {
 public:
  explicit EchoStream(v1::AppendStreamReply reply) : reply_(std::move(reply)) {
    StartRead(&request_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartWrite(&reply_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

  v1::AppendRequest request_;
  const v1::AppendStreamReply reply_;
};

class EchoService : public v1::LedgerService::CallbackService {
 public:
  EchoService(v1::AppendReply unary, v1::AppendStreamReply stream)
      : unary_(std::move(unary)), stream_(std::move(stream)) {}

  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const v1::AppendRequest* request,
                                   v1::AppendReply* reply) override {
    *reply = unary_;
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<v1::AppendRequest, v1::AppendStreamReply>* AppendStream(
      grpc::CallbackServerContext* context) override {
    return new EchoStream(stream_);
  }

 private:
  const v1::AppendReply unary_;
  const v1::AppendStreamReply stream_;
};

bool ReadMessage(const char* file, google::protobuf::Message* message) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return in.good() && message->ParseFromString(bytes.str());
}

int Serve(const char* unary_file, const char* stream_file) {
  v1::AppendReply unary;
  v1::AppendStreamReply stream;
  if (!ReadMessage(unary_file, &unary) || !ReadMessage(stream_file, &stream)) {
    std::fprintf(stderr, "bench_peer: %s or %s holds no reply\n", unary_file, stream_file);
    return 1;
  }
  EchoService service(std::move(unary), std::move(stream));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::fprintf(stderr, "bench_peer: no port can be bound\n");
    return 1;
  }
  std::printf("serving on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_peer UNARY_REPLY STREAM_REPLY\n");
    return 2;
  }
  return waymark::Serve(argv[1], argv[2]);
}
