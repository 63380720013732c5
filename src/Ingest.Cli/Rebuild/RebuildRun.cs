using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Judges the good events of a span anew, from their original bytes, and writes them below a prefix: for each object one
/// of its good events, one of those that are invalid now, and then a record. Ids, first receipts and hours stay.
/// </summary>
/// <param name="from">The lake that is read.</param>
/// <param name="into">The lake that is written; may be the same.</param>
/// <param name="prefix">Where in it.</param>
/// <param name="reader">Reads stored lines by the rules of today.</param>
internal sealed class RebuildRun(ILake from, ILake into, RebuildPrefix prefix, StoredEventReader reader) : IDisposable
{
    private readonly PooledBuffer _line = new(64 << 10);
    private readonly Dictionary<string, LineWriter> _writers = new(StringComparer.Ordinal);

    /// <summary>Objects that are done.</summary>
    public long Objects { get; private set; }

    /// <summary>Those of them that an earlier run had done.</summary>
    public long ObjectsBefore { get; private set; }

    /// <summary>Events that are good.</summary>
    public long Good { get; private set; }

    /// <summary>Events that are not, now.</summary>
    public long Quarantined { get; private set; }

    /// <summary>Why they are not.</summary>
    public ReasonCounts Reasons { get; } = new();

    /// <summary>Objects that are damaged, or of a source that is not configured.</summary>
    public SkippedObjects Skipped { get; } = new();

    /// <summary>Rebuilds all of it.</summary>
    /// <param name="rules">Reads the rules of now, as <see cref="RulesFingerprint"/> has them; asked again for each object.</param>
    /// <param name="source">Of this source alone; null for all.</param>
    /// <param name="span">Of these hours.</param>
    /// <param name="say">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RebuildConflictException">Something else stands below the prefix.</exception>
    /// <exception cref="LakeUnavailableException">A lake cannot be read or written.</exception>
    public async Task RunAsync(Func<string> rules, string? source, HourSpan span, Action<string> say, CancellationToken cancellation)
    {
        var begun = rules();
        var stored = JsonSerializer.SerializeToUtf8Bytes(new RebuildRules(begun), RebuildJson.Default.RebuildRules);
        if (await LakePuts.PutAsync(into, prefix.RulesKey, stored, cancellation) == PutOutcome.Conflict)
        {
            throw new RebuildConflictException(
                $"What stands below {prefix.Prefix} was begun with other rules than those of today: sources, schemas or the program changed since.\n" +
                "Put them back to go on with it, or rebuild all of it under another prefix.");
        }

        await foreach (var key in ObjectKey.ListAsync(from, LakeStream.Good, source, span, cancellation))
        {
            try
            {
                var before = await RebuildRecord.ReadAsync(into, prefix.RecordOf(key), cancellation);
                var record = before ?? await RebuildAsync(key, () => begun == rules(), cancellation);
                ObjectsBefore += before is null ? 0 : 1;
                Add(record);
            }
            catch (InvalidDataException exception)
            {
                // It is this object's fault alone, and nothing was written of it: the others go on.
                Skipped.Add(key.Key, exception.Message);
            }

            say($"{Objects} objects done, {ObjectsBefore} of them before; {Good} events are good, {Quarantined} are not …");
        }
    }

    public void Dispose() => _line.Dispose();

    private async Task<RebuildRecord> RebuildAsync(ObjectKey key, Func<bool> isSameRules, CancellationToken cancellation)
    {
        using var good = new LakeFile();
        using var quarantine = new LakeFile();
        var reasons = new ReasonCounts();
        var number = 0;
        await foreach (var line in ObjectLines.ReadAsync(from, key.Key, cancellation))
        {
            number++;
            try
            {
                Render(line.Span, good, quarantine, reasons);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"{key.Key}, line {number}: {exception.Message}", exception);
            }
        }

        // Schemas are read when an event first needs them, so they may have been new to this object.
        if (!isSameRules())
            throw new RebuildConflictException($"Sources or schemas changed while {key.Key} was rebuilt. Put them back to go on, or rebuild all under another prefix.");
        await PutAsync(good, LakeStream.Good, key, cancellation);
        await PutAsync(quarantine, LakeStream.Quarantine, key, cancellation);
        var record = new RebuildRecord(key.Key, good.Lines, quarantine.Lines, reasons.ByReason);
        if (await LakePuts.PutAsync(into, prefix.RecordOf(key), record.ToBytes(), cancellation) == PutOutcome.Conflict)
            throw Conflict(prefix.RecordOf(key));
        return record;
    }

    private void Render(ReadOnlySpan<byte> line, LakeFile good, LakeFile quarantine, ReasonCounts reasons)
    {
        using var events = reader.Read(line);
        if (events is not { Count: 1, Batches: [var (source, batch)] })
            throw new InvalidDataException("it is no line of one good event");
        var errors = events.Judge();
        var arrived = new Instant(events.Line.ReceivedAt);
        ref readonly var entry = ref batch.Events[0];
        var writer = WriterOf(source.Name);
        _line.Clear();
        if (errors is null)
        {
            writer.WriteGood(_line, batch, entry, arrived);
            good.Add(_line.Written);
            return;
        }

        writer.WriteQuarantined(_line, batch, entry, arrived, [.. errors]);
        quarantine.Add(_line.Written);
        reasons.Add(errors);
    }

    private LineWriter WriterOf(string source)
    {
        if (!_writers.TryGetValue(source, out var writer))
            _writers[source] = writer = new LineWriter(source);
        return writer;
    }

    private async Task PutAsync(LakeFile file, LakeStream stream, ObjectKey key, CancellationToken cancellation)
    {
        var target = prefix.Of(LakeLayout.Folder(stream), key);
        if (file.Lines > 0 && await file.PutAsync(into, target, cancellation) == PutOutcome.Conflict)
            throw Conflict(target);
    }

    private static RebuildConflictException Conflict(string key) => new(
        $"{key} is there already, with other content: it is not of this rebuild. Nothing was overwritten; rebuild under another prefix.");

    private void Add(RebuildRecord record)
    {
        Objects++;
        Good += record.Good;
        Quarantined += record.Quarantined;
        foreach (var (reason, events) in record.Reasons)
            Reasons.Add(reason, events);
    }
}

/// <summary>Below the prefix stands what this rebuild would not write.</summary>
internal sealed class RebuildConflictException(string message) : Exception(message);
