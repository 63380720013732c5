using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Ingest.EndToEnd;

/// <summary>The witnesses themselves: each fault that they are there for is seen in a lake made by hand.</summary>
public sealed class OracleTests : IDisposable
{
    private const string Hour = "dt=2026-11-21/hr=20";
    private const string Received = "2026-11-21T20:15:03.123Z";

    private readonly TemporaryFolder _folder = new();
    private readonly ConservationOracle _oracle = new();
    private readonly PlainEvent _good = new("good-1");
    private readonly PlainEvent _invalid = new("invalid-1", PlainFlaw.Invalid);

    public OracleTests()
    {
        foreach (var sent in new[] { _good, _invalid })
        {
            _oracle.Expect(sent.Expected);
            _oracle.Acknowledge(sent.Id);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lake_that_holds_what_was_sent_is_clean()
    {
        Write("good", GoodLine(_good));
        Write("quarantine", QuarantineLine(_invalid, PlainEvent.InvalidRule));
        Assert.True(Check().IsClean, Check().ToString());
        var counted = await DuckDb.CountAsync(_folder.Path, "good");
        Assert.Equal(new DuckDbCount(1, 1, 1, 0, DuckDb.FingerprintOf([_good.Id])), counted);
    }

    [Fact]
    public async Task A_missing_event_is_named()
    {
        Write("good", GoodLine(_good));
        Assert.Equal([_invalid.Id], Check().Missing);
        Assert.Equal(new DuckDbCount(0, 0, 0, 0, DuckDb.FingerprintOf([])), await DuckDb.CountAsync(_folder.Path, "quarantine"));
    }

    [Fact]
    public async Task A_doubled_event_is_named()
    {
        Write("good", GoodLine(_good), GoodLine(_good));
        Assert.StartsWith(_good.Id, Assert.Single(Check().Doubled), StringComparison.Ordinal);
        var counted = await DuckDb.CountAsync(_folder.Path, "good");
        Assert.Equal((2, 1), (counted.Rows, counted.Ids));
    }

    [Fact]
    public void An_event_that_nobody_sent_is_named()
    {
        Write("good", GoodLine(new PlainEvent("stranger")));
        Assert.StartsWith("stranger", Assert.Single(Check().Unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_wrong_byte_is_seen()
    {
        Write("good", GoodLine(_good).Replace("signup\",\"occ", "signuq\",\"occ", StringComparison.Ordinal));
        Assert.StartsWith(_good.Id, Assert.Single(Check().Altered), StringComparison.Ordinal);
    }

    [Fact]
    public void A_valid_event_in_the_quarantine_is_seen()
    {
        Write("quarantine", QuarantineLine(_good, "some_rule"));
        Assert.Contains("is in quarantine, not in good", Assert.Single(Check().Altered), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quarantined_event_without_its_reason_is_seen()
    {
        Write("quarantine", QuarantineLine(_invalid, "another_rule"));
        Assert.Contains("names not", Assert.Single(Check().Altered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_in_the_folder_of_another_hour_is_seen()
    {
        Write("good", GoodLine(_good).Replace("T20:15", "T21:15", StringComparison.Ordinal));
        Assert.ThrowsAny<Exception>(Check);
        Assert.Equal(1, (await DuckDb.CountAsync(_folder.Path, "good")).Misplaced);
    }

    [Fact]
    public async Task A_line_in_the_folder_of_another_source_is_seen()
    {
        Write("good", GoodLine(_good).Replace("\"shop\"", "\"sho\"", StringComparison.Ordinal));
        Assert.ThrowsAny<Exception>(Check);
        Assert.Equal(1, (await DuckDb.CountAsync(_folder.Path, "good")).Misplaced);
    }

    private static string GoodLine(PlainEvent sent) => $"{Head(sent)},\"payload\":{sent.Text}}}";

    private static string QuarantineLine(PlainEvent sent, string rule) =>
        $"{Head(sent)},\"errors\":[{{\"rule\":\"{rule}\"}}],\"original\":{JsonSerializer.Serialize(sent.Text)},\"original_base64\":null}}";

    private static string Head(PlainEvent sent) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"event_id\":\"{sent.Id}\",\"source\":\"shop\",\"received_at\":\"{Received}\"");

    private ConservationReport Check() => _oracle.Check(LakeReader.Read(_folder.Path));

    private void Write(string stream, params string[] lines)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, stream, "source=shop", Hour)).FullName;
        using var file = File.Create(Path.Combine(folder, "shop-0-abcdefgh-000000000001-000000000001.json.gz"));
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }
}
