namespace Ingest.Engine.Tests;

/// <summary>
/// A shipper in a world of faults: a journal and a lake of which only the outcomes matter, a clock that steps, another
/// shipper, restarts. Every step that the shipper takes is judged.
/// </summary>
internal sealed class ShipperWorld
{
    private const int Partitions = 3;

    private readonly Choices _choices;
    private readonly Limits _limits;
    private readonly SortedSet<Batch> _pending = new(OldestFirst.Comparer);
    private readonly HashSet<Batch> _noticed = [];
    private readonly Dictionary<Batch, ShipOutcome> _spoilt = [];
    private readonly HashSet<Batch> _inLake = [];
    private readonly long[] _nextSeq = [1, 1, 1];
    private Instant _lastSeal = ShipperScript.Start;
    private Instant _now = ShipperScript.Start;
    private PutOutcome _lake = PutOutcome.Stored;
    private bool _journalWorks = true;

    // What this shipper was told, for judging what it does.
    private Shipper _shipper;
    private ReferenceBreaker _breaker;
    private readonly Dictionary<Batch, Flight> _flights = [];
    private readonly Dictionary<Batch, Past> _past = [];
    private ShipStep.Refill? _refill;
    private Instant _lastAsked;
    private TimeSpan _elapsed;
    private TimeSpan? _wait;

    public ShipperWorld(Choices choices)
    {
        _choices = choices;
        _limits = new Limits
        {
            ShipWindow = choices.Of([3, 5, 8]),
            ShipConcurrency = choices.Of([1, 2, 3]),
            ShipSetAsideMax = choices.Of([0, 2, 100]),
            BreakerFailures = choices.Of([1, 3]),
        };
        _shipper = new Shipper(_limits, choices.Random());
        _breaker = new ReferenceBreaker(_limits);
        _lastAsked = _now;
    }

    public void Run()
    {
        Drive();
        while (_choices.More)
        {
            Act();
            Drive();
        }

        Mend();
        ShipAll();
    }

    private void Act()
    {
        switch (_choices.Next(20))
        {
            case 0 or 1 or 2:
                Seal();
                break;
            case >= 3 and <= 8:
                if (_flights.Count > 0)
                    EndFlight(_choices.Of([.. _flights.Keys]));
                break;
            case 9 or 10:
                EndRefill();
                break;
            case 11 or 12:
                _now += _wait ?? TimeSpan.FromMilliseconds(_choices.Next(1_000));
                break;
            case 13:
                _now += TimeSpan.FromMilliseconds(_choices.Next(60_000));
                break;
            case 14:
                _now += TimeSpan.FromHours(_choices.Next(20_001) - 10_000);
                break;
            case 15:
                _lake = _choices.Of(
                    [
                        PutOutcome.Stored, PutOutcome.Unreachable, PutOutcome.Throttled, PutOutcome.Denied,
                        PutOutcome.Missing, PutOutcome.Rejected,
                    ]);
                break;
            case 16:
                _journalWorks = !_journalWorks;
                break;
            case 17:
                SpoilOrMend();
                break;
            case 18:
                ConfirmElsewhere();
                break;
            case 19 when _choices.OneIn(4):
                Restart();
                break;
        }
    }

    private void Seal()
    {
        var partition = _choices.Next(Partitions);
        // A partition's clock is monotone, and two partitions may seal within the same millisecond.
        _lastSeal = Instant.Max(_lastSeal, _now);
        var seq = _nextSeq[partition]++;
        var batch = new Batch(
            new PartitionId("web", partition), LakeStream.Good, _lastSeal.Hour, seq, seq, Blocks: 1, Events: 1, LineBytes: 1,
            BodyBytes: 1, _lastSeal, SealReason.Size);
        _pending.Add(batch);
        if (_choices.OneIn(4))
            return;
        _noticed.UnionWith(_pending);
        _shipper.Notice();
    }

    private void SpoilOrMend()
    {
        if (_pending.Count == 0)
            return;
        var batch = _choices.Of([.. _pending]);
        if (!_spoilt.Remove(batch) && !_inLake.Contains(batch))
            _spoilt[batch] = _choices.Of([ShipOutcome.Conflict, ShipOutcome.Damaged, ShipOutcome.Rejected]);
    }

    private void ConfirmElsewhere()
    {
        if (_pending.Count > 0 && _choices.Of([.. _pending]) is var batch && !_spoilt.ContainsKey(batch))
            Confirm(batch);
    }

    private void Restart()
    {
        // What was in flight may have got as far as the lake.
        foreach (var batch in _flights.Keys.Where(batch => !_spoilt.ContainsKey(batch) && _choices.OneIn(2)))
            _inLake.Add(batch);
        _flights.Clear();
        _past.Clear();
        _refill = null;
        _shipper = new Shipper(_limits, _choices.Random());
        _breaker = new ReferenceBreaker(_limits);
        _lastAsked = _now;
        _elapsed = TimeSpan.Zero;
        _noticed.UnionWith(_pending);
    }

    private void Confirm(Batch batch)
    {
        _inLake.Add(batch);
        _pending.Remove(batch);
        _noticed.Remove(batch);
    }

    private void EndFlight(Batch batch)
    {
        var flight = _flights[batch];
        var result = flight.Stored is { } stored ? TellJournal(batch, stored) : Put(batch);
        _flights.Remove(batch);
        Tick();
        if (flight.Stored is null)
            _breaker.Ended(result, flight.StartedIn, _elapsed);
        if (result.Outcome is ShipOutcome.Confirmed or ShipOutcome.Gone)
            _past.Remove(batch);
        else
        {
            var past = _past.GetValueOrDefault(batch);
            _past[batch] = new Past(past.Failures + 1, _elapsed, past.Stored ?? result.Stored);
        }

        _shipper.Ended(batch, result, _now);
    }

    private ShipResult Put(Batch batch)
    {
        if (!_journalWorks)
            return new ShipResult(ShipOutcome.JournalUnavailable);
        if (!_pending.Contains(batch))
            return new ShipResult(ShipOutcome.Gone, Detail: "its blocks are gone");
        if (_spoilt.GetValueOrDefault(batch, ShipOutcome.Confirmed) is var outcome and not ShipOutcome.Confirmed)
            return new ShipResult(outcome);
        if (_lake != PutOutcome.Stored)
        {
            if (_lake == PutOutcome.Unreachable && _choices.OneIn(2))
                _inLake.Add(batch);
            return ShipResult.NotStored(new PutResult(_lake));
        }

        _inLake.Add(batch);
        return TellJournal(batch, ShipperScript.ObjectOf(batch));
    }

    private ShipResult TellJournal(Batch batch, ShippedObject stored)
    {
        Assert.Contains(batch, _inLake);
        var isLost = _choices.OneIn(4);
        if (_journalWorks || !isLost)
            Confirm(batch);
        return new ShipResult(_journalWorks && !isLost ? ShipOutcome.Confirmed : ShipOutcome.NotConfirmed, stored);
    }

    private void EndRefill()
    {
        if (_refill is null)
            return;
        var refill = _refill;
        _refill = null;
        if (!_journalWorks)
        {
            Tick();
            _shipper.OfferFailed("down", _now);
            return;
        }

        var before = _shipper.InHand.ToHashSet();
        var offered = _pending.Where(batch => !refill.Without.Contains(batch.Id)).Take(refill.Limit).ToList();
        _shipper.Offer(offered);
        foreach (var gone in before.Except(_shipper.InHand))
        {
            // Either not pending any more, or to be offered again behind older ones.
            Assert.True(offered.Count == refill.Limit || !_pending.Contains(gone), "let go though pending");
            Assert.DoesNotContain(gone, _flights.Keys);
            _past.Remove(gone);
        }

        // Those that it took are the oldest of those offered.
        var taken = _shipper.InHand.Except(before).ToList();
        Assert.Equal(offered.Except(before).Take(taken.Count), taken);
    }

    /// <summary>Asks the shipper until it has nothing to start.</summary>
    private void Drive()
    {
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps <= _limits.ShipConcurrency + 1, "more steps than work can be started");
            Tick();
            var step = _shipper.Next(_now);
            var status = _shipper.Status();
            _breaker.Follow(status.Breaker, _elapsed);
            _wait = (step as ShipStep.Wait)?.Pause;
            switch (step)
            {
                case ShipStep.Ship ship:
                    Judge(ship, status);
                    _flights.Add(ship.Batch, new Flight(ship.Stored, status.Breaker));
                    break;
                case ShipStep.Refill refill:
                    Judge(refill, status);
                    _refill = refill;
                    break;
                case ShipStep.Wait wait:
                    Assert.InRange(wait.Pause, TimeSpan.FromMilliseconds(1), _limits.RetryPauseMax);
                    JudgeBounds(status);
                    return;
                case ShipStep.Idle:
                    // Idle with nothing under way would be idle for ever.
                    if (_flights.Count == 0 && _refill is null)
                        Assert.Empty(_noticed);
                    JudgeBounds(status);
                    return;
            }
        }
    }

    private void Judge(ShipStep.Ship ship, ShipperStatus status)
    {
        var past = _past.GetValueOrDefault(ship.Batch);
        Assert.False(_flights.ContainsKey(ship.Batch), "in flight twice");
        Assert.True(_flights.Count < status.Concurrency, "more in flight than allowed");
        Assert.Equal(past.Failures + 1, ship.Attempt);
        Assert.Equal(past.Stored, ship.Stored);
        if (ship.Stored is not null)
            return;

        var setAside = status.SetAside.Select(aside => aside.Batch).ToHashSet();
        if (setAside.Contains(ship.Batch))
        {
            Assert.True(_elapsed - past.FailedAt >= _limits.RetryPauseMax / 2, "set aside, and tried early");
            if (_breaker.State == BreakerState.Closed)
                Assert.DoesNotContain(_flights.Keys, setAside.Contains);
        }

        Assert.NotEqual(BreakerState.Open, _breaker.State);
        if (_breaker.State == BreakerState.HalfOpen)
            Assert.DoesNotContain(_flights.Values, flight => flight.StartedIn == BreakerState.HalfOpen && flight.Stored is null);
        else if (!setAside.Contains(ship.Batch))
            Assert.DoesNotContain(
                _shipper.InHand.TakeWhile(older => older != ship.Batch),
                older => !setAside.Contains(older) && !_flights.ContainsKey(older) && IsSurelyReady(older));
    }

    /// <summary>Whatever the jitter was, its pause is over.</summary>
    private bool IsSurelyReady(Batch batch) =>
        !_past.TryGetValue(batch, out var past)
        || _elapsed - past.FailedAt >= Backoff.Ceiling(past.Failures, _limits.RetryPauseMin, _limits.RetryPauseMax);

    private void Judge(ShipStep.Refill refill, ShipperStatus status)
    {
        Assert.Null(_refill);
        Assert.InRange(refill.Limit, 1, _limits.ShipWindow + status.SetAside.Count);
        var inHand = _shipper.InHand.Select(batch => batch.Id).ToHashSet();
        var setAside = status.SetAside.Select(aside => aside.Batch.Id).ToHashSet();
        Assert.Subset(inHand, refill.Without.ToHashSet());
        // It may only ask about batches set aside.
        Assert.Subset(setAside, inHand.Except(refill.Without).ToHashSet());
    }

    private void JudgeBounds(ShipperStatus status)
    {
        Assert.Equal(_flights.Count, status.InFlight);
        Assert.Equal(_shipper.InHand.Count, status.InHand);
        Assert.True(
            status.InHand - Math.Min(status.SetAside.Count, _limits.ShipSetAsideMax) <= _limits.ShipWindow, "window overflows");
        // Nothing that failed is forgotten.
        Assert.Subset(_shipper.InHand.ToHashSet(), _past.Keys.ToHashSet());
        Assert.Subset(_shipper.InHand.ToHashSet(), _flights.Keys.ToHashSet());
    }

    /// <summary>
    /// The shipper's time: the clock's steps back do not count, those forward no more than the longest pause.
    /// </summary>
    private void Tick()
    {
        var step = _now - _lastAsked;
        _lastAsked = _now;
        if (step > TimeSpan.Zero)
            _elapsed += step < _limits.RetryPauseMax ? step : _limits.RetryPauseMax;
    }

    private void Mend()
    {
        _lake = PutOutcome.Stored;
        _journalWorks = true;
        _spoilt.Clear();
        _noticed.UnionWith(_pending);
        _shipper.Notice();
    }

    /// <summary>Once nothing fails any more, everything ships within a bounded number of rounds.</summary>
    private void ShipAll()
    {
        var rounds = 20 + 4 * (_pending.Count + _shipper.InHand.Count);
        for (; rounds > 0 && (_pending.Count > 0 || _shipper.InHand.Count > 0); rounds--)
        {
            Drive();
            EndRefill();
            foreach (var batch in _flights.Keys.ToList())
                EndFlight(batch);
            if (_flights.Count == 0 && _refill is null && _wait is { } pause)
                _now += pause;
        }

        Assert.True(_pending.Count == 0, $"{_pending.Count} batches never shipped");
        Assert.Empty(_shipper.InHand);
        Assert.Empty(_shipper.Status().SetAside);
    }

    private readonly record struct Flight(ShippedObject? Stored, BreakerState StartedIn);

    private readonly record struct Past(int Failures, TimeSpan FailedAt, ShippedObject? Stored);
}
