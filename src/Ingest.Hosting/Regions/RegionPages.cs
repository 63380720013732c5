using Ingest.Collector;
using Ingest.Regions;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>What a region shows to other regions and to clients: where it takes relays, what its watcher set, and the region list.</summary>
/// <param name="runtime">Knows what its watcher set.</param>
/// <param name="collector">Answers whether events can be stored.</param>
/// <param name="relays">Takes relays; null where it takes none.</param>
/// <param name="list">The region list; null where there is none.</param>
public sealed class RegionPages(IRuntime runtime, CollectorApp collector, RelayPage? relays, RegionListLoop? list)
{
    /// <summary>The delegate for a path, or null where it is none of these.</summary>
    public RequestDelegate? Of(PathString path) =>
        path.Equals("/ready", StringComparison.Ordinal) ? ReadyAsync
        : relays is not null && path.Equals(RelayRequest.Path, StringComparison.Ordinal) ? relays.HandleAsync
        : list is not null && path.Equals(SignedRegionList.Path, StringComparison.Ordinal) ? list.HandleAsync
        : null;

    private Task ReadyAsync(HttpContext context)
    {
        if (runtime.AutomaticSetting is { } setting)
            context.Response.Headers[ReadinessProbe.Header] = setting;
        return collector.HandleAsync(context);
    }
}
