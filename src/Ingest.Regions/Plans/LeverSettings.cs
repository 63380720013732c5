namespace Ingest.Regions;

/// <summary>A provider and its settings.</summary>
public abstract record LeverSettings
{
    /// <summary>Whether the provider checks the regions by itself: without such a witness nothing is moved automatically.</summary>
    public abstract bool HasWitness { get; }
}

/// <summary>HAProxy's runtime API.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Backend">The backend whose servers are the regions.</param>
/// <param name="Servers">The server of each region.</param>
public sealed record HaProxySettings(HaProxyAddress Address, string Backend, IReadOnlyDictionary<string, string> Servers) : LeverSettings
{
    public override bool HasWitness => true;
}

/// <summary>Weighted records of Route 53.</summary>
/// <param name="Zone">Id of the hosted zone.</param>
/// <param name="Record">Name of the records.</param>
/// <param name="Type">Their type, such as <c>A</c>.</param>
/// <param name="Identifiers">The set identifier of each region's record.</param>
/// <param name="Program">The AWS CLI.</param>
public sealed record Route53Settings(
    string Zone, string Record, string Type, IReadOnlyDictionary<string, string> Identifiers, string Program) : LeverSettings
{
    public override bool HasWitness => true;
}

/// <summary>The signed region list alone: clients that read it divide themselves.</summary>
public sealed record ListLeverSettings : LeverSettings
{
    public override bool HasWitness => false;
}

/// <summary>Keys of the region list.</summary>
/// <param name="PublicKeyFile">PEM file with the public key.</param>
/// <param name="PrivateKeyFile">PEM file with the private key; null where lists are only served.</param>
/// <param name="Lifetime">How long a list holds.</param>
public sealed record ListSettings(string PublicKeyFile, string? PrivateKeyFile, TimeSpan Lifetime);
