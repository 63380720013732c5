namespace Ingest.Engine;

/// <summary>
/// Decides what ships when: oldest first, within bounds, around failures, for ever. A state machine without I/O: time
/// and results come in, steps come out. One caller at a time.
/// </summary>
/// <remarks>
/// <para>
/// The host asks <see cref="Next"/> and does what it says until that is <see cref="ShipStep.Wait"/> or <see
/// cref="ShipStep.Idle"/>; it asks again after each report and when a wait is over. What is in hand is a copy of what
/// the journal holds as pending, so a host may be killed at any moment and start with an empty hand.
/// </para>
/// <para>
/// A failure concerns one of three. The destination: the <see cref="Breaker"/> counts, and once it is open one probe
/// replaces all retries. The journal: the batch pauses. The batch itself (<see cref="ShipOutcome.Conflict"/>, <see
/// cref="ShipOutcome.Damaged"/>, or <see cref="ShipOutcome.Rejected"/> while the destination takes others): it is set
/// aside, leaves the window, and is tried about every <see cref="Limits.RetryPauseMax"/>, one such batch at a time.
/// </para>
/// </remarks>
/// <param name="limits">Bounds and pauses.</param>
/// <param name="random">Jitter.</param>
public sealed class Shipper(Limits limits, Random random)
{
    private readonly SortedDictionary<Batch, Shipment> _hand = new(OldestFirst.Comparer);
    private readonly ElapsedClock _clock = new(limits.RetryPauseMax);
    private readonly Breaker _breaker = new(limits, random);
    private readonly PutConcurrency _concurrency = new(limits.ShipConcurrency);
    private readonly PendingReads _reads = new(limits, random);
    private int _inFlight;
    private int _setAside;
    private bool _setAsideHasTurn;
    private Instant? _breakerSince;
    private Instant? _lastSuccess;
    private ShipFailure? _lastFailure;

    // Batches set aside leave the window, so that they block no others, up to a bound of their own.
    private int Room => limits.ShipWindow - (_hand.Count - Math.Min(_setAside, limits.ShipSetAsideMax));

    /// <summary>The batches in memory, oldest first.</summary>
    public IReadOnlyCollection<Batch> InHand => _hand.Keys;

    /// <summary>A batch was sealed: reading the journal is worth it.</summary>
    public void Notice() => _reads.Expect();

    /// <summary>What to do now.</summary>
    public ShipStep Next(Instant now)
    {
        var time = _clock.Read(now);
        var before = _breaker.State;
        _breaker.Advance(time);
        NoteBreaker(before, now);
        if (WantsRefill(time))
            return _reads.Start(_hand.Values, Room, time);
        return Pick(time) is { } shipment ? Start(shipment) : Pause(time);
    }

    /// <summary>The end of a <see cref="ShipStep.Refill"/>.</summary>
    /// <param name="pending">What the journal returned, oldest first.</param>
    /// <exception cref="InvalidOperationException">No refill was under way.</exception>
    /// <exception cref="ArgumentException">
    /// The journal returned more than was asked for, or what it was told to leave out.
    /// </exception>
    public void Offer(IReadOnlyList<Batch> pending)
    {
        var asked = _reads.End(pending);
        foreach (var batch in pending)
        {
            if (_hand.TryGetValue(batch, out var known))
            {
                if (!asked.Contains(known))
                    throw new ArgumentException($"{batch.Id} was offered though to be left out.", nameof(pending));
                known.MustAsk = false;
            }
            else if (Room > 0)
                _hand.Add(batch, new Shipment(batch));
            else
                _reads.Expect();
        }

        // Not in the list: another shipper confirmed it, or there was no place for it behind older ones. The journal
        // knows which, and offers it again in its turn where it is still pending.
        foreach (var shipment in asked.Where(shipment => shipment.MustAsk))
            Remove(shipment);
    }

    /// <summary>A <see cref="ShipStep.Refill"/> failed: it is repeated after a pause, for ever.</summary>
    /// <param name="detail">What the journal said.</param>
    /// <param name="now">The wall clock.</param>
    /// <exception cref="InvalidOperationException">No refill was under way.</exception>
    public void OfferFailed(string detail, Instant now)
    {
        _reads.Fail(_clock.Read(now));
        _lastFailure = new ShipFailure(now, Batch: null, ShipOutcome.JournalUnavailable, detail);
    }

    /// <summary>The end of a <see cref="ShipStep.Ship"/>.</summary>
    /// <exception cref="InvalidOperationException">The batch was not in flight.</exception>
    public void Ended(Batch batch, ShipResult result, Instant now)
    {
        if (!_hand.TryGetValue(batch, out var shipment) || !shipment.InFlight)
            throw new InvalidOperationException($"{batch.Id} is not in flight.");
        var time = _clock.Read(now);
        shipment.InFlight = false;
        _inFlight--;
        if (shipment.NeedsPut)
            Judge(shipment, result, now, time);
        if (result.Outcome is ShipOutcome.Confirmed or ShipOutcome.Gone)
            Remove(shipment);
        else
            Fail(shipment, result, now, time);
    }

    /// <summary>What an operator should see.</summary>
    public ShipperStatus Status() => new(
        _breaker.State,
        _breakerSince,
        _lastSuccess,
        _lastFailure,
        _hand.Count,
        _inFlight,
        _concurrency.Allowed,
        [
            .. from shipment in _hand.Values
               where shipment.IsSetAside
               select new SetAsideBatch(
                   shipment.Batch,
                   shipment.SetAsideSince.GetValueOrDefault(),
                   shipment.Failures,
                   shipment.LastFailure.Outcome,
                   shipment.LastFailure.Detail),
        ]);

    private bool WantsRefill(TimeSpan time)
    {
        if (_breaker.State == BreakerState.Open || !_reads.MayStart(time))
            return false;
        bool idle = true, due = false, setAsideWaits = false;
        foreach (var shipment in _hand.Values)
        {
            due |= shipment.IsDueToAsk(time);
            setAsideWaits |= shipment.IsSetAside && (shipment.InFlight || shipment.IsReady(time));
            idle &= shipment.IsSetAside || !shipment.IsReady(time);
        }

        // One read for half a window of batches, but never a pause while there is room and nothing else to do.
        return (due && !setAsideWaits)
            || (_reads.ExpectsMore && Room > 0 && (idle || Room >= limits.ShipWindow - limits.ShipWindow / 2));
    }

    private Shipment? Pick(TimeSpan time)
    {
        if (_inFlight >= _concurrency.Allowed)
            return null;
        Shipment? oldest = null, probe = null, setAside = null;
        var setAsideInFlight = false;
        foreach (var shipment in _hand.Values)
        {
            setAsideInFlight |= shipment.IsSetAside && shipment.InFlight;
            if (!shipment.IsReady(time))
                continue;
            if (shipment.IsSetAside && shipment.NeedsPut)
                setAside = setAside?.ReadyAt <= shipment.ReadyAt ? setAside : shipment;
            else if (_breaker.State == BreakerState.Closed || !shipment.NeedsPut)
                oldest ??= shipment;
            else if (probe is null || shipment.Failures < probe.Failures)
                // The least tried first, else one batch that never works would keep the breaker open for all.
                probe = shipment;
        }

        if (_breaker.State != BreakerState.Closed)
            return oldest ?? (_breaker.WantsProbe ? probe ?? setAside : null);
        var takesTurn = setAside is not null && !setAsideInFlight && (oldest is null || _setAsideHasTurn);
        return takesTurn ? setAside : oldest;
    }

    private ShipStep.Ship Start(Shipment shipment)
    {
        shipment.InFlight = true;
        _inFlight++;
        _setAsideHasTurn = !shipment.IsSetAside;
        shipment.IsProbe = shipment.NeedsPut && _breaker.WantsProbe;
        if (shipment.IsProbe)
            _breaker.StartProbe();
        return new ShipStep.Ship(shipment.Batch, shipment.Failures + 1, shipment.Stored);
    }

    private ShipStep Pause(TimeSpan time)
    {
        var isOpen = _breaker.State == BreakerState.Open;
        var until = isOpen ? _breaker.OpenUntil : _reads.NotBefore;
        foreach (var shipment in _hand.Values)
        {
            if (!shipment.InFlight && shipment.ReadyAt > time && !(isOpen && shipment.NeedsPut))
                until = until > time && until < shipment.ReadyAt ? until : shipment.ReadyAt;
        }

        return until <= time || _inFlight >= _concurrency.Allowed
            ? ShipStep.Idle.Instance
            : new ShipStep.Wait(until - time);
    }

    /// <summary>What a put says of the destination.</summary>
    private void Judge(Shipment shipment, ShipResult result, Instant now, TimeSpan time)
    {
        var before = _breaker.State;
        if (result.Outcome is ShipOutcome.Confirmed or ShipOutcome.NotConfirmed)
        {
            _lastSuccess = now;
            _concurrency.Succeeded();
            _breaker.Succeeded(shipment.IsProbe);
        }
        else if (result.IsDestinationFault)
        {
            if (result.Outcome == ShipOutcome.Throttled)
                _concurrency.Throttled();
            _breaker.Failed(result.Outcome, shipment.IsProbe, time);
        }
        else
            _breaker.LearnedNothing(shipment.IsProbe);

        NoteBreaker(before, now);
        if (before == BreakerState.Closed && _breaker.State == BreakerState.Open)
            EndPauses(time);
    }

    /// <summary>The breaker's pause replaces the batches' own, so that the oldest go first when it closes.</summary>
    private void EndPauses(TimeSpan time)
    {
        foreach (var shipment in _hand.Values)
        {
            if (!shipment.IsSetAside && shipment.LastFailure.IsDestinationFault)
                shipment.ReadyAt = time;
        }
    }

    private void Fail(Shipment shipment, ShipResult result, Instant now, TimeSpan time)
    {
        shipment.Failures++;
        shipment.LastFailure = result;
        shipment.Stored ??= result.Stored;
        _lastFailure = new ShipFailure(now, shipment.Batch.Id, result.Outcome, result.Detail);

        var isClosed = _breaker.State == BreakerState.Closed;
        if (!shipment.IsSetAside && IsOwnFault(result, isClosed))
        {
            shipment.SetAsideSince = now;
            _setAside++;
        }

        if (shipment.IsSetAside && shipment.NeedsPut)
        {
            shipment.MustAsk = true;
            shipment.ReadyAt = time + Backoff.HalfJitter(limits.RetryPauseMax, random);
        }
        else if (result.IsDestinationFault && !isClosed)
            shipment.ReadyAt = time;
        else
        {
            var ceiling = Backoff.Ceiling(shipment.Failures, limits.RetryPauseMin, limits.RetryPauseMax);
            shipment.ReadyAt = time + Backoff.FullJitter(ceiling, random);
        }
    }

    private static bool IsOwnFault(ShipResult result, bool destinationWorks) => result.Outcome switch
    {
        ShipOutcome.Conflict or ShipOutcome.Damaged => true,
        ShipOutcome.Rejected => destinationWorks,
        _ => false,
    };

    private void Remove(Shipment shipment)
    {
        _hand.Remove(shipment.Batch);
        if (shipment.IsSetAside)
            _setAside--;
    }

    private void NoteBreaker(BreakerState before, Instant now)
    {
        if (_breaker.State != before)
            _breakerSince = now;
    }
}
