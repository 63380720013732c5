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

    /// <summary>Starts work soon that copies and hashes much, such as shipping: it leaves half of the processors to those who answer requests.</summary>
    Task RunBulk(Func<Task> work);
}

/// <summary>The thread pool.</summary>
public sealed class ThreadPoolScheduler : IWorkScheduler
{
    public static readonly ThreadPoolScheduler Instance = new();

    /// <summary>
    /// What runs here, and what it awaits, is on half of the processors at most, and goes to the end of the pool's queue after each
    /// step. In the pool's own way a few shippers that read on and on would fill it: what a thread of the pool starts, the pool
    /// runs before what waits already.
    /// </summary>
    private static readonly TaskScheduler Bulk =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(1, Environment.ProcessorCount / 2), maxItemsPerTask: 1).ConcurrentScheduler;

    public Random Random => Random.Shared;

    public void Queue(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);

    public Task Run(Func<Task> work) => Task.Run(work);

    public Task RunBulk(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Bulk).Unwrap();
}
