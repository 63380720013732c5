using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes;

/// <summary>What every lake holds. A subclass says how one is opened and how large its objects should be.</summary>
public abstract class LakeConformance : IAsyncLifetime
{
    private const string Key = "good/source=app/dt=2026-11-21/hr=20/app-0-abcdefgh-000000000001-000000000009.json.gz";

    /// <summary>The lake under test, empty.</summary>
    protected ILake Lake { get; private set; } = null!;

    /// <summary>Size around which the lake changes how it works, in bytes.</summary>
    protected virtual int BoundaryBytes => 64 << 10;

    /// <summary>Size of the objects of most tests, in bytes.</summary>
    protected virtual int ObjectBytes => 10_000;

    /// <summary>Whether the lake itself refuses the second of two writers at the same moment.</summary>
    protected virtual bool SettlesRaces => true;

    /// <summary>How often writers race; the fewer, the slower the lake.</summary>
    protected virtual int RaceRounds => 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Lake = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        (Lake as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected abstract ValueTask<ILake> OpenAsync();

    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 1000, 7)]
    [InlineData(1, -1, 65_536)]
    [InlineData(1, 0, 65_536)]
    [InlineData(1, 1, 65_537)]
    [InlineData(2, 0, 7_000_000)]
    [InlineData(2, 12_345, 99_999)]
    public async Task An_object_comes_back_byte_for_byte(int boundaries, int more, int chunkBytes)
    {
        var bytes = TestObject.Bytes(seed: 1, boundaries * BoundaryBytes + more);
        var put = TestObject.Of(Key, bytes, chunkBytes);

        Assert.Equal(PutOutcome.Stored, (await Lake.PutAsync(put, Cancellation)).Outcome);

        Assert.Equal(bytes, await ReadAsync(Key));
        var found = await Lake.FindAsync(Key, Cancellation);
        Assert.Equal(new LakeEntry(Key, bytes.Length, put.Sha256), found);
        var listed = Assert.Single(await ListAsync(""));
        Assert.Equal((Key, (long)bytes.Length), (listed.Key, listed.Length));
    }

    [Fact]
    public async Task What_was_never_put_is_not_there()
    {
        Assert.Null(await Lake.FindAsync(Key, Cancellation));
        Assert.Null(await ReadAsync(Key));
        Assert.Empty(await ListAsync(""));
        Assert.Empty(await ListAsync("good/source=app/"));
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_may_be_deleted_again()
    {
        const string other = Key + ".other";
        await Lake.PutAsync(NewObject(Key, seed: 1), Cancellation);
        await Lake.PutAsync(NewObject(other, seed: 2), Cancellation);
        for (var again = 0; again < 2; again++)
        {
            await Lake.DeleteAsync(Key, Cancellation);
            Assert.Null(await Lake.FindAsync(Key, Cancellation));
            Assert.Equal(other, Assert.Single(await ListAsync("")).Key);
        }

        await Lake.DeleteAsync("never/was/there.json", Cancellation);
        Assert.Equal(PutOutcome.Stored, (await Lake.PutAsync(NewObject(Key, seed: 3), Cancellation)).Outcome);
    }

    [Fact]
    public async Task The_same_put_again_is_already_stored()
    {
        var put = NewObject(Key, seed: 1);
        await Lake.PutAsync(put, Cancellation);

        Assert.Equal(new PutResult(PutOutcome.AlreadyStored), await Lake.PutAsync(put, Cancellation));
        Assert.Equal(TestObject.Bytes(1, ObjectBytes), await ReadAsync(Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Other_content_is_a_conflict_and_the_first_stays(int longer)
    {
        await Lake.PutAsync(NewObject(Key, seed: 1), Cancellation);

        var result = await Lake.PutAsync(TestObject.Of(Key, TestObject.Bytes(2, ObjectBytes + longer)), Cancellation);

        Assert.Equal(PutOutcome.Conflict, result.Outcome);
        Assert.Contains(Key, result.Detail, StringComparison.Ordinal);
        Assert.Equal(TestObject.Bytes(1, ObjectBytes), await ReadAsync(Key));
    }

    [Fact]
    public async Task Of_racing_writers_with_different_content_exactly_one_stores()
    {
        Assert.SkipUnless(SettlesRaces, "This server does not refuse the second of two writers at the same moment.");
        for (var round = 0; round < RaceRounds; round++)
        {
            var key = $"good/race-{round}.json.gz";
            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
                (seed, (await Lake.PutAsync(NewObject(key, seed), Cancellation)).Outcome))));

            var winner = Assert.Single(results, r => r.Outcome == PutOutcome.Stored);
            Assert.All(results.Except([winner]), r => Assert.Equal(PutOutcome.Conflict, r.Outcome));
            Assert.Equal(TestObject.Bytes(winner.seed, ObjectBytes), await ReadAsync(key));
        }
    }

    [Fact]
    public async Task Racing_writers_leave_the_whole_content_of_one_that_stored()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
            (seed, (await Lake.PutAsync(NewObject(Key, seed), Cancellation)).Outcome))));

        var there = await ReadAsync(Key);
        Assert.Contains(results, r => r.Outcome == PutOutcome.Stored && TestObject.Bytes(r.seed, ObjectBytes).AsSpan().SequenceEqual(there));
    }

    [Fact]
    public async Task Racing_writers_with_the_same_content_all_succeed()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            await Lake.PutAsync(NewObject(Key, seed: 1), Cancellation))));

        Assert.All(results, r => Assert.True(r.IsConfirmed, r.ToString()));
        Assert.Equal(TestObject.Bytes(1, ObjectBytes), await ReadAsync(Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("straße")]
    [InlineData("a\0b")]
    public async Task A_bad_key_is_an_argument_error(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Lake.PutAsync(NewObject(key, seed: 1), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Lake.FindAsync(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Lake.OpenReadAsync(key, Cancellation));
    }

    [Fact]
    public async Task A_bad_prefix_is_an_argument_error() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await ListAsync("../"));

    [Fact]
    public async Task A_listing_is_in_ordinal_order_and_holds_what_starts_with_the_prefix()
    {
        // Chosen so that the order of a directory tree and the order of keys differ: '-' < '.' < '/' < '0' < '=' < 'A'.
        string[] keys = ["a/b", "a-b/c", "a.b", "a0", "a=1/x", "A/b", "a/b-c", "a/b.d/e", "a/bb/c", "ab", "b/_x", "B"];
        foreach (var key in keys)
            await Lake.PutAsync(TestObject.Of(key, [1, 2, 3]), Cancellation);
        Array.Sort(keys, StringComparer.Ordinal);

        foreach (var prefix in new[] { "", "a", "a/", "a/b", "a/b.", "a.b", "a/b/", "A", "c" })
        {
            var expected = keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
            Assert.Equal(expected, (await ListAsync(prefix)).Select(e => e.Key).ToArray());
        }
    }

    [Fact]
    public async Task Folders_are_told_once_each_without_what_is_deeper_in_them()
    {
        foreach (var key in new[] { "good/source=b/x/1", "good/source=b/y/1", "good/source=b.c/x", "good/source=a/x/y/z", "good/file", "goods/other" })
            await Lake.PutAsync(TestObject.Of(key, [1, 2, 3]), Cancellation);

        Assert.Equal(["source=a", "source=b.c", "source=b"], await FoldersAsync("good/"));
        Assert.Equal(["x", "y"], await FoldersAsync("good/source=b/"));
        Assert.Equal(["good", "goods"], await FoldersAsync(""));
        Assert.Empty(await FoldersAsync("good/source=b/x/"));
        Assert.Empty(await FoldersAsync("nowhere/"));

        async Task<List<string>> FoldersAsync(string folder) =>
            await Lake.ListFoldersAsync(folder, Cancellation).ToListAsync(Cancellation);
    }

    [Fact]
    public async Task A_reader_sees_an_object_whole_or_not_at_all()
    {
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await CheckAllAsync();
        });

        await Parallel.ForAsync(0, 40, Cancellation, async (number, cancellation) =>
            Assert.Equal(PutOutcome.Stored, (await Lake.PutAsync(NumberedObject.Of(number), cancellation)).Outcome));
        await done.CancelAsync();
        await reader;

        Assert.Equal(40, await CheckAllAsync());
    }

    [Fact]
    public async Task What_reading_throws_comes_through_and_nothing_is_stored()
    {
        var put = NewObject(Key, seed: 1) with { Read = _ => FailAfterFirstChunk() };

        // Even where it looks like a fault of the lake.
        var thrown = await Assert.ThrowsAsync<IOException>(async () => await Lake.PutAsync(put, Cancellation));

        Assert.Equal("the journal broke", thrown.Message);
        Assert.Empty(await ListAsync(""));

        async IAsyncEnumerable<ReadOnlyMemory<byte>> FailAfterFirstChunk()
        {
            yield return TestObject.Bytes(1, ObjectBytes).AsMemory(0, ObjectBytes - 1);
            await Task.Yield();
            throw new IOException("the journal broke");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Bytes_that_are_not_as_promised_are_not_stored(int longer)
    {
        var other = TestObject.Of(Key, TestObject.Bytes(2, ObjectBytes + longer));
        var put = NewObject(Key, seed: 1) with { Read = other.Read };

        await Assert.ThrowsAsync<InvalidDataException>(async () => await Lake.PutAsync(put, Cancellation));

        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task A_cancelled_put_stores_nothing_and_can_be_tried_again()
    {
        using var cancelled = new CancellationTokenSource();
        var put = NewObject(Key, seed: 1);
        var halfway = put with { Read = CancelAfterFirstChunk };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Lake.PutAsync(halfway, cancelled.Token));

        Assert.Empty(await ListAsync(""));
        Assert.Equal(PutOutcome.Stored, (await Lake.PutAsync(put, Cancellation)).Outcome);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> CancelAfterFirstChunk(
            [EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return TestObject.Bytes(1, ObjectBytes).AsMemory(0, ObjectBytes - 1);
            await cancelled.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    protected LakeObject NewObject(string key, int seed) => TestObject.Of(key, TestObject.Bytes(seed, ObjectBytes));

    protected async Task<byte[]?> ReadAsync(string key)
    {
        await using var stream = await Lake.OpenReadAsync(key, Cancellation);
        if (stream is null)
            return null;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray();
    }

    protected async Task<List<LakeEntry>> ListAsync(string prefix) =>
        await Lake.ListAsync(prefix, Cancellation).ToListAsync(Cancellation);

    /// <summary>Reads every object that is listed and compares it with what its key says; returns how many there were.</summary>
    protected async Task<int> CheckAllAsync()
    {
        var entries = await ListAsync("");
        foreach (var entry in entries)
        {
            var expected = NumberedObject.BytesOf(NumberedObject.NumberOf(entry.Key));
            Assert.Equal(expected.Length, entry.Length);
            Assert.Equal(expected, await ReadAsync(entry.Key));
        }
        return entries.Count;
    }
}
