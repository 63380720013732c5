using System.Globalization;
using System.Text;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>An event that follows from its number alone, so that a retry sends the same, and any line can be judged.</summary>
internal readonly record struct SimEvent(string Source, int Number)
{
    private const int Kinds = 8;

    /// <summary>The schema of all of them, where a line is read again as a request of a client.</summary>
    public static ReadOnlyMemory<byte> Schema { get; } = "simulated"u8.ToArray();

    public string Id => Number % 3 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-{Source.Length:D4}-{Number:D12}")
        : string.Create(CultureInfo.InvariantCulture, $"{Source}-{Number}");

    /// <summary>Where it belongs.</summary>
    public LakeStream Stream => Number % Kinds < 6 ? LakeStream.Good : LakeStream.Quarantine;

    /// <summary>The event as sent.</summary>
    public byte[] Original => (Number % Kinds) switch
    {
        6 => Encoding.UTF8.GetBytes($$"""{"n":{{Number}},"is":"invalid"}"""),
        7 => [0xFF, (byte)Number, (byte)(Number >> 8), (byte)'\n'],
        _ => Encoding.UTF8.GetBytes($$"""{"n":{{Number}},"pad":"{{new string('x', Number % 5 * 40)}}"}"""),
    };

    /// <summary>Reads the number back out of an id.</summary>
    public static SimEvent Parse(string source, string id) =>
        new(source, int.Parse(id.AsSpan(id.LastIndexOf('-') + 1), CultureInfo.InvariantCulture));

    /// <summary>Adds it to a request, as a protocol adapter would.</summary>
    public void AddTo(EventBatch batch)
    {
        var id = Encoding.UTF8.GetBytes(Id);
        var entry = new EventEntry
        {
            Id = batch.Append(id),
            IdHash = EventId.Hash(id),
            Payload = batch.Append(Original),
            Kind = Number % Kinds == 7 ? PayloadKind.Binary : PayloadKind.Json,
            FirstCheck = batch.CheckCount,
        };
        if (entry.Kind == PayloadKind.Json)
        {
            batch.Add(new SchemaCheck(default, entry.Payload, ""));
            entry.CheckCount = 1;
        }
        else
            entry.Errors = [new EventError("", EventRules.NotUtf8, "made so")];

        batch.Add(entry);
    }

    /// <summary>Judges these events by what stands in them.</summary>
    public sealed class Validator : IEventValidator
    {
        public static readonly Validator Instance = new();

        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            if (batch[check.Instance].IndexOf("invalid"u8) >= 0)
                (errors ??= []).Add(new EventError("/is", "const", "made so"));
        }
    }
}
