using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// Admits requests by their write key, and remembers for each connection which header it admitted last: clients send the
/// same one with every request, the server hands out the same string for it, and hashing it is what admission costs.
/// </summary>
internal static class ConnectionAdmission
{
    private static readonly object Slot = new();

    /// <summary>True where the request brings one of the keys.</summary>
    /// <param name="context">The request.</param>
    /// <param name="keys">The keys in force: others after a reload, so that nothing old is remembered of them.</param>
    public static bool Admits(HttpContext context, WriteKeys keys)
    {
        string? header = context.Request.Headers.Authorization;
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is null)
            return keys.Admits(header);
        if (items.TryGetValue(Slot, out var last) && last is Admitted admitted
            && ReferenceEquals(admitted.Header, header) && ReferenceEquals(admitted.Keys, keys))
        {
            return true;
        }

        if (!keys.Admits(header))
            return false;
        items[Slot] = new Admitted(header!, keys);
        return true;
    }

    private sealed record Admitted(string Header, WriteKeys Keys);
}
