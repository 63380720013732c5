namespace Ingest.Cli;

/// <summary>Collects findings up to a limit, and counts all of them.</summary>
internal sealed class AuditFindings
{
    private readonly List<string> _kept = [];

    public long Count { get; private set; }

    public IReadOnlyList<string> Kept => _kept;

    public void Add(string finding)
    {
        Count++;
        if (_kept.Count < AuditReport.FindingsMax)
            _kept.Add(finding);
    }

    /// <summary>Counts findings that nobody will read in full.</summary>
    public void AddUnnamed(long findings) => Count += findings;
}
