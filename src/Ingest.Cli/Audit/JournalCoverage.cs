using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Which hours of a span an audit could judge for one journal.</summary>
/// <param name="JournalId">The journal.</param>
/// <param name="ByManifests">From the first to the last hour that has an index; null where none has.</param>
/// <param name="ByJournalFrom">The first hour that the journal itself knows; null where it is not at hand.</param>
/// <param name="Unjudged">Hours with objects of which neither says anything.</param>
public sealed record JournalCoverage(
    string JournalId, HourSpan? ByManifests, LakeHour? ByJournalFrom, IReadOnlyCollection<LakeHour> Unjudged)
{
    /// <summary>The first hour that was judged; null where none was.</summary>
    public LakeHour? First => (ByManifests, ByJournalFrom) switch
    {
        ({ } closed, { } open) => closed.From < open ? closed.From : open,
        ({ } closed, null) => closed.From,
        (null, var open) => open,
    };
}
