using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.Folder;

public sealed class FolderLakeFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_disappears_is_missing_and_is_not_made_again()
    {
        var lake = await OpenAsync("lake");
        Directory.Delete(_folder.Of("lake"), recursive: true);

        Assert.Equal(PutOutcome.Missing, await PutAsync(lake));
        Assert.False(Directory.Exists(_folder.Of("lake")));
        await AssertUnreadableAsync(lake);
    }

    [Fact]
    public async Task An_empty_folder_in_the_lakes_place_is_missing()
    {
        // As a mount point looks when its disk is not mounted.
        var lake = await OpenAsync("lake");
        Directory.Delete(_folder.Of("lake"), recursive: true);
        Directory.CreateDirectory(_folder.Of("lake"));

        Assert.Equal(PutOutcome.Missing, await PutAsync(lake));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("lake")));
    }

    [Fact]
    public async Task A_read_only_folder_is_denied()
    {
        var lake = await OpenAsync("lake");
        using var readOnly = ReadOnlyFolder.TryMake(_folder.Of("lake", FolderLake.TemporaryName));
        Assert.SkipWhen(readOnly is null, "This user may write everywhere, and the file system has no immutable folders.");

        var result = await lake.PutAsync(TestObject.Of("a/b", [1]), Cancellation);

        Assert.Equal(PutOutcome.Denied, result.Outcome);
        Assert.Contains(FolderLake.TemporaryName, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_throttled_and_works_again_when_there_is_space()
    {
        using var disk = await SmallDisk.TryMountAsync(_folder.Of("disk"), bytes: 256 << 10);
        Assert.SkipWhen(disk is null, "Only root can mount a small disk.");
        var lake = await OpenAsync("disk");
        var filler = _folder.Of("disk", "filler");
        await File.WriteAllBytesAsync(filler, new byte[128 << 10], Cancellation);
        var put = TestObject.Of("a/b", TestObject.Bytes(seed: 1, 200 << 10));

        var result = await lake.PutAsync(put, Cancellation);
        Assert.Equal(PutOutcome.Throttled, result.Outcome);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("disk", FolderLake.TemporaryName)));

        File.Delete(filler);
        Assert.Equal(PutOutcome.Stored, (await lake.PutAsync(put, Cancellation)).Outcome);
    }

    [Fact]
    public async Task A_key_below_another_object_is_rejected()
    {
        var lake = await OpenAsync("lake");
        await lake.PutAsync(TestObject.Of("a/b", [1]), Cancellation);

        Assert.Equal(PutOutcome.Rejected, (await lake.PutAsync(TestObject.Of("a/b/c", [1]), Cancellation)).Outcome);
        Assert.Null(await lake.FindAsync("a/b/c", Cancellation));
    }

    [Fact]
    public async Task A_start_removes_what_a_crash_left_but_nothing_young()
    {
        await OpenAsync("lake");
        var old = _folder.Of("lake", FolderLake.TemporaryName, "old");
        var young = _folder.Of("lake", FolderLake.TemporaryName, "young");
        await File.WriteAllBytesAsync(old, [1], Cancellation);
        await File.WriteAllBytesAsync(young, [1], Cancellation);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow - FolderLake.TemporaryAgeMax - TimeSpan.FromMinutes(1));

        await OpenAsync("lake");

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public async Task What_is_not_the_lakes_own_is_not_listed()
    {
        var lake = await OpenAsync("lake");
        await File.WriteAllBytesAsync(_folder.Of("lake", FolderLake.TemporaryName, "unfinished"), [1], Cancellation);
        await File.WriteAllBytesAsync(_folder.Of("lake", "notes of an operator.txt"), [1], Cancellation);
        await lake.PutAsync(TestObject.Of("a/b", [1]), Cancellation);

        var keys = await lake.ListAsync("", Cancellation).Select(e => e.Key).ToListAsync(Cancellation);

        Assert.Equal(["a/b"], keys);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_with_its_path()
    {
        await File.WriteAllBytesAsync(_folder.Of("file"), [1], Cancellation);

        var thrown = await Assert.ThrowsAsync<LakeUnavailableException>(() => OpenAsync("file"));

        Assert.Contains(_folder.Of("file"), thrown.Message, StringComparison.Ordinal);
    }

    private async Task<FolderLake> OpenAsync(string name)
    {
        var lake = new FolderLake(_folder.Of(name));
        await lake.EnsureAsync(Cancellation);
        return lake;
    }

    private static async Task<PutOutcome> PutAsync(FolderLake lake) =>
        (await lake.PutAsync(TestObject.Of("a/b", [1]), Cancellation)).Outcome;

    private static async Task AssertUnreadableAsync(FolderLake lake)
    {
        await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.FindAsync("a/b", Cancellation));
        await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.OpenReadAsync("a/b", Cancellation));
        await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.ListAsync("", Cancellation).ToListAsync(Cancellation));
    }
}
