using System.Collections.Concurrent;
using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>Doubles the partitions of a source whose partition has been at the limit of one core for long.</summary>
public sealed class AutomaticSplits(IGrainFactory grains, GrainOptions options, TimeProvider time, GrainLog log)
{
    private readonly ConcurrentDictionary<string, long> _asked = new(StringComparer.Ordinal);

    /// <summary>A partition is under pressure; its source has <paramref name="count"/> partitions.</summary>
    public void Pressure(PartitionId partition, int count)
    {
        if (count * 2 > options.AutomaticPartitionsMax)
            return;
        var now = time.GetTimestamp();
        if (_asked.TryGetValue(partition.Source, out var last) && time.GetElapsedTime(last, now) < options.AutomaticRaisePause)
            return;
        _asked[partition.Source] = now;
        _ = Task.Run(() => RaiseAsync(partition, count * 2));
    }

    private async Task RaiseAsync(PartitionId partition, int wanted)
    {
        try
        {
            await grains.GetGrain<ISourceCatalogueGrain>(0).RaiseAsync(partition.Source, wanted, $"pressure on partition {partition}");
        }
        catch (Exception exception)
        {
            log.NotSplit(partition.Source, exception.Message);
        }
    }
}
