namespace Ingest.EndToEnd;

/// <summary>One way in which something fails while events come in. The server is killed in the middle of it.</summary>
/// <param name="Name">Begins the ids of the events that come meanwhile.</param>
/// <param name="BeginAsync">Brings it about; the server runs.</param>
/// <param name="MetAsync">Waits until the server has met it, and says how often.</param>
/// <param name="EndAsync">Ends it; the server was killed, and is started next.</param>
internal sealed record MatrixFault(string Name, Func<Task> BeginAsync, Func<Task<int>> MetAsync, Func<Task> EndAsync)
{
    /// <summary>Nothing but the kill.</summary>
    public static MatrixFault None { get; } = new("no-fault", () => Task.CompletedTask, () => Task.FromResult(1), () => Task.CompletedTask);
}
