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
    HourSpan? ByManifests)
{
    /// <summary>More findings than this are counted, not kept: a lost bucket must not fill the memory.</summary>
    public const int FindingsMax = 1000;

    public bool IsClean => FindingCount == 0;

    /// <summary>Objects that were relayed to the primary, by the records that stand in their place.</summary>
    public long BridgedObjects { get; init; }

    /// <summary>Events in those.</summary>
    public long BridgedEvents { get; init; }

    /// <summary>Which hours could be judged, by journal.</summary>
    public IReadOnlyList<JournalCoverage> Journals { get; init; } = [];
}
