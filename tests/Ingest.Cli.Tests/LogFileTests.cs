using Ingest.TestKit;

namespace Ingest.Cli.Tests;

public sealed class LogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Beyond_its_size_it_begins_anew_and_keeps_the_one_before()
    {
        var path = _folder.Of("log");
        using (var log = new LogFile(path) { BytesMax = 8 })
        {
            foreach (var line in new[] { "one", "two", "three", "four" })
                log.Write(line);
            Assert.Equal(["one", "two", "three", "four"], log.Newest);
        }

        Assert.Equal(["three", "four"], File.ReadAllLines(path + ".1"));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Only_the_newest_lines_stay_in_memory()
    {
        using var log = new LogFile(_folder.Of("log"));
        for (var i = 0; i < 100; i++)
            log.Write($"line {i}");
        Assert.Equal("line 99", log.Newest[^1]);
        Assert.Equal(20, log.Newest.Count);
        Assert.Equal(100, File.ReadAllLines(_folder.Of("log")).Length);
    }
}
