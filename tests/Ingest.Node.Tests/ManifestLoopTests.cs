using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>How often manifests are tried.</summary>
public sealed class ManifestLoopTests
{
    private const int FailuresMax = 6;

    [Fact]
    public async Task Pauses_double_while_manifests_cannot_be_written_and_end_with_a_success()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var time = new CountingTime();
        var options = new HostingOptions { ManifestPeriod = TimeSpan.FromMinutes(1), ManifestPauseMax = TimeSpan.FromMinutes(5) };
        await using var memory = new MemoryJournal();
        var journal = new ScriptedJournal(memory) { IsReadable = false };
        time.OnPause = pauses =>
        {
            if (pauses == FailuresMax)
                journal.IsReadable = true;
            if (pauses == FailuresMax + 1)
                stop.Cancel();
        };
        var writer = new ManifestWriter(journal, new FolderLake(folder.Path), new Limits(), time);
        var loop = new ManifestLoop(writer, options, time, new HostingLog(NullLogger.Instance));
        await loop.RunAsync(stop.Token);
        Assert.Equal([1, 2, 4, 5, 5, 5, 1], time.Pauses.Select(pause => pause.TotalMinutes));
    }

    /// <summary>A clock whose pauses are over at once, and are kept.</summary>
    private sealed class CountingTime : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public Action<int> OnPause { get; set; } = _ => { };

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            OnPause(Pauses.Count);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
