using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Proves that every accepted event of a span of hours is in exactly one object, byte for byte, or still in the journal; or
/// says what is not. Hours that are closed are judged by their manifests alone, also long after the journal forgot them;
/// the others by the journal, where one is at hand. Works while the server runs, and reads the lake as any reader would.
/// </summary>
/// <remarks>
/// Questions, each answered from data that the others were not derived from:
/// 1. Are the manifests there, in every hour, as the indexes say, and do they add up?
/// 2. Does the journal's ledger add up (rule 8), and do its records of objects?
/// 3. Is every object of a manifest or a record in the lake, with that length, checksum and number of lines?
/// 4. Does an event stand twice, and is there an object that nobody shipped?
/// </remarks>
/// <param name="lake">The lake.</param>
/// <param name="journal">Its journal, which may be in use by a running server; null where there is none.</param>
/// <param name="journalFrom">The first hour that the journal still knows everything of.</param>
/// <param name="idsMax">Ids held at once when looking for doubles; see <see cref="ObjectAudit"/>.</param>
public sealed class LakeAudit(ILake lake, IJournal? journal, LakeHour journalFrom, int idsMax = 8_000_000)
{
    private readonly AuditFindings _findings = new();
    private IReadOnlyDictionary<string, ClosedHours> _journals = new Dictionary<string, ClosedHours>(StringComparer.Ordinal);
    private OpenHours? _open;

    /// <summary>Runs the audit once.</summary>
    /// <param name="span">The hours to check.</param>
    /// <param name="progress">Told after each object.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be read: nothing can be said.</exception>
    /// <exception cref="JournalUnavailableException">The journal cannot be read: nothing can be said.</exception>
    public async Task<AuditReport> RunAsync(HourSpan span, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        _journals = await new ManifestAudit(lake, span, _findings).RunAsync(cancellation);
        if (journal is not null)
        {
            var from = journalFrom > span.From ? journalFrom : span.From;
            _open = new OpenHours(journal, from, hour => hour >= from && span.Contains(hour) && !IsClosed(hour), _findings);
            await _open.ReadAsync(cancellation);
        }

        var groups = Groups().ToList();
        var reading = default(AuditProgress);
        var objects = new ObjectAudit(lake, idsMax, _findings, bytes =>
        {
            reading = reading with { Objects = reading.Objects + 1, Bytes = reading.Bytes + bytes };
            progress?.Report(reading);
        });
        foreach (var group in groups)
        {
            var passes = objects.PassesOf(group.Volume);
            reading = reading with
            {
                AllObjects = reading.AllObjects + (passes * group.Volume.Objects),
                AllBytes = reading.AllBytes + (passes * group.Volume.Bytes),
            };
        }

        foreach (var group in groups)
            await objects.CheckAsync(() => ListAsync(group), group.Volume, cancellation);
        var pending = _open is null ? 0 : await _open.CompareWithLedgerAsync(cancellation);
        var extra = new ExtraObjects(lake, span, _journals, journal?.Id, _open, _findings);
        var notJudged = await extra.FindAsync(cancellation);
        var hours = _journals.Values.SelectMany(closed => closed.Hours).ToHashSet();
        return new AuditReport(
            _findings.Kept,
            _findings.Count,
            objects.Objects,
            objects.Events[(int)LakeStream.Good],
            objects.Events[(int)LakeStream.Quarantine],
            pending,
            notJudged,
            hours.Count == 0 ? null : new HourSpan(hours.Min(), hours.Max()))
        {
            Journals = [.. CoverageOf(extra.Unjudged)],
            BridgedObjects = objects.BridgedObjects,
            BridgedEvents = objects.BridgedEvents,
        };
    }

    private IEnumerable<JournalCoverage> CoverageOf(IReadOnlyDictionary<string, SortedSet<LakeHour>> unjudged)
    {
        foreach (var journalId in JournalIds().Union(unjudged.Keys, StringComparer.Ordinal))
        {
            var closed = _journals.GetValueOrDefault(journalId);
            yield return new JournalCoverage(
                journalId,
                closed is { Hours.Count: > 0 } ? new HourSpan(closed.First, closed.Last) : null,
                journalId == journal?.Id ? journalFrom : null,
                unjudged.GetValueOrDefault(journalId) ?? []);
        }
    }

    private IEnumerable<string> JournalIds() =>
        _journals.Keys.Concat(journal is null ? [] : [journal.Id]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private bool IsClosed(LakeHour hour) => _journals.GetValueOrDefault(journal!.Id)?.Hours.Contains(hour) == true;

    /// <summary>What doubles are looked for in, and read together: a stream of a source of a journal.</summary>
    private IEnumerable<Group> Groups()
    {
        foreach (var journalId in JournalIds())
        {
            var closed = _journals.GetValueOrDefault(journalId);
            var open = journalId == journal?.Id ? _open : null;
            var sources = (closed?.Sources ?? []).Union(open?.Sources ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal);
            foreach (var source in sources)
            {
                foreach (var stream in new[] { LakeStream.Good, LakeStream.Quarantine })
                {
                    var volume = (closed?.Volume(source, stream) ?? default) + (open?.Volume(source, stream) ?? default);
                    if (volume.Objects > 0)
                        yield return new Group(closed, open, source, stream, volume);
                }
            }
        }
    }

    private static async IAsyncEnumerable<ExpectedObject> ListAsync(
        Group group, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (group.Closed is { } closed)
        {
            await foreach (var expected in closed.ObjectsAsync(group.Source, cancellation))
            {
                if (expected.Stream == group.Stream)
                    yield return expected;
            }
        }

        foreach (var expected in group.Open?.ObjectsOf(group.Source) ?? [])
        {
            if (expected.Stream == group.Stream)
                yield return expected;
        }
    }

    private sealed record Group(ClosedHours? Closed, OpenHours? Open, string Source, LakeStream Stream, ExpectedVolume Volume);
}
