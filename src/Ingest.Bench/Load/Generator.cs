namespace Ingest.Bench;

/// <summary>The connections of a workload to a server. They stay open from one load to the next.</summary>
internal sealed class Generator : IDisposable
{
    private readonly Workload _workload;
    private readonly List<Connection> _connections;
    private readonly List<Func<CancellationToken, ValueTask<Answer>>> _send;

    public Generator(Workload workload, Target target)
    {
        _workload = workload;
        _connections = [.. Enumerable.Range(0, workload.Connections).Select(number => new Connection(workload, target, number))];
        _send = [.. _connections.Select(connection => (Func<CancellationToken, ValueTask<Answer>>)connection.SendAsync)];
    }

    /// <summary>Loads the server as fast as it answers.</summary>
    public Task<LoadResult> FullAsync(TimeSpan time) => ClosedLoop.RunAsync(_send, time);

    /// <summary>Loads the server as fast as it answers, until it took so many events.</summary>
    public Task<LoadResult> FillAsync(long events, TimeSpan patience) => ClosedLoop.RunAsync(_send, patience, sent => sent >= events);

    /// <summary>Loads the server at a fixed rate.</summary>
    public Task<LoadResult> SteadyAsync(double eventsPerSecond, TimeSpan time, CancellationToken stop = default) =>
        OpenLoop.RunAsync(_send, eventsPerSecond / _workload.EventsPerRequest, time, TimeProvider.System, stop);

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());
}
