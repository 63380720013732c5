namespace Ingest.TestKit;

/// <summary>
/// How long a test waits before it says that something never came. None of them is an expectation of speed: they only
/// end a test that would hang, on a machine many times slower than ours.
/// </summary>
public static class Deadline
{
    /// <summary>For a process to start, stop or answer.</summary>
    public static readonly TimeSpan Process = TimeSpan.FromMinutes(2);

    /// <summary>For events to be acknowledged or to reach the lake, through every fault of a test.</summary>
    public static readonly TimeSpan Delivery = TimeSpan.FromMinutes(4);

    /// <summary>
    /// Asks again and again until something is there that another process brings about and announces by no event.
    /// </summary>
    /// <param name="probe">Returns null while it is not there.</param>
    /// <param name="limit">One of the deadlines above.</param>
    /// <param name="what">Says, when it never came, what it was and what is known.</param>
    /// <param name="pause">Between two questions; 20 ms when null.</param>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> probe, TimeSpan limit, Func<string> what, TimeSpan? pause = null)
        where T : class
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            try
            {
                // A question may hang, too.
                if (await probe().WaitAsync(deadline.Token) is { } found)
                    return found;
                await Task.Delay(pause ?? TimeSpan.FromMilliseconds(20), deadline.Token);
            }
            catch (OperationCanceledException late) when (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"After {limit.TotalSeconds:0} s: {what()}", late);
            }
        }
    }
}
