namespace Ingest.Bench;

/// <summary>As fast as the server answers: each connection sends its next request when the last one was answered.</summary>
internal static class ClosedLoop
{
    /// <summary>How long answers are waited for after the end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>After a request without an answer: a server that is gone is not to be asked in a busy loop.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(100);

    /// <summary>Loads a server.</summary>
    /// <param name="connections">Each sends one request and returns how it ended.</param>
    /// <param name="measure">How long requests are sent.</param>
    /// <param name="isEnough">Ends it before that time.</param>
    public static async Task<LoadResult> RunAsync(
        IReadOnlyList<Func<CancellationToken, ValueTask<Answer>>> connections, TimeSpan measure, Func<long, bool>? isEnough = null)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        using var stop = new CancellationTokenSource(measure + Patience);
        var tally = new LoadTally(measure);
        long sent = 0;
        await Task.WhenAll(connections.Select(send => Task.Run(async () =>
        {
            while (time.GetElapsedTime(start) is var began && began < measure && isEnough?.Invoke(Interlocked.Read(ref sent)) != true)
            {
                var answer = await send(stop.Token);
                tally.Add(answer, began, time.GetElapsedTime(start));
                if (answer.IsSuccess)
                    Interlocked.Add(ref sent, answer.Events);
                else
                    await Task.Delay(FailurePause);
            }
        })));
        return tally.Sum();
    }
}
