using System.Collections.Concurrent;

namespace Ingest.Tracker.Tests;

/// <summary>A process that tracks is killed at random moments: what it was told to be stored arrives.</summary>
public sealed class KillTests
{
    private const int Rounds = 5;

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
            // By events, not by time: a slow machine gets as far as a fast one.
            var lines = new Counter();
            await using var child = ChildProcess.Start("dotnet", [Program, file, server.Url, "3"], onLine: line =>
            {
                stored.Enqueue(line);
                lines.Add(1);
            });
            await Task.WhenAny(lines.AtLeastAsync(random.Next(1, 400), Deadline.Process), child.WaitAsync(Deadline.Process));
            Assert.False(child.HasExited, child.Output);
            await child.KillAsync();
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
