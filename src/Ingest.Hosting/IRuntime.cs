using Ingest.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>
/// A way of hosting partitions and shippers: the single process, or a silo of a cluster. The server calls the members in
/// this order: <see cref="Configure"/>, <see cref="OpenAsync"/>, then the web host starts, requests are served, and at
/// the end <see cref="DrainAsync"/>, the web host stops, and the runtime is disposed.
/// </summary>
public interface IRuntime : IAsyncDisposable
{
    /// <summary>Where the collector offers events, once the runtime is open.</summary>
    IIntake Intake { get; }

    /// <summary>Whether events can be stored.</summary>
    StorageHealth Health { get; }

    /// <summary>The journal, once the runtime is open.</summary>
    IJournal Journal { get; }

    /// <summary>The lake, once the runtime is open.</summary>
    ILake Lake { get; }

    /// <summary>What relays need, once the runtime is open; null for a lone region.</summary>
    RelayHost? Relays { get; }

    /// <summary>How long a stopping process goes on serving after <c>/ready</c> says no, so that balancers look elsewhere first.</summary>
    TimeSpan LeaveDelay { get; }

    /// <summary>The setting of the lever that this region's watcher made and that stands; null where there is none, or it is not known here.</summary>
    string? AutomaticSetting => null;

    /// <summary>Adds what it needs to the host of the process.</summary>
    void Configure(WebApplicationBuilder builder, ServerPlan plan);

    /// <summary>Opens storage. Events may be offered once the web host has started.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be reached.</exception>
    /// <exception cref="JournalCorruptException">The journal is damaged, or of another version.</exception>
    /// <exception cref="LakeUnavailableException">The lake is not as it must be.</exception>
    Task OpenAsync(WebApplication web, ServerPlan plan, HostingLog log);

    /// <summary>A sentence for the operator about a failed start; null where the exception is no fault that the runtime knows.</summary>
    string? Explain(Exception exception) => null;

    /// <summary>Pages of its own for operators: the delegate for a path, or null. All need the admin key.</summary>
    RequestDelegate? PageOf(PathString path);

    /// <summary>What it is doing.</summary>
    Task<RuntimeReport> ReportAsync(CancellationToken cancellation);

    /// <summary>Stores what is open, and ships it where no other process will. No request is under way any more.</summary>
    Task DrainAsync(TimeSpan shipFor);
}

/// <summary>What a runtime is doing.</summary>
/// <param name="Shipping">The way to the lake.</param>
/// <param name="Partitions">Partitions in memory, in all processes.</param>
/// <param name="DedupeIds">Ids in their dedupe windows.</param>
/// <param name="Silos">The processes of the cluster; empty for a single process.</param>
/// <param name="Manifests">Manifests of hours that are over; null where nobody says.</param>
/// <param name="Bridge">The region's bridge; null where there is none, or nobody says.</param>
/// <param name="Lever">The lever between regions; null where there is none, or nobody says.</param>
public sealed record RuntimeReport(
    ShippingReport Shipping,
    int Partitions,
    long DedupeIds,
    IReadOnlyList<SiloReport> Silos,
    ManifestReport? Manifests = null,
    BridgeReport? Bridge = null,
    LeverReport? Lever = null);
