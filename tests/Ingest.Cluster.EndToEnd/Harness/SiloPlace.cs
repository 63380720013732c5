using System.Net;

namespace Ingest.Cluster.EndToEnd;

/// <summary>Where a silo runs, and how it is reached there.</summary>
/// <param name="Listen">Value of <c>--host</c>.</param>
/// <param name="Clients">Address at which clients reach it.</param>
/// <param name="Advertise">Address at which the other silos reach it.</param>
internal sealed record SiloPlace(IPAddress Listen, IPAddress Clients, IPAddress Advertise)
{
    public static SiloPlace Loopback { get; } = new(IPAddress.Loopback, IPAddress.Loopback, IPAddress.Loopback);

    /// <summary>Connection string of PostgreSQL as seen from there; that of all others when null.</summary>
    public string? Postgres { get; init; }

    /// <summary>A command that runs the command behind it there.</summary>
    public IReadOnlyList<string> Through { get; init; } = [];
}
