using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// The disk full at each write in turn of a script: open what a killed process left, append, seal, confirm, close. What was
/// answered as committed is there, what was refused is not, both for a process killed on the full disk and for one that goes
/// on once there is room.
/// </summary>
public sealed class SqliteFullDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Block[] Blocks =
    [
        Make.Block(1, bodyBytes: 300),
        Make.Block(2, bodyBytes: 9_000),
        Make.Block(3, LakeStream.Quarantine),
        Make.Block(4),
        Make.Block(5, bodyBytes: 5_000),
    ];

    private static readonly Seal First = Make.Seal(Make.Shop, Blocks[..2]);
    private static readonly Seal Merged = Make.Seal(Make.Shop, Blocks[3..], merged: Make.Body(4, 6_000));

    /// <summary>Writes of which the first two are done before the disk fills up.</summary>
    private static readonly Func<SqliteJournal, ValueTask<JournalResult>>[] Script =
    [
        journal => journal.AppendAsync(Make.Append(Make.Shop, Blocks[0]), Cancellation),
        journal => journal.AppendAsync(Make.Append(Make.Shop, Blocks[1]), Cancellation),
        journal => journal.AppendAsync(Make.Append(Make.Shop, Blocks[2]), Cancellation),
        journal => journal.SealAsync(First, Cancellation),
        journal => journal.AppendAsync(Make.Append(Make.Shop, Blocks[3]), Cancellation),
        journal => journal.ConfirmAsync(First.Batch.Id, Make.Shipped(First.Batch), Cancellation),
        journal => journal.AppendAsync(Make.Append(Make.Shop, Blocks[4]), Cancellation),
        journal => journal.SealAsync(Merged, Cancellation),
    ];

    private const int Before = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_answered_is_lost_and_nothing_refused_is_stored()
    {
        using var killed = new TemporaryFolder();
        var states = await StatesAsync(killed);
        var write = 0;
        var unknown = 0;
        for (var struck = true; struck; write++)
        {
            using var folder = new TemporaryFolder();
            using var disk = new FailingDisk(folder.Path);
            killed.CopyTo(folder);
            disk.FillAfter(write);
            unknown += await RunAsync(folder, disk, states).WaitAsync(Patience, Cancellation);
            struck = disk.Struck;
        }

        Progress.Write(string.Create(CultureInfo.InvariantCulture, $"the disk full at each of {write - 1} writes and syncs; {unknown} answers left it open"));
        Assert.True(write > 50, "The script writes too little for the test to mean something.");
    }

    /// <summary>The confirmed batch goes a block a step, so that the disk is full at such steps, too.</summary>
    private static Task<SqliteJournal> OpenAsync(TemporaryFolder folder) =>
        SqliteJournal.OpenAsync(SqliteFixture.Options(folder) with { FreedAtOnceRowsMax = 0, FreedRowsPerStep = 1 });

    /// <summary>What the journal holds after each write of the script; and its files after the first ones, in a log.</summary>
    private static async Task<string[]> StatesAsync(TemporaryFolder killed)
    {
        using var folder = new TemporaryFolder();
        await using var journal = await OpenAsync(folder);
        var states = new List<string> { await JournalState.OfAsync(journal, Cancellation) };
        foreach (var write in Script)
        {
            Assert.Equal(JournalResult.Committed, await write(journal));
            states.Add(await JournalState.OfAsync(journal, Cancellation));
            if (states.Count == Before + 1)
                folder.CopyTo(killed);
        }

        Assert.Equal(states.Count, states.Distinct(StringComparer.Ordinal).Count());
        return [.. states];
    }

    /// <returns>How many answers left open whether the write is stored.</returns>
    private static async Task<int> RunAsync(TemporaryFolder folder, FailingDisk disk, string[] states)
    {
        var unknown = 0;
        for (var opened = false; !opened; disk.Free())
        {
            try
            {
                await using var journal = await OpenAsync(folder);
                opened = true;
                for (var done = Before; done < Script.Length; done++)
                {
                    var result = await Script[done](journal);
                    if (result == JournalResult.Committed)
                        continue;

                    Assert.True(result.Outcome is JournalOutcome.Refused or JournalOutcome.Unknown, result.ToString());
                    var possible = result.Outcome == JournalOutcome.Unknown ? states[done..(done + 2)] : states[done..(done + 1)];
                    unknown += possible.Length - 1;
                    await AssertKilledAsync(folder, possible);
                    disk.Free();
                    done = await GoOnAsync(journal, done, states);
                }
            }
            catch (JournalUnavailableException) when (disk.Struck && !opened)
            {
                await AssertKilledAsync(folder, states[Before..(Before + 1)]);
            }
        }

        await AssertKilledAsync(folder, states[^1..]);
        return unknown;
    }

    /// <summary>There is room: what was refused is done, what was left open is looked for, as a partition does.</summary>
    /// <returns>The last write that is done.</returns>
    private static async Task<int> GoOnAsync(SqliteJournal journal, int write, string[] states)
    {
        var result = await Script[write](journal);
        if (result.Outcome == JournalOutcome.Fenced)
            Assert.Equal(states[write + 1], await JournalState.OfAsync(journal, Cancellation));
        else
            Assert.Equal(JournalResult.Committed, result);
        return write;
    }

    /// <summary>Opens the files as they are now, on a disk with room, as after a kill.</summary>
    private static async Task AssertKilledAsync(TemporaryFolder folder, string[] possible)
    {
        using var copy = new TemporaryFolder();
        folder.CopyTo(copy);
        await using var journal = await OpenAsync(copy);
        Assert.Contains(await JournalState.OfAsync(journal, Cancellation), possible);
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }
}
