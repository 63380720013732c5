using System.Globalization;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>An event that follows from its number alone, so that a client's retry sends the same again.</summary>
internal sealed record TestEvent(int Number)
{
    private const int Kinds = 7;

    /// <summary>Longest lake line of any of these events, in bytes.</summary>
    public const int LineBytesMax = 700;

    public string Id => Number % 3 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{Number:D12}")
        : string.Create(CultureInfo.InvariantCulture, $"event-{Number}");

    public UInt128 IdHash => EventId.Hash(Encoding.UTF8.GetBytes(Id));

    /// <summary>The event as sent.</summary>
    public byte[] Original => (Number % Kinds) switch
    {
        0 or 1 => Encoding.UTF8.GetBytes($$"""{"n":{{Number}},"text":"grün \n \u0000 \"x\""}"""),
        2 => Encoding.UTF8.GetBytes($"{{\r\n  \"n\": {Number}\n}}"),
        3 => Encoding.UTF8.GetBytes($$"""{"n":{{Number}},"verdict":"reject"}"""),
        4 => Encoding.UTF8.GetBytes($$"""{"n":{{Number}},"verdict":"explode"}"""),
        5 => Encoding.UTF8.GetBytes($"{Number} is no JSON: \"\\ \n \u0001 € 😀"),
        _ => [0xFF, 0x00, (byte)Number, (byte)(Number >> 8), (byte)'\n'],
    };

    public LakeStream Stream => Number % Kinds <= 2 ? LakeStream.Good : LakeStream.Quarantine;

    /// <summary>The rules that its quarantine line must name, all of them and in this order.</summary>
    public IReadOnlyList<string> Rules => (Number % Kinds) switch
    {
        3 => ["type", "minimum"],
        4 => [EventRules.ValidatorFailed],
        5 => [EventRules.NotJson],
        6 => [EventRules.NotUtf8, EventRules.NotJson],
        _ => [],
    };

    /// <summary>Adds it to a request, as a protocol adapter would.</summary>
    public void AddTo(EventBatch batch)
    {
        var id = Encoding.UTF8.GetBytes(Id);
        var payload = batch.Append(Original);
        var entry = new EventEntry
        {
            Id = batch.Append(id),
            IdHash = IdHash,
            Name = Number % 2 == 0 ? batch.Append("page_view"u8) : default,
            Schema = Number % 5 == 0 ? default : batch.Append("iglu:com.acme/test/jsonschema/1-0-0"u8),
            OccurredAt = Number % 4 == 0 ? EventEntry.NoTime : 1_000_000L * Number,
            SentAt = Number % 8 == 1 ? 1_000_000L * Number + 500 : EventEntry.NoTime,
            Payload = payload,
            Kind = (Number % Kinds) switch { 5 => PayloadKind.Text, 6 => PayloadKind.Binary, _ => PayloadKind.Json },
            FirstCheck = batch.CheckCount,
        };
        if (entry.Kind == PayloadKind.Json)
        {
            batch.Add(new SchemaCheck(entry.Schema, payload, ""));
            entry.CheckCount = 1;
        }
        else
            entry.Errors = [.. Rules.Select(rule => new EventError("", rule, "found \"it\""))];

        batch.Add(entry);
    }

    /// <summary>Judges <see cref="TestEvent"/>s by what stands in them.</summary>
    public sealed class Validator : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            var instance = batch[check.Instance];
            if (instance.IndexOf("explode"u8) >= 0)
                throw new InvalidOperationException("the validator has a fault");
            if (instance.IndexOf("reject"u8) < 0)
                return;
            errors ??= [];
            errors.Add(new EventError("/n", "type", "string"));
            errors.Add(new EventError("/n", "minimum", "−1"));
        }
    }
}
