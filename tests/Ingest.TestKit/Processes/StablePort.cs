namespace Ingest.TestKit;

/// <summary>
/// A port for a server that is restarted on the same port. It lies below the range from which the system takes the
/// ports of outgoing connections: while the server is down, a client that retries could otherwise be given this very
/// port for its own end and be connected to itself. No other test process chooses it while this one lives.
/// </summary>
public static class StablePort
{
    /// <summary>Where all test processes of a user find out which ranges are taken.</summary>
    public static readonly string Folder = Path.Combine(Path.GetTempPath(), $"ingest-test-ports-{Environment.UserName}");

    // Held until the process ends, however that ends.
    private static readonly Lazy<PortRange> Range = new(() => PortRange.Take(Folder));

    public static int Choose() => Range.Value.Choose();
}
