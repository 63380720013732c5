namespace Ingest.Bench;

/// <summary>What the product, and a peer that ships, do beside taking events.</summary>
/// <param name="Name">Its short name, as in reports.</param>
/// <param name="About">For people.</param>
/// <param name="Options">Options of <c>ingest run</c> for it; a peer has its own.</param>
public sealed record Mode(string Name, string About, IReadOnlyList<string> Options)
{
    public static readonly Mode Burst = new(
        "burst", "shipping is deferred: objects are closed after an hour", ["--seal-age", "1h", "--seal-bytes", "5GiB", "--seal-blocks", "1000000"]);

    public static readonly Mode Sustained = new(
        "sustained", "shipping goes on: objects are closed after 2 s or 64 MiB, and put into a lake in a folder", ["--seal-age", "2s", "--seal-bytes", "64MiB"]);

    public static IReadOnlyList<Mode> All { get; } = [Burst, Sustained];
}
