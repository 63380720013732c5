namespace Ingest.Bench;

/// <summary>What clients send.</summary>
/// <param name="Name">Its short name, as in reports.</param>
/// <param name="Connections">Keep-alive connections; each has one request under way.</param>
/// <param name="EventsPerRequest">Events in one request.</param>
/// <param name="About">For people.</param>
public sealed record Workload(string Name, int Connections, int EventsPerRequest, string About)
{
    public static readonly Workload W1 = new("W1", 64, 1, "one event of about 300 bytes a request, 64 connections");

    public static readonly Workload W2 = new("W2", 16, 50, "50 such events a request, 16 connections");

    public static IReadOnlyList<Workload> All { get; } = [W1, W2];
}
