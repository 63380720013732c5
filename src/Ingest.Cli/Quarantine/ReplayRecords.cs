using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// What the lake says of earlier replays of an object: objects <c>replays/…/NAME.N.json.gz</c>, one for each time that
/// lines of it were replayed, with a line for each of them. Takes the memory of a number and a reference for each.
/// </summary>
internal sealed class ReplayRecords
{
    private const string Folder = "replays/";

    /// <summary>Tries to find a free number, where others replay the same object at the same time.</summary>
    private const int NumbersMax = 20;

    private readonly HashSet<int> _done = [];

    // The rules that a line broke when it was last replayed. Most break the same ones: each set is kept once.
    private readonly Dictionary<int, string[]> _rules = [];
    private readonly Dictionary<string, string[]> _sets = new(StringComparer.Ordinal);

    private ReplayRecords()
    {
    }

    /// <summary>Number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Numbers of the lines that became good: they need no further replay.</summary>
    public IReadOnlySet<int> Done => _done;

    /// <summary>The rules that an event breaks, as far as is known: those of its last replay, or else those of its receipt.</summary>
    public IReadOnlyList<string> RulesOf(in QuarantinedEvent found) =>
        _rules.TryGetValue(found.Number, out var rules) ? rules : [.. found.Errors.Select(error => error.Rule)];

    /// <summary>Reads the records of one object.</summary>
    /// <exception cref="LakeUnavailableException">They cannot be read.</exception>
    /// <exception cref="InvalidDataException">One is damaged.</exception>
    public static async Task<ReplayRecords> ReadAsync(ILake lake, ObjectKey key, CancellationToken cancellation)
    {
        var records = new ReplayRecords();
        await foreach (var entry in lake.ListAsync(PrefixOf(key), cancellation))
        {
            records.Count++;
            await foreach (var record in ReadAsync(lake, entry.Key, cancellation))
                records.Add(record);
        }

        return records;
    }

    /// <summary>What became of an event in its last replay; null where it was never replayed.</summary>
    /// <inheritdoc cref="ReadAsync(ILake, ObjectKey, CancellationToken)"/>
    public static async Task<ReplayRecord?> FindLastAsync(ILake lake, QuarantinedEvent found, CancellationToken cancellation)
    {
        ReplayRecord? last = null;
        await foreach (var entry in lake.ListAsync(PrefixOf(found.Object), cancellation))
        {
            await foreach (var record in ReadAsync(lake, entry.Key, cancellation))
                last = record.Line == found.Number ? record : last;
        }

        return last;
    }

    /// <summary>Stores one more record.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="key">The object that was replayed.</param>
    /// <param name="record">What became of its lines.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">It cannot be stored.</exception>
    public async Task StoreNextAsync(ILake lake, ObjectKey key, LakeFile record, CancellationToken cancellation)
    {
        for (var number = Count + 1; number <= Count + NumbersMax; number++)
        {
            var recordKey = string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(key)}{number:D4}{ObjectKey.Extension}");
            if (await record.PutAsync(lake, recordKey, cancellation) != PutOutcome.Conflict)
                return;
        }

        throw new LakeUnavailableException($"others replay {key.Key} at the same time: no number is free for the record of this replay");
    }

    private static string PrefixOf(ObjectKey key) => $"{Folder}{key.Stem}.";

    private static async IAsyncEnumerable<ReplayRecord> ReadAsync(
        ILake lake, string recordKey, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var line in ObjectLines.ReadAsync(lake, recordKey, cancellation))
            yield return Parse(recordKey, line);
    }

    private static ReplayRecord Parse(string recordKey, ReadOnlyMemory<byte> line)
    {
        try
        {
            return ReplayRecord.Parse(line.Span);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{recordKey} is no record of a replay: {exception.Message}", exception);
        }
    }

    private void Add(ReplayRecord record)
    {
        if (record.Outcome != ReplayOutcome.Quarantined)
        {
            _done.Add(record.Line);
            _rules.Remove(record.Line);
        }
        else if (record.Errors is { Count: > 0 } errors && !_done.Contains(record.Line))
        {
            var rules = errors.Select(error => error.Rule).Distinct(StringComparer.Ordinal).ToArray();
            var name = string.Join('\n', rules);
            if (!_sets.TryGetValue(name, out var set))
                _sets[name] = set = rules;
            _rules[record.Line] = set;
        }
    }
}
