using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Rows of ids that left the window go, whatever stands between them, and the others stay.</summary>
public sealed class SqliteIdSweepTests : IDisposable
{
    /// <summary>Ids that the busy partition keeps.</summary>
    private const int Window = 100;

    private const int Appends = 2_000;

    private static readonly PartitionId Busy = new("busy", 0);
    private static readonly PartitionId Quiet = new("quiet", 0);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_over_goes_and_the_rest_stays()
    {
        var journal = await SqliteFixture.OpenAsync(_folder);
        var quiet = 0;
        var most = 0L;
        for (var seq = 1; seq <= Appends; seq++)
        {
            var append = Make.Append(Busy, seq, [Make.Block(seq, events: 1, bodyBytes: 10)], default, seq > Window ? seq - Window : long.MinValue);
            Assert.Equal(JournalResult.Committed, await journal.AppendAsync(append, Cancellation));
            if (seq % 40 == 1) // Among those that go, and never forgotten.
                Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Quiet, Make.Block(++quiet)), Cancellation));
            if (seq % 250 == 0)
            {
                await journal.DisposeAsync();
                using (var database = SqliteFixture.Connect(_folder))
                    most = Math.Max(most, database.Scalar("SELECT count(*) FROM ids"));
                journal = await SqliteFixture.OpenAsync(_folder);
            }
        }

        Assert.Equal(
            Enumerable.Range(Appends - Window, Window + 1).Select(seq => (long)seq),
            (await journal.ReadPartitionAsync(Busy, int.MaxValue, default, Cancellation)).Ids.Select(run => run.FirstSeq));
        Assert.Equal(quiet, (await journal.ReadPartitionAsync(Quiet, int.MaxValue, default, Cancellation)).Ids.Count);
        Assert.Empty(await journal.CheckAsync(Cancellation));
        await journal.DisposeAsync();
        // Twice what counts, and what a step leaves open.
        Assert.InRange(most, Window, (2 * (Window + quiet)) + 128);
    }
}
