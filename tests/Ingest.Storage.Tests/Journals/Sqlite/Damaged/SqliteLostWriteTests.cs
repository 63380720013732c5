using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Each page of journal.db in turn as it was one batch ago, as a disk leaves it that loses a write: a sound page of sound rows.
/// What came and what went have equal counts, so that nothing but the sums of rows tells. The appends bring no ids, whose chain
/// would tell too.
/// </summary>
public sealed class SqliteLostWriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_of_an_older_state_is_named()
    {
        for (var seq = 1; seq <= 4; seq++)
            await ShipAsync(seq);
        var before = await File.ReadAllBytesAsync(_folder.Of("journal.db"), Cancellation);
        await ShipAsync(5);
        var after = await File.ReadAllBytesAsync(_folder.Of("journal.db"), Cancellation);
        var expected = await StateAsync(after);

        var named = 0;
        for (var at = 0; at < Math.Min(before.Length, after.Length); at += Database.PageBytes)
        {
            var older = before.AsSpan(at, Database.PageBytes);
            if (older.SequenceEqual(after.AsSpan(at, Database.PageBytes)))
                continue;

            var damaged = after.ToArray();
            older.CopyTo(damaged.AsSpan(at));
            try
            {
                Assert.Equal(expected, await StateAsync(damaged));
            }
            catch (JournalCorruptException)
            {
                named++;
            }
        }

        Assert.True(named >= 2, $"Only {named} pages were named: the test does not damage what it should.");
    }

    /// <summary>One batch from its append to its confirmation, and the file closed.</summary>
    private async Task ShipAsync(int seq)
    {
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        var block = Make.Block(seq, hour: new LakeHour(Make.Hour.Number + seq));
        var seal = Make.Seal(Make.Shop, [block]);
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Make.Shop, block) with { Ids = default }, Cancellation));
        Assert.Equal(JournalResult.Committed, await journal.SealAsync(seal, Cancellation));
        Assert.Equal(JournalResult.Committed, await journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation));
    }

    private async Task<string> StateAsync(byte[] database)
    {
        using var copy = new TemporaryFolder();
        _folder.CopyTo(copy);
        await File.WriteAllBytesAsync(copy.Of("journal.db"), database, Cancellation);
        await using var journal = await SqliteFixture.OpenAsync(copy);
        return await JournalState.EventsOfAsync(journal, Cancellation);
    }
}
