// waymark checkpoint, waymark prove: what a stranger can check.
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/tlog_proof.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {
namespace {

constexpr size_t kProofFileBytesMax = 1 << 20;

// The key that somebody gave.
absl::StatusOr<merkle::VerifierKey> ReadVkey(const std::string& text) {
  absl::StatusOr<merkle::VerifierKey> key = merkle::ParseVkey(text);
  if (!key.ok()) return At("--vkey", key.status());
  return key;
}

// What is wrong with a signed thing, for somebody who knows it by the name `where`.
absl::Status NotProved(const std::string& where, const absl::Status& status,
                       const merkle::VerifierKey& key) {
  if (ReasonOf(status) != "NOTE_UNSIGNED") return At(where, status);
  return Refuse({status.code(), "NOTE_UNSIGNED",
                 absl::StrCat(where, ": not signed with the key ", merkle::FormatVkey(key),
                              "; compare it with the one in the contract's annex")});
}

struct CheckpointOptions {
  std::string out, vkey;
};

absl::Status PrintCheckpoint(const Program& program, const CheckpointOptions& options) {
  v1::GetCheckpointRequest request;
  request.set_level(v1::ACK_LEVEL_PUBLISHED);
  ASSIGN_OR_RETURN(const v1::GetCheckpointReply reply, program.Connect().GetCheckpoint(request));
  ASSIGN_OR_RETURN(const merkle::VerifierKey key,
                   ReadVkey(options.vkey.empty() ? reply.vkey() : options.vkey));
  if (const auto opened = merkle::OpenCheckpoint(reply.checkpoint(), key); !opened.ok())
    return NotProved("checkpoint of " + program.server, opened.status(), key);
  if (!options.out.empty()) RETURN_IF_ERROR(WriteNewFile(options.out, reply.checkpoint()));
  if (program.json) return PrintJson(reply);
  if (options.out.empty()) {
    std::cout << reply.checkpoint();
    return absl::OkStatus();
  }
  std::cout << "checkpoint of size " << reply.size() << " written to " << options.out << "\n";
  return absl::OkStatus();
}

struct ProveOptions {
  uint64_t position = 0;
  std::string out, vkey;
};

absl::Status Prove(const Program& program, const ProveOptions& options) {
  const Client client = program.Connect();
  v1::GetCheckpointRequest wait;
  wait.set_level(v1::ACK_LEVEL_PUBLISHED);
  wait.set_min_size(options.position + 1);
  const absl::StatusOr<v1::GetCheckpointReply> checkpoint = client.GetCheckpoint(wait);
  if (ReasonOf(checkpoint.status()) == "MIN_SIZE_BEYOND_HEAD") {
    return Refuse({absl::StatusCode::kOutOfRange, "POSITION_BEYOND_HEAD",
                   absl::StrCat("--position: ", options.position,
                                " is not recorded yet; waymark status tells how many events are")});
  }
  RETURN_IF_ERROR(checkpoint.status());
  v1::ProveInclusionRequest request;
  request.set_position(options.position);
  request.set_size(checkpoint->size());
  ASSIGN_OR_RETURN(const v1::ProveInclusionReply reply, client.ProveInclusion(request));
  // A key that came from the server shows only that the server agrees with itself; the annex's key
  // shows more.
  const bool pinned = !options.vkey.empty();
  ASSIGN_OR_RETURN(const merkle::VerifierKey key,
                   ReadVkey(pinned ? options.vkey : checkpoint->vkey()));
  const auto proved = merkle::VerifyTlogProof(reply.tlog_proof(), reply.header(), key);
  if (!proved.ok()) return NotProved("proof of " + program.server, proved.status(), key);
  RETURN_IF_ERROR(WriteNewFile(options.out, reply.tlog_proof()));
  if (absl::Status written = WriteNewFile(options.out + ".header", reply.header()); !written.ok()) {
    // A proof without its header proves nothing.
    unlink(options.out.c_str());
    return written;
  }
  if (program.json) return PrintJson(reply);
  std::cout << Paint("proved", Colour::kGreen) << "  position " << options.position
            << " is in the tree of size " << reply.size() << " that " << key.name << " signed\n"
            << "proof   " << options.out << "\n"
            << "header  " << options.out << ".header\n"
            << "key     " << merkle::FormatVkey(key)
            << (pinned ? "  (as you gave it)"
                       : "  (from the server: compare it with the contract's annex)")
            << "\n";
  return absl::OkStatus();
}

struct CheckProofOptions {
  std::string proof, header, vkey;
};

absl::Status CheckProof(const Program& program, const CheckProofOptions& options) {
  ASSIGN_OR_RETURN(const std::string proof, ReadFile(options.proof, kProofFileBytesMax));
  ASSIGN_OR_RETURN(const std::string header,
                   ReadFile(options.header.empty() ? options.proof + ".header" : options.header,
                            kProofFileBytesMax));
  ASSIGN_OR_RETURN(const merkle::VerifierKey key, ReadVkey(options.vkey));
  const auto proved = merkle::VerifyTlogProof(proof, header, key);
  if (!proved.ok()) return NotProved(options.proof, proved.status(), key);
  const merkle::EntryHeader& entry = proved->header;
  const std::string recorded = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(static_cast<int64_t>(entry.recorded_at.value)),
      absl::UTCTimeZone());
  if (program.json) {
    const nlohmann::ordered_json json = {{"eventType", entry.event_type},
                                         {"position", absl::StrCat(entry.position.value)},
                                         {"revision", absl::StrCat(entry.revision.value)},
                                         {"contractId", entry.contract_id},
                                         {"recordedAt", recorded}};
    std::cout << json.dump() << "\n";
    return absl::OkStatus();
  }
  std::cout << Paint("verified", Colour::kGreen) << "  " << entry.event_type << " at position "
            << entry.position.value << ", revision " << entry.revision.value << " of "
            << Printable(entry.contract_id) << ", recorded " << recorded << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddProofCommands(CLI::App& app, Program& program) {
  auto checkpoint = std::make_shared<CheckpointOptions>();
  CLI::App* first = AddCommand(
      app, program, "checkpoint", "The newest signed checkpoint: size and root of the ledger",
      "waymark checkpoint --out ledger.checkpoint",
      [&program, checkpoint] { return PrintCheckpoint(program, *checkpoint); });
  first->add_option("--out", checkpoint->out, "File to write; must not exist (default: print)");
  first->add_option("--vkey", checkpoint->vkey,
                    "The ledger's verifier key as you know it (default: the server's word)");

  auto prove = std::make_shared<ProveOptions>();
  CLI::App* second = AddCommand(
      app, program, "prove", "Prove that an event is in the ledger; writes FILE and FILE.header",
      "waymark prove --position 42 --out decision.tlog-proof --vkey 'example.com/highways+…'",
      [&program, prove] { return Prove(program, *prove); });
  second->add_option("--position", prove->position, "Position of the event")
      ->required()
      ->check(WholeNumber<uint64_t>());
  second->add_option("--out", prove->out, "Proof file to write (C2SP tlog-proof); must not exist")
      ->required();
  second->add_option("--vkey", prove->vkey, "The ledger's verifier key as you know it");

  auto check = std::make_shared<CheckProofOptions>();
  CLI::App* third = AddCommand(
      app, program, "check-proof", "Check a proof file offline, with nothing but the verifier key",
      "waymark check-proof decision.tlog-proof --vkey 'example.com/highways+…'",
      [&program, check] { return CheckProof(program, *check); });
  third->add_option("proof", check->proof, "The proof file")->required();
  third->add_option("--header", check->header, "The header file (default: FILE.header)");
  third->add_option("--vkey", check->vkey, "The ledger's verifier key")->required();
}

}  // namespace waymark::cli
