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
    private readonly LeverHistory _history = new(lake);
    private DrillRecord? _found;
    private long? _lookedAt;
    private long _firstSeenAt;

    /// <summary>
    /// A drill over its time that left these weights; null where there is none, or the lake does not say. Its time counts from
    /// when this process first saw it: the clocks of two machines may differ.
    /// </summary>
    public async Task<(DrillRecord Drill, RegionWeights Before)?> FindAsync(RegionWeights present, CancellationToken stop)
    {
        if (_lookedAt is null || time.GetElapsedTime(_lookedAt.Value) >= Period)
        {
            _lookedAt = time.GetTimestamp();
            var before = _found?.Id;
            _found = await LookAsync(stop);
            if (_found?.Id != before)
                _firstSeenAt = time.GetTimestamp();
        }

        return _found is { } drill
            && time.GetElapsedTime(_firstSeenAt) >= drill.Until - drill.At + Grace
            && present.ToDictionary().SequenceEqual(drill.During)
            && plan.Names.All(drill.Before.ContainsKey)
            ? (drill, plan.Normal.With(name => drill.Before[name]))
            : null;
    }

    /// <summary>Writes down that it is over.</summary>
    public async Task<PutResult> EndAsync(DrillRecord drill, CancellationToken stop)
    {
        var result = await _records.EndAsync(drill, stop);
        _lookedAt = null;
        return result;
    }

    private async Task<DrillRecord?> LookAsync(CancellationToken stop)
    {
        try
        {
            return await _records.FindOpenAsync(Instant.From(time.GetUtcNow()), stop) is { } drill && !await WasMovedSinceAsync(drill, stop)
                ? drill
                : null;
        }
        catch (LakeUnavailableException)
        {
            // Looked again later; until then the weights stand as if set by hand.
            return null;
        }
    }

    /// <summary>Whoever moved the lever after the drill had begun knew what they did, though the drill was not closed.</summary>
    private async Task<bool> WasMovedSinceAsync(DrillRecord drill, CancellationToken stop)
    {
        await foreach (var record in _history.ReadAsync(drill.At, stop))
        {
            if (record is { To: not null, Failure: null, What: not LeverRecord.Drill } && record.At > drill.At)
                return true;
        }

        return false;
    }
}
