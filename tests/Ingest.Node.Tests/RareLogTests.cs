using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node.Tests;

/// <summary>What happens to every partition at once is one line in a while, with its number.</summary>
public sealed class RareLogTests
{
    private readonly StoppedClock _time = new();

    [Fact]
    public void A_line_is_due_once_a_pause_and_counts_what_came_in_between()
    {
        var rare = new RareLog(_time);
        Assert.True(rare.IsDue(out var times));
        Assert.Equal(1, times);
        Assert.False(rare.IsDue(out _));
        Assert.False(rare.IsDue(out _));
        _time.Elapsed += RareLog.Pause;
        Assert.True(rare.IsDue(out times));
        Assert.Equal(3, times);
    }

    [Fact]
    public void An_outage_of_the_journal_is_one_line_for_all_partitions_without_a_stack()
    {
        var lines = new LogLines();
        var log = new HostingLog(lines, _time);
        foreach (var number in Enumerable.Range(0, 50))
            log.OnPartitionNotLoaded(new JournalUnavailableException("connection refused"), new PartitionId("shop", number));

        var (text, exception) = Assert.Single(lines.All);
        Assert.Contains("connection refused", text, StringComparison.Ordinal);
        Assert.Null(exception);
    }

    [Fact]
    public void Faults_of_the_journal_are_a_line_for_each_cause()
    {
        var lines = new LogLines();
        var log = new HostingLog(lines, _time);
        foreach (var fault in new[] { "Generations fail: refused", "Generations fail: refused again", "The mark cannot be written: full" })
            log.OnJournalFault(fault);
        Assert.Equal(["Journal: Generations fail: refused", "Journal: The mark cannot be written: full"], lines.All.Select(line => line.Text));
    }

    [Fact]
    public void Damage_is_a_line_for_each_partition_with_all_that_is_known()
    {
        var lines = new LogLines();
        var log = new HostingLog(lines, _time);
        foreach (var number in Enumerable.Range(0, 3))
            log.OnPartitionNotLoaded(new JournalCorruptException("a checksum does not hold"), new PartitionId("shop", number));

        Assert.Equal(3, lines.All.Count);
        Assert.All(lines.All, line => Assert.IsType<JournalCorruptException>(line.Exception));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
