namespace Ingest.Hosting;

/// <summary>
/// Order and chance of a runtime, which its results must not depend on: the thread pool decides, or a simulation that can
/// repeat what it decided.
/// </summary>
public interface IWorkScheduler
{
    /// <summary>For jitter, and for seeds unknown outside. Any thread may use it.</summary>
    Random Random { get; }

    /// <summary>Runs a turn soon.</summary>
    void Queue(IThreadPoolWorkItem turn);

    /// <summary>Starts work soon, apart from the caller's.</summary>
    Task Run(Func<Task> work);
}

/// <summary>The thread pool.</summary>
public sealed class ThreadPoolScheduler : IWorkScheduler
{
    public static readonly ThreadPoolScheduler Instance = new();

    public Random Random => Random.Shared;

    public void Queue(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);

    public Task Run(Func<Task> work) => Task.Run(work);
}
