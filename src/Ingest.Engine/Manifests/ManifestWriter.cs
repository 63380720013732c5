using System.Text.Json.Serialization.Metadata;

namespace Ingest.Engine;

/// <summary>
/// Closes hours that are over, waits until all of them is in the lake, and writes their manifests, oldest first: one for
/// each source, then the index that lists them. Used by one caller at a time.
/// </summary>
/// <remarks>
/// <para>A manifest is a function of the journal's state after closing. So two writers, in one cluster or after a crash,
/// write the same bytes under the same keys, and the second one finds everything there.</para>
/// <para>Where it stands follows from the journal and the lake alone: it never closes more than
/// <see cref="Limits.ManifestHours"/> beyond the last index in the lake.</para>
/// <para>A wall clock that leaps ahead is followed by five minutes a turn, so that one wrong reading does not close hours that
/// have not begun.</para>
/// </remarks>
/// <param name="journal">Whose hours.</param>
/// <param name="lake">Its lake.</param>
/// <param name="limits">Grace, hours of a turn, retention.</param>
/// <param name="time">The host's clock and timers.</param>
public sealed class ManifestWriter(IJournal journal, ILake lake, Limits limits, TimeProvider time)
{
    // Far above the time between two turns of a host.
    private static readonly TimeSpan LeapMax = TimeSpan.FromMinutes(5);

    // Dropping a day's records of thousands of partitions takes seconds.
    private static readonly TimeSpan ForgetTimeout = TimeSpan.FromMinutes(10);

    private Instant? _now;
    private LakeHour? _next;

    /// <summary>The last hour whose index is in the lake; null where there is none, or nobody has looked yet.</summary>
    public LakeHour? Finished { get; private set; }

    /// <summary>What the oldest hour that is over still waits for; null where there is none.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>Does what can be done now.</summary>
    /// <returns>True where more hours are over than one turn takes: call again soon.</returns>
    /// <exception cref="ManifestException">Something does not add up, or the lake refuses a manifest.</exception>
    /// <exception cref="JournalUnavailableException">The journal cannot be read.</exception>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public async Task<bool> TurnAsync(CancellationToken cancellation)
    {
        var now = ReadClock();
        var over = new LakeHour((now - limits.HourGrace).Hour.Number - 1);
        _next ??= await FindNextAsync(now, over, cancellation);
        if (_next is not { } first || first > over)
            return false;

        var last = LastOfTurn(first, over);
        await CloseAsync(last, cancellation);
        var ledger = await HourLedger.ReadAsync(journal, first, last, cancellation);
        var incomplete = ledger.FirstIncomplete();
        WaitsFor = incomplete?.WaitsFor;
        var complete = incomplete is { } open ? new LakeHour(open.Hour.Number - 1) : last;
        if (complete < first)
            return false;

        if (ledger.FirstViolation(complete) is { } violation)
            throw new ManifestException($"The ledger does not add up: {violation}");
        await WriteAsync(ledger, first, complete, cancellation);
        return incomplete is null && last < over;
    }

    /// <summary>
    /// Drops what the journal keeps for the audit beyond <see cref="Limits.LedgerRetention"/>, except of hours whose index is
    /// not in the lake yet.
    /// </summary>
    public async Task<JournalResult> ForgetAsync(CancellationToken cancellation)
    {
        if ((_next, _now) is not ({ } next, { } now))
            return JournalResult.Committed;
        var old = (now - limits.LedgerRetention).Hour;
        using var timer = new CancellationTokenSource(ForgetTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        return await journal.ForgetBeforeAsync(old < next ? old : next, either.Token);
    }

    /// <summary>The wall clock, but for a leap ahead that is followed step by step.</summary>
    private Instant ReadClock()
    {
        var now = Instant.From(time.GetUtcNow());
        _now = _now is { } last ? Instant.Min(now, last + LeapMax) : now;
        return _now.Value;
    }

    private LakeHour LastOfTurn(LakeHour first, LakeHour over) =>
        new(Math.Min(over.Number, first.Number + limits.ManifestHours - 1));

    /// <summary>The first hour whose index is not in the lake; null where nothing that is over was ever counted.</summary>
    private async Task<LakeHour?> FindNextAsync(Instant now, LakeHour over, CancellationToken cancellation)
    {
        // The records of the hour before may be half forgotten, by a version that wrote no manifests.
        var oldest = (now - limits.LedgerRetention).Hour.Next;
        var closed = await journal.ReadClosedHourAsync(cancellation);
        if (closed is null)
        {
            if (await FirstCountedAsync(oldest, cancellation) is not { } counted || counted > over)
                return null;
            // Until it is closed, a partition whose clock lags may still write the hour before it: what is first is asked anew.
            closed = LastOfTurn(counted, over);
            await CloseAsync(closed.Value, cancellation);
        }

        for (var back = 0; back <= limits.ManifestHours; back++)
        {
            var hour = new LakeHour(closed.Value.Number - back);
            if (await lake.FindAsync(LakeLayout.IndexKey(hour, journal.Id), cancellation) is null)
                continue;
            Finished = hour;
            return hour.Next;
        }

        // Hours were closed, and no index was ever written.
        return await FirstCountedAsync(oldest, cancellation) is { } first && first < closed ? first : closed;
    }

    private async Task<LakeHour?> FirstCountedAsync(LakeHour from, CancellationToken cancellation)
    {
        LakeHour? first = null;
        await foreach (var row in journal.ReadLedgerAsync(from, cancellation))
        {
            if (!(row.Counts.Hour >= first))
                first = row.Counts.Hour;
        }

        return first;
    }

    private async Task CloseAsync(LakeHour hour, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limits.JournalTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var result = await journal.CloseHourAsync(hour, either.Token);
        if (result.Outcome != JournalOutcome.Committed)
            throw new JournalUnavailableException($"{hour} could not be closed: {result.Outcome}: {result.Reason}");
    }

    private async Task WriteAsync(HourLedger ledger, LakeHour first, LakeHour last, CancellationToken cancellation)
    {
        var entries = new Dictionary<LakeHour, List<IndexEntry>>();
        for (var hour = first; hour <= last; hour = hour.Next)
            entries.Add(hour, []);
        await using var shipped = journal.ReadShippedAsync(first, cancellation).GetAsyncEnumerator(cancellation);
        var records = new SourceRecords(shipped, last);
        foreach (var (source, hours) in ledger.Sources)
        {
            var batches = await records.TakeAsync(source);
            foreach (var (hour, sums) in hours.TakeWhile(hour => hour.Key <= last))
                entries[hour].Add(await WriteSourceAsync(source, hour, sums, [.. batches[hour]], cancellation));
            if (batches.FirstOrDefault(batch => !hours.ContainsKey(batch.Key)) is { } unknown)
                throw new ManifestException($"The journal shipped batches of {source} in {unknown.Key}, but its ledger knows nothing of them.");
        }

        await records.ExpectNoMoreAsync();
        for (var hour = first; hour <= last; hour = hour.Next)
        {
            await WriteIndexAsync(hour, entries[hour], cancellation);
            (Finished, _next) = (hour, hour.Next);
        }
    }

    private async Task<IndexEntry> WriteSourceAsync(
        string source, LakeHour hour, HourLedger.Sums sums, IReadOnlyList<ShippedBatch> batches, CancellationToken cancellation)
    {
        Expect(LakeStream.Good, sums.ShippedGood);
        Expect(LakeStream.Quarantine, sums.ShippedQuarantined);
        var objects = batches
            .Select(batch => new ManifestObject(
                batch.Object.Key, LakeLayout.Folder(batch.Batch), batch.Batch.Events, batch.Object.Length, batch.Object.Sha256))
            .OrderBy(stored => stored.Key, StringComparer.Ordinal)
            .ToList();
        var reasons = await CountReasonsAsync(objects, cancellation);
        var manifest = new SourceManifest(ManifestFormat.Version, journal.Id, source, hour.Start, sums.Counts, reasons, objects);
        var key = LakeLayout.ManifestKey(hour, journal.Id, source);
        var (bytes, sha256) = await PutAsync(key, manifest, ManifestFormat.Default.SourceManifest, cancellation);
        return new IndexEntry(source, key, objects.Count, bytes, sha256, sums.Counts);

        void Expect(LakeStream stream, long counted)
        {
            var recorded = batches.Where(batch => batch.Batch.Stream == stream).Sum(batch => (long)batch.Batch.Events);
            if (recorded != counted)
                throw new ManifestException($"{source} {hour}: the ledger shipped {counted} {stream} events, the records of objects hold {recorded}.");
        }
    }

    /// <summary>Reads the quarantined events back from the lake: the journal does not know why they are there.</summary>
    private async Task<IReadOnlyDictionary<string, long>> CountReasonsAsync(
        IReadOnlyList<ManifestObject> objects, CancellationToken cancellation)
    {
        var reasons = new QuarantineReasons();
        foreach (var wanted in objects.Where(stored => stored.Stream == LakeLayout.Folder(LakeStream.Quarantine)))
        {
            using var timer = new CancellationTokenSource(limits.PutTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
            try
            {
                await CountReasonsAsync(wanted, reasons, either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new ManifestException($"{wanted.Key} could not be read: no end within {limits.PutTimeout}");
            }
        }

        return reasons.Counts;
    }

    private async Task CountReasonsAsync(ManifestObject wanted, QuarantineReasons reasons, CancellationToken cancellation)
    {
        await using var stored = await lake.OpenReadAsync(wanted.Key, cancellation);
        if (stored is null)
        {
            // A lifecycle rule or an erasure took it, for good: what is known of it the journal says.
            reasons.AddUnreadable(wanted.Events);
            return;
        }

        var content = await ObjectReader.ReadAsync(stored, reasons.Add, cancellation);
        if (content.Length != wanted.Bytes || content.Sha256 != wanted.Sha256 || content.Lines != wanted.Events)
            throw new ManifestException($"{wanted.Key} is not what was shipped: {content.Damage ?? "other bytes stand there"}.");
    }

    private async Task WriteIndexAsync(LakeHour hour, IReadOnlyList<IndexEntry> entries, CancellationToken cancellation)
    {
        var counts = entries.Aggregate(default(HourCounts), (sum, entry) => sum + entry.Counts);
        var index = new HourIndex(ManifestFormat.Version, journal.Id, hour.Start, counts, entries);
        await PutAsync(LakeLayout.IndexKey(hour, journal.Id), index, ManifestFormat.Default.HourIndex, cancellation);
    }

    private async Task<(long Bytes, string Sha256)> PutAsync<T>(
        string key, T content, JsonTypeInfo<T> form, CancellationToken cancellation)
    {
        var document = LakeDocument.Of(key, content, form);
        using var timer = new CancellationTokenSource(limits.PutTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        PutResult put;
        try
        {
            put = await lake.PutAsync(document, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            put = new PutResult(PutOutcome.Unreachable, $"no end within {limits.PutTimeout}");
        }

        return put.IsConfirmed
            ? (document.Length, document.Sha256)
            : throw new ManifestException($"{key} is not written yet ({put.Outcome}): {put.Detail}");
    }
}
