using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// The counts and sums that are kept with every write agree with the rows, whatever the writes were: also with those that were
/// fenced, met damage and left their group, or found the disk full. One that does not would make a sound journal look damaged.
/// </summary>
public sealed class SqliteSumsTests : IDisposable
{
    private const int Steps = 300;
    private const int StepsPerCheck = 3;
    private const int StepsPerOpening = 50;

    /// <summary>A partition whose second block is damaged for a moment.</summary>
    private static readonly PartitionId Broken = new("broken", 0);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_full_check_finds_nothing_whatever_was_written(int seed)
    {
        var random = new Random(seed);
        var history = new JournalHistory(seed);
        using var disk = new FailingDisk(_folder.Path);
        var journal = await OpenAsync();
        try
        {
            await CommitAsync(journal.AppendAsync(Make.Append(Broken, Make.Block(1), Make.Block(2), Make.Block(3)), Cancellation));
            for (var step = 1; step <= Steps; step++)
            {
                await (random.Next(10) switch
                {
                    0 => RelayAsync(journal, random, step),
                    1 => FillDiskAsync(journal, disk, random),
                    2 => MeetDamageAsync(journal),
                    _ => history.StepAsync(journal, Cancellation),
                });
                if (step % StepsPerCheck == 0)
                    Assert.Empty(await journal.CheckAsync(Cancellation));
                if (step % StepsPerOpening == 0)
                {
                    await journal.DisposeAsync();
                    journal = await OpenAsync();
                }
            }
        }
        finally
        {
            await journal.DisposeAsync();
        }
    }

    /// <summary>A confirmation of an hour that comes behind an append of the next one, in the same commit.</summary>
    [Fact]
    public async Task Counts_of_two_hours_in_one_commit_are_kept_apart()
    {
        var next = new LakeHour(Make.Hour.Number + 1);
        await using var journal = await OpenAsync();
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
        var seal = Make.Seal(Make.Shop, [Make.Block(1)]);
        await CommitAsync(journal.SealAsync(seal, Cancellation));
        Task<JournalResult>[] answers = [];
        SqliteFixture.WhileBlocked(_folder, () => answers =
        [
            journal.AppendAsync(Make.Append(new PartitionId("near", 0), Make.Block(1)), Cancellation).AsTask(),
            journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2, hour: next)), Cancellation).AsTask(),
            journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation).AsTask(),
        ]);
        Assert.NotEmpty(answers);
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(JournalResult.Committed, answer));
        Assert.Equal(
            [(Make.Hour, 2, 2, 0), (next, 2, 0, 2)],
            await journal.ReadLedgerAsync(default, Cancellation)
                .Where(row => row.Partition == Make.Shop)
                .Select(row => (row.Counts.Hour, (int)row.Counts.Good, (int)row.ShippedGood, (int)row.PendingGood))
                .ToListAsync(Cancellation));
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    private Task<SqliteJournal> OpenAsync() =>
        SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { CheckAtOpenBytesMax = long.MaxValue });

    /// <summary>A few keys, so that some are recorded again. What the history forgets goes from these, too.</summary>
    private static Task RelayAsync(SqliteJournal journal, Random random, int step) => CommitAsync(journal.RecordRelayedAsync(
        new RelayedObject("west", $"key {random.Next(12)}", "sum", Make.Hour.Start + TimeSpan.FromMinutes(step / 3)), Cancellation));

    /// <summary>The disk fills up at some write of a batch that is appended, sealed and confirmed; afterwards there is room.</summary>
    private static async Task FillDiskAsync(SqliteJournal journal, FailingDisk disk, Random random)
    {
        var partition = new PartitionId("full", random.Next(3));
        disk.FillAfter(random.Next(40));
        var block = Make.Block(await NextSeqAsync(journal, partition));
        var seal = Make.Seal(partition, [block], merged: random.Next(2) == 0 ? Make.Body(block.Seq, 50) : null);
        await journal.AppendAsync(Make.Append(partition, block), Cancellation);
        await journal.SealAsync(seal, Cancellation);
        await journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation);
        disk.Free();
        // What was left open is settled with the next write.
        await CommitAsync(journal.AppendAsync(Make.Append(partition, Make.Block(await NextSeqAsync(journal, partition))), Cancellation));
    }

    /// <summary>One write of a group meets damage: the others run again without it.</summary>
    private async Task MeetDamageAsync(SqliteJournal journal)
    {
        const string change = "UPDATE blocks SET events = events {0} WHERE seq = 2 AND partition = (SELECT id FROM partitions WHERE source = 'broken')";
        var partitions = Enumerable.Range(0, 3).Select(number => new PartitionId("near", number)).ToList();
        var appends = new List<Append>();
        foreach (var partition in partitions)
            appends.Add(Make.Append(partition, Make.Block(await NextSeqAsync(journal, partition))));
        SqliteFixture.Execute(_folder, change.Replace("{0}", "+ 1", StringComparison.Ordinal));
        var answers = new List<Task<JournalResult>>();
        Task<JournalResult> refused = null!;
        SqliteFixture.WhileBlocked(_folder, () =>
        {
            answers.Add(journal.AppendAsync(appends[0], Cancellation).AsTask());
            answers.Add(journal.AppendAsync(appends[1], Cancellation).AsTask());
            refused = journal.SealAsync(Make.Seal(Broken, [Make.Block(1), Make.Block(2)]), Cancellation).AsTask();
            answers.Add(journal.AppendAsync(appends[2], Cancellation).AsTask());
        });

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(JournalResult.Committed, answer));
        Assert.Equal(JournalOutcome.Refused, (await refused).Outcome);
        SqliteFixture.Execute(_folder, change.Replace("{0}", "- 1", StringComparison.Ordinal));
    }

    private static async Task<long> NextSeqAsync(SqliteJournal journal, PartitionId partition) =>
        (await journal.ReadPartitionAsync(partition, 0, default, Cancellation)).NextSeq;

    private static async Task CommitAsync(ValueTask<JournalResult> write) => Assert.Equal(JournalResult.Committed, await write);
}
