using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>One producer of events, as its file in <c>config/sources</c> describes it. Immutable.</summary>
public sealed record Source
{
    /// <summary>Name of the built-in source that keeps tracker events which no source claims; all go to the quarantine.</summary>
    public const string UnclaimedName = "unknown";

    /// <summary>Its name, by <see cref="SourceName.IsValid"/>: in paths, keys of the lake and file names.</summary>
    public required string Name { get; init; }

    /// <summary>Judges its events against its schemas.</summary>
    public required IEventValidator Validator { get; init; }

    /// <summary>Number of partitions, 1 to 1,024. More of them spread a source over cores and nodes, and split its order.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Keys of which a plain JSON request must bring one. With none, plain JSON is closed.</summary>
    public WriteKeys WriteKeys { get; init; } = WriteKeys.None;

    /// <summary>Names of the fields that are read from plain JSON events.</summary>
    public FieldNames Fields { get; init; } = FieldNames.Default;

    /// <summary>Schema of every plain JSON event, as plain UTF-8, whatever the event says; empty to let events name theirs.</summary>
    public ReadOnlyMemory<byte> FixedSchema { get; init; }

    /// <summary>Bytes of one event above which it goes to the quarantine, whole.</summary>
    public int EventBytesMax { get; init; } = 1 << 20;

    /// <summary>What it takes of the Snowplow tracker protocol; null for nothing.</summary>
    public SnowplowClaims? Snowplow { get; init; }

    /// <summary>True for the built-in source <see cref="UnclaimedName"/>.</summary>
    public bool IsUnclaimed => Name == UnclaimedName;
}

/// <summary>Which tracker events belong to a source: a path decides before the app id, and that before the default.</summary>
/// <param name="AppIds">Values of <c>aid</c>, exact.</param>
/// <param name="Paths">Paths of its own for trackers, such as <c>/com.acme/track</c>.</param>
/// <param name="IsDefault">True where it takes what no other source claims. One source at most.</param>
public sealed record SnowplowClaims(IReadOnlyList<string> AppIds, IReadOnlyList<string> Paths, bool IsDefault);
