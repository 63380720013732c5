namespace Ingest.Bench;

/// <summary>
/// A fixed rate, whatever the server does: request n is due at n / rate. Its time counts from when it was due, also where every
/// connection was still busy then: a server that stalls is not spared the requests that clients would have sent meanwhile.
/// </summary>
/// <remarks>Timers wake up to about a millisecond late; that is in the times of all subjects alike.</remarks>
internal static class OpenLoop
{
    /// <summary>How long after the end late requests are still sent. What is not sent then counts as failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Loads a server.</summary>
    /// <param name="connections">Each sends one request and returns how it ended.</param>
    /// <param name="requestsPerSecond">Over all of them; above zero.</param>
    /// <param name="measure">How long requests come due.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it early: no request comes due after it.</param>
    public static async Task<LoadResult> RunAsync(
        IReadOnlyList<Func<CancellationToken, ValueTask<Answer>>> connections,
        double requestsPerSecond,
        TimeSpan measure,
        TimeProvider time,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requestsPerSecond);
        var requests = (long)Math.Ceiling(measure.TotalSeconds * requestsPerSecond);
        var start = time.GetTimestamp();
        using var giveUp = new CancellationTokenSource(measure + Patience, time);
        var tally = new LoadTally(measure);
        long next = -1;
        long sent = 0;
        await Task.WhenAll(connections.Select(send => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < requests && !giveUp.IsCancellationRequested)
            {
                var due = TimeSpan.FromSeconds(number / requestsPerSecond);
                if (due - time.GetElapsedTime(start) is { Ticks: > 0 } left)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, CancellationToken.None);
                if (stop.IsCancellationRequested)
                    return;
                var answer = await send(giveUp.Token);
                Interlocked.Increment(ref sent);
                tally.Add(answer, due, time.GetElapsedTime(start));
            }
        })));
        if (!stop.IsCancellationRequested)
            tally.AddNotSent(requests - sent);
        return tally.Sum();
    }
}
