using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// What the lake says of earlier replays of an object: objects <c>replays/…/NAME.N.json.gz</c>, one for each time that
/// lines of it were replayed, with a line for each of them.
/// </summary>
/// <param name="Done">Numbers of the lines that need no further replay.</param>
/// <param name="Count">Number of records.</param>
internal sealed record ReplayRecords(IReadOnlySet<int> Done, int Count)
{
    private const string Folder = "replays/";

    /// <summary>Tries to find a free number, where others replay the same object at the same time.</summary>
    private const int NumbersMax = 20;

    /// <summary>Reads the records of one object.</summary>
    /// <exception cref="LakeUnavailableException">They cannot be read.</exception>
    /// <exception cref="InvalidDataException">One is damaged.</exception>
    public static async Task<ReplayRecords> ReadAsync(ILake lake, ObjectKey key, CancellationToken cancellation)
    {
        var done = new HashSet<int>();
        var count = 0;
        await foreach (var entry in lake.ListAsync($"{Folder}{key.Stem}.", cancellation))
        {
            count++;
            await foreach (var line in ObjectLines.ReadAsync(lake, entry.Key, cancellation))
            {
                if (Parse(entry.Key, line) is { Outcome: not ReplayOutcome.Quarantined } record)
                    done.Add(record.Line);
            }
        }

        return new ReplayRecords(done, count);
    }

    /// <summary>Stores one more record.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="key">The object that was replayed.</param>
    /// <param name="record">What became of its lines.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">It cannot be stored.</exception>
    public async Task AddAsync(ILake lake, ObjectKey key, LakeFile record, CancellationToken cancellation)
    {
        for (var number = Count + 1; number <= Count + NumbersMax; number++)
        {
            var recordKey = string.Create(CultureInfo.InvariantCulture, $"{Folder}{key.Stem}.{number:D4}{ObjectKey.Extension}");
            if (await record.PutAsync(lake, recordKey, cancellation) != PutOutcome.Conflict)
                return;
        }

        throw new LakeUnavailableException($"others replay {key.Key} at the same time: no number is free for the record of this replay");
    }

    /// <summary>A line of a record, with its line feed.</summary>
    public static byte[] Render(ReplayRecord record) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(record, ReplayRecordJson.Default.ReplayRecord), (byte)'\n'];

    private static ReplayRecord Parse(string key, ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, ReplayRecordJson.Default.ReplayRecord)
                ?? throw new InvalidDataException($"{key} has an empty line");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{key} is no record of a replay: {exception.Message}", exception);
        }
    }
}

/// <summary>What became of one line.</summary>
/// <param name="Object">Key of the object that holds it.</param>
/// <param name="Line">Its number, from 1 on.</param>
/// <param name="EventId">Its <c>event_id</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="ReplayedAt">When, by the clock of the command.</param>
/// <param name="Errors">Why it is still invalid; null where it is not.</param>
internal sealed record ReplayRecord(
    string Object, int Line, string EventId, ReplayOutcome Outcome, Instant ReplayedAt, IReadOnlyList<EventError>? Errors);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplayRecord))]
internal sealed partial class ReplayRecordJson : JsonSerializerContext;
