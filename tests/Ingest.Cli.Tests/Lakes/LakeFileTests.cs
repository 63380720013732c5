using System.Text;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli.Tests;

public sealed class LakeFileTests
{
    private const string Key = "replays/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-000000000001-000000000002.0001.json.gz";

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3_000, 1_000)]
    [InlineData(2, 3 << 20)]
    public async Task Lines_come_back_and_make_the_same_bytes_each_time(int lines, int bytes)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var lake = new MemoryLake();
        string LineOf(int i) => new string((char)('a' + (i % 26)), bytes) + i;
        for (var time = 0; time < 2; time++)
        {
            using var file = new LakeFile();
            for (var i = 0; i < lines; i++)
                file.Add(Encoding.UTF8.GetBytes(LineOf(i) + "\n"));
            Assert.Equal(lines, file.Lines);
            Assert.Equal(time == 0 ? PutOutcome.Stored : PutOutcome.AlreadyStored, await file.PutAsync(lake, Key, cancellation));
        }

        var read = 0;
        await foreach (var line in ObjectLines.ReadAsync(lake, Key, cancellation))
            Assert.Equal(LineOf(read++), Encoding.UTF8.GetString(line.Span));
        Assert.Equal(lines, read);
    }

    [Fact]
    public async Task Another_object_under_the_key_is_a_conflict()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var lake = new MemoryLake();
        Assert.Equal(PutOutcome.Stored, await LakePuts.PutAsync(lake, Key, [1], cancellation));
        using var file = new LakeFile();
        file.Add("line\n"u8);
        Assert.Equal(PutOutcome.Conflict, await file.PutAsync(lake, Key, cancellation));
    }

    [Fact]
    public async Task Damage_is_said_with_the_key()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var lake = new MemoryLake();
        await LakePuts.PutAsync(lake, Key, "no gzip"u8.ToArray(), cancellation);
        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(lake, Key));
        Assert.Contains(Key, damaged.Message, StringComparison.Ordinal);
        const string cut = "good/cut.json.gz";
        await LakePuts.PutAsync(lake, cut, GzipMember.Compress("whole\nhalf"u8), cancellation);
        Assert.Contains("middle of line 2", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(lake, cut))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LakeUnavailableException>(() => ReadAsync(lake, "good/gone.json.gz"));

        static async Task ReadAsync(ILake lake, string key)
        {
            await foreach (var line in ObjectLines.ReadAsync(lake, key, TestContext.Current.CancellationToken))
                Assert.False(line.IsEmpty);
        }
    }
}
