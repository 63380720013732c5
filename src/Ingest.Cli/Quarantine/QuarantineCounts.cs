using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Events of the quarantine by source, hour and reason. An event with several reasons counts once under each.</summary>
internal sealed class QuarantineCounts
{
    /// <summary>Rows kept; what does not fit in them is one row a source and hour with the reason <c>other</c>.</summary>
    private const int RowsMax = 10_000;

    private readonly Dictionary<(string Source, LakeHour Hour, string Reason), (long Events, long Replayed)> _rows = [];

    /// <summary>Events counted, each once.</summary>
    public long Events { get; private set; }

    /// <summary>Those of them that became good since.</summary>
    public long Replayed { get; private set; }

    /// <summary>The counts, by source, hour and reason.</summary>
    public IEnumerable<QuarantineCount> Rows => _rows
        .OrderBy(row => row.Key.Source, StringComparer.Ordinal).ThenBy(row => row.Key.Hour)
        .ThenBy(row => row.Key.Reason, StringComparer.Ordinal)
        .Select(row => new QuarantineCount(row.Key.Source, row.Key.Hour.Start, row.Key.Reason, row.Value.Events, row.Value.Replayed));

    /// <summary>Counts an event.</summary>
    /// <param name="key">The object that holds it.</param>
    /// <param name="rules">The rules that it breaks.</param>
    /// <param name="isReplayed">Whether it became good since.</param>
    public void Add(ObjectKey key, IEnumerable<string> rules, bool isReplayed)
    {
        var replayed = isReplayed ? 1 : 0;
        Events++;
        Replayed += replayed;
        foreach (var reason in EventFilter.ReasonsOf(rules))
        {
            var row = (key.Source, key.Hour, reason);
            if (_rows.Count >= RowsMax && !_rows.ContainsKey(row))
                row.reason = "other";
            var (events, before) = _rows.GetValueOrDefault(row);
            _rows[row] = (events + 1, before + replayed);
        }
    }
}

/// <summary>A row of the list.</summary>
/// <param name="Source">The source.</param>
/// <param name="Hour">Start of the hour of the lake.</param>
/// <param name="Reason">A rule; of a schema location, the schema.</param>
/// <param name="Events">Events with this reason.</param>
/// <param name="Replayed">Those of them that became good since.</param>
internal sealed record QuarantineCount(string Source, Instant Hour, string Reason, long Events, long Replayed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineCount))]
internal sealed partial class QuarantineCountJson : JsonSerializerContext;
