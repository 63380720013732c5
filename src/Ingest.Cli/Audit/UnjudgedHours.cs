using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Hours of a span that nobody judged, journal by journal: an audit that found nothing must not speak for them. A journal's
/// manifests begin with its first event and go on without a gap, so an end is always a question; a beginning is none unless
/// objects lie before it, or its hours were asked for by name.
/// </summary>
/// <param name="report">What the audit found.</param>
/// <param name="span">The hours asked for.</param>
/// <param name="isFromGiven">True where a person named the first hour.</param>
/// <param name="now">The present time.</param>
internal sealed class UnjudgedHours(AuditReport report, HourSpan span, bool isFromGiven, Instant now)
{
    private const string NameIt = "name the journal with --data or --postgres, or leave these hours out with --from and --to.";

    /// <summary>How long after its end an hour should have a manifest, unless the lake was away.</summary>
    private static readonly TimeSpan ManifestPatience = TimeSpan.FromHours(2);

    /// <summary>The last hour that should have a manifest by now.</summary>
    private readonly LakeHour _due = new((now - ManifestPatience).Hour.Number - 1);

    /// <summary>Why the audit cannot say that nothing is missing, one sentence each; none where it can.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var journal in report.Journals)
        {
            if (ObjectsOf(journal) is { } objects)
                yield return $"{objects}: objects of journal {journal.JournalId} are there, and nobody judged them: there is no manifest of it, {NameIt}";
            if (EndOf(journal) is { } end)
                yield return $"There is no manifest of journal {journal.JournalId} from {end.From} on, to {end.To}: {NameIt}";
        }

        var firsts = report.Journals.Select(journal => journal.First).OfType<LakeHour>().ToList();
        var due = new HourSpan(span.From, span.To < _due ? span.To : _due);
        if (firsts.Count == 0 && due.From <= due.To)
            yield return $"There is no manifest at all from {due.From} on, to {due.To}: {NameIt}";
        else if (isFromGiven && firsts.Count > 0 && firsts.Min() is var first && first > span.From)
            yield return $"{Text(new HourSpan(span.From, Before(first)))}: nobody judged them, since no journal has a manifest of them. Begin with --from {first}.";
    }

    /// <summary>What a reader of the report should know of journals that begin within the span.</summary>
    public IEnumerable<string> Notes() => report.Journals
        .Where(journal => journal.First > span.From)
        .Select(journal => $"hours before {journal.First} have no manifest of journal {journal.JournalId}");

    private string? ObjectsOf(JournalCoverage journal)
    {
        var hours = journal.Unjudged.Where(hour => hour <= _due).ToList();
        return hours.Count == 0 ? null : Text(new HourSpan(hours.Min(), hours.Max()));
    }

    /// <summary>Hours after the last manifest, as far as the journal itself does not know them.</summary>
    private HourSpan? EndOf(JournalCoverage journal)
    {
        if (journal.ByManifests is not { } closed)
            return null;
        var last = span.To < _due ? span.To : _due;
        if (journal.ByJournalFrom is { } open && Before(open) < last)
            last = Before(open);
        return closed.To < last ? new HourSpan(closed.To.Next, last) : null;
    }

    private static LakeHour Before(LakeHour hour) => new(hour.Number - 1);

    private static string Text(HourSpan hours) => hours.From == hours.To ? $"Hour {hours.From}" : $"Hours {hours.From} to {hours.To}";
}
