using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>Finds a drill whose command was killed before it moved the lever back.</summary>
internal sealed class LeftOverDrill(ILake lake, RegionPlan plan, TimeProvider time)
{
    /// <summary>How long after its time a drill may still end by itself. Where both end it at once, that is harmless.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two looks into the lake.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly DrillRecords _records = new(lake);
    private DrillRecord? _found;
    private long? _lookedAt;

    /// <summary>A drill over its time that left these weights; null where there is none, or the lake does not say.</summary>
    public async Task<(DrillRecord Drill, RegionWeights Before)?> FindAsync(RegionWeights present, CancellationToken stop)
    {
        if (_lookedAt is null || time.GetElapsedTime(_lookedAt.Value) >= Period)
        {
            _lookedAt = time.GetTimestamp();
            try
            {
                _found = await _records.FindOpenAsync(stop);
            }
            catch (LakeUnavailableException)
            {
                // Looked again later; until then the weights stand as if set by hand.
                _found = null;
            }
        }

        return _found is { } drill
            && Instant.From(time.GetUtcNow()) > drill.Until + Grace
            && present.ToDictionary().SequenceEqual(drill.During)
            && plan.Names.All(drill.Before.ContainsKey)
            ? (drill, plan.Normal.With(name => drill.Before[name]))
            : null;
    }

    /// <summary>Writes down that it is over.</summary>
    public async Task EndAsync((DrillRecord Drill, RegionWeights Before) found, CancellationToken stop)
    {
        await _records.EndAsync(found.Drill, stop);
        _found = null;
    }
}
