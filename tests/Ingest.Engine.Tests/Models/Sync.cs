namespace Ingest.Engine.Tests;

/// <summary>The models complete every call at once, so that a history runs on one thread in one order.</summary>
internal static class Sync
{
    public static T Result<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "a model waited");
        return task.GetAwaiter().GetResult();
    }

    public static T Result<T>(ValueTask<T> task) => Result(task.AsTask());
}
