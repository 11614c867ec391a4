// waymark status, and waymark projection rebuild.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

absl::Status Status(const Program& program, bool wait) {
  const Client client = program.Connect();
  // In vain, the question itself says why.
  if (wait) client.WaitUntilServed();
  ASSIGN_OR_RETURN(const v1::GetStatusReply reply, client.GetStatus());
  if (program.json) return PrintJson(reply);
  const auto line = [](const char* name, const std::string& value) {
    std::cout << Paint(name, Colour::kBold) << Printable(value) << "\n";
  };
  line("ledger       ", reply.ledger() + (reply.rehearsal() ? "  REHEARSAL" : ""));
  line("vkey         ", reply.vkey());
  line("head         ", Thousands(reply.head()) + (reply.head() == 1 ? " event, " : " events, ") +
                            Counted(reply.queued_requests(), "request") + " waiting");
  line("published    ",
       Thousands(reply.published_size()) + (reply.published_size() == 1 ? " event" : " events") +
           (reply.has_published_at() ? " at " + InstantText(reply.published_at()) : ""));
  line("time         ",
       InstantText(reply.now()) + ", last event " + InstantText(reply.last_recorded_at()));
  line("disk         ", Bytes(reply.database_bytes()) + " used, " + Bytes(reply.disk_free_bytes()) +
                            " free, " + Bytes(reply.disk_reserve_bytes()) + " kept in reserve");
  if (reply.erasures_pending() > 0) {
    line("erasing      ", Counted(reply.erasures_pending(), "payload") +
                              " erased, whose bytes are still being removed from old files");
  }
  for (const v1::ProjectionStatus& projection : reply.projections()) {
    line("projection   ",
         absl::StrCat(projection.name(), "/", projection.version(), " ", projection.state(), ", ",
                      projection.lag(), " events behind",
                      projection.fault().empty() ? "" : ": " + projection.fault()));
  }
  line("build        ",
       absl::StrCat(reply.version(), ", format ", reply.format_version(), ", ", reply.build()));
  line("up since     ", InstantText(reply.started_at()));
  std::cout << Paint("alarms       ", Colour::kBold)
            << (reply.alarms().empty()
                    ? Paint("none", Colour::kGreen)
                    : Paint(Printable(absl::StrJoin(reply.alarms(), " ")), Colour::kRed))
            << "\n";
  return absl::OkStatus();
}

absl::Status Rebuild(const Program& program, const std::string& name) {
  v1::RebuildProjectionRequest request;
  request.set_name(name);
  grpc::ClientContext context;
  std::unique_ptr<Progress> progress;
  v1::RebuildProjectionReply last;
  RETURN_IF_ERROR(program.Connect().RebuildProjection(
      request, &context, [&](const v1::RebuildProjectionReply& reply) {
        if (progress == nullptr)
          progress = std::make_unique<Progress>("rebuilding " + name, reply.head());
        progress->Advance(reply.applied());
        last = reply;
        return true;
      }));
  progress.reset();
  if (program.json) return PrintJson(last);
  std::cout << name << "/" << last.version() << " serves, " << Thousands(last.applied())
            << " events applied\n";
  return absl::OkStatus();
}

}  // namespace

void AddStatusCommands(CLI::App& app, Program& program) {
  auto wait = std::make_shared<bool>(false);
  AddCommand(
      app, program, "status", "Head, published size, projections, disk and alarms of the daemon",
      "waymark status --server 127.0.0.1:7443", [&program, wait] { return Status(program, *wait); })
      ->add_flag("--wait", *wait, "Wait for a daemon that is starting, as long as --timeout says");
  CLI::App* projection =
      AddFamily(app, "projection", "Read models", "waymark projection rebuild maturity");
  auto name = std::make_shared<std::string>("maturity");
  CLI::App* rebuild = AddCommand(
      *projection, program, "rebuild",
      "Build a projection anew from position 0 beside the one that serves, then flip",
      "waymark projection rebuild maturity", [&program, name] { return Rebuild(program, *name); });
  rebuild->add_option("name", *name, "Projection")->capture_default_str();
}

}  // namespace waymark::cli
