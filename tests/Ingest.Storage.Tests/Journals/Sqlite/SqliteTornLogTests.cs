using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// The log after a crash in the middle of a commit, and after damage: the same bytes are missing, but one is normal and
/// the other a loss.
/// </summary>
public sealed class SqliteTornLogTests : IAsyncLifetime
{
    private const int Header = 32;
    private const int Frame = 24 + Database.PageBytes;

    private readonly TemporaryFolder _before = new();
    private readonly TemporaryFolder _after = new();
    private long _logBefore;
    private long _logAfter;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The files right before and right after the commit of seq 21, a transaction of several frames.</summary>
    public async ValueTask InitializeAsync()
    {
        using var running = new TemporaryFolder();
        await using var journal = await SqliteFixture.OpenAsync(running);
        for (var seq = 1; seq <= 20; seq++)
            await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(seq, bodyBytes: 9_000)), Cancellation);
        running.CopyTo(_before);
        await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(21, bodyBytes: 9_000)), Cancellation);
        running.CopyTo(_after);
        _logBefore = new FileInfo(_before.Of("journal.db-wal")).Length;
        _logAfter = new FileInfo(_after.Of("journal.db-wal")).Length;
        Assert.True(_logAfter - _logBefore >= 4 * Frame);
    }

    public ValueTask DisposeAsync()
    {
        _before.Dispose();
        _after.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_commit_cut_off_by_a_crash_opens_without_it()
    {
        for (var cut = _logBefore; cut < _logAfter; cut += 1_500)
            Assert.Equal(21, await NextSeqAfterAsync(answered: false, log => log.SetLength(cut)));
    }

    [Fact]
    public async Task A_commit_written_out_of_order_opens_without_it()
    {
        // A power cut may keep the commit frame and lose a frame before it.
        for (var frame = _logBefore; frame < _logAfter; frame += Frame)
            Assert.Equal(21, await NextSeqAfterAsync(answered: false, log => Erase(log, frame)));
    }

    [Fact]
    public async Task The_same_of_an_answered_commit_is_a_loss()
    {
        for (var cut = _logBefore; cut < _logAfter; cut += 1_500)
            await AssertLossAsync(log => log.SetLength(cut), "journal.mark");
        for (var frame = _logBefore; frame < _logAfter; frame += Frame)
            await AssertLossAsync(log => Erase(log, frame), "journal.mark");
    }

    [Fact]
    public async Task Damage_before_the_last_commit_is_a_loss_even_without_the_mark()
    {
        // Without the last frame of seq 20, nothing proves that seq 21 was written after it: there the mark is needed.
        var unproven = _logBefore - Frame;
        await AssertLossAsync(log => Erase(log, unproven), "journal.mark");
        File.Delete(_after.Of("journal.mark"));
        for (long frame = Header; frame < unproven; frame += Frame)
            await AssertLossAsync(log => Erase(log, frame), $"offset {frame}");
    }

    [Fact]
    public async Task A_damaged_header_is_a_loss_even_without_the_mark()
    {
        File.Delete(_after.Of("journal.mark"));
        for (var at = 0; at < Header; at++)
        {
            await AssertLossAsync(
                log =>
                {
                    log.Position = at;
                    var old = log.ReadByte();
                    log.Position = at;
                    log.WriteByte((byte)(old ^ 0x10));
                },
                "the header of the log");
        }
    }

    [Fact]
    public async Task Leftovers_of_a_torn_commit_do_not_look_like_damage_later()
    {
        // Torn, opened, written on, killed again, and again: leftovers must never add up to a false alarm.
        using var folder = new TemporaryFolder();
        _before.CopyTo(folder);
        File.Copy(_after.Of("journal.db-wal"), folder.Of("journal.db-wal"), overwrite: true);
        Change(folder.Of("journal.db-wal"), log => Erase(log, _logBefore));
        for (var seq = 21; seq < 26; seq++)
        {
            using var killed = new TemporaryFolder();
            await using (var journal = await SqliteFixture.OpenAsync(folder))
            {
                Assert.Equal(seq, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
                Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(seq)), Cancellation));
                folder.CopyTo(killed);
            }

            killed.CopyTo(folder);
        }
    }

    /// <summary>Opens what a crash around the commit of seq 21 leaves, its log changed.</summary>
    /// <param name="answered">True when the commit had been answered.</param>
    /// <param name="change">What happened to the log.</param>
    private async Task<long> NextSeqAfterAsync(bool answered, Action<FileStream> change)
    {
        using var folder = new TemporaryFolder();
        (answered ? _after : _before).CopyTo(folder);
        File.Copy(_after.Of("journal.db-wal"), folder.Of("journal.db-wal"), overwrite: true);
        Change(folder.Of("journal.db-wal"), change);
        await using var journal = await SqliteFixture.OpenAsync(folder);
        Assert.Empty(await journal.CheckAsync(Cancellation));
        return (await journal.ReadPartitionAsync(Make.Shop, int.MaxValue, default, Cancellation)).NextSeq;
    }

    private Task AssertLossAsync(Action<FileStream> change, string named) =>
        SqliteFixture.AssertCorruptAsync(() => NextSeqAfterAsync(answered: true, change), named);

    private static void Change(string path, Action<FileStream> change)
    {
        using var log = File.Open(path, FileMode.Open);
        change(log);
    }

    private static void Erase(FileStream log, long frame)
    {
        log.Position = frame;
        log.Write(new byte[Frame]);
    }
}
