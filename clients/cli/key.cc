// waymark key new: makes an Ed25519 key file and prints its public half.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"
#include "ledger/merkle/statement.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {
namespace {

struct NewKeyOptions {
  std::string out, name;
};

absl::Status NewKey(const Program& program, const NewKeyOptions& options) {
  if (!options.name.empty() && !merkle::IsKeyName(options.name)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID",
                   absl::StrCat("--name: \"", Printable(options.name),
                                "\" is empty or holds a space, a plus or a control character")});
  }
  const merkle::PrivateKey key = merkle::PrivateKey::Generate();
  RETURN_IF_ERROR(WriteNewFile(options.out, key.ToPem(), /*secret=*/true));
  const Digest id = merkle::AuthorKeyId(key.public_key());
  const std::string vkey =
      options.name.empty() ? ""
                           : merkle::FormatVkey(merkle::NoteSigner{options.name, key}.verifier());
  if (program.json) {
    nlohmann::ordered_json json = {{"file", options.out},
                                   {"publicKey", merkle::ToHex(key.public_key())},
                                   {"keyId", merkle::ToHex(id)}};
    if (!vkey.empty()) json["vkey"] = vkey;
    std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return absl::OkStatus();
  }
  std::cout << "private key  " << options.out << " (keep it secret; no copy exists elsewhere)\n"
            << "public key   " << merkle::ToHex(key.public_key()) << "\n"
            << "key id       " << merkle::ToHex(id) << "\n";
  if (!vkey.empty()) std::cout << "vkey         " << vkey << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddKeyCommands(CLI::App& app, Program& program) {
  CLI::App* key =
      AddFamily(app, "key", "Keys of ledgers and authors", "waymark key new --out cm.key");
  auto options = std::make_shared<NewKeyOptions>();
  CLI::App* command =
      AddCommand(*key, program, "new", "Make an Ed25519 key file (PKCS#8, readable by you alone)",
                 "waymark key new --out ledger.key --name example.com/highways",
                 [&program, options] { return NewKey(program, *options); });
  command->add_option("--out", options->out, "File to write; must not exist")->required();
  command->add_option("--name", options->name,
                      "Ledger id: prints the verifier key to put in the contract's annex");
}

}  // namespace waymark::cli
