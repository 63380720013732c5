namespace Ingest.Engine;

/// <summary>
/// Delivers what a receiver took to the primary: relay objects, oldest first, in chunks of lines. An object is read whole and
/// found undamaged before its first line is sent, and leaves the lake only when the primary has confirmed all of it and a
/// record of it stands in its place. Used by one caller at a time.
/// </summary>
/// <remarks>
/// <para>Where it stands follows from the lake alone, so it may be stopped anywhere: an object that is there is delivered
/// again, from its beginning, and the primary knows its events, or the object, from before.</para>
/// <para>Two bridges of one lake are harmless: the second finds duplicates, the record, or no object.</para>
/// <para>A fault of one object never stops the others: it rests, longer each time.</para>
/// </remarks>
/// <param name="lake">The region's lake.</param>
/// <param name="journal">The region's journal, which noted what it shipped.</param>
/// <param name="route">Where to deliver.</param>
/// <param name="region">The region's name.</param>
/// <param name="limits">Chunks, pace and pauses.</param>
/// <param name="putTimeout">How long a listing may take, storing a record or deleting an object.</param>
/// <param name="time">The host's clock and timers.</param>
/// <param name="random">Jitter of the pauses.</param>
public sealed class Bridge(
    ILake lake,
    IJournal journal,
    IRelayRoute route,
    string region,
    RelayLimits limits,
    TimeSpan putTimeout,
    TimeProvider time,
    Random random)
{
    /// <summary>Objects at rest that a report names.</summary>
    private const int NamedMax = 20;

    private readonly TimedCalls _timed = new(time);
    private readonly RelayPace _pace = new(limits);
    private readonly RelayRests _rests = new(limits);
    private RelayBacklog? _backlog;
    private readonly Dictionary<string, RelayDelivery> _underWay = new(StringComparer.Ordinal);
    private Stuck? _stuck;
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

    private Instant Now => Instant.From(time.GetUtcNow());

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
        catch (Exception exception) when (!cancellation.IsCancellationRequested && IsOfStorage(exception))
        {
            failure = exception.Message;
        }
        finally
        {
            _failure = failure;
            if (failure is null)
                (_failures, _failingSince) = (0, null);
            else
                (_failures, _failingSince) = (_failures + 1, _failingSince ?? Now);
            Describe();
        }

        if (failure is null)
            return pause;
        var own = Backoff.HalfJitter(Backoff.Ceiling(_failures, limits.RetryPauseMin, limits.RetryPauseMax), random);
        return _retryAfter is { } asked && asked > own ? Min(asked, limits.RetryPauseMax) : own;
    }

    private async Task<(TimeSpan Pause, string? Failure)> TryTurnAsync(CancellationToken cancellation)
    {
        await route.LookAsync(cancellation);
        if (route.Link is not { } to)
            return (TimeSpan.Zero, route.Unknown ?? "it is not known where to deliver");
        if (_backlog is null || _backlog.Oldest.Count == 0)
            await ListAsync(cancellation);
        if (Next() is not { } next)
            return (limits.IdlePause, null);

        var delivery = DeliveryOf(next);
        delivery.Bind(to);
        try
        {
            var failure = await DeliverAsync(next, to, delivery, cancellation);
            Settle(next, failure);
            return (TimeSpan.Zero, failure);
        }
        catch (UnknownSourceException exception)
        {
            _rests.AddSource(next.Source, exception.Message, Now);
            _backlog!.RestSource(next.Source);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && !IsOfStorage(exception))
        {
            // Whatever it is, it is of this object: the others go on.
            Rest(next, exception.Message, delivery);
        }

        return (TimeSpan.Zero, null);
    }

    /// <summary>What is known of an object's delivery. Of others only that is kept, and no bytes.</summary>
    private RelayDelivery DeliveryOf(RelayObject next)
    {
        foreach (var (key, other) in _underWay)
        {
            if (key != next.Key)
                other.DropBytes();
        }

        if (!_underWay.TryGetValue(next.Key, out var delivery))
            _underWay[next.Key] = delivery = _rests.DeliveryOf(next.Key) ?? new RelayDelivery();
        return delivery;
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        _backlog = await _timed.WithinAsync(putTimeout, "listing the relay folder", async token =>
        {
            var listed = await RelayBacklog.ListAsync(lake, _rests, limits.WindowMax, Now, token);
            await listed.ReadShippedAsync(journal, token);
            return listed;
        }, cancellation);
        _rests.Keep(_backlog.Resting);
        // The window was empty: what was under way is done, or rests, or another bridge has it.
        _underWay.Clear();
    }

    /// <summary>The oldest object; where that fails again and again, every other time the one behind it, to see whose fault it is.</summary>
    private RelayObject? Next()
    {
        if (_backlog!.Oldest.Count == 0)
            return null;
        var first = _backlog.Oldest.First();
        return _stuck is { OthersPass: false } stuck && stuck.Object == first && stuck.Times >= limits.StuckTimes && stuck.Times % 2 == 0 && _backlog.Oldest.Count > 1
            ? _backlog.Oldest.ElementAt(1)
            : first;
    }

    private void Settle(RelayObject found, string? failure)
    {
        if (failure is not null)
        {
            var first = _backlog!.Oldest.First();
            var last = _stuck is { } known && known.Object == first ? known : new Stuck(first, 0, OthersPass: false);
            if (last.OthersPass && found == first)
            {
                Rest(first, failure, _underWay.GetValueOrDefault(first.Key));
                _stuck = null;
            }
            else
            {
                _stuck = last with { Times = last.Times + 1 };
            }

            return;
        }

        // That another one passed may as well show that the primary is back: the first is tried once more before it rests.
        _stuck = _stuck is { } stuck && stuck.Object != found && stuck.Times >= limits.StuckTimes ? stuck with { OthersPass = true } : null;
        _underWay.Remove(found.Key);
        _rests.Remove(found);
        _backlog!.Remove(found);
    }

    private void Rest(RelayObject found, string why, RelayDelivery? delivery)
    {
        _rests.Add(found, why, delivery ?? _rests.DeliveryOf(found.Key), Now);
        _backlog!.Rest(found);
    }

    /// <summary>Delivers an object, records it, and deletes it.</summary>
    /// <returns>Why it could not be done now; null when it is done, or another bridge was faster.</returns>
    /// <exception cref="InvalidDataException">This object cannot be delivered.</exception>
    private async Task<string?> DeliverAsync(
        RelayObject found, IRelayLink to, RelayDelivery delivery, CancellationToken cancellation)
    {
        if (delivery.Content is null && !await ReadWholeAsync(found, delivery, cancellation))
            return null;
        var content = delivery.Content!;
        var recordKey = LakeLayout.BridgedKey(found.Key);
        var record = await _timed.WithinAsync(
            limits.LakeTimeout, recordKey, token => lake.FindAsync(recordKey, RelayFormat.Default.BridgedObject, token), cancellation);
        if (record is null)
        {
            if (!delivery.IsDone && await SendAsync(found, to, delivery, cancellation) is { } failure)
                return failure;
            if (route.Link != to)
                return "the way to the primary has changed: it is delivered from its beginning";
            record = Record(found, to, delivery);
            if (await PutAsync(recordKey, record, cancellation) is { } problem)
                return problem;
            Count(record);
        }

        // A journal that was restored to an earlier point counts its blocks anew, and may use a name twice.
        if ((record.Key, record.Bytes, record.Sha256) != (found.Key, content.Length, content.Sha256))
            throw new InvalidDataException($"{recordKey} is of other bytes: another object was relayed under the same name");
        await DeleteAsync(found.Key, cancellation);
        return null;
    }

    /// <summary>Reads an object to its end, so that nothing of a damaged one is ever sent.</summary>
    /// <returns>False where it is gone.</returns>
    /// <exception cref="InvalidDataException">It is not what was shipped.</exception>
    private async Task<bool> ReadWholeAsync(RelayObject found, RelayDelivery delivery, CancellationToken cancellation)
    {
        if (await OpenAsync(found, cancellation) is not { } opened)
            return false;
        var stored = opened;
        if (found.Length <= limits.BufferBytesMax)
        {
            await using (opened)
                delivery.Bytes = await ReadBytesAsync(found, opened, cancellation);
            stored = new MemoryStream(delivery.Bytes, writable: false);
        }

        await using var reader = new RelayObjectReader(stored, limits);
        while (await ReadAsync(found, reader, cancellation) is not null)
        {
            // Only its end is wanted.
        }

        if (reader.Lines == 0)
            throw new InvalidDataException("there is no line in it");
        var (length, sha256) = _backlog!.ShippedOf(found)
            ?? (found.Length, await NotedAsync(found, cancellation) ?? reader.Sha256);
        if ((reader.Length, reader.Sha256) != (length, sha256))
            throw new InvalidDataException($"it has {reader.Length} bytes with the SHA-256 {reader.Sha256}, shipped were {length} with {sha256}");
        delivery.Content = new RelayContent(reader.Length, reader.Lines, reader.Sha256);
        return true;
    }

    /// <summary>Sends what is not confirmed yet of an object; null when all of it is.</summary>
    private async Task<string?> SendAsync(
        RelayObject found, IRelayLink to, RelayDelivery delivery, CancellationToken cancellation)
    {
        var content = delivery.Content!;
        Stream? stored = delivery.Bytes is { } bytes ? new MemoryStream(bytes, writable: false) : await OpenAsync(found, cancellation);
        if (stored is null)
            return "it has just left the lake";
        await using var reader = new RelayObjectReader(stored, limits);
        while (await ReadAsync(found, reader, cancellation) is { } chunk)
        {
            // Confirmed in an earlier turn; chunks fall the same every time.
            if (reader.Lines <= delivery.ConfirmedLines)
                continue;
            if (chunk.IsLast && (reader.Length, reader.Lines, reader.Sha256) != (content.Length, content.Lines, content.Sha256))
                throw new InvalidDataException("it changed between two readings");
            if (route.Link != to)
                return "the way to the primary has changed: it is delivered from its beginning";
            var began = time.GetTimestamp();
            var answer = await SendAsync(
                to,
                new RelayChunk(region, found.Key, reader.Lines - chunk.Lines, chunk.Lines, chunk.IsLast, chunk.Bytes, content.Sha256),
                cancellation);
            if (Judge(answer, reader.Lines, delivery) is { } failure)
                return failure;
            if (delivery.IsDone)
                break;
            var pause = _pace.Delivered(chunk.Bytes.Length, time.GetElapsedTime(began));
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancellation);
        }

        return null;
    }

    private string? Judge(in RelayAnswer answer, long lines, RelayDelivery delivery)
    {
        switch (answer.Outcome)
        {
            case RelayOutcome.Stored or RelayOutcome.AlreadyDelivered:
                var before = delivery.Region;
                if (!delivery.TryAnswered(answer.Region))
                    return $"{answer.Region} answered where {before} did before: it is delivered from its beginning. --primary must name one region, past the lever";
                if (answer.Outcome == RelayOutcome.Stored)
                    delivery.Confirm(lines, new DeliveredCounts(answer.Accepted, answer.Quarantined, answer.Duplicates));
                else
                    delivery.Confirm(delivery.Content!.Lines, new DeliveredCounts(0, 0, delivery.Content.Lines - delivery.ConfirmedLines));
                return null;
            case RelayOutcome.Refused:
                throw new InvalidDataException(answer.Detail ?? "the primary refuses it");
            case RelayOutcome.UnknownSource:
                throw new UnknownSourceException(answer.Detail ?? "the primary does not know it");
            case RelayOutcome.Busy or RelayOutcome.Unreachable:
                _pace.PushedBack();
                break;
        }

        _retryAfter = answer.RetryAfter;
        return $"{answer.Outcome}: {answer.Detail}";
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

    private BridgedObject Record(RelayObject found, IRelayLink to, RelayDelivery delivery) => new(
        RelayFormat.Version,
        found.Key,
        delivery.Content!.Length,
        delivery.Content.Lines,
        delivery.Content.Sha256,
        found.Hour.Start,
        Now,
        delivery.Region is { } name ? $"{name} at {to.Description}" : to.Description,
        delivery.Counts.Accepted,
        delivery.Counts.Quarantined,
        delivery.Counts.Duplicates);

    /// <returns>Why the record is not there; null when it is.</returns>
    private async Task<string?> PutAsync(string key, BridgedObject record, CancellationToken cancellation)
    {
        var put = await _timed.WithinAsync(
            putTimeout, key, token => lake.PutAsync(LakeDocument.Of(key, record, RelayFormat.Default.BridgedObject), token).AsTask(), cancellation);
        // Where another bridge's stands there by now, the next turn reads it.
        return put.IsConfirmed ? null : $"{key} is not written yet ({put.Outcome}): {put.Detail}";
    }

    /// <exception cref="InvalidOperationException">It is recorded, and cannot be deleted: the others must not wait for that.</exception>
    private async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await _timed.WithinAsync(putTimeout, key, async token =>
            {
                await lake.DeleteAsync(key, token);
                return true;
            }, cancellation);
        }
        catch (LakeUnavailableException exception)
        {
            throw new InvalidOperationException($"the primary has it, but it cannot be deleted: {exception.Message}", exception);
        }
    }

    private async Task<Stream?> OpenAsync(RelayObject found, CancellationToken cancellation) => await _timed.WithinAsync(
        limits.LakeTimeout, found.Key, token => lake.OpenReadAsync(found.Key, token).AsTask(), cancellation);

    private async Task<byte[]> ReadBytesAsync(RelayObject found, Stream stored, CancellationToken cancellation) => await _timed.WithinAsync(
        limits.LakeTimeout,
        found.Key,
        async token =>
        {
            using var bytes = new MemoryStream((int)found.Length);
            await stored.CopyToAsync(bytes, token);
            return bytes.ToArray();
        },
        cancellation);

    private Task<(ReadOnlyMemory<byte> Bytes, int Lines, bool IsLast)?> ReadAsync(
        RelayObject found, RelayObjectReader reader, CancellationToken cancellation) =>
        _timed.WithinAsync(limits.LakeTimeout, found.Key, token => reader.ReadAsync(token).AsTask(), cancellation);

    /// <summary>The checksum that the lake keeps with an object; null where it keeps none.</summary>
    private async Task<string?> NotedAsync(RelayObject found, CancellationToken cancellation) => (await _timed.WithinAsync(
        limits.LakeTimeout, found.Key, token => lake.FindAsync(found.Key, token).AsTask(), cancellation))?.Sha256;

    private void Count(BridgedObject record)
    {
        _deliveredObjects++;
        _delivered += new DeliveredCounts(record.Accepted, record.Quarantined, record.Duplicates);
        _lastDelivered = record.DeliveredAt;
    }

    private void Describe() => _report = new BridgeReport(
        route.Link?.Description ?? "nowhere yet",
        _backlog?.Objects ?? 0,
        _backlog?.Bytes ?? 0,
        _backlog?.OldestHour?.ToString(),
        _pace.BytesPerSecond,
        _lastDelivered,
        _failure,
        _failingSince,
        _deliveredObjects,
        _delivered.Accepted,
        _delivered.Quarantined,
        _delivered.Duplicates,
        _rests.Describe(NamedMax),
        _backlog?.OldestHour?.Start);

    private static bool IsOfStorage(Exception exception) => exception
        is LakeUnavailableException or JournalUnavailableException or IOException or OperationCanceledException;

    /// <summary>The oldest object while it fails.</summary>
    /// <param name="Object">Which.</param>
    /// <param name="Times">How often on end.</param>
    /// <param name="OthersPass">True where another object was delivered since.</param>
    private readonly record struct Stuck(RelayObject Object, int Times, bool OthersPass);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>The primary does not know the source of an object, nor of the others of that source.</summary>
    private sealed class UnknownSourceException(string message) : Exception(message);
}
