namespace Ingest.Simulation;

/// <summary>The doubles in memory complete every call at once.</summary>
internal static class Sync
{
    public static T Result<T>(ValueTask<T> task) => task.IsCompleted
        ? task.AsTask().GetAwaiter().GetResult()
        : throw new InvalidOperationException("A double in memory waited.");

    public static void Complete(ValueTask task)
    {
        if (!task.IsCompleted)
            throw new InvalidOperationException("A double in memory waited.");
        task.AsTask().GetAwaiter().GetResult();
    }

    public static List<T> ToList<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        var enumerator = items.GetAsyncEnumerator();
        while (Result(enumerator.MoveNextAsync()))
            list.Add(enumerator.Current);
        return list;
    }
}
