using System.Net;

namespace Ingest.Silo;

/// <summary>What <c>ingest run</c> was told of the cluster. Every field is an option of the command line.</summary>
public sealed record SiloSettings
{
    /// <summary>Name of the cluster: silos with the same name and database belong together.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of this silo, for people; unique in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>What this silo does.</summary>
    public required SiloRoles Roles { get; init; }

    /// <summary>Address at which the other silos reach this one.</summary>
    public required IPAddress Advertise { get; init; }

    /// <summary>TCP port for the other silos; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>Whether events are kept on this silo's disk while the journal is away.</summary>
    public required bool Spills { get; init; }

    /// <summary>Most bytes that it keeps so.</summary>
    public required long SpillBytesMax { get; init; }

    /// <summary>How long it goes on serving after <c>/ready</c> says no.</summary>
    public required TimeSpan LeaveDelay { get; init; }

    /// <summary>How long the silos must have been the same before partitions move to one that joined.</summary>
    public required TimeSpan BalanceAfter { get; init; }
}

/// <summary>What a silo does.</summary>
[Flags]
public enum SiloRoles
{
    /// <summary>Takes events from clients and brings them to partitions.</summary>
    Frontend = 1,

    /// <summary>Hosts partitions and shippers.</summary>
    Worker = 2,

    /// <summary>Both.</summary>
    All = Frontend | Worker,
}
