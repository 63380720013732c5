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

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly LeverHistory _history = new(lake);
    private readonly Channel<LeverRecord> _waiting = Channel.CreateBounded<LeverRecord>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Takes a record.</summary>
    public void Write(string what, RegionWeights? from, RegionWeights? to, string reason, string? failure) => _waiting.Writer.TryWrite(
        new LeverRecord(Instant.From(time.GetUtcNow()), region, what, from?.ToDictionary(), to?.ToDictionary(), reason, failure));

    /// <summary>Stores records until cancelled, and then for a moment those that are left: the next start looks for them.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        LeverRecord? current = null;
        try
        {
            while (true)
            {
                current = await _waiting.Reader.ReadAsync(stop);
                while (!await TryPutAsync(current, stop))
                    await Task.Delay(Pause, time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            await FinishAsync(current);
        }
    }

    private async Task FinishAsync(LeverRecord? current)
    {
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            do
            {
                if (current is not null)
                    await TryPutAsync(current, patience.Token);
            }
            while (_waiting.Reader.TryRead(out current));
        }
        catch (OperationCanceledException)
        {
            // They are in the log.
        }
    }

    /// <summary>True where it is there, or another stands in its place.</summary>
    private async Task<bool> TryPutAsync(LeverRecord record, CancellationToken cancellation)
    {
        var result = await _history.PutAsync(record, cancellation);
        if (!result.IsConfirmed)
            log.LeverNotRecorded(result.Detail);
        return result.IsConfirmed || result.Outcome == PutOutcome.Conflict;
    }

    /// <summary>
    /// The last move that is known, where it was this region's watcher's; null where it was not.
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
                    // What was only found is no move. One that is said to have failed may have been made: the lever tells.
                    if (record is { To: not null, What: not LeverRecord.Found } && (last is null || record.At > last.At))
                        last = record;
                }

                return last is { What: LeverRecord.MovedAway or LeverRecord.MovedBack, To: { } to } && last.By == region
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
