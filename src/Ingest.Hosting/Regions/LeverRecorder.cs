using System.Threading.Channels;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>
/// Brings records of the lever into the lake, in the order in which they were made. Nothing waits for it: where the lake is
/// away, records wait in memory, and beyond <see cref="WaitingMax"/> the oldest are only in the log.
/// </summary>
internal sealed class LeverRecorder(ILake lake, string region, TimeProvider time, HostingLog log)
{
    /// <summary>Records that wait at once: days of them.</summary>
    private const int WaitingMax = 256;

    /// <summary>How far back a move is looked for that still stands.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(32);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly LeverHistory _history = new(lake);
    private readonly Channel<LeverRecord> _waiting = Channel.CreateBounded<LeverRecord>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Takes a record.</summary>
    public void Write(string what, RegionWeights? from, RegionWeights? to, string reason, string? failure) => _waiting.Writer.TryWrite(
        new LeverRecord(Instant.From(time.GetUtcNow()), region, what, from?.ToDictionary(), to?.ToDictionary(), reason, failure));

    /// <summary>Stores records until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var record in _waiting.Reader.ReadAllAsync(stop))
            {
                while (await _history.PutAsync(record, stop) is { IsConfirmed: false } result)
                {
                    log.LeverNotRecorded(result.Detail);
                    if (result.Outcome == PutOutcome.Conflict)
                        break;
                    await Task.Delay(Pause, time, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>
    /// The last move of this region's watcher, where nothing else is known to have happened since; null where there is none.
    /// Waits until the lake can be read.
    /// </summary>
    public async Task<(RegionWeights Weights, Instant At)?> FindLastMoveAsync(IReadOnlyList<string> regions, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                LeverRecord? last = null;
                await foreach (var record in _history.ReadAsync(Instant.From(time.GetUtcNow()) - Reach, stop))
                {
                    if (record.By == region && (last is null || record.At > last.At))
                        last = record;
                }

                return last is { What: LeverRecord.MovedAway or LeverRecord.MovedBack, Failure: null, To: { } to }
                    && regions.All(to.ContainsKey)
                    ? (new RegionWeights(regions.Select(name => KeyValuePair.Create(name, to[name]))), last.At)
                    : null;
            }
            catch (LakeUnavailableException exception)
            {
                log.LeverNotRecorded(exception.Message);
                await Task.Delay(Pause, time, stop);
            }
        }
    }
}
