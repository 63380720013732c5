using System.CommandLine;
using System.CommandLine.Help;
using Ingest.Cli;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // For a file or a pipe: no colours, and no guess at the width of a terminal that is not there.
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Width = 160;
}

var cluster = ClusterCommand.Create();
var root = new Command(
    "./ingest",
    "Orleans.Ingest: takes events over HTTP, loses none, and writes them to a lake.\n\n" +
    "Some commands are started by ./ingest itself, each with its own --help:\n" +
    "  run       Starts the server.\n" +
    "  bench     Measures it on this machine.\n" +
    "  test      Sets up and runs the tests.\n" +
    "  simulate  Runs whole histories of the system on a virtual clock.\n" +
    "  fuzz      Gives it inputs that nobody would think of.")
{
    StatusCommand.Create(),
    AuditCommand.Create(),
    PartitionsCommand.Create(),
    QuarantineCommand.Create(),
    RebuildCommand.Create(),
    LeverCommand.Create(),
    RegionCommand.Create(),
    cluster,
    DbCommand.Create(),
};
root.Options.Add(new HelpOption());
root.Options.Add(new VersionOption());
var parsed = root.Parse(args);
// Told to stop, a replay still stores the record of what it did.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
if (parsed.CommandResult.Command == cluster)
    // It sees to signals by itself: it stops its processes in order before it ends.
    invocation.ProcessTerminationTimeout = null;
return await parsed.InvokeAsync(invocation);
