using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>
/// Brings what was spilled into the journal once that is back: the oldest first, in order within a source, removed only after
/// it is stored. So a crash at any moment repeats at most what deduplication makes harmless.
/// </summary>
/// <remarks>
/// Live events come first: what is offered at once is bounded, begins with a single request after a failure and doubles with
/// every round that succeeds, and after a round the drain rests as long as the round took. Where the journal is busy, rounds
/// take longer, and so do rests. A request that the journal does not take rests, and those behind it go on: order within a
/// source holds but for such requests.
/// </remarks>
public sealed class SpillDrain(
    ISpill spill, IIntake journal, JournalReach reach, HostingOptions options, TimeProvider time, HostingLog log)
{
    // How often a stopping process looks whether all has drained.
    private static readonly TimeSpan AskPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, (int Failures, long NotBefore)> _failing = new(StringComparer.Ordinal);
    private readonly RestingRequests _resting = new(options, time);
    private long _drained;
    private int _window = 1;
    private bool _passesOverRested;
    private volatile bool _isHurried;

    /// <summary>Events that the journal took since the start.</summary>
    public long Drained => Volatile.Read(ref _drained);

    /// <summary>Drains whatever there is, until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (spill.Status is { Events: > 0 } left)
            log.SpillFound(left.Events, left.Batches);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var rest = await TurnAsync();
                if (rest > TimeSpan.Zero)
                    await Task.Delay(rest, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped: what is left drains after the next start.
        }
    }

    /// <summary>At the end of a process, when nothing new is spilled any more: drains without rests for a while. <see cref="RunAsync"/> goes on meanwhile.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        _isHurried = true;
        for (var began = time.GetTimestamp(); spill.Status.Batches > 0 && time.GetElapsedTime(began) < patience;)
            await Task.Delay(AskPeriod, time);
        if (spill.Status is { Batches: > 0 } left)
            log.SpillLeft(left.Events, spill.Folder);
    }

    /// <summary>One round.</summary>
    /// <returns>How long to rest after it.</returns>
    private async Task<TimeSpan> TurnAsync()
    {
        if (spill.Status.Batches == 0)
        {
            reach.Opened();
            log.OnSpillEmpty(Drained);
            _resting.Clear();
            (_window, _isHurried) = (1, false);
            return options.SpillPeriod;
        }

        if (!reach.IsReadable)
            return options.SpillPeriod;
        var began = time.GetTimestamp();
        _passesOverRested = !_passesOverRested;
        try
        {
            var batches = await spill.ReadOldestAsync(RestingSources(), _window, options.SpillDrainBytes, _resting.Positions(alsoRested: _passesOverRested));
            if (batches.Count == 0)
                return options.SpillPeriod;
            return await DrainAsync(batches) ? Rest(began) : options.SpillPeriod;
        }
        catch (Exception exception)
        {
            // Whatever it is: nothing was removed that is not stored, and the next round tries again.
            log.OnSpillNotDrained(exception.Message);
            return options.SpillPauseMax;
        }
    }

    private TimeSpan Rest(long began) => _isHurried ? TimeSpan.Zero : TimeSpan.FromTicks(
        Math.Min(time.GetElapsedTime(began).Ticks, options.SpillPauseMax.Ticks));

    /// <summary>Sources that failed a moment ago.</summary>
    private HashSet<string> RestingSources() =>
        [.. _failing.Where(source => time.GetTimestamp() < source.Value.NotBefore).Select(source => source.Key)];

    private async Task<bool> DrainAsync(IReadOnlyList<SpilledBatch> batches)
    {
        try
        {
            var source = batches[0].Source;
            var taken = reach.Taken;
            // All are offered, in order, before the first is awaited: they share a commit.
            var results = await Task.WhenAll(batches.Select(spilled => journal.AcceptAsync(source, spilled.Batch).AsTask()));
            var stored = batches.Where((_, i) => results[i].Outcome == IntakeOutcome.Stored).ToList();
            foreach (var result in results)
                reach.Observe(result, taken);
            if (stored.Count > 0)
                reach.Opened();
            var removed = await RemoveAsync(stored);
            TakeNote(batches, results);
            if (stored.Count > 0 && _failing.Remove(source))
                _resting.Recovered(source);
            if (stored.Count == batches.Count && removed.Outcome == JournalOutcome.Committed)
            {
                _window = Math.Min(_window * 2, options.SpillDrainBatches);
                return true;
            }

            Failed(source, results.FirstOrDefault(result => result.Outcome != IntakeOutcome.Stored), removed);
            return false;
        }
        finally
        {
            foreach (var spilled in batches)
                spilled.Dispose();
        }
    }

    private async Task<JournalResult> RemoveAsync(List<SpilledBatch> stored)
    {
        // Counted first, and taken back where they stay: who looks meanwhile sees events in both places for a moment, never in
        // neither.
        var events = stored.Sum(spilled => (long)spilled.Batch.Events.Length);
        Interlocked.Add(ref _drained, events);
        var isRemoved = false;
        try
        {
            var removed = await spill.RemoveAsync(stored);
            isRemoved = removed.Outcome == JournalOutcome.Committed;
            return removed;
        }
        finally
        {
            if (!isRemoved)
                Interlocked.Add(ref _drained, -events);
        }
    }

    /// <summary>Each request that was not stored rests.</summary>
    private void TakeNote(IReadOnlyList<SpilledBatch> batches, IntakeResult[] results)
    {
        for (var i = 0; i < batches.Count; i++)
        {
            if (results[i].Outcome == IntakeOutcome.Stored)
                _resting.Stored(batches[i]);
            else
                _resting.Failed(batches[i]);
        }
    }

    /// <summary>The source rests, longer with every failure in a row; others go on.</summary>
    private void Failed(string source, in IntakeResult result, JournalResult removed)
    {
        _window = 1;
        var failures = _failing.GetValueOrDefault(source).Failures + 1;
        var pause = Backoff.Ceiling(failures, options.SpillPeriod, options.SpillPauseMax);
        _failing[source] = (failures, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
        log.OnSpillNotDrained(result.Reason ?? removed.Reason);
    }
}
