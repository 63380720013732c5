using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>What the audit found.</summary>
/// <param name="Findings">What is missing, doubled, altered or does not add up, one sentence each; at most <see cref="FindingsMax"/>.</param>
/// <param name="FindingCount">Number of all findings, those beyond the limit included.</param>
/// <param name="Objects">Objects checked, byte for byte.</param>
/// <param name="GoodEvents">Valid events found in them.</param>
/// <param name="QuarantinedEvents">Invalid events found in them.</param>
/// <param name="PendingEvents">Events that the journal still holds, on their way to the lake.</param>
/// <param name="NotJudged">Objects of which neither a manifest nor the journal at hand says anything: of other journals' open hours, or long forgotten.</param>
/// <param name="ByManifests">From the first to the last hour that manifests describe; null where there is none.</param>
public sealed record AuditReport(
    IReadOnlyList<string> Findings,
    long FindingCount,
    long Objects,
    long GoodEvents,
    long QuarantinedEvents,
    long PendingEvents,
    long NotJudged,
    AuditSpan? ByManifests)
{
    /// <summary>More findings than this are counted, not kept: a lost bucket must not fill the memory.</summary>
    public const int FindingsMax = 1000;

    /// <summary>How long after its end an hour should have a manifest, unless the lake was away.</summary>
    private static readonly TimeSpan ManifestPatience = TimeSpan.FromHours(2);

    public bool IsClean => FindingCount == 0;

    /// <summary>
    /// The first hour at the end of a span that should have a manifest by now and has none, so that nobody can judge it
    /// without the journal; null where there is none.
    /// </summary>
    public LakeHour? FirstWithoutManifest(AuditSpan span, Instant now)
    {
        var due = new LakeHour((now - ManifestPatience).Hour.Number - 1);
        var first = ByManifests is { } judged ? judged.To.Next : span.From;
        return first <= span.To && first <= due ? first : null;
    }
}
