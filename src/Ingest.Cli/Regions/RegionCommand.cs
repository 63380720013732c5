using System.CommandLine;

namespace Ingest.Cli;

/// <summary><c>ingest region</c>: what is done with a region.</summary>
internal static class RegionCommand
{
    public static Command Create() => new("region", "What is done with a region (docs/regions.md).")
    {
        RegionShowCommand.Create(),
        RegionPromoteCommand.Create(),
        DrillCommand.Create(),
    };
}
