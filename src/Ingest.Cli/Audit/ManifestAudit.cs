using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// The first step: reads every index and manifest of a span. Is each there, as its index says, and does it add up? Are there
/// hours without one between others?
/// </summary>
internal sealed class ManifestAudit(ILake lake, HourSpan span, AuditFindings findings)
{
    /// <summary>
    /// How far before the span an older index is looked for, in hours: as long as a journal keeps its records. A longer
    /// gap reads as a beginning.
    /// </summary>
    private const int LookBackHours = 32 * 24;

    private readonly SortedDictionary<string, ClosedHours> _journals = new(StringComparer.Ordinal);

    /// <returns>By journal, those that have closed hours in the span.</returns>
    public async Task<IReadOnlyDictionary<string, ClosedHours>> RunAsync(CancellationToken cancellation)
    {
        await foreach (var (hour, folder) in HourFolders.ListAsync(lake, LakeLayout.Manifests + "/", span, cancellation))
            await CheckHourAsync(hour, folder, cancellation);
        foreach (var journal in _journals.Values)
        {
            foreach (var gap in (await GapsBeforeAsync(journal, cancellation)).Concat(journal.Gaps()))
                findings.Add($"missing: {LakeLayout.IndexKey(gap, journal.JournalId)} is not in the lake, though those before and after it are");
        }

        return _journals;
    }

    /// <summary>Hours from the beginning of the span to a journal's first index in it, where an older one is there.</summary>
    private async Task<IEnumerable<LakeHour>> GapsBeforeAsync(ClosedHours journal, CancellationToken cancellation)
    {
        if (journal.Hours.Count == 0 || journal.First == span.From)
            return [];
        var before = new HourSpan(new LakeHour(span.From.Number - LookBackHours), new LakeHour(span.From.Number - 1));
        await foreach (var (hour, _) in HourFolders.ListAsync(lake, LakeLayout.Manifests + "/", before, cancellation))
        {
            if (await lake.FindAsync(LakeLayout.IndexKey(hour, journal.JournalId), cancellation) is not null)
                return journal.Before(span.From);
        }

        return [];
    }

    private async Task CheckHourAsync(LakeHour hour, string folder, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (var entry in lake.ListAsync(folder, cancellation))
            names.Add(entry.Key[folder.Length..]);

        // A name of an index has no dash; a manifest whose index is not there is of an hour that is not closed yet.
        foreach (var journalId in names.Where(name => !name.Contains('-', StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).OfType<string>())
        {
            var named = await CheckIndexAsync(hour, journalId, cancellation);
            foreach (var name in names.Where(name => name.EndsWith($"-{journalId}.json", StringComparison.Ordinal)))
            {
                if (named?.Contains(folder + name) == false)
                    findings.Add($"doubled: {folder}{name} is in the lake, but the index of its hour does not name it");
            }
        }
    }

    /// <returns>Keys of the manifests that the index names; null where it cannot be read.</returns>
    private async Task<HashSet<string>?> CheckIndexAsync(LakeHour hour, string journalId, CancellationToken cancellation)
    {
        var key = LakeLayout.IndexKey(hour, journalId);
        var found = await ManifestReader.ReadAsync(lake, key, ManifestFormat.Default.HourIndex, cancellation);
        if (found?.Content is not { } index || WhyNot(index, hour, journalId) is not null)
        {
            findings.Add($"altered: {key} cannot be read: {found?.Damage ?? (found?.Content is { } other ? WhyNot(other, hour, journalId) : "it has vanished")}");
            JournalOf(journalId).AddDamaged(hour);
            return null;
        }

        var closed = JournalOf(journalId);
        closed.AddHour(hour);
        foreach (var entry in index.Manifests)
        {
            if (await CheckManifestAsync(hour, journalId, entry, cancellation) is { } manifest)
                closed.Add(hour, manifest);
            else
                closed.AddUnreadable(hour, entry.Source);
        }

        var sum = index.Manifests.Aggregate(default(HourCounts), (sum, entry) => sum + entry.Counts);
        if (sum != index.Counts)
            findings.Add($"altered: {key}: its counts are not the sum of its sources'");
        return index.Manifests.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
    }

    private ClosedHours JournalOf(string journalId)
    {
        if (!_journals.TryGetValue(journalId, out var closed))
            _journals[journalId] = closed = new ClosedHours(lake, journalId);
        return closed;
    }

    private async Task<SourceManifest?> CheckManifestAsync(
        LakeHour hour, string journalId, IndexEntry entry, CancellationToken cancellation)
    {
        if (entry.Key != LakeLayout.ManifestKey(hour, journalId, entry.Source))
        {
            findings.Add($"altered: {LakeLayout.IndexKey(hour, journalId)} names {entry.Key} for {entry.Source}");
            return null;
        }

        var found = await ManifestReader.ReadAsync(lake, entry.Key, ManifestFormat.Default.SourceManifest, cancellation);
        if (found is null)
        {
            findings.Add($"missing: {entry.Key} with {entry.Objects} objects is not in the lake");
            return null;
        }

        if (found.Bytes != entry.Bytes || found.Sha256 != entry.Sha256 || found.Content is not { } manifest)
        {
            findings.Add($"altered: {entry.Key} is not what its index says: {found.Damage ?? "other bytes stand there"}");
            return null;
        }

        foreach (var problem in Problems(manifest, entry))
            findings.Add($"altered: {entry.Key}: {problem}");
        return manifest;
    }

    private static string? WhyNot(HourIndex index, LakeHour hour, string journalId) =>
        index.Version != ManifestFormat.Version ? $"its format is {index.Version}, this program knows {ManifestFormat.Version}"
        : index.Journal != journalId || index.Hour != hour.Start ? $"it is the index of {index.Hour.Hour} of journal {index.Journal}"
        : null;

    private static IEnumerable<string> Problems(SourceManifest manifest, IndexEntry entry)
    {
        var counts = manifest.Counts;
        if (counts != entry.Counts || manifest.Objects.Count != entry.Objects)
            yield return "its index counts otherwise";
        if (counts.Received != counts.Accepted + counts.Duplicates + counts.Refused || counts.Accepted != counts.Good + counts.Quarantined)
            yield return "its counts do not add up";
        if (manifest.QuarantinedByReason.Values.Sum() != counts.Quarantined)
            yield return "its quarantined events do not add up over the reasons";
        if (EventsOf(LakeStream.Good) != counts.Good || EventsOf(LakeStream.Quarantine) != counts.Quarantined)
            yield return "its objects do not hold as many events as were accepted";

        long EventsOf(LakeStream stream) =>
            manifest.Objects.Where(named => ExpectedObject.StreamOf(named.Stream) == stream).Sum(named => named.Events);
    }
}
