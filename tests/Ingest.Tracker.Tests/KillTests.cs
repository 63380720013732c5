using System.Collections.Concurrent;

namespace Ingest.Tracker.Tests;

/// <summary>Two processes that track into one file are killed at random moments: what they were told to be stored arrives.</summary>
public sealed class KillTests
{
    private const int Rounds = 4;

    private static string Program => Path.Combine(
        Repository.Root, "tests", "Ingest.Tracker.CrashChild", "bin", "Release", "net10.0", "Ingest.Tracker.CrashChild.dll");

    [Fact]
    public async Task Whatever_was_stored_before_the_kill_arrives()
    {
        var random = TestSeed.Next();
        using var folder = new TemporaryFolder();
        await using var server = await RecordingServer.StartAsync();
        var file = folder.Of("events.db");
        var stored = new ConcurrentQueue<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var lines = new Counter();
            await using var first = Start();
            await using var second = Start();
            // By events, not by time: a slow machine gets as far as a fast one.
            await RunningAsync(lines.AtLeastAsync(random.Next(1, 300), Deadline.Process));
            Assert.False(first.HasExited, first.Output);
            await first.KillAsync();
            // The other goes on, and sends what the first left behind.
            await RunningAsync(lines.AtLeastAsync(lines.Value + random.Next(1, 200), Deadline.Process));
            await second.KillAsync();

            ChildProcess Start() => ChildProcess.Start("dotnet", [Program, file, server.Url, "3"], onLine: line =>
            {
                stored.Enqueue(line);
                lines.Add(1);
            });

            async Task RunningAsync(Task progress)
            {
                await Task.WhenAny(progress, second.WaitAsync(Deadline.Process));
                Assert.False(second.HasExited, second.Output);
            }
        }

        await using var last = IngestTracker.Open(new TrackerOptions
        {
            File = file,
            Protocol = new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint(server.Url)],
            RetryPauseMin = TimeSpan.FromMilliseconds(1),
        });
        await Bench.FlushAsync(last);

        var stats = last.ReadStats();
        Progress.Write($"{stored.Count} events were stored in {Rounds} rounds, {server.Received.Values.Sum() - server.Received.Count} arrived again.");
        Assert.True(stored.Count >= Rounds);
        Assert.Empty(stored.Except(server.Received.Keys, StringComparer.Ordinal));
        // Those committed just before a kill were not printed; they arrive all the same, and nothing else does.
        Assert.Equal(server.Received.Count, stats.Delivered);
        Assert.Equal((stats.Stored, 0), (stats.Delivered, stats.Pending));
    }
}
