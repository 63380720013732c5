using System.Globalization;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>Batches of every shape that an adapter may build, and some that none does.</summary>
internal static class RandomBatches
{
    private static readonly string[] Texts = ["", "/a~1b/0", "iglu:com.acme/signup/jsonschema/1-0-0#/type", "grün €😀", "\0\n", new('x', 300)];

    private static readonly long[] Times = [EventEntry.NoTime, 0, -1, 1_795_000_000_123, long.MaxValue, long.MinValue + 1];

    public static EventBatch Create(Choices choices)
    {
        var batch = new EventBatch();
        var body = new byte[choices.Of([0, 10, 300, 20_000])];
        choices.Random().NextBytes(body);
        batch.Append(body);
        batch.Collector = choices.OneIn(4) ? default : batch.Append("""{"ip":"203.0.113.7"}"""u8);
        for (var events = choices.Next(6); events > 0; events--)
            AddEvent(batch, choices);
        return batch;
    }

    /// <summary>All that a batch says, so that two of them can be compared: where bytes stand is not part of it.</summary>
    public static string Describe(EventBatch batch)
    {
        var text = new StringBuilder();
        Line($"collector {Hex(batch.Collector)}");
        foreach (var entry in batch.Events)
        {
            Line($"event {entry.IdHash:X32} {Hex(entry.Id)} {Hex(entry.Name)} {Hex(entry.Schema)} {Hex(entry.Payload)}");
            Line($"  {entry.Kind} {entry.OccurredAt} {entry.SentAt} {entry.TrueAt} {entry.ReceivedAt} {Hex(entry.Collector)}");
            foreach (var check in batch.Checks.Slice(entry.FirstCheck, entry.CheckCount))
                Line($"  check {Hex(check.Schema)} {Hex(check.Instance)} {check.Where}");
            foreach (var error in entry.Errors ?? [])
                Line($"  {error}");
        }

        return text.ToString();

        string Hex(Slice slice) => Convert.ToHexString(batch[slice]);

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void AddEvent(EventBatch batch, Choices choices)
    {
        var kind = choices.Of([PayloadKind.Json, PayloadKind.Json, PayloadKind.Text, PayloadKind.Binary]);
        var entry = new EventEntry
        {
            IdHash = new UInt128((ulong)choices.Random().NextInt64(), (ulong)choices.Next(3)),
            Id = batch.Append("id"u8),
            Name = SliceOf(batch, choices),
            Schema = SliceOf(batch, choices),
            OccurredAt = choices.Of(Times),
            SentAt = choices.Of(Times),
            TrueAt = choices.Of(Times),
            ReceivedAt = choices.OneIn(3) ? choices.Of(Times) : EventEntry.NoTime,
            Collector = choices.OneIn(3) ? SliceOf(batch, choices) : default,
            Payload = SliceOf(batch, choices),
            Kind = kind,
            FirstCheck = batch.CheckCount,
        };
        for (var checks = choices.Of([0, 0, 1, 3]); checks > 0; checks--)
        {
            // A document is often the payload itself, or a part of it.
            batch.Add(new SchemaCheck(SliceOf(batch, choices), choices.OneIn(2) ? entry.Payload : SliceOf(batch, choices), choices.Of(Texts)));
            entry.CheckCount++;
        }

        for (var errors = choices.Next(3) + (kind == PayloadKind.Json ? 0 : 1); errors > 0; errors--)
            (entry.Errors ??= []).Add(new EventError(choices.Of(Texts), choices.Of(Texts), choices.Of(Texts)));
        batch.Add(entry);
    }

    /// <summary>Absent, appended, or anywhere in what is there: slices may overlap.</summary>
    private static Slice SliceOf(EventBatch batch, Choices choices)
    {
        switch (choices.Next(5))
        {
            case 0:
                return default;
            case 1:
                return batch.Append(default);
            case 2:
                return batch.Append("""{"appended":true}"""u8);
            default:
                var offset = choices.Next(batch.Bytes.Length + 1);
                return new Slice(offset, choices.Next(Math.Min(batch.Bytes.Length - offset, 500) + 1));
        }
    }
}
