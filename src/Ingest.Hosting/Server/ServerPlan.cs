using System.Diagnostics.CodeAnalysis;
using System.Net;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Regions;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>Everything the server was told, read and found right.</summary>
/// <param name="Settings">The command line.</param>
/// <param name="Lake">Where the lake is.</param>
/// <param name="Journal">Where the journal is.</param>
/// <param name="Limits">Limits of the engine.</param>
/// <param name="Configuration">Sources, schemas and the collector's settings.</param>
/// <param name="Endpoint">Where to listen.</param>
/// <param name="AdminKey">Key of the admin pages.</param>
/// <param name="Region">Which region this is.</param>
/// <param name="Regions">All regions and their lever; null where there is none.</param>
public sealed record ServerPlan(
    RunSettings Settings,
    LakeLocation Lake,
    JournalLocation Journal,
    Limits Limits,
    CollectorConfiguration Configuration,
    IPEndPoint Endpoint,
    AdminKey AdminKey,
    RegionSettings Region,
    RegionPlan? Regions)
{
    /// <summary>Reads every setting; collects what is wrong with all of them.</summary>
    public static bool TryRead(
        RunSettings settings, [NotNullWhen(true)] out ServerPlan? plan, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        var lake = LakeLocation.Parse(settings.Lake, option => settings.LakeOptions.GetValueOrDefault(option.Name), found);
        var journal = JournalLocation.Parse(settings.Data, settings.Postgres, found);
        var limits = new Limits
        {
            SealAge = settings.SealAge,
            SealBytes = settings.SealBytes,
            SealBlocks = settings.SealBlocks,
            ShipConcurrency = settings.ShipConcurrency,
        };
        found.AddRange(limits.Violations());
        if (!Collector.Configuration.TryLoad(settings.Config, out var configuration, out var errors))
            found.AddRange(errors.Select(error => Path.Combine(settings.Config, error.ToString())));
        if (!IPAddress.TryParse(settings.Host, out var address))
            found.Add($"--host {settings.Host}: write an IP address, such as 127.0.0.1, or 0.0.0.0 for all of them.");
        var key = AdminKey.Read(found);
        var region = RegionSettings.Read(settings, configuration?.Settings.Region ?? new RegionConfiguration(), found);
        var regions = RegionPlans.Read(settings.Config, region, found);
        mistakes = found;
        plan = found.Count == 0
            ? new ServerPlan(settings, lake!, journal!, limits, configuration!, new IPEndPoint(address!, settings.Port), key, region, regions)
            : null;
        return plan is not null;
    }
}
