using System.Diagnostics;
using System.Net;

namespace Ingest.Bench;

/// <summary>What a load brought.</summary>
/// <param name="Events">Events answered with success within the measured time.</param>
/// <param name="AllEvents">Events answered with success in all, warm-up included.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="Failures">Requests that were answered otherwise, or not at all.</param>
/// <param name="P50">Median time to the answer, in milliseconds.</param>
/// <param name="P99">The 99th percentile of it.</param>
public sealed record LoadResult(long Events, long AllEvents, double Seconds, long Failures, double P50, double P99)
{
    public double EventsPerSecond => Events / Seconds;
}

/// <summary>Sends a workload to a server on this machine for a bounded time, as fast as it answers.</summary>
public static class LoadGenerator
{
    private static readonly EventText Events = new(seed: 1);

    /// <summary>Loads a server.</summary>
    /// <param name="workload">What to send.</param>
    /// <param name="server">Where to.</param>
    /// <param name="path">The path to post to.</param>
    /// <param name="warmUp">Sent before anything is counted.</param>
    /// <param name="measure">How long to count.</param>
    public static async Task<LoadResult> RunAsync(Workload workload, IPEndPoint server, string path, TimeSpan warmUp, TimeSpan measure)
    {
        var clock = Stopwatch.StartNew();
        var end = warmUp + measure;
        using var stop = new CancellationTokenSource(end + TimeSpan.FromSeconds(30));
        var latencies = new LatencyCounts();
        var lanes = Enumerable.Range(0, workload.Connections).Select(number => Task.Run(async () =>
        {
            using var connection = new Connection(workload, Events, path, server.ToString(), number);
            long events = 0, all = 0, failures = 0;
            try
            {
                await connection.ConnectAsync(server);
                while (clock.Elapsed < end)
                {
                    var began = clock.Elapsed;
                    var status = await connection.SendAsync(stop.Token);
                    var ended = clock.Elapsed;
                    if (status == 200)
                        all += workload.EventsPerRequest;
                    if (began < warmUp || ended > end)
                        continue;
                    if (status == 200)
                        events += workload.EventsPerRequest;
                    else
                        failures++;
                    latencies.Add(ended - began);
                }
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                failures++;
            }

            return (Events: events, All: all, Failures: failures);
        })).ToList();
        var sums = await Task.WhenAll(lanes);
        return new LoadResult(
            sums.Sum(sum => sum.Events), sums.Sum(sum => sum.All), measure.TotalSeconds, sums.Sum(sum => sum.Failures), latencies.Percentile(0.5), latencies.Percentile(0.99));
    }
}
