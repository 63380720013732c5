namespace Ingest.EndToEnd;

/// <summary>A disk of a test's own, small enough to be filled. All processes that use it must have ended before it is disposed.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Twice what a journal leaves free.</summary>
    private const string Size = "128m";

    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder.Path;

    private string Filler => _folder.Of("filler");

    /// <summary>Makes one; skips the test where that is not possible.</summary>
    public static async Task<SmallDisk> RequireAsync()
    {
        const string needs = "A disk that can be filled needs Linux, root and the right to mount";
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, needs + ".");
        var disk = new SmallDisk();
        var result = await CommandResult.OfAsync("mount", ["-t", "tmpfs", "-o", $"size={Size}", "tmpfs", disk.Path]);
        Assert.SkipUnless(result.ExitCode == 0, $"{needs}; mount said: {result.Output}");
        return disk;
    }

    /// <summary>Takes all bytes that are free.</summary>
    public async Task FillAsync()
    {
        var result = await CommandResult.OfAsync("dd", ["if=/dev/zero", $"of={Filler}", "bs=64K"]);
        Assert.Contains("No space left", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Gives them back.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await CommandResult.OfAsync("umount", [Path]);
        _folder.Dispose();
    }
}
