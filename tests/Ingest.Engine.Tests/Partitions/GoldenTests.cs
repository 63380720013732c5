using System.Globalization;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>
/// The lake's format, byte for byte. A change here is a change of the format: run the tests once with
/// <c>INGEST_UPDATE_GOLDEN=1</c>, which rewrites the files in the source tree, and read the difference.
/// </summary>
public sealed class GoldenTests
{
    private static readonly Instant Received = Instant.From(new DateTimeOffset(2026, 11, 21, 20, 15, 3, 123, TimeSpan.Zero));

    [Theory]
    [InlineData(LakeStream.Good)]
    [InlineData(LakeStream.Quarantine)]
    public void Lines_are_as_they_were(LakeStream stream)
    {
        var lines = LinesOf(stream);
        Golden.Check($"{LakeLayout.Folder(stream)}.golden", string.Concat(lines.Select(line => line + "\n")));
        Assert.All(lines, line => LakeLine.Parse(line, stream));
    }

    [Fact]
    public void Keys_are_as_they_were()
    {
        var batches =
            from stream in (LakeStream[])[LakeStream.Good, LakeStream.Quarantine]
            from seqs in ((long From, long To)[])[(1, 1), (12, 340), (999_999_999_999, 1_000_000_000_000)]
            select new Batch(
                new PartitionId("web.shop-1", 7), stream, Received.Hour, seqs.From, seqs.To, 1, 1, 1, 1, Received, SealReason.Age);
        Golden.Check("keys.golden", string.Concat(batches.Select(batch => LakeLayout.KeyOf(batch, "abcdefgh") + "\n")));
    }

    private static IReadOnlyList<string> LinesOf(LakeStream stream)
    {
        var partition = new Partition(
            new PartitionId("web", 0), 1, new Limits(), () => new TestEvent.Validator(), PartitionSnapshot.Empty, Received, [], seed: 1);
        using (var batch = new EventBatch())
        {
            batch.Collector = batch.Append("""{"ip":"203.0.113.7","user_agent":"test/1.0","protocol":"events","node":"n1"}"""u8);
            AddEvents(batch);
            partition.Offer(batch, 1, Received, new Nobody());
        }

        using (var bare = new EventBatch())
        {
            bare.Add(EntryOf(bare, "no-collector", "{}"u8));
            partition.Offer(bare, 1, Received, new Nobody());
        }

        var append = partition.BeginAppend()!.Encode();
        return [.. append.Blocks.Where(block => block.Stream == stream).SelectMany(block => Gzip.Lines(block.Body))];
    }

    private static void AddEvents(EventBatch batch)
    {
        var (occurred, sent) = (Received.UnixMilliseconds - 90_000_000, Received.UnixMilliseconds - 89_999_000);
        batch.Add(EntryOf(batch, "all-fields", """{"a":[1,2.50,-0,1e5],"b":"é😀\u00e9\/"}"""u8) with
        {
            Name = batch.Append("page_view"u8),
            Schema = batch.Append("iglu:com.acme/page/jsonschema/1-0-0"u8),
            OccurredAt = occurred,
            SentAt = sent,
        });
        batch.Add(EntryOf(batch, "occurred-only", "{}"u8) with { OccurredAt = occurred });
        batch.Add(EntryOf(batch, "occurred-ahead", "{}"u8) with { OccurredAt = Received.UnixMilliseconds + 1 });
        batch.Add(EntryOf(batch, "sent-only", "{}"u8) with { SentAt = sent });
        batch.Add(EntryOf(batch, "sent-before-occurred", "{}"u8) with { OccurredAt = sent, SentAt = occurred });
        batch.Add(EntryOf(batch, "vouched-for", "{}"u8) with { OccurredAt = occurred, SentAt = sent, TrueAt = 0 });
        batch.Add(EntryOf(batch, "years-out-of-range", "{}"u8) with { TrueAt = long.MaxValue });
        batch.Add(EntryOf(batch, "several-lines", "{\r\n\t\"a\" : \"\\n\"\n}"u8));
        batch.Add(EntryOf(batch, "received-before", "{}"u8) with
        {
            OccurredAt = occurred,
            SentAt = sent,
            ReceivedAt = Received.UnixMilliseconds - 7_200_000,
            Collector = batch.Append("""{"protocol":"events","node":"n0"}"""u8),
        });
        batch.Add(EntryOf(batch, "escaped \\\" \\u0001 id", "[]"u8));

        var schema = new EventError("/a~1b/0", "iglu:com.acme/page/jsonschema/1-0-0#/minimum", "−1 < 0");
        var protocol = new EventError("", EventRules.Protocol, "\u0001 \"x\" \\ é 😀 \ud800");
        batch.Add(EntryOf(batch, "bad-json-object", """{"a":"b"}"""u8) with
        {
            Errors = [schema, protocol],
            OccurredAt = occurred,
        });
        AddBad("bad-text", PayloadKind.Text, "a \"b\" \\ \n\r\t\0\u007f\u2028 é 😀"u8);
        AddBad("bad-binary", PayloadKind.Binary, [0xFF, 0xFE, 0x00, 0x0A]);
        AddBad("bad-text-not-utf8", PayloadKind.Text, [0x61, 0xFF]);
        AddBad("bad-empty", PayloadKind.Text, ""u8);
        batch.Add(EntryOf(batch, "bad-received-before", "{}"u8) with
        {
            Errors = [protocol],
            ReceivedAt = Received.UnixMilliseconds - 7_200_000,
        });

        void AddBad(string id, PayloadKind kind, ReadOnlySpan<byte> payload) =>
            batch.Add(EntryOf(batch, id, payload) with { Kind = kind, Errors = [protocol] });
    }

    private static EventEntry EntryOf(EventBatch batch, string id, ReadOnlySpan<byte> payload)
    {
        var utf8 = Encoding.UTF8.GetBytes(id);
        return new EventEntry
        {
            Id = batch.Append(utf8),
            IdHash = EventId.Hash(utf8),
            Payload = batch.Append(payload),
            Kind = PayloadKind.Json,
        };
    }

    private sealed class Nobody : Receipt
    {
        public override void Complete(in IntakeResult result) =>
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"nothing was committed: {result}"));
    }
}
