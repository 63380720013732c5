namespace Ingest.Engine;

/// <summary>
/// Delivers what a receiver took to the primary: relay objects, oldest first, in chunks of lines. An object leaves the lake
/// only when the primary has confirmed all of it, and a record of it stands in its place before. Used by one caller at a time.
/// </summary>
/// <remarks>
/// <para>Where it stands follows from the lake alone, so it may be stopped anywhere: an object that is there is delivered
/// again, from its beginning, and the primary knows its events, or the object, from before.</para>
/// <para>Two bridges of one lake are harmless: the second finds duplicates, the record, or no object.</para>
/// </remarks>
/// <param name="lake">The region's lake.</param>
/// <param name="link">The way to the primary as of now: a promotion changes it.</param>
/// <param name="region">The region's name.</param>
/// <param name="limits">Chunks, pace and pauses.</param>
/// <param name="putTimeout">How long storing a record or deleting an object may take.</param>
/// <param name="time">The host's clock and timers.</param>
/// <param name="random">Jitter of the pauses.</param>
public sealed class Bridge(
    ILake lake, Func<IRelayLink> link, string region, RelayLimits limits, TimeSpan putTimeout, TimeProvider time, Random random)
{
    private readonly RelayPace _pace = new(limits);
    private readonly Dictionary<string, Rest> _rests = new(StringComparer.Ordinal);
    private RelayBacklog? _backlog;
    private RelayDelivery? _delivery;
    private int _failures;
    private TimeSpan? _retryAfter;
    private long _deliveredObjects;
    private DeliveredCounts _delivered;
    private Instant? _lastDelivered;
    private string? _failure;
    private Instant? _failingSince;
    private volatile BridgeReport? _report;

    /// <summary>What an operator sees of it, as of the last turn; null before the first.</summary>
    public BridgeReport? Report => _report;

    /// <summary>Delivers one object, or tries to.</summary>
    /// <returns>How long to wait before the next turn.</returns>
    /// <exception cref="OperationCanceledException">The host cancelled it; the next turn begins where the lake stands.</exception>
    public async Task<TimeSpan> TurnAsync(CancellationToken cancellation)
    {
        _retryAfter = null;
        var (pause, failure) = (TimeSpan.Zero, (string?)null);
        try
        {
            (pause, failure) = await TryTurnAsync(cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested
            && exception is LakeUnavailableException or IOException or OperationCanceledException)
        {
            failure = $"the lake: {exception.Message}";
        }

        if (failure is null)
            (_failures, _failingSince) = (0, null);
        else
        {
            _failures++;
            _failingSince ??= Now;
            var own = Backoff.HalfJitter(Backoff.Ceiling(_failures, limits.RetryPauseMin, limits.RetryPauseMax), random);
            pause = _retryAfter is { } asked && asked > own ? Min(asked, limits.RetryPauseMax) : own;
        }

        _failure = failure;
        Describe();
        return pause;
    }

    private Instant Now => Instant.From(time.GetUtcNow());

    private async Task<(TimeSpan Pause, string? Failure)> TryTurnAsync(CancellationToken cancellation)
    {
        if (_backlog is null || !_backlog.Oldest.Any(IsAwake))
            _backlog = await RelayBacklog.ListAsync(lake, limits.WindowMax, cancellation);
        foreach (var key in _rests.Where(rest => rest.Value.Until <= Now).Select(rest => rest.Key).ToList())
            _rests.Remove(key);
        if (!_backlog.Oldest.Any(IsAwake))
            return (limits.IdlePause, null);

        var next = _backlog.Oldest.First(IsAwake);
        try
        {
            var failure = await DeliverAsync(next, link(), cancellation);
            if (failure is null)
                _backlog.Remove(next);
            return (TimeSpan.Zero, failure);
        }
        catch (InvalidDataException exception)
        {
            // Of this object alone: others go on, and it is looked at again, since somebody may mend it.
            _rests[next.Key] = new Rest(Now + limits.RefusedRest, exception.Message);
            _delivery = null;
            return (TimeSpan.Zero, null);
        }
    }

    /// <summary>Delivers an object, records it, and deletes it.</summary>
    /// <returns>Why it could not be done now; null when it is done.</returns>
    /// <exception cref="InvalidDataException">This object cannot be delivered.</exception>
    private async Task<string?> DeliverAsync(RelayObject found, IRelayLink to, CancellationToken cancellation)
    {
        var recordKey = LakeLayout.BridgedKey(found.Key);
        var record = await lake.FindAsync(recordKey, RelayFormat.Default.BridgedObject, cancellation);
        if (record is null)
        {
            await using var stored = await lake.OpenReadAsync(found.Key, cancellation);
            if (stored is null)
                // Another bridge was faster.
                return null;
            if (await SendAsync(found, to, stored, cancellation) is { } failure)
                return failure;
            record = Record(found, to);
            if (await PutAsync(recordKey, record, cancellation) is { } problem)
                return problem;
            Count(record);
        }

        if (record.Key != found.Key || record.Bytes != found.Length)
            throw new InvalidDataException($"{recordKey} is of {record.Bytes} bytes of {record.Key}, the object has {found.Length}");
        await DeleteAsync(found.Key, cancellation);
        _delivery = null;
        return null;
    }

    /// <summary>Sends what is not confirmed yet of an object; null when all of it is.</summary>
    private async Task<string?> SendAsync(RelayObject found, IRelayLink to, Stream stored, CancellationToken cancellation)
    {
        // After a promotion from the beginning: what the old primary has of it, the new one has not.
        if (_delivery?.Key != found.Key || _delivery.To != to)
            _delivery = new RelayDelivery(found.Key, to);
        await using var reader = new RelayObjectReader(stored, limits);
        while (await reader.ReadAsync(cancellation) is { } chunk)
        {
            // Sent by an earlier turn of this bridge; chunks fall the same every time.
            if (reader.Lines <= _delivery.ConfirmedLines)
                continue;
            var first = reader.Lines - chunk.Lines;
            var began = time.GetTimestamp();
            var answer = await SendAsync(
                to, new RelayChunk(region, found.Key, first, chunk.Lines, chunk.IsLast, chunk.Bytes), cancellation);
            switch (answer.Outcome)
            {
                case RelayOutcome.Stored:
                    _delivery.Confirm(reader.Lines, new DeliveredCounts(answer.Accepted, answer.Quarantined, answer.Duplicates));
                    var pause = _pace.Delivered(chunk.Bytes.Length, time.GetElapsedTime(began));
                    if (pause > TimeSpan.Zero)
                        await Task.Delay(pause, time, cancellation);
                    break;
                case RelayOutcome.AlreadyDelivered:
                    _delivery.Confirm(reader.Lines, new DeliveredCounts(0, 0, chunk.Lines));
                    break;
                case RelayOutcome.Refused:
                    throw new InvalidDataException(answer.Detail ?? "the primary refuses it");
                default:
                    if (answer.Outcome is RelayOutcome.Busy or RelayOutcome.Unreachable)
                        _pace.PushedBack();
                    _retryAfter = answer.RetryAfter;
                    return $"{answer.Outcome}: {answer.Detail}";
            }
        }

        _delivery.Finish(reader.Length, reader.Lines, reader.Sha256);
        if (reader.Length != found.Length)
            throw new InvalidDataException($"it has {reader.Length} bytes, and {found.Length} in the listing");
        // A file that was cut can still look like whole lines: what the lake noted when it was stored decides.
        return await lake.FindAsync(found.Key, cancellation) is not { Sha256: { } noted } || noted == reader.Sha256
            ? null
            : throw new InvalidDataException($"its bytes have the SHA-256 {reader.Sha256}, those that were stored {noted}");
    }

    private async Task<RelayAnswer> SendAsync(IRelayLink to, RelayChunk chunk, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limits.ChunkTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await to.DeliverAsync(chunk, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RelayAnswer(RelayOutcome.Unreachable, Detail: $"no answer within {limits.ChunkTimeout}");
        }
    }

    private BridgedObject Record(RelayObject found, IRelayLink to) => new(
        RelayFormat.Version,
        found.Key,
        _delivery!.Bytes,
        _delivery.ConfirmedLines,
        _delivery.Sha256,
        found.Hour.Start,
        Now,
        to.Description,
        _delivery.Counts.Accepted,
        _delivery.Counts.Quarantined,
        _delivery.Counts.Duplicates);

    /// <returns>Why the record is not there; null when it is, or another bridge's of the same object.</returns>
    private async Task<string?> PutAsync(string key, BridgedObject record, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(putTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var put = await lake.PutAsync(LakeDocument.Of(key, record, RelayFormat.Default.BridgedObject), either.Token);
        if (put.IsConfirmed)
            return null;
        // Where one stands there by now, the next turn reads it.
        return $"{key} is not written yet ({put.Outcome}): {put.Detail}";
    }

    private async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(putTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        await lake.DeleteAsync(key, either.Token);
    }

    private void Count(BridgedObject record)
    {
        _deliveredObjects++;
        _delivered += new DeliveredCounts(record.Accepted, record.Quarantined, record.Duplicates);
        _lastDelivered = record.DeliveredAt;
    }

    private bool IsAwake(RelayObject found) => !_rests.TryGetValue(found.Key, out var rest) || rest.Until <= Now;

    private void Describe() => _report = new BridgeReport(
        link().Description,
        _backlog?.Objects ?? 0,
        _backlog?.Bytes ?? 0,
        _backlog?.Oldest.Count > 0 ? _backlog.Oldest.First().Hour.ToString() : null,
        _pace.BytesPerSecond,
        _lastDelivered,
        _failure,
        _failingSince,
        _deliveredObjects,
        _delivered.Accepted,
        _delivered.Quarantined,
        _delivered.Duplicates,
        [.. _rests.OrderBy(rest => rest.Key, StringComparer.Ordinal).Select(rest => $"{rest.Key}: {rest.Value.Why}")]);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>An object that is left alone for a while.</summary>
    private readonly record struct Rest(Instant Until, string Why);
}
