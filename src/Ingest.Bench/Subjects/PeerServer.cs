namespace Ingest.Bench;

/// <summary>A running subject that takes any path and says nothing of itself.</summary>
/// <param name="processes">All of its processes; the first one was started last.</param>
/// <param name="target">Where it takes requests.</param>
/// <param name="startToReady">How long it took to start.</param>
/// <param name="folder">Where it stores what it takes.</param>
internal sealed class PeerServer(
    IReadOnlyList<ServerProcess> processes, Target target, TimeSpan startToReady, string folder) : IRunningSubject
{
    public Target Target => target;

    public TimeSpan StartToReady => startToReady;

    /// <summary>Where it ships to; null where it ships nothing.</summary>
    public string? Lake { get; init; }

    /// <summary>Processes that it needs and that are not its own: what they take is not counted.</summary>
    public IReadOnlyList<ServerProcess> Others { get; init; } = [];

    public Task<Observation> ObserveAsync() => Task.FromResult(new Observation(
        processes.Select(process => process.Use).Aggregate((a, b) => a + b), Programs.BytesOf(folder))
    {
        Machine = MachineTime.Read(),
        LakeBytes = Lake is null ? null : Programs.BytesOf(Lake),
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Concat(Others))
            await process.DisposeAsync();
    }
}
